/** Captures: what a page shows and holds, the codes in it, kept in memory until the wizard has dealt with them. */

import { browser } from "./browser.js";
import { ownError, plainError } from "./errors.js";
import { ask } from "./host.js";
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
 * @property {number} width of the picture in pixels
 * @property {number} height
 * @property {number} scale device pixels a CSS pixel
 * @property {import("./types.js").FoundCode[]} codes corners in picture pixels, empty where the place is not known;
 *   what was pointed at comes first
 * @property {boolean} conflict the page gives a key in letters that is not its QR code's
 * @property {{origin: string, title: string, url: string}} tab
 * @property {import("./types.js").Portal | null} portal linked for the tab's origin
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
 * @returns {Promise<{captureId: string, seen: Promise<unknown>}>} `seen` resolves as soon as the page is not needed
 *   in front any more
 */
export async function beginCapture(tabId, pointed = {}) {
  const tab = await browser.tabs.get(tabId).catch(() => null);
  if (!tab) throw ownError("tabGone");
  const looking = look(tabId, pointed);
  const shooting = picture(tab);
  const captureId = crypto.randomUUID();
  captures.set(captureId, read(tab, shooting, looking));
  setTimeout(() => captures.delete(captureId), KEPT_MS);
  return { captureId, seen: Promise.all([looking, shooting]) };
}

/**
 * @param {number} tabId
 * @returns {Promise<string>} the capture's id, when the page is not needed in front any more
 */
export async function capture(tabId) {
  const { captureId, seen } = await beginCapture(tabId);
  await seen;
  return captureId;
}

/**
 * @param {chrome.tabs.Tab} tab
 * @param {Promise<string | null>} shooting
 * @param {Promise<import("./looking.js").Seen>} looking
 * @returns {Promise<Capture>}
 */
async function read(tab, shooting, looking) {
  /** @type {Capture} */
  const taken = {
    picture: "",
    width: 0,
    height: 0,
    scale: 1,
    codes: [],
    conflict: false,
    tab: { origin: originOf(tab.url), title: tab.title ?? "", url: tab.url ?? "" },
    portal: null,
    error: null,
  };
  try {
    const tabId = /** @type {number} */ (tab.id);
    const { origin } = taken.tab;
    const [{ codes, scale, size, conflict }, found] = await Promise.all([
      readAll(shooting, looking, (one) => fetchPicture(tabId, one)),
      origin.startsWith("http") ? ask("portals.find", { origin }) : { portal: null },
    ]);
    const [shot, seen] = [await shooting, await looking];
    taken.portal = found.portal;
    taken.scale = scale;
    taken.conflict = conflict;
    if (shot) {
      Object.assign(taken, { picture: shot, ...size });
      const [left, top] = [seen.view?.x ?? 0, seen.view?.y ?? 0];
      taken.codes = codes.map(({ code, corners }) => ({
        ...code,
        corners: corners.map(
          ([x, y]) => /** @type {[number, number]} */ ([(x - left) * scale, (y - top) * scale]),
        ),
      }));
    } else if (codes.length > 0) {
      const { corners, ...sheet } = await sheetOf(codes);
      Object.assign(taken, sheet);
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
