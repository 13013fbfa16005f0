// Text as the rules see it: folded letters, tokens, and one pass over a text that finds every word category.
(() => {
  const a2f = (globalThis.auto2fa ??= /** @type {Auto2faContent} */ ({}));
  if (a2f.text) return;

  /** Letters that Unicode does not decompose into a base letter and a mark. */
  const LETTERS = Object.entries({
    ß: "ss",
    æ: "ae",
    ø: "o",
    œ: "oe",
    ł: "l",
    đ: "d",
    ð: "d",
    þ: "th",
    ı: "i",
    ς: "σ",
  });
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
    let bare = lower.normalize("NFKD").replace(/\p{M}+/gu, "");
    // One native pass a letter is many times quicker than a call for each match.
    for (const [letter, plain] of LETTERS) if (bare.includes(letter)) bare = bare.replaceAll(letter, plain);
    return bare.normalize("NFC").replace(/[^\S\n]+/g, " ");
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

  // Some 10,000 phrases: only sorted into drawers by their first two letters. A drawer is taken apart when a
  // text first has a word that starts so; most never are. The first code of a page waits for all of this, in
  // code that no compiler has seen yet: hence one string, split once, and chains of numbers for drawers.
  const DRAWERS = 1024;
  /** All phrases; before those of each category stands its name. @type {string[]} */
  let phrases = [];
  /** Where a drawer's chain begins (0: empty), and which phrase follows a phrase in it. */
  const heads = new Uint16Array(DRAWERS);
  let links = new Uint16Array(0);
  /** Number of the category of each phrase. */
  let kinds = new Uint16Array(0);
  /** @type {string[]} */
  const names = [];
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
  const NEWLINE = 10;

  /** @param {number} first @param {number} second character codes */
  function drawerOf(first, second) {
    // Ends of words are one and the same: no second letter, a space, the star of a stem.
    const code = second > STAR ? second : 0;
    return ((first << 5) ^ code) & (DRAWERS - 1);
  }

  /**
   * Reads the word lists once, at the first text that needs them. `kod*` is a stem, `*code` a last part of a
   * compound; a phrase with an East Asian letter is looked for anywhere, since those scripts put no spaces
   * between words.
   */
  function prepare() {
    if (phrases.length) return;
    /** @type {string[]} */
    const lists = [];
    for (const categories of Object.values(a2f.words)) {
      for (const category in categories) {
        names.push(category);
        lists.push(/** @type {string} */ (categories[category]));
      }
    }
    phrases = `|${fold(lists.join("|\n|"))}`.split("|");
    links = new Uint16Array(phrases.length);
    kinds = new Uint16Array(phrases.length);
    let kind = names.length - 1;
    // From the end, so that each chain is in the order of the lists.
    for (let i = phrases.length - 1; i > 0; i--) {
      const phrase = /** @type {string} */ (phrases[i]);
      const first = phrase.charCodeAt(0);
      if (first === NEWLINE) {
        kind--;
        continue;
      }
      kinds[i] = kind;
      if (first > 0x2fff || phrase.charCodeAt(phrase.length - 1) > 0x2fff) {
        substrings.push({
          text: phrase.replaceAll(" ", ""),
          category: nameOf(i),
        });
      } else if (first === STAR) {
        suffixes.push({
          text: phrase.slice(1),
          entry: { category: nameOf(i), rest: "", parts: [] },
        });
      } else {
        const drawer = drawerOf(first, phrase.charCodeAt(1));
        links[i] = /** @type {number} */ (heads[drawer]);
        heads[drawer] = i;
      }
    }
    substrings.reverse();
    suffixes.reverse();
  }

  /** @param {number} at number of a phrase */
  function nameOf(at) {
    return /** @type {string} */ (names[/** @type {number} */ (kinds[at])]);
  }

  /** @param {number} number @returns {Opened} */
  function open(number) {
    const before = opened[number];
    if (before) return before;
    /** @type {Opened} */
    const drawer = { exact: new Map(), prefixes: [] };
    for (let i = heads[number] ?? 0; i > 0; i = links[i] ?? 0) {
      const phrase = /** @type {string} */ (phrases[i]);
      const space = phrase.indexOf(" ");
      const first = space < 0 ? phrase : phrase.slice(0, space);
      const entry = {
        category: nameOf(i),
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
        found.push({
          category: entry.category,
          at,
          length,
          text: tokens.slice(at, at + length).join(" "),
        });
      }
    }
    if (CJK.test(folded)) {
      const joined = folded.replace(/ /g, "");
      for (const { text: part, category } of substrings) {
        for (let i = joined.indexOf(part); i >= 0; i = joined.indexOf(part, i + part.length)) {
          // Two letters of these scripts weigh about as much as a word of others.
          found.push({
            category,
            at: Math.floor(i / 2),
            length: 1,
            text: part,
          });
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
