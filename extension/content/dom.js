// The page as the rules see it: inputs across open shadow roots, what is visible, labels and nearby text.
(() => {
  const a2f = (globalThis.auto2fa ??= /** @type {Auto2faContent} */ ({}));
  if (a2f.dom) return;

  // Everything else is shown as a text box: an unknown type is one as well.
  const NO_TEXT = new Set(
    "hidden checkbox radio submit button image reset file range color date datetime-local month week time email search url".split(
      " ",
    ),
  );
  const SKIPPED = new Set(
    "SCRIPT STYLE NOSCRIPT TEMPLATE SELECT TEXTAREA OPTION IFRAME OBJECT VIDEO AUDIO".split(" "),
  );
  const ACTION_ROLES = new Set(["button", "link", "tab", "menuitem", "option", "switch"]);
  const GRAPHICS = new Set(["IMG", "CANVAS", "SVG", "svg", "TABLE"]);

  /** Shadow roots seen so far; weak, so that a page which throws widgets away keeps its memory. @type {Set<WeakRef<ShadowRoot>>} */
  const shadowRoots = new Set();
  /** @type {WeakSet<ShadowRoot>} */
  const known = new WeakSet();

  /** @param {ShadowRoot} shadow @returns {boolean} whether it is new */
  function addShadowRoot(shadow) {
    if (known.has(shadow)) return false;
    known.add(shadow);
    shadowRoots.add(new WeakRef(shadow));
    return true;
  }

  /**
   * A widget's shadow root, the closed ones included: browsers open them to extensions.
   * @param {Element} element @returns {ShadowRoot | null}
   */
  function shadowOf(element) {
    if (element.shadowRoot) return element.shadowRoot;
    if (!element.localName.includes("-") || !(element instanceof HTMLElement)) return null;
    const firefox = /** @type {any} */ (element).openOrClosedShadowRoot;
    return firefox ?? /** @type {any} */ (globalThis.chrome)?.dom?.openOrClosedShadowRoot(element) ?? null;
  }

  /** The document and every open shadow root that is still in it. @returns {(Document | ShadowRoot)[]} */
  function roots() {
    /** @type {(Document | ShadowRoot)[]} */
    const all = [document];
    for (const reference of shadowRoots) {
      const shadow = reference.deref();
      if (!shadow) shadowRoots.delete(reference);
      else if (shadow.host.isConnected) all.push(shadow);
    }
    return all;
  }

  /** @param {string} selector @returns {Element[]} */
  function findAll(selector) {
    const all = roots();
    if (all.length === 1) return [...document.querySelectorAll(selector)];
    return all.flatMap((root) => [...root.querySelectorAll(selector)]);
  }

  /** Inputs of every type, in document order within each root. @returns {Iterable<HTMLInputElement>} */
  function allInputs() {
    const all = roots();
    // The live collection of a document is several times quicker than a query.
    if (all.length === 1) return document.getElementsByTagName("input");
    return /** @type {HTMLInputElement[]} */ (findAll("input"));
  }

  /** @param {HTMLInputElement} input whether it asks for a one-time code; Firefox's property knows no such value */
  function asksForCode(input) {
    return /\bone-time-code\b/i.test(input.getAttribute("autocomplete") ?? "");
  }

  /** @param {HTMLInputElement} input whether it could take a code */
  function takesText(input) {
    return !NO_TEXT.has(input.type);
  }

  /** Inputs that could take a code, in document order within each root. @returns {HTMLInputElement[]} */
  function inputs() {
    return [...allInputs()].filter(takesText);
  }

  /** The element above, across slots and shadow roots. @param {Element} element @returns {Element | null} */
  function parentOf(element) {
    if (element.assignedSlot) return element.assignedSlot;
    if (element.parentElement) return element.parentElement;
    const root = element.getRootNode();
    return root instanceof ShadowRoot ? root.host : null;
  }

  /** @param {Element} element */
  function isRendered(element) {
    return element.checkVisibility({
      checkOpacity: true,
      checkVisibilityCSS: true,
      opacityProperty: true,
      visibilityProperty: true,
    });
  }

  /** @param {Element} element */
  function isInert(element) {
    for (let root = element.closest("[inert]") ? null : element.getRootNode(); ; ) {
      if (!root) return true;
      if (!(root instanceof ShadowRoot)) return false;
      root = root.host.closest("[inert]") ? null : root.host.getRootNode();
    }
  }

  /**
   * How a field shows: `shown`; `covered` when it is there but painted by something else (a transparent or
   * tiny real input under drawn boxes); `hidden`.
   * @param {Element} element @returns {"shown" | "covered" | "hidden"}
   */
  function visibility(element) {
    if (!element.checkVisibility({ checkVisibilityCSS: true, visibilityProperty: true })) return "hidden";
    // Nobody can type there: a page shuts what lies behind a dialog.
    if (isInert(element)) return "hidden";
    const box = element.getBoundingClientRect();
    const tiny = box.width < 8 || box.height < 8;
    if (!tiny && isRendered(element)) {
      // Parked far outside the page, where nobody can see it.
      return box.right + scrollX < 0 || box.bottom + scrollY < 0 ? "hidden" : "shown";
    }
    for (let up = parentOf(element), level = 0; up && level < 3; up = parentOf(up), level++) {
      const outer = up.getBoundingClientRect();
      if (outer.width >= 60 && outer.height >= 16) return isRendered(up) ? "covered" : "hidden";
    }
    return "hidden";
  }

  /** @param {string | null | undefined} text @param {number} [limit] */
  function tidy(text, limit = 200) {
    return (text ?? "").replace(/\s+/g, " ").trim().slice(0, limit);
  }

  /** @param {Element} element @param {string} attribute @returns {string} text of the elements it points at */
  function referenced(element, attribute) {
    const ids = element.getAttribute(attribute);
    if (!ids) return "";
    const root = /** @type {Document | ShadowRoot} */ (element.getRootNode());
    return tidy(
      ids
        .split(/\s+/)
        .map((id) => root.getElementById?.(id)?.textContent ?? "")
        .join(" "),
    );
  }

  /**
   * Text in front of an unlabelled field: what stands before it in its own row, not past another field.
   * @param {Element} element
   */
  function textBefore(element) {
    /** @type {Element | null} */
    let at = element;
    for (let level = 0; at && level < 3; level++) {
      let text = "";
      for (let sibling = at.previousSibling; sibling; sibling = sibling.previousSibling) {
        if (sibling instanceof Element) {
          if (SKIPPED.has(sibling.tagName) || sibling.tagName === "svg") continue;
          if (
            sibling.matches("input,select,textarea,button") ||
            sibling.querySelector("input:not([type=hidden]),select,textarea")
          ) {
            return tidy(text);
          }
          if (!isRendered(sibling)) continue;
        }
        text = `${sibling.textContent ?? ""} ${text}`;
        if (text.trim().length > 2) break;
      }
      if (text.trim().length > 2) return text.trim().length <= 160 ? tidy(text) : "";
      at = parentOf(at);
      if (at?.matches("form,body,main,dialog")) return "";
    }
    return "";
  }

  /**
   * What the page itself calls a field, as a person reads it.
   * @param {HTMLInputElement} input
   */
  function labelOf(input) {
    const parts = [];
    for (const label of input.labels ?? []) parts.push(tidy(label.textContent));
    parts.push(tidy(input.getAttribute("aria-label")), referenced(input, "aria-labelledby"));
    if (!parts.some(Boolean)) {
      const root = input.getRootNode();
      const host = root instanceof ShadowRoot ? root.host : null;
      const named = host ?? input.closest("[label]");
      if (named) parts.push(tidy(named.getAttribute("label")), tidy(named.getAttribute("aria-label")));
    }
    if (!parts.some(Boolean)) parts.push(textBefore(input));
    return parts.filter(Boolean).join(" · ");
  }

  /** Where a line of text ends. */
  const LINES = new Set("P DIV LI TD TH DT DD LABEL LEGEND BR H1 H2 H3 H4 H5 H6 SECTION HEADER".split(" "));

  /** @typedef {{text: string, actions: string[], graphics: Element[], links: string[], cut: boolean}} Surroundings */

  /** @param {Element} element */
  function isAction(element) {
    const tag = element.tagName;
    if (tag === "BUTTON" || tag === "SUMMARY") return true;
    if (tag === "A")
      return element.hasAttribute("href") || element.hasAttribute("onclick") || element.hasAttribute("role");
    return ACTION_ROLES.has(element.getAttribute("role") ?? "");
  }

  /**
   * Visible text inside an element, with what can be clicked and what is drawn kept apart. Labels of other
   * fields are left out: they speak of those fields.
   * @param {Element | ShadowRoot} container @param {Set<Element>} own fields whose labels count
   * @param {{chars: number, nodes: number}} limit
   * @returns {Surroundings}
   */
  function surroundings(container, own, limit) {
    /** @type {Surroundings} */
    const found = { text: "", actions: [], graphics: [], links: [], cut: false };
    let nodes = 0;

    /** @param {Node} node */
    const visit = (node) => {
      if (found.cut) return;
      if (++nodes > limit.nodes || found.text.length > limit.chars) {
        found.cut = true;
        return;
      }
      if (node.nodeType === Node.TEXT_NODE) {
        const text = tidy(node.nodeValue, 600);
        if (text) found.text += `${text} `;
        return;
      }
      if (node instanceof Element) {
        if (SKIPPED.has(node.tagName)) return;
        if (node.tagName === "INPUT") {
          const input = /** @type {HTMLInputElement} */ (node);
          if ((input.type === "submit" || input.type === "button") && isRendered(input))
            found.actions.push(tidy(input.value));
          return;
        }
        if (GRAPHICS.has(node.tagName)) {
          if (isRendered(node)) found.graphics.push(node);
          if (node.tagName !== "TABLE") return;
        }
        if (!isRendered(node) && getComputedStyle(node).display !== "contents") return;
        if (node.tagName === "LABEL") {
          const control = /** @type {HTMLLabelElement} */ (node).control;
          if (control && !own.has(control)) return;
        }
        if (node.tagName === "A") {
          const href = node.getAttribute("href") ?? "";
          if (/^otpauth/i.test(href)) found.links.push(href.slice(0, 10));
          for (const graphic of node.querySelectorAll("img,canvas,svg"))
            if (isRendered(graphic)) found.graphics.push(graphic);
        }
        if (isAction(node)) {
          const text = tidy(node.textContent);
          if (text) found.actions.push(text);
          return;
        }
        const shadow = shadowOf(node);
        if (shadow) {
          addShadowRoot(shadow);
          for (const child of shadow.childNodes) visit(child);
          return;
        }
        if (node.tagName === "SLOT") {
          for (const child of /** @type {HTMLSlotElement} */ (node).assignedNodes()) visit(child);
        }
      }
      for (const child of node.childNodes) visit(child);
      if (LINES.has(node.nodeName) && found.text.endsWith(" ")) found.text += "\n";
    };
    visit(container);
    found.text = found.text.trim();
    return found;
  }

  /**
   * The block that belongs to a field: the largest one around it that is still about this field.
   * @param {HTMLInputElement[]} group @param {Set<Element>} rivals code-like fields that are not of the group
   * @param {number} chars largest amount of text of the block
   * @returns {{block: Element, around: Surroundings}}
   */
  function blockOf(group, rivals, chars) {
    const own = new Set(/** @type {Element[]} */ (group));
    const first = /** @type {HTMLInputElement} */ (group[0]);
    let block = /** @type {Element} */ (parentOf(first) ?? first);
    let around = surroundings(block, own, { chars, nodes: 300 });
    for (let level = 0; level < 14; level++) {
      if (
        block === document.body ||
        block.matches("dialog,[role=dialog],[role=alertdialog],[aria-modal=true]")
      )
        break;
      const up = parentOf(block);
      if (!up || up === document.documentElement) break;
      if (rivals.size && around.text.length >= 12) {
        if ([...rivals].some((rival) => up.contains(rival) && !block.contains(rival))) break;
      }
      const wider = surroundings(up, own, { chars, nodes: 300 });
      if (wider.cut) break;
      block = up;
      around = wider;
    }
    return { block, around };
  }

  /** @param {string} tag @param {number} count whether there are more elements than that: counts no further */
  function hasMore(tag, count) {
    // An index in brackets makes the browser count the whole collection first.
    return document.getElementsByTagName(tag).item(count) !== null;
  }

  a2f.dom = Object.freeze({
    hasMore,
    addShadowRoot,
    shadowOf,
    roots,
    findAll,
    allInputs,
    asksForCode,
    takesText,
    inputs,
    parentOf,
    isRendered,
    visibility,
    tidy,
    referenced,
    labelOf,
    surroundings,
    blockOf,
    isAction,
  });
})();
