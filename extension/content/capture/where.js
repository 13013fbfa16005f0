// Run by a click on “Capture this QR code”, once, and gone with the page: every element of a page across shadow
// roots, where it stands, what colour is behind it, and what the pointer is over.
(() => {
  const a2f = (globalThis.auto2faCapture ??= /** @type {Auto2faCapture} */ ({}));
  if (a2f.where) return;

  const MOST_ELEMENTS = 30_000;
  /** How much larger than a picture the thing under the pointer may be to mean that picture. */
  const POINTED_LARGER = 4;
  const POINTED_OVERLAP = 0.6;
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

  /** What the pointer is over, innermost. @returns {Element | null} */
  function hovered() {
    /** @type {Element | null} */
    let found = null;
    for (let root = /** @type {Document | ShadowRoot | null} */ (document); root; ) {
      const last = [...root.querySelectorAll(":hover")].at(-1);
      if (!last) break;
      found = last;
      root = shadowOf(last);
    }
    return found && !NOTHING.has(found.tagName) ? found : null;
  }

  /** @param {Element} element @param {Element | null} over what the pointer is over */
  function isPointed(element, over) {
    if (!over) return false;
    for (let up = /** @type {Element | null} */ (over); up; up = above(up)) if (up === element) return true;
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
    innerBox,
    isShown,
    isClear,
    behind,
    hovered,
    isPointed,
    offset,
  });
})();
