// Second factors that a page gives as text: otpauth links, addresses of QR services, alternative texts, and the
// keys for people who cannot scan.
(() => {
  const a2f = (globalThis.auto2faCapture ??= /** @type {Auto2faCapture} */ ({}));
  if (a2f.texts) return;

  const URI = /otpauth:\/\/[^\s"'<>\\]+/i;
  const MOST_TEXT = 400;
  const MOST_CHILDREN = 40;
  /** Where pages put keys; elsewhere a word in capitals is a word unless it has a digit. */
  const KEY_TAGS = new Set(["CODE", "KBD", "SAMP", "PRE", "TT", "INPUT", "TEXTAREA", "OUTPUT"]);
  const SKIPPED = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "HEAD", "TITLE"]);
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
    // The address of a service that draws the code has it in a parameter.
    try {
      for (const value of new URL(text, location.href).searchParams.values()) {
        if (/^otpauth:\/\//i.test(value)) return value;
      }
    } catch {
      // no address
    }
    return null;
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
      if (!/^(alt|title|aria-label|data-(secret|key|totp|otp|clipboard-text))$/.test(name)) continue;
      const key = keyIn(value, true);
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
      // What a person typed is none of our business.
      if (element instanceof HTMLInputElement && element.type !== "text" && element.type !== "url") return "";
      return element.readOnly || element.disabled || element.value === element.defaultValue
        ? element.value.slice(0, 8192)
        : "";
    }
    if (element.childElementCount > MOST_CHILDREN || element.childNodes.length > 2 * MOST_CHILDREN + 1)
      return "";
    for (const child of element.children) if (child.childElementCount > 0) return "";
    const text = element.textContent ?? "";
    return text.length >= 16 && text.length <= (URI.test(text) ? 8192 : MOST_TEXT)
      ? text.replace(/\s+/g, " ")
      : "";
  }

  a2f.texts = Object.freeze({ textOf });
})();
