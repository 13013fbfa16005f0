/** Asking the browser for the sites of a portal. Must run inside a click, before anything is awaited. */

import { browser, isFirefox } from "../../background/browser.js";

/**
 * The match pattern that covers an origin. Firefox knows no ports in patterns; there it covers every port.
 * @param {string} address an origin or a whole address
 * @returns {string}
 */
export function patternOf(address) {
  const url = new URL(address);
  return `${url.protocol}//${isFirefox ? url.hostname : url.host}/*`;
}

/**
 * Asks for these sites; answers at once with true when they are granted already.
 * @param {string[]} addresses
 * @returns {Promise<boolean>}
 */
export function requestSites(addresses) {
  return browser.permissions.request({ origins: [...new Set(addresses.map(patternOf))] });
}

/** Every site that may be a portal: for noticing set-up pages. */
export const EVERYWHERE = Object.freeze(["https://*/*"]);

/** @returns {Promise<boolean>} */
export function requestEverywhere() {
  return browser.permissions.request({ origins: [...EVERYWHERE] });
}

/** @returns {Promise<boolean>} */
export function hasEverywhere() {
  return browser.permissions.contains({ origins: [...EVERYWHERE] });
}
