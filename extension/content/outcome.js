// What the page shows after a code: refused, locked, or nothing of the kind.
(() => {
  const a2f = (globalThis.auto2fa ??= /** @type {Auto2faContent} */ ({}));
  if (a2f.outcome) return;

  const MESSAGES = ["[role=alert]", "[role=status]", "[aria-live]", "[aria-invalid=true]", "output"]
    .concat(
      [
        "error",
        "alert",
        "invalid",
        "danger",
        "warning",
        "message",
        "feedback",
        "toast",
        "snackbar",
        "notif",
        "flash",
        "help",
        "fail",
        "hint",
      ].map((part) => `[class*=${part} i],[id*=${part} i]`),
    )
    .join(",");
  const STRONG = /error|alert|invalid|danger|fail/i;
  const MOST = 80;
  const ATTEMPTS =
    /attempt|versuch|tentativ|intento|poging|prob\b|proby|попыт|спроб|試行|尝试|嘗試|次数|次數|시도|forsok|forsog|yritys|deneme|pokus|incercar|probalkoz|προσπαθει/;

  /** Messages that already stood there when a code was filled. @type {Set<string>} */
  let before = new Set();
  let filledHere = false;

  /** @returns {{element: Element, text: string}[]} */
  function messages() {
    const found = [];
    for (const element of a2f.dom.findAll(MESSAGES).slice(0, MOST)) {
      if (element.tagName === "INPUT" || element.tagName === "BODY" || element.tagName === "FORM") continue;
      const text = a2f.dom.tidy(element.textContent, 301);
      if (text.length < 3 || text.length > 300 || !a2f.dom.isRendered(element)) continue;
      found.push({ element, text });
    }
    return found;
  }

  /** Reddish text, the way pages print errors. @param {Element} element */
  function isRed(element) {
    const [r = 0, g = 0, b = 0] = (getComputedStyle(element).color.match(/\d+/g) ?? []).map(Number);
    return r > 130 && r - Math.max(g, b) > 60;
  }

  /** A code is about to be filled: what stands there now is not about it. */
  function mark() {
    before = new Set(messages().map(({ text }) => text));
    filledHere = true;
  }

  /**
   * @param {{prompt: boolean, password: boolean}} shown
   * @returns {{error: "refused" | "locked" | null, errorText: string}}
   */
  function read(shown) {
    const now = messages();
    if (filledHere) {
      // A message that went away since the fill is news when it comes back.
      const texts = new Set(now.map(({ text }) => text));
      for (const text of before) if (!texts.has(text)) before.delete(text);
    }
    for (const { element, text } of now) {
      if (filledHere && before.has(text)) continue;
      const strong =
        element.matches("[role=alert]") ||
        STRONG.test(`${element.className} ${element.id}`) ||
        isRed(element);
      if (!filledHere && !strong) continue;
      const words = a2f.text.read(text);
      const about =
        words.has("code") ||
        words.has("otp") ||
        words.has("app") ||
        words.has("twoFactor") ||
        ATTEMPTS.test(words.text);
      const here = shown.prompt || shown.password || about;
      if (words.has("locked") && here) return { error: "locked", errorText: text };
      if (words.has("refused") && here) return { error: "refused", errorText: text };
    }
    return { error: null, errorText: "" };
  }

  a2f.outcome = Object.freeze({ mark, read });
})();
