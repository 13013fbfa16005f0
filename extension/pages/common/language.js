/** The page's language: shown at once from the last known setting, corrected when the host answers. */

import { call } from "./api.js";
import { current, load, t } from "./i18n.js";

const KEY = "language";
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

/** Puts words into every element that names its key: `data-i18n` (text), `data-i18n-label`, `data-i18n-hint`. */
function translateDocument() {
  document.documentElement.lang = current();
  document.documentElement.dir = RIGHT_TO_LEFT.has(current()) ? "rtl" : "ltr";
  for (const element of document.querySelectorAll("[data-i18n]")) {
    element.textContent = t(/** @type {HTMLElement} */ (element).dataset.i18n ?? "");
  }
  for (const element of document.querySelectorAll("[data-i18n-label]")) {
    element.setAttribute("aria-label", t(/** @type {HTMLElement} */ (element).dataset.i18nLabel ?? ""));
  }
  for (const element of document.querySelectorAll("[data-i18n-hint]")) {
    element.setAttribute("placeholder", t(/** @type {HTMLElement} */ (element).dataset.i18nHint ?? ""));
  }
  document.documentElement.dataset.ready = "";
}

/**
 * Shows the page in this language and remembers the setting for the next page's first moment.
 * @param {string} setting "auto" or a language
 */
export async function speak(setting) {
  await load(setting);
  localStorage.setItem(KEY, setting);
  translateDocument();
}

/**
 * Shows the page in the last known language, then asks the host which one is set.
 * @param {() => void} again draws the page anew when the language turned out to be another
 */
export async function start(again) {
  const known = localStorage.getItem(KEY) ?? "auto";
  await speak(known);
  void call("settings.get").then(
    async ({ language }) => {
      if (language === known) return;
      await speak(language);
      again();
    },
    () => {}, // without the host the last known language stays
  );
}
