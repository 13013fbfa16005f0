/** Captures: what a page shows and holds, the codes in it, kept in memory until the wizard has dealt with them. */

import { browser } from "./browser.js";
import { ownError, plainError } from "./errors.js";
import { fetchPicture, look } from "./looking.js";
import { readAll } from "./reading.js";
import { sheetOf } from "./sheet.js";

const KEPT_MS = 10 * 60_000;
const SETTLE_MS = 200;
/** Browsers take two pictures of a tab in a second, no more. */
const QUOTA_MS = 550;

/**
 * @typedef {object} Capture
 * @property {string} picture data URL of a copy of the page
 * @property {number} scale device pixels a CSS pixel
 * @property {import("./types.js").FoundCode[]} codes corners in picture pixels, empty where the place is not known;
 *   what was pointed at comes first
 * @property {boolean} conflict the page gives a key in letters that is not its QR code's
 * @property {{origin: string, title: string, url: string}} tab
 * @property {import("./errors.js").PlainError | null} error
 */

/** @type {Map<string, Promise<Capture>>} */
const captures = new Map();

/** @param {string} captureId @returns {Promise<Capture>} resolves when everything is read */
export function captured(captureId) {
  const found = captures.get(captureId);
  if (!found) throw ownError("captureGone");
  return found;
}

/**
 * Look at a tab and begin to read its codes.
 * @param {number} tabId
 * @param {import("./looking.js").Pointed} [pointed] where the click was
 * @returns {Promise<string>} the capture's id, as soon as the page is not needed in front any more
 */
export async function capture(tabId, pointed = {}) {
  const tab = await browser.tabs.get(tabId).catch(() => null);
  if (!tab) throw ownError("tabGone");
  const looking = look(tabId, pointed);
  const shot = await picture(tab);
  const captureId = crypto.randomUUID();
  captures.set(captureId, read(tab, shot, await looking));
  setTimeout(() => captures.delete(captureId), KEPT_MS);
  return captureId;
}

/**
 * @param {chrome.tabs.Tab} tab
 * @param {string | null} shot
 * @param {import("./looking.js").Seen} seen
 * @returns {Promise<Capture>}
 */
async function read(tab, shot, seen) {
  /** @type {Capture} */
  const taken = {
    picture: shot ?? "",
    scale: 1,
    codes: [],
    conflict: false,
    tab: { origin: originOf(tab.url), title: tab.title ?? "", url: tab.url ?? "" },
    error: null,
  };
  try {
    const tabId = /** @type {number} */ (tab.id);
    const { codes, scale, conflict } = await readAll(shot, seen, (one) => fetchPicture(tabId, one));
    taken.scale = scale;
    taken.conflict = conflict;
    if (shot) {
      const [left, top] = [seen.view?.x ?? 0, seen.view?.y ?? 0];
      taken.codes = codes.map(({ code, corners }) => ({
        ...code,
        corners: corners.map(
          ([x, y]) => /** @type {[number, number]} */ ([(x - left) * scale, (y - top) * scale]),
        ),
      }));
    } else if (codes.length > 0) {
      const { picture, corners } = await sheetOf(codes);
      taken.picture = picture;
      taken.codes = codes.map((one) => ({ ...one.code, corners: corners.get(one) ?? [] }));
    } else {
      taken.error = ownError("cannotCapture").plain;
    }
  } catch (error) {
    taken.error = plainError(error);
  }
  return taken;
}

/** @param {string | undefined} url */
function originOf(url) {
  try {
    return url ? new URL(url).origin : "";
  } catch {
    return "";
  }
}

/**
 * The view at device resolution. Only the tab in front can be pictured: bring it there and go back.
 * @param {chrome.tabs.Tab} tab
 * @returns {Promise<string | null>} null where the browser refuses: its own pages, files, sites linked but not clicked on
 */
async function picture(tab) {
  const tabId = /** @type {number} */ (tab.id);
  const [front] = await browser.tabs.query({ active: true, windowId: tab.windowId });
  const away = front?.id !== undefined && front.id !== tabId;
  if (away) {
    await browser.tabs.update(tabId, { active: true });
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  }
  const shoot = () => browser.tabs.captureVisibleTab(tab.windowId, { format: "png" });
  try {
    return await shoot().catch(async (error) => {
      if (!/MAX_CAPTURE/.test(error?.message ?? "")) throw error;
      await new Promise((resolve) => setTimeout(resolve, QUOTA_MS));
      return shoot();
    });
  } catch {
    return null;
  } finally {
    if (away && front?.id !== undefined)
      await browser.tabs.update(front.id, { active: true }).catch(() => {});
  }
}
