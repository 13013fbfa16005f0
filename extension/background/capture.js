/** Captures: a picture of what is in view, the QR codes in it, kept in memory until the wizard has dealt with them. */

import { browser } from "./browser.js";
import { ownError, plainError } from "./errors.js";
import { ask } from "./host.js";

const KEPT_MS = 10 * 60_000;
const SETTLE_MS = 200;

/**
 * @typedef {object} Capture
 * @property {string} picture data URL of a copy of the page
 * @property {number} scale device pixels a CSS pixel
 * @property {import("./types.js").FoundCode[]} codes corners in picture pixels
 * @property {{origin: string, title: string, url: string}} tab
 * @property {import("./errors.js").PlainError | null} error
 */

/** @type {Map<string, Capture>} */
const captures = new Map();

/** @param {string} captureId @returns {Capture} */
export function captured(captureId) {
  const found = captures.get(captureId);
  if (!found) throw ownError("captureGone");
  return found;
}

/**
 * Take a picture of a tab and read its codes.
 * @param {number} tabId
 * @returns {Promise<string>} the capture's id
 */
export async function capture(tabId) {
  const tab = await browser.tabs.get(tabId).catch(() => null);
  if (!tab) throw ownError("tabGone");
  /** @type {Capture} */
  const taken = {
    picture: "",
    scale: 1,
    codes: [],
    tab: { origin: originOf(tab.url), title: tab.title ?? "", url: tab.url ?? "" },
    error: null,
  };
  try {
    taken.picture = await picture(tab);
    const answer = await ask("qr.decode", { image: taken.picture });
    taken.codes = answer.codes;
  } catch (error) {
    taken.error = plainError(error);
  }
  const captureId = crypto.randomUUID();
  captures.set(captureId, taken);
  setTimeout(() => captures.delete(captureId), KEPT_MS);
  return captureId;
}

/** @param {string | undefined} url */
function originOf(url) {
  try {
    return url ? new URL(url).origin : "";
  } catch {
    return "";
  }
}

/** Only the tab in front can be pictured: bring it there and go back. @param {chrome.tabs.Tab} tab */
async function picture(tab) {
  const tabId = /** @type {number} */ (tab.id);
  const [front] = await browser.tabs.query({ active: true, windowId: tab.windowId });
  const away = front?.id !== undefined && front.id !== tabId;
  if (away) {
    await browser.tabs.update(tabId, { active: true });
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  }
  try {
    return await browser.tabs.captureVisibleTab(tab.windowId, { format: "png" });
  } catch {
    throw ownError("cannotCapture");
  } finally {
    if (away && front?.id !== undefined) await browser.tabs.update(front.id, { active: true }).catch(() => {});
  }
}
