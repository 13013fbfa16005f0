/** Words in the language that the user chose, for menus and notifications. */

import { browser } from "./browser.js";
import { ask } from "./host.js";

/** @type {Map<string, Promise<Record<string, {message: string}>>>} */
const files = new Map();

/** @returns {Promise<string>} `en` or `de` */
export async function language() {
  /** @type {string} */
  const chosen = await ask("settings.get")
    .then((settings) => settings.language)
    .catch(() => "auto");
  if (chosen !== "auto") return chosen;
  return browser.i18n.getUILanguage().toLowerCase().startsWith("de") ? "de" : "en";
}

/** @param {string} code */
function words(code) {
  let loading = files.get(code);
  if (!loading) {
    loading = fetch(browser.runtime.getURL(`_locales/${code}/messages.json`)).then((answer) => answer.json());
    files.set(code, loading);
  }
  return loading;
}

/**
 * @param {string} key
 * @param {Record<string, string>} [params] replace `{name}` in the text
 * @returns {Promise<string>} empty when there is no such text
 */
export async function text(key, params = {}) {
  const found = (await words(await language()))[key] ?? (await words("en"))[key];
  return (found?.message ?? "").replace(/\{(\w+)\}/g, (all, name) => params[name] ?? all);
}
