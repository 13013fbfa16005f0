// Text as the rules see it: folded letters, tokens, and one pass over a text that finds every word category.
(() => {
  const a2f = (globalThis.auto2fa ??= /** @type {Auto2faContent} */ ({}));
  if (a2f.text) return;

  /** Letters that Unicode does not decompose into a base letter and a mark. @type {Record<string, string>} */
  const LETTERS = { ß: "ss", æ: "ae", ø: "o", œ: "oe", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i", ς: "σ" };
  const PLAIN = /^[\x20-\x7e\n]*$/;
  const CJK = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
  const TOKEN = /[\p{L}\p{N}]+/gu;

  /**
   * Lower case, without accents, one kind of space: the form in which words are compared.
   * @param {string} text
   */
  function fold(text) {
    const lower = text.toLowerCase();
    if (PLAIN.test(lower)) return lower;
    return lower
      .normalize("NFKD")
      .replace(/\p{M}+/gu, "")
      .replace(/[ßæøœłđðþıς]/g, (letter) => LETTERS[letter] ?? letter)
      .normalize("NFC")
      .replace(/[^\S\n]+/g, " ");
  }

  /**
   * The words inside a name or id: camelCase, snake_case, kebab-case and trailing digits taken apart.
   * @param {string} name
   */
  function nameTokens(name) {
    return name
      .replace(/([a-z])([A-Z])/g, "$1 $2")
      .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
      .replace(/([A-Za-z]{3,})(\d+)/g, "$1 $2")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, " ")
      .trim();
  }

  /** @typedef {{category: string, rest: string, parts: {text: string, prefix: boolean}[] | null}} Entry */
  /** @typedef {{exact: Map<string, Entry[]>, prefixes: {text: string, entry: Entry}[]}} Opened */

  // Some 7,500 phrases: only sorted into drawers by their first two letters. A drawer is taken apart when a
  // text first has a word that starts so; most never are.
  const DRAWERS = 1024;
  /** Phrase and category in turn. @type {string[][]} */
  let drawers = [];
  /** @type {(Opened | undefined)[]} */
  const opened = [];
  /** @type {{text: string, entry: Entry}[]} */
  const suffixes = [];
  /** @type {{text: string, category: string}[]} */
  const substrings = [];
  /** What each word of the texts so far may begin. @type {Map<string, Entry[]>} */
  const cache = new Map();
  const MOST_CACHED = 4_000;
  const STAR = 42;

  /** @param {number} first @param {number} second character codes */
  function drawerOf(first, second) {
    // Ends of words are one and the same: no second letter, a space, the star of a stem.
    const code = second > STAR ? second : 0;
    return ((first << 5) ^ code) & (DRAWERS - 1);
  }

  /**
   * Puts away one phrase of the word lists. `kod*` is a stem, `*code` a last part of a compound; a phrase
   * with an East Asian letter is looked for anywhere, since those scripts put no spaces between words.
   * @param {string} phrase folded @param {string} category
   */
  function addPhrase(phrase, category) {
    const first = phrase.charCodeAt(0);
    if (first > 0x2fff || phrase.charCodeAt(phrase.length - 1) > 0x2fff) {
      substrings.push({ text: phrase.replaceAll(" ", ""), category });
    } else if (first === STAR) {
      suffixes.push({ text: phrase.slice(1), entry: { category, rest: "", parts: [] } });
    } else {
      drawers[drawerOf(first, phrase.charCodeAt(1))]?.push(phrase, category);
    }
  }

  /** Reads the word lists once, at the first text that needs them. */
  function prepare() {
    if (drawers.length) return;
    drawers = Array.from({ length: DRAWERS }, () => []);
    for (const categories of Object.values(a2f.words)) {
      const folded = fold(Object.values(categories).join("\n")).split("\n");
      Object.keys(categories).forEach((category, i) => {
        for (const phrase of /** @type {string} */ (folded[i]).split("|")) addPhrase(phrase, category);
      });
    }
  }

  /** @param {number} number @returns {Opened} */
  function open(number) {
    const before = opened[number];
    if (before) return before;
    /** @type {Opened} */
    const drawer = { exact: new Map(), prefixes: [] };
    const phrases = /** @type {string[]} */ (drawers[number]);
    for (let i = 0; i < phrases.length; i += 2) {
      const phrase = /** @type {string} */ (phrases[i]);
      const space = phrase.indexOf(" ");
      const first = space < 0 ? phrase : phrase.slice(0, space);
      const entry = {
        category: /** @type {string} */ (phrases[i + 1]),
        rest: space < 0 ? "" : phrase.slice(space + 1),
        parts: null,
      };
      if (first.endsWith("*")) {
        drawer.prefixes.push({ text: first.slice(0, -1), entry });
      } else {
        const list = drawer.exact.get(first);
        if (list) list.push(entry);
        else drawer.exact.set(first, [entry]);
      }
    }
    // Short stems first: what a text is said to hold does not depend on the drawers.
    drawer.prefixes.sort((x, y) => x.text.length - y.text.length);
    opened[number] = drawer;
    return drawer;
  }

  /** Every phrase that may begin at a word. @param {string} token */
  function entriesOf(token) {
    const before = cache.get(token);
    if (before) return before;
    const drawer = open(drawerOf(token.charCodeAt(0), token.charCodeAt(1)));
    const entries = [...(drawer.exact.get(token) ?? [])];
    // Stems of a single letter lie with the words of a single letter.
    const short = token.length > 1 ? open(drawerOf(token.charCodeAt(0), 0)) : null;
    if (short && short !== drawer)
      for (const { text, entry } of short.prefixes) if (token.startsWith(text)) entries.push(entry);
    for (const { text, entry } of drawer.prefixes) if (token.startsWith(text)) entries.push(entry);
    if (token.length > 5) {
      for (const { text, entry } of suffixes) if (token.endsWith(text)) entries.push(entry);
    }
    if (cache.size >= MOST_CACHED) cache.clear();
    cache.set(token, entries);
    return entries;
  }

  /** @param {Entry} entry */
  function partsOf(entry) {
    entry.parts ??= entry.rest
      .split(" ")
      .filter(Boolean)
      .map((part) => {
        const prefix = part.endsWith("*");
        return { text: prefix ? part.slice(0, -1) : part, prefix };
      });
    return entry.parts;
  }

  /**
   * Every category of words in a text.
   * @param {string} text any text; folded here
   * @returns {Findings}
   */
  function read(text) {
    prepare();
    const folded = fold(text);
    const tokens = folded.match(TOKEN) ?? [];
    /** @type {Found[]} */
    const found = [];
    for (let at = 0; at < tokens.length; at++) {
      for (const entry of entriesOf(/** @type {string} */ (tokens[at]))) {
        const parts = partsOf(entry);
        const fits = parts.every((part, i) => {
          const token = tokens[at + 1 + i];
          return token !== undefined && (part.prefix ? token.startsWith(part.text) : token === part.text);
        });
        if (!fits) continue;
        const length = parts.length + 1;
        found.push({ category: entry.category, at, length, text: tokens.slice(at, at + length).join(" ") });
      }
    }
    if (CJK.test(folded)) {
      const joined = folded.replace(/ /g, "");
      for (const { text: part, category } of substrings) {
        for (let i = joined.indexOf(part); i >= 0; i = joined.indexOf(part, i + part.length)) {
          // Two letters of these scripts weigh about as much as a word of others.
          found.push({ category, at: Math.floor(i / 2), length: 1, text: part });
        }
      }
    }
    return makeFindings(folded, found);
  }

  /** @param {string} folded @param {Found[]} found @returns {Findings} */
  function makeFindings(folded, found) {
    /** @type {Map<string, Found[]>} */
    const byCategory = new Map();
    for (const item of found) {
      const list = byCategory.get(item.category);
      if (list) list.push(item);
      else byCategory.set(item.category, [item]);
    }
    return Object.freeze({
      text: folded,
      has: (/** @type {string} */ category) => byCategory.has(category),
      first: (/** @type {string} */ category) => byCategory.get(category)?.[0]?.text ?? "",
      all: (/** @type {string} */ category) => byCategory.get(category) ?? [],
      near: (/** @type {string} */ one, /** @type {string} */ other, /** @type {number} */ distance) => {
        for (const a of byCategory.get(one) ?? []) {
          for (const b of byCategory.get(other) ?? []) {
            if (Math.abs(a.at - b.at) <= distance) return `${a.text} … ${b.text}`;
          }
        }
        return "";
      },
    });
  }

  a2f.text = Object.freeze({ fold, nameTokens, prepare, read });
})();
