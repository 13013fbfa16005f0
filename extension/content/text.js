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

  /** @type {Map<string, Entry[]>} */
  const exact = new Map();
  /** @type {Map<string, Entry[]>} */
  const prefixes = new Map();
  /** @type {{text: string, category: string}[]} */
  const suffixes = [];
  /** @type {{text: string, category: string}[]} */
  const substrings = [];
  let longestPrefix = 0;
  let shortestPrefix = 99;
  let built = false;

  /** @param {Map<string, Entry[]>} map @param {string} key @param {Entry} entry */
  function put(map, key, entry) {
    const list = map.get(key);
    if (list) list.push(entry);
    else map.set(key, [entry]);
  }

  /**
   * One phrase of the word lists. `kod*` is a stem, `*code` a last part of a compound; a phrase with an
   * East Asian letter is looked for anywhere, since those scripts put no spaces between words.
   * @param {string} phrase folded @param {string} category
   */
  function addPhrase(phrase, category) {
    if (phrase.charCodeAt(0) > 0x2fff || phrase.charCodeAt(phrase.length - 1) > 0x2fff) {
      substrings.push({ text: phrase.replaceAll(" ", ""), category });
      return;
    }
    if (phrase.startsWith("*")) {
      suffixes.push({ text: phrase.slice(1), category });
      return;
    }
    const space = phrase.indexOf(" ");
    const first = space < 0 ? phrase : phrase.slice(0, space);
    // What follows the first word is taken apart when a text first has that word: most never does.
    const entry = { category, rest: space < 0 ? "" : phrase.slice(space + 1), parts: null };
    if (first.endsWith("*")) {
      const length = first.length - 1;
      put(prefixes, first.slice(0, -1), entry);
      longestPrefix = Math.max(longestPrefix, length);
      shortestPrefix = Math.min(shortestPrefix, length);
    } else {
      put(exact, first, entry);
    }
  }

  /** Reads the word lists once, at the first text that needs them. */
  function prepare() {
    if (built) return;
    built = true;
    for (const categories of Object.values(a2f.words)) {
      const folded = fold(Object.values(categories).join("\n")).split("\n");
      Object.keys(categories).forEach((category, i) => {
        for (const phrase of /** @type {string} */ (folded[i]).split("|")) addPhrase(phrase, category);
      });
    }
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
   * @param {Entry[] | undefined} entries @param {string[]} tokens @param {number} at
   * @param {Found[]} found
   */
  function matchEntries(entries, tokens, at, found) {
    if (!entries) return;
    for (const entry of entries) {
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
      const token = /** @type {string} */ (tokens[at]);
      matchEntries(exact.get(token), tokens, at, found);
      const most = Math.min(token.length, longestPrefix);
      for (let length = shortestPrefix; length <= most; length++) {
        matchEntries(prefixes.get(token.slice(0, length)), tokens, at, found);
      }
      if (token.length > 5) {
        for (const suffix of suffixes) {
          if (token.endsWith(suffix.text))
            found.push({ category: suffix.category, at, length: 1, text: token });
        }
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
