/** Looks at a typed security key before it is sent: says which characters cannot be right. No secret is kept. */

/** Digits that base32 (RFC 4648 section 6) leaves out because they look like letters, with those letters. */
const LOOKS_LIKE = Object.freeze({ 0: ["O"], 1: ["I", "L"], 8: ["B"] });
const LETTERS = /[A-Za-z2-7]/;
const SKIPPED = /[\s\-‐‑‒–—―−_\p{Cf}]/u;
const HEX = /^[0-9a-f]+$/i;
const FEWEST_HEX = 16;
const FEWEST = 16;

/**
 * @typedef {object} Wrong
 * @property {number} index in the text as typed
 * @property {string} found
 * @property {readonly string[]} meant
 */

/**
 * @param {string} text
 * @returns {{kind: "empty" | "uri" | "address" | "hex" | "key" | "wrong", wrong: Wrong[], length: number, short: boolean}}
 */
export function checkKey(text) {
  const trimmed = text.trim();
  if (!trimmed) return { kind: "empty", wrong: [], length: 0, short: false };
  if (/^(otpauth|steam):\/\//i.test(trimmed))
    return { kind: "uri", wrong: [], length: trimmed.length, short: false };
  if (/^[a-z][a-z0-9+.-]{1,30}:\/\//i.test(trimmed))
    return { kind: "address", wrong: [], length: trimmed.length, short: false };
  /** @type {Wrong[]} */
  const wrong = [];
  let key = "";
  const bare = text.replace(/=+\s*$/, "");
  for (const [index, letter] of bare.split("").entries()) {
    if (SKIPPED.test(letter)) continue;
    const found = letter.normalize("NFKC");
    key += found;
    if (!LETTERS.test(found))
      wrong.push({ index, found, meant: LOOKS_LIKE[/** @type {0 | 1 | 8} */ (Number(found))] ?? [] });
  }
  const hex = wrong.length > 0 && HEX.test(key) && key.length >= FEWEST_HEX && key.length % 2 === 0;
  if (hex) return { kind: "hex", wrong: [], length: key.length, short: false };
  return { kind: wrong.length > 0 ? "wrong" : "key", wrong, length: key.length, short: key.length < FEWEST };
}
