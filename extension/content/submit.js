// Sending a filled code: the one plausible button, or nothing.
(() => {
  const a2f = (globalThis.auto2fa ??= /** @type {Auto2faContent} */ ({}));
  if (a2f.submit) return;

  const BUTTONS =
    "button,input[type=submit],input[type=button],input[type=image],[role=button],a[type=submit],a.btn,a.button,a[class*=submit i],a[class*=btn i]";
  /** How long a page gets to submit by itself, in milliseconds. */
  const SELF_MS = 120;
  /** How long a button that is still shut gets to open. */
  const OPEN_MS = 600;
  const AGAINST = [
    "resend",
    "otherMethod",
    "cancel",
    "recovery",
    "sms",
    "email",
    "disable",
    "lost",
    "hardwareKey",
  ];

  /** @typedef {import("../../tests/js/types/content").Field} Field */

  const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

  /** @param {Element} button */
  function textOf(button) {
    const value = button instanceof HTMLInputElement ? button.value : "";
    const label = button.getAttribute("aria-label") ?? "";
    return a2f.dom.tidy(
      `${value || button.textContent || ""} ${label} ${button.getAttribute("title") ?? ""}`,
      120,
    );
  }

  /** @param {Element} button */
  function isShut(button) {
    return button.matches(":disabled,[aria-disabled=true],[disabled]");
  }

  /**
   * What a button is worth as "send this code"; null when it says something else.
   * @param {Element} button @param {HTMLFormElement | null} form
   * @returns {number | null}
   */
  function worth(button, form) {
    const text = textOf(button);
    const words = a2f.text.read(text);
    const says = words.has("submit");
    let score = 0;
    if (says) score += 3;
    // "Send a new code" has a submit word in it too; "Back" beside "Continue" has none.
    if (AGAINST.some((category) => words.has(category))) {
      if (
        !says ||
        words.has("resend") ||
        words.has("otherMethod") ||
        words.has("disable") ||
        words.has("cancel")
      )
        return null;
      score -= 3;
    }
    const own = /** @type {Partial<HTMLButtonElement>} */ (button);
    const submits = ["submit", "image"].includes(button.getAttribute("type") ?? own.type ?? "");
    if (submits) score += 2;
    if (form && own.form === form) score += 2;
    if (
      /primary|submit|verify|confirm|login|signin|cta/i.test(
        `${button.className} ${button.id} ${own.name ?? ""}`,
      )
    )
      score += 1;
    if (text.length > 60) score -= 2;
    if (!text && !submits) return null;
    return score > 0 ? score : null;
  }

  /**
   * The one button that plausibly sends the code; null when there is none, or several equal ones.
   * @param {Field} field
   * @returns {Element | null}
   */
  function buttonFor(field) {
    const first = /** @type {HTMLInputElement} */ (field.inputs[0]);
    const { form } = first;
    /** @type {Element | null} */
    let scope = form ?? a2f.dom.parentOf(first);
    for (let level = 0; scope && level < 10; level++) {
      const found = candidates(scope, form);
      if (found.length) {
        const top = /** @type {{button: Element, score: number}} */ (found[0]);
        if (found.length === 1 || top.score > /** @type {{score: number}} */ (found[1]).score)
          return top.button;
        // Equal ones: the first that comes after the field in the document, if it is the only one there.
        const after = found.filter(
          ({ button, score }) =>
            score === top.score && first.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING,
        );
        return after.length === 1 ? /** @type {{button: Element}} */ (after[0]).button : null;
      }
      if (scope.matches("body,dialog,[role=dialog]")) return null;
      scope = a2f.dom.parentOf(scope);
    }
    return null;
  }

  /** @param {Element} scope @param {HTMLFormElement | null} form */
  function candidates(scope, form) {
    const all = [...scope.querySelectorAll(BUTTONS)];
    if (form && scope === form && form.id) {
      const root = /** @type {Document | ShadowRoot} */ (form.getRootNode());
      all.push(...root.querySelectorAll(`[form="${CSS.escape(form.id)}"]`));
    }
    if (scope.shadowRoot) all.push(...scope.shadowRoot.querySelectorAll(BUTTONS));
    // Buttons of component libraries: the real one sits in the component's own shadow root.
    for (const host of scope.querySelectorAll("*")) {
      if (host.localName.includes("-") && host.shadowRoot)
        all.push(...host.shadowRoot.querySelectorAll(BUTTONS));
    }
    return [...new Set(all)]
      .filter((button) => a2f.dom.isRendered(button))
      .map((button) => ({ button, score: worth(button, form) }))
      .filter((each) => each.score !== null)
      .map((each) => ({ button: each.button, score: /** @type {number} */ (each.score) }))
      .sort((a, b) => b.score - a.score);
  }

  /** Ticks "remember this device" beside the field. @param {Element} block */
  function tickRemember(block) {
    const boxes = /** @type {HTMLInputElement[]} */ ([
      ...block.querySelectorAll("input[type=checkbox],[role=checkbox],[role=switch]"),
    ]);
    for (const box of boxes) {
      const text =
        [...(box.labels ?? [])].map((label) => label.textContent).join(" ") ||
        a2f.dom.labelOf(box) ||
        (box.localName === "input" ? "" : box.textContent);
      // Drawn boxes say by an attribute how they stand.
      const ticked = box.localName === "input" ? box.checked : box.getAttribute("aria-checked") !== "false";
      if (
        !ticked &&
        a2f.text.read(`${text} ${a2f.text.nameTokens(`${box.name ?? ""} ${box.id}`)}`).has("remember")
      )
        box.click();
    }
  }

  /** @typedef {{button: Element, text: string, busy: boolean}} Before */

  /** @param {Element} button whether it shows that it is at work */
  function isBusy(button) {
    if (button.closest("[aria-busy=true]")) return true;
    return [...button.querySelectorAll("[role=progressbar],[class*=spinner i],[class*=loading i]")].some(
      a2f.dom.isRendered,
    );
  }

  /**
   * The button as it stands before the code is filled, if it could be pressed then.
   * @param {Field} field
   * @returns {Before | null}
   */
  function ready(field) {
    const button = buttonFor(field);
    return button && !isShut(button) ? { button, text: textOf(button), busy: isBusy(button) } : null;
  }

  /**
   * Whether the page took to work by itself: its button, open before, is gone, busy, or says so ("Verifying…").
   * @param {Before | null} before
   */
  function isAtWork(before) {
    if (!before) return false;
    const { button, text, busy } = before;
    if (!button.isConnected || (isBusy(button) && !busy)) return true;
    const now = textOf(button);
    return now !== text && (now === "" || /…|\.\.\./.test(now));
  }

  /**
   * Submits once, unless the page does so by itself.
   * @param {Field} field @param {() => boolean} sent whether the page was seen to submit
   * @param {Before | null} before the button before the fill, see `ready`
   * @returns {Promise<"clicked" | "self" | "none">}
   */
  async function submit(field, sent, before) {
    const code = a2f.fill.read(field);
    for (let waited = 0; waited < SELF_MS; waited += 30) {
      if (sent() || a2f.fill.isLeft(field) || a2f.fill.read(field) !== code || isAtWork(before))
        return "self";
      await pause(30);
    }
    const button = buttonFor(field);
    // One that the fill shut is at work, or checks what it was given: it is not pressed unless it opens again.
    const shut = button !== null && isShut(button);
    for (let waited = 0; button && isShut(button) && waited < OPEN_MS; waited += 30) {
      await pause(30);
      if (sent() || a2f.fill.isLeft(field) || isAtWork(before)) return "self";
    }
    if (sent()) return "self";
    if (shut && before?.button === button) {
      const said = a2f.outcome.read({ prompt: true, password: false, block: null }).error;
      if (said || (button && isShut(button)) || a2f.fill.read(field) !== code) return "self";
    }
    if (button && !isShut(button)) {
      /** @type {HTMLElement} */ (button).click();
      return "clicked";
    }
    const first = /** @type {HTMLInputElement} */ (field.inputs[0]);
    if (!button && first.form && !hasButtons(first.form)) {
      first.form.requestSubmit();
      return "clicked";
    }
    const last = /** @type {HTMLInputElement} */ (field.inputs.at(-1));
    const heeded = !a2f.fill.press(last, "keydown", "Enter");
    a2f.fill.press(last, "keypress", "Enter");
    a2f.fill.press(last, "keyup", "Enter");
    await pause(30);
    return heeded || sent() || a2f.fill.isLeft(field) ? "self" : "none";
  }

  /** @param {HTMLFormElement} form */
  function hasButtons(form) {
    return [...form.elements].some(
      (element) =>
        element.matches("button,input[type=submit],input[type=image]") && a2f.dom.isRendered(element),
    );
  }

  a2f.submit = Object.freeze({ ready, submit, tickRemember, buttonFor });
})();
