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

  /** Most text nodes read around the field. */
  const MOST_LINES = 300;

  /** Messages that already stood there when a code was filled. @type {Set<string>} */
  let before = new Set();
  /** Lines of text around the field, likewise. @type {Set<string>} */
  let linesBefore = new Set();
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

  /**
   * Lines of text around the field: many pages print their answer with no mark at all. Seconds that run down are no
   * news, so digits do not count.
   * @param {Element} block
   */
  function linesOf(block) {
    /** @type {Map<string, string>} */
    const lines = new Map();
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    for (let count = 0; count < MOST_LINES; count++) {
      const node = walker.nextNode();
      if (!node) break;
      const around = node.parentElement;
      if (!around || around.matches("script,style,noscript,option,button") || !node.nodeValue?.trim())
        continue;
      const whole = a2f.dom.tidy(around.textContent, 301);
      const text = whole.length <= 300 ? whole : a2f.dom.tidy(node.nodeValue, 300);
      if (text.length > 3 && a2f.dom.isRendered(around)) lines.set(text.replace(/\d+/g, "#"), text);
    }
    return lines;
  }

  /** Whether a message speaks of codes or of tries. @param {Findings} words */
  function isAbout(words) {
    return (
      ["code", "otp", "app", "twoFactor"].some((category) => words.has(category)) || ATTEMPTS.test(words.text)
    );
  }

  /** A code is about to be filled: what stands there now is not about it. @param {Element} block around the field */
  function mark(block) {
    before = new Set(messages().map(({ text }) => text));
    linesBefore = new Set(linesOf(block).keys());
    filledHere = true;
  }

  /**
   * What a line that came to stand beside the prompt since the fill says.
   * @param {Element} block
   * @returns {{error: "refused" | "locked", errorText: string} | null}
   */
  function readLines(block) {
    const lines = linesOf(block);
    for (const line of linesBefore) if (!lines.has(line)) linesBefore.delete(line);
    for (const [line, text] of lines) {
      if (linesBefore.has(line)) continue;
      const words = a2f.text.read(text);
      if (words.has("locked") && isAbout(words)) return { error: "locked", errorText: text };
      if (words.has("refused")) return { error: "refused", errorText: text };
    }
    return null;
  }

  /**
   * @param {{prompt: boolean, password: boolean, block: Element | null}} shown `block`: around a prompt for a code that still stands
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
      const here = shown.prompt || shown.password || isAbout(words);
      if (words.has("locked") && here) return { error: "locked", errorText: text };
      if (words.has("refused") && here) return { error: "refused", errorText: text };
    }
    const said = filledHere && shown.block?.isConnected ? readLines(shown.block) : null;
    return said ?? { error: null, errorText: "" };
  }

  a2f.outcome = Object.freeze({ mark, read });
})();
