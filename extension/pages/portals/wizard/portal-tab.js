/** The browser tab in which a portal is open. */

import { browser } from "../../../background/browser.js";
import { patternOf } from "../../common/permissions.js";

/**
 * The tab of this portal that was used last.
 * @param {import("../store.js").Portal} portal
 * @returns {Promise<chrome.tabs.Tab | undefined>}
 */
export async function portalTab(portal) {
  const tabs = await browser.tabs.query({ url: portal.origins.map(patternOf) });
  return tabs.sort((a, b) => (b.lastAccessed ?? 0) - (a.lastAccessed ?? 0))[0];
}

/**
 * Opens the portal's first site.
 * @param {import("../store.js").Portal} portal
 */
export async function openPortal(portal) {
  await browser.tabs.create({ url: `${portal.origins[0]}/` });
}
