/**
 * Words in the user's language. Pages and background load `_locales/<language>/messages.json` themselves,
 * because the language is a setting of Auto 2FA and `chrome.i18n` only knows the browser's. Touches no DOM.
 */

import { browser } from "../../background/browser.js";

/** @typedef {Record<string, string | number>} Params */
/** @typedef {"auto" | "en" | "de"} LanguageSetting */

const FALLBACK = "en";
/** Languages with a complete `_locales` folder. */
export const LANGUAGES = Object.freeze([FALLBACK, "de"]);

/** @type {Record<string, string>} */
let words = {};
let language = FALLBACK;
let plurals = new Intl.PluralRules(language);

/**
 * The language to show for a setting.
 * @param {string} setting "auto" or a language
 * @param {readonly string[]} wanted what the browser prefers, best first
 * @returns {string}
 */
export function choose(setting, wanted = globalThis.navigator?.languages ?? []) {
  const candidates = setting === "auto" ? wanted : [setting];
  for (const candidate of candidates) {
    const base = candidate.toLowerCase().replace(/-.*/, "");
    if (LANGUAGES.includes(base)) return base;
  }
  return FALLBACK;
}

/**
 * @param {string} name
 * @returns {Promise<Record<string, string>>}
 */
async function read(name) {
  const answer = await fetch(browser.runtime.getURL(`_locales/${name}/messages.json`));
  /** @type {Record<string, {message: string}>} */
  const entries = await answer.json();
  return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, entry.message]));
}

/**
 * Loads the words for a setting. A word missing in that language is shown in English.
 * @param {string} setting "auto" or a language
 * @returns {Promise<string>} the language that is shown
 */
export async function load(setting) {
  const wanted = choose(setting);
  const [fallback, chosen] = await Promise.all([
    read(FALLBACK),
    wanted === FALLBACK ? {} : read(wanted).catch(() => ({})),
  ]);
  words = { ...fallback, ...chosen };
  language = wanted;
  plurals = new Intl.PluralRules(language);
  return language;
}

/** @returns {string} the language that is shown */
export function current() {
  return language;
}

/**
 * @param {string} key
 * @returns {boolean}
 */
export function has(key) {
  return Object.hasOwn(words, key);
}

/**
 * Puts values into `{name}` places; a value that is not given leaves its place empty.
 * @param {string} text
 * @param {Params} params
 * @returns {string}
 */
export function fill(text, params) {
  return text.replace(/\{(\w+)\}/g, (_, name) => String(params[name] ?? ""));
}

/**
 * The words of a key in the shown language.
 * @param {string} key
 * @param {Params} [params]
 * @returns {string}
 */
export function t(key, params = {}) {
  return fill(words[key] ?? key, params);
}

/**
 * The words for a count: keys `<key>_one`, `<key>_other` and what else the language needs; `{n}` is the number.
 * @param {string} key
 * @param {number} n
 * @param {Params} [params]
 * @returns {string}
 */
export function plural(key, n, params = {}) {
  const form = `${key}_${plurals.select(n)}`;
  return t(has(form) ? form : `${key}_other`, { ...params, n: number(n) });
}

/**
 * @param {number} value
 * @returns {string}
 */
export function number(value) {
  return new Intl.NumberFormat(language).format(value);
}

/**
 * @param {number} at milliseconds since the epoch
 * @returns {string} date and time
 */
export function dateTime(at) {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(at);
}

/**
 * @param {number} at milliseconds since the epoch
 * @returns {string}
 */
export function date(at) {
  return new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(at);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * "3 minutes ago", "yesterday"; a date once it is more than a month away.
 * @param {number} at milliseconds since the epoch
 * @param {number} [now]
 * @returns {string}
 */
export function ago(at, now = Date.now()) {
  const passed = now - at;
  if (passed > 30 * DAY) return new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(at);
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  if (passed < MINUTE) return relative.format(0, "second");
  if (passed < HOUR) return relative.format(-Math.floor(passed / MINUTE), "minute");
  if (passed < DAY) return relative.format(-Math.floor(passed / HOUR), "hour");
  return relative.format(-Math.floor(passed / DAY), "day");
}
