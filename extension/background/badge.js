/** What the toolbar button says about a tab. */

import { browser } from "./browser.js";

const LOOKS = /** @type {const} */ ({
  none: { text: "", colour: "#5b6472" },
  wait: { text: "", colour: "#8a5a00" },
  choose: { text: "?", colour: "#8a5a00" },
  filled: { text: "…", colour: "#1f5fbf" },
  accepted: { text: "✓", colour: "#1a7f45" },
  trouble: { text: "!", colour: "#b3261e" },
  setup: { text: "QR", colour: "#1f5fbf" },
});

/** @typedef {keyof typeof LOOKS} Look */

/** @type {Map<number, ReturnType<typeof setInterval>>} */
const counting = new Map();

/**
 * @param {number} tabId
 * @param {Look} look
 * @param {number} [until] with `wait`: counts the seconds down to this time (milliseconds since the epoch)
 */
export function badge(tabId, look, until) {
  const running = counting.get(tabId);
  if (running !== undefined) clearInterval(running);
  counting.delete(tabId);
  if (look === "wait" && until !== undefined) {
    const tick = () => show(tabId, secondsTo(until), LOOKS.wait.colour);
    tick();
    counting.set(tabId, setInterval(tick, 1000));
    return;
  }
  show(tabId, LOOKS[look].text, LOOKS[look].colour);
}

/** @param {number} until */
function secondsTo(until) {
  const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
  return seconds > 999 ? `${Math.ceil(seconds / 60)}m` : String(seconds);
}

/** @param {number} tabId @param {string} text @param {string} colour */
function show(tabId, text, colour) {
  // The tab may be gone: nothing to show then.
  browser.action.setBadgeText({ tabId, text }).catch(() => {});
  browser.action.setBadgeBackgroundColor({ tabId, color: colour }).catch(() => {});
  /** @type {any} */ (browser.action).setBadgeTextColor?.({ tabId, color: "#ffffff" })?.catch?.(() => {});
}
