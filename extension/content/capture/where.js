// Run by a click on “Capture this QR code”, once, and gone with the page: every element of a page across shadow
// roots, where it stands, what colour is behind it, and what the pointer is over.
(() => {
  const a2f = (globalThis.auto2faCapture ??= /** @type {Auto2faCapture} */ ({}));
  if (a2f.where) return;

  const MOST_ELEMENTS = 30_000;
  /** How much larger than a picture the thing under the pointer may be to mean that picture. */
  const POINTED_LARGER = 4;
  const POINTED_OVERLAP = 0.6;
  /** For the browser's records of input: they come at once or not at all. */
  const PATIENCE_MS = 120;
  const NOTHING = new Set(["HTML", "BODY", "MAIN"]);

  /** @typedef {import("../../../tests/js/types/capture").Box} Box */

  /** The root in an element's shadow, closed ones too where the browser shows them to extensions. @param {Element} element @returns {ShadowRoot | null} */
  function shadowOf(element) {
    if (element.shadowRoot) return element.shadowRoot;
    if (!element.localName.includes("-")) return null;
    const open = /** @type {any} */ (globalThis).chrome?.dom?.openOrClosedShadowRoot;
    try {
      return (open ? open(element) : /** @type {any} */ (element).openOrClosedShadowRoot) ?? null;
    } catch {
      return null;
    }
  }

  /** Every element, the ones in shadow roots included. @returns {Generator<Element>} */
  function* elements() {
    let count = 0;
    /** @type {(Document | ShadowRoot)[]} */
    const roots = [document];
    for (let root = roots.shift(); root; root = roots.shift()) {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (++count > MOST_ELEMENTS) return;
        const element = /** @type {Element} */ (node);
        const shadow = shadowOf(element);
        if (shadow) roots.push(shadow);
        yield element;
      }
    }
  }

  /** @param {Element} element @returns {Element | null} the element above, out of shadow roots */
  function above(element) {
    const root = element.getRootNode();
    return element.assignedSlot ?? element.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
  }

  /** @param {Element} element @returns {Box} */
  function boxOf(element) {
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x, y, width, height };
  }

  /** The box of an element's text, which may be as wide as the page itself. @param {Element} element @returns {Box} */
  function textBox(element) {
    const range = document.createRange();
    range.selectNodeContents(element);
    const { x, y, width, height } = range.getBoundingClientRect();
    return width > 0 && height > 0 ? { x, y, width, height } : boxOf(element);
  }

  /** The box of what an element shows, inside its border and padding. @param {Element} element @returns {Box} */
  function innerBox(element) {
    const box = boxOf(element);
    const style = getComputedStyle(element);
    /** @param {string} side */
    const edge = (side) =>
      (Number.parseFloat(style.getPropertyValue(`border-${side}-width`)) || 0) +
      (Number.parseFloat(style.getPropertyValue(`padding-${side}`)) || 0);
    const [left, top] = [edge("left"), edge("top")];
    const [width, height] = [box.width - left - edge("right"), box.height - top - edge("bottom")];
    return { x: box.x + left, y: box.y + top, width, height };
  }

  /** @param {Element} element */
  function isShown(element) {
    return element.checkVisibility({
      checkOpacity: true,
      checkVisibilityCSS: true,
      opacityProperty: true,
      visibilityProperty: true,
    });
  }

  /** @param {string} colour a computed colour @returns {boolean} */
  function isClear(colour) {
    const alpha = /^(?:rgba\([^)]*,|[a-z]+\([^/]*\/)\s*([\d.]+)(%?)\s*\)$/.exec(colour);
    return colour === "transparent" || (alpha !== null && Number(alpha[1]) / (alpha[2] ? 100 : 1) < 0.5);
  }

  /** The colour behind an element. @param {Element} element @returns {string} */
  function behind(element) {
    for (let up = /** @type {Element | null} */ (element); up; up = above(up)) {
      const colour = getComputedStyle(up).backgroundColor;
      if (!isClear(colour)) return colour;
    }
    // A frame with no colour of its own shows what is behind it.
    const holder = frameHolder(window);
    if (holder) return behind(holder);
    const scheme = getComputedStyle(document.documentElement).colorScheme;
    const dark =
      scheme === "dark" || (scheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches);
    return dark ? "#121212" : "#ffffff";
  }

  /** The element that holds a frame, or null at the top and in another site's page. @param {Window} frame */
  function frameHolder(frame) {
    try {
      return frame.frameElement;
    } catch {
      return null;
    }
  }

  /** The innermost element that one of a document's ways to name one gives. @param {(root: Document | ShadowRoot) => Element | null | undefined} named */
  function innermost(named) {
    /** @type {Element | null} */
    let found = null;
    for (let root = /** @type {Document | ShadowRoot | null} */ (document); root; ) {
      const next = named(root);
      if (!next) break;
      found = next;
      root = shadowOf(next);
    }
    return found && !NOTHING.has(found.tagName) ? found : null;
  }

  /** @param {Element} element @param {Element | null} inside */
  function holds(element, inside) {
    for (let up = inside; up; up = above(up)) if (up === element) return true;
    return false;
  }

  /**
   * What the only press of a pointer in this document hit: on a page that was just opened, that is the right click
   * itself (Event Timing API, "first-input").
   * @returns {Promise<Element | null>}
   */
  function onlyPressed() {
    const counts = /** @type {any} */ (performance).eventCounts;
    if (counts?.get("pointerdown") !== 1 || !counts.get("contextmenu")) return Promise.resolve(null);
    return new Promise((resolve) => {
      setTimeout(() => resolve(null), PATIENCE_MS);
      new PerformanceObserver((list) => {
        const [first] = /** @type {any[]} */ (list.getEntries());
        resolve(first?.name === "pointerdown" && first.target instanceof Element ? first.target : null);
      }).observe({ type: "first-input", buffered: true });
    });
  }

  /**
   * What a context menu was opened on, innermost. Firefox says it. Elsewhere it is what the pointer is over, unless
   * it went elsewhere with the choice in the menu; but a right click takes the focus along, so what has kept it
   * elsewhere was chosen with the keyboard.
   * @returns {Promise<Element | null>}
   */
  async function pointedAt() {
    const { pointedTarget } = a2f;
    a2f.pointedTarget = 0;
    const menus = /** @type {any} */ (globalThis).browser?.menus;
    const target = pointedTarget ? menus?.getTargetElement?.(pointedTarget) : null;
    if (target instanceof Element) return NOTHING.has(target.tagName) ? null : target;
    const hovered = innermost((root) => [...root.querySelectorAll(":hover")].at(-1));
    const focused = innermost((root) => root.activeElement);
    const pressed = await onlyPressed();
    if (pressed && !shadowOf(pressed)) return NOTHING.has(pressed.tagName) ? null : pressed;
    return focused && !holds(focused, hovered) ? focused : hovered;
  }

  /**
   * Whether a right click in an element left the caret where it is now. The press puts it at the nearest text, and
   * there it stays while the pointer goes on to the menu.
   * @param {Box} box of the element
   * @returns {boolean | null} null where nothing can be said
   */
  function hasCaret({ x, y, width, height }) {
    const selection = getSelection();
    const find = /** @type {any} */ (document).caretRangeFromPoint;
    if (selection?.type !== "Caret" || !find) return null;
    for (const across of [0.2, 0.4, 0.6, 0.8]) {
      for (const down of [0.2, 0.5, 0.8]) {
        const range = find.call(document, x + across * width, y + down * height);
        if (range?.startContainer === selection.anchorNode && range.startOffset === selection.anchorOffset)
          return true;
      }
    }
    return false;
  }

  /** @param {Element} element @param {Element | null} over what the pointer is over */
  function isPointed(element, over) {
    if (!over) return false;
    if (holds(element, over)) return true;
    const [a, b] = [boxOf(element), boxOf(over)];
    const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
    const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
    const area = a.width * a.height;
    if (width <= 0 || height <= 0 || area <= 0) return false;
    return width * height >= POINTED_OVERLAP * area && b.width * b.height <= POINTED_LARGER * area;
  }

  /** Where this frame stands in the page, or null when a frame above is another site's. @returns {{x: number, y: number} | null} */
  function offset() {
    let [x, y] = [0, 0];
    for (let frame = /** @type {Window} */ (window); frame !== frame.parent; frame = frame.parent) {
      const holder = frameHolder(frame);
      if (!holder) return null;
      const box = innerBox(holder);
      x += box.x;
      y += box.y;
    }
    return { x, y };
  }

  a2f.where = Object.freeze({
    elements,
    above,
    boxOf,
    textBox,
    innerBox,
    isShown,
    isClear,
    behind,
    pointedAt,
    hasCaret,
    isPointed,
    offset,
  });
})();
