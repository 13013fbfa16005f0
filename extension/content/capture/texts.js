// Second factors that a page gives as text: otpauth links, addresses of QR services, alternative texts, and the
// keys for people who cannot scan.
(() => {
  const a2f = (globalThis.auto2faCapture ??= /** @type {Auto2faCapture} */ ({}));
  if (a2f.texts) return;

  const URI = /otpauth:\/\/[^\s"'<>\\]+/i;
  const CODED = /otpauth%3a%2f%2f[^\s"'<>\\&]+/i;
  /** Android's form of a link into an app. */
  const INTENT =
    /intent:\/\/((?:totp|hotp)\/[^\s"'<>\\#]+)#Intent;(?:[^\s"'<>]*;)?scheme=(?:apple-)?otpauth;/i;
  const MOST_TEXT = 400;
  const MOST_CHILDREN = 40;
  /** Where pages put keys; elsewhere a word in capitals is a word unless it has a digit. */
  const KEY_TAGS = new Set(["CODE", "KBD", "SAMP", "PRE", "TT", "INPUT", "TEXTAREA", "OUTPUT"]);
  const SKIPPED = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "HEAD", "TITLE"]);
  /** Attributes whose whole value may be a key: what is read aloud, and what a “copy” button copies. */
  const KEY_ATTRIBUTES = /^(alt|title|aria-label|data-.*(secret|key|totp|otp|2fa|mfa|seed|clip|copy).*)$/;
  const ANY_ATTRIBUTES = /^(data-.+|value|content|text|onclick)$/;
  const NEW_LINE = new Set([
    "BR",
    "DIV",
    "P",
    "LI",
    "TD",
    "TH",
    "DT",
    "DD",
    "TR",
    "H1",
    "H2",
    "H3",
    "H4",
    "LABEL",
  ]);
  const NAMED = /secret|manual|otp|2fa|mfa|two.?factor|setup.?key|show.?key|key.?text|text.?key/i;
  /** Ways in which a control names what it opens. */
  const OPENS = ["aria-controls", "data-target", "data-bs-target", "data-toggle-target", "href"];
  /** 16 base32 characters (RFC 4648 section 6) and more: in one piece, or in groups of one length. */
  const WHOLE = /(?<![\w/+-])(?:[A-Z2-7]{16,128}|[a-z2-7]{16,128})(?![\w/+-])/g;
  const GROUPED = [4, 5, 3, 6, 8].map(
    (size) =>
      new RegExp(
        `(?<![\\w-])(?:(?:[A-Z2-7]{${size}}[ \\u00a0-]){2,}[A-Z2-7]{1,${size}}|(?:[a-z2-7]{${size}}[ \\u00a0-]){2,}[a-z2-7]{1,${size}})(?![\\w-])`,
        "g",
      ),
  );

  /** @param {string} text @returns {string | null} */
  function uriIn(text) {
    const found = URI.exec(text);
    if (found) return found[0];
    if (!/otpauth/i.test(text)) return null;
    const intent = INTENT.exec(text);
    if (intent) return `otpauth://${intent[1]}`;
    // The address of a service that draws the code, or of a page that opens the app, has it in a part of its own.
    const coded = CODED.exec(text);
    try {
      return coded ? decodeURIComponent(coded[0]) : null;
    } catch {
      return null; // a stray percent sign
    }
  }

  /** @param {string} text @param {boolean} marked it stands where keys stand @returns {string | null} */
  function keyIn(text, marked) {
    for (const pattern of [WHOLE, ...GROUPED]) {
      for (const [found] of text.matchAll(pattern)) {
        const key = found.replace(/[\s\u00a0-]/g, "");
        if (key.length >= 16 && (/[2-7]/.test(key) || (marked && key === key.toUpperCase()))) return found;
      }
    }
    return null;
  }

  /** @param {Element} element @returns {{text: string, sure: boolean} | null} sure: an address, not a bare key */
  function textOf(element) {
    if (SKIPPED.has(element.tagName)) return null;
    for (const { name, value } of element.attributes) {
      if (value.length < 16 || value.length > 8192 || name === "style" || name === "class") continue;
      if (value.startsWith("data:")) continue;
      const uri = uriIn(value);
      if (uri) return { text: uri, sure: true };
      const marked = KEY_ATTRIBUTES.test(name);
      // What is in a field is read below, with care for what a person typed.
      if (!marked && (!ANY_ATTRIBUTES.test(name) || /^(INPUT|META)$/.test(element.tagName))) continue;
      const key = keyIn(value, marked);
      if (key) return { text: key, sure: false };
    }
    const text = shown(element);
    if (!text) return null;
    const uri = uriIn(text);
    if (uri) return { text: uri, sure: true };
    const key = keyIn(text, KEY_TAGS.has(element.tagName));
    return key ? { text: key, sure: false } : null;
  }

  /** What a small element says, and a field that the page itself filled. @param {Element} element */
  function shown(element) {
    if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) {
      const own = element.readOnly || element.disabled || element.type === "hidden";
      // What a person typed is none of our business. A masked key that the page itself filled in is.
      const types = own ? /^(text|url|password|hidden)$/ : /^(text|url)$/;
      if (element instanceof HTMLInputElement && !types.test(element.type)) return "";
      return own || element.value === element.defaultValue ? element.value.slice(0, 8192) : "";
    }
    if (element.childElementCount > MOST_CHILDREN || element.childNodes.length > 2 * MOST_CHILDREN + 1)
      return "";
    for (const child of element.children) if (child.childElementCount > 0) return "";
    const text = element.childElementCount > 0 ? inLines(element) : (element.textContent ?? "");
    return text.length >= 16 && text.length <= (/otpauth/i.test(text) ? 8192 : MOST_TEXT)
      ? text.replace(/\s+/g, " ")
      : "";
  }

  /** Groups of a key may be elements of their own; a label above it is not a part of it. @param {Element} element */
  function inLines(element) {
    let text = "";
    for (const node of element.childNodes) {
      if (node.nodeType === Node.COMMENT_NODE) continue;
      const apart = NEW_LINE.has(node.nodeName);
      text += apart ? ` ${node.textContent} ` : node.textContent;
    }
    return text;
  }

  /**
   * Whether something that is not on show comes to show by a click on “show key” or “can't scan?”: it is folded, a
   * control names it, or it is named for what it is.
   * @param {Element} element
   */
  function isBehind(element) {
    for (let up = /** @type {Element | null} */ (element), steps = 0; up && steps < 6; steps++) {
      if (up.tagName === "DETAILS") return true;
      const { id } = up;
      if (NAMED.test(`${id} ${up.getAttribute("class") ?? ""} ${up.getAttribute("name") ?? ""}`)) return true;
      if (
        id &&
        OPENS.some((name) =>
          document.querySelector(`[${name}="${CSS.escape(id)}"],[${name}="#${CSS.escape(id)}"]`),
        )
      )
        return true;
      up = a2f.where.above(up);
    }
    return false;
  }

  a2f.texts = Object.freeze({ textOf, isBehind });
})();
