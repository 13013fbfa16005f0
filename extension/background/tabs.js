/** What is known of each tab, in memory only: its frames, the user name typed there, what Auto 2FA is doing. */

import { browser } from "./browser.js";

/**
 * @typedef {import("./types.js").PageState} PageState
 * @typedef {import("./types.js").Prompt} Prompt
 *
 * @typedef {object} Frame
 * @property {number} frameId
 * @property {string} origin from the browser's own sender record
 * @property {string | null} top origin of the page in the address bar, from the browser's own record
 * @property {string[]} ancestors origins of the frames between this one and the top
 * @property {Prompt | null} prompt
 * @property {PageState | null} state
 *
 * @typedef {object} Activity what the popup shows
 * @property {"idle" | "waiting" | "choose" | "filled" | "accepted" | "refused" | "stopped" | "notfilled"} phase
 * @property {number | null} until
 * @property {string} why a stable name or an error's sentence
 * @property {import("./errors.js").PlainError | null} error
 * @property {string | null} accountId
 * @property {import("./types.js").Choice[]} choices
 * @property {number} clockOffsetMs
 * @property {number} at
 *
 * @typedef {object} Watched a code that was filled and whose outcome is not known yet
 * @property {string} releaseId
 * @property {string} accountId
 * @property {string} promptId
 * @property {number} frameId
 * @property {"login" | "setup"} purpose
 * @property {boolean} pending the account is not proven yet
 * @property {boolean} retry the second code, after a refused one
 * @property {boolean} submitted
 * @property {boolean} navigated
 * @property {number} at
 * @property {number | null} calmSince since when the prompt is gone
 * @property {number | null} cleanSince since when neither prompt, password nor error is on show
 * @property {boolean} passed a page without any of them came and was left for another
 *
 * @typedef {object} SetupSeen what a frame shows of a set-up page (content/setup.js)
 * @property {string} page the tab's address at that time
 * @property {number} qr 2: a QR code, 1: something of its shape, 0: nothing
 * @property {boolean} sets it says that an authenticator is set up
 * @property {boolean} scan it says that something is to be scanned
 *
 * @typedef {object} Tab
 * @property {number} id
 * @property {Map<number, Frame>} frames
 * @property {string | null} username
 * @property {Activity} activity
 * @property {Watched | null} watched
 * @property {string | null} retryOf a refused release after which one more code may be tried
 * @property {string} refusedWhy what was said of it
 * @property {number} attempt raised by every attempt: a later one ends the waits of earlier ones
 * @property {boolean} busy
 * @property {boolean} setupNoticed by a field that wants the code of a new secret
 * @property {Map<number, SetupSeen>} setupSeen by frame
 */

/** @type {Map<number, Tab>} */
const tabs = new Map();
/** @type {Set<(tabId: number) => void>} */
const listeners = new Set();

/** @returns {Activity} */
function idle() {
  return {
    phase: "idle",
    until: null,
    why: "",
    error: null,
    accountId: null,
    choices: [],
    clockOffsetMs: 0,
    at: Date.now(),
  };
}

/** @param {number} id @returns {Tab} */
export function tabOf(id) {
  let tab = tabs.get(id);
  if (!tab) {
    tab = {
      id,
      frames: new Map(),
      username: null,
      activity: idle(),
      watched: null,
      retryOf: null,
      refusedWhy: "",
      attempt: 0,
      busy: false,
      setupNoticed: false,
      setupSeen: new Map(),
    };
    tabs.set(id, tab);
  }
  return tab;
}

/** @param {(tabId: number) => void} listener called when a tab's activity changes */
export function onActivity(listener) {
  listeners.add(listener);
}

/** @param {Tab} tab @param {Partial<Activity>} change what is not given becomes empty */
export function setActivity(tab, change) {
  tab.activity = { ...idle(), clockOffsetMs: tab.activity.clockOffsetMs, ...change };
  for (const listener of listeners) listener(tab.id);
}

/**
 * Whether the page that a tab shows hands out a second factor: a code, and the words for it, in any of its frames.
 * @param {Tab} tab
 * @param {string} url the tab's address
 */
export function showsSetup(tab, url) {
  const seen = [...tab.setupSeen.values()].filter(({ page }) => page === url);
  const [sets, scan] = [seen.some((one) => one.sets), seen.some((one) => one.scan)];
  return sets && seen.some(({ qr }) => qr === 2 || (qr === 1 && scan));
}

/** @param {(tab: Tab) => void} closed called with what was known of a tab that was closed */
export function startTabs(closed) {
  browser.tabs.onUpdated.addListener((tabId, { status }) => {
    if (status === "loading") tabs.get(tabId)?.setupSeen.clear();
  });
  browser.tabs.onRemoved.addListener((tabId) => {
    const tab = tabs.get(tabId);
    if (tab) {
      tab.attempt += 1;
      closed(tab);
    }
    tabs.delete(tabId);
  });
}
