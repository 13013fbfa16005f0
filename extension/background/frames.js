/** Messages of content scripts: what a frame says about itself, checked against the browser's own record of it. */

import { documentArrived, documentReturned, pageChanged, promptFound, usernameTyped } from "./autofill.js";
import { badge } from "./badge.js";
import { clockOffset } from "./clock.js";
import { ask } from "./host.js";
import { allPortals, noticesEverywhere, portalOf, refreshSites } from "./sites.js";
import { setActivity, showsSetup, tabOf } from "./tabs.js";

/** @typedef {chrome.runtime.MessageSender} Sender */

/** @param {string | undefined} url @returns {string | null} */
function originOf(url) {
  try {
    return url ? new URL(url).origin : null;
  } catch {
    return null;
  }
}

/**
 * The frame behind a message. Its own and the top origin come from the browser; frames in between are reported by
 * our script from the browser's unforgeable `location.ancestorOrigins`, or counted: unknown ones are refused.
 * @param {Sender} sender
 * @param {{depth?: number, ancestors?: string[] | null}} said
 * @returns {import("./tabs.js").Frame | null}
 */
function frameOf(sender, said) {
  const tabId = sender.tab?.id;
  const origin = sender.origin && sender.origin !== "null" ? sender.origin : originOf(sender.url);
  if (tabId === undefined || sender.frameId === undefined || !origin) return null;
  const top = sender.frameId === 0 ? origin : originOf(sender.tab?.url);
  const between = Math.max(0, (said.depth ?? 1) - 1);
  const ancestors =
    sender.frameId === 0 || between === 0
      ? []
      : said.ancestors && said.ancestors.length === between + 1
        ? said.ancestors.slice(0, between)
        : ["unknown"];
  return { frameId: sender.frameId, origin, top, ancestors, prompt: null, state: null };
}

/**
 * @param {any} message
 * @param {Sender} sender
 * @returns {Promise<unknown> | undefined} undefined when the message is none of ours
 */
export function contentMessage(message, sender) {
  const tabId = sender.tab?.id;
  if (tabId === undefined || sender.frameId === undefined) return undefined;
  switch (message.type) {
    case "frame.hello":
      return hello(message, sender);
    case "prompt.found":
      withFrame(sender, (tab, frame) => promptFound(tab, frame, message.prompt));
      break;
    case "prompt.gone":
    case "page.state":
      withFrame(sender, (tab, frame) => pageChanged(tab, frame, message.state));
      break;
    case "username":
      if (typeof message.value === "string") usernameTyped(tabId, message.value);
      break;
    case "method.chosen":
      setActivity(tabOf(tabId), { why: "methodChosen" });
      break;
    case "setup.noticed":
      noteSetup(tabOf(tabId), sender.tab?.url ?? "", () => {
        tabOf(tabId).setupNoticed = message.qr === true;
      });
      break;
    case "setup.seen":
      void setupSeen(message, sender);
      break;
    default:
      return undefined;
  }
  return Promise.resolve(null);
}

/** @param {any} message @param {Sender} sender */
async function hello(message, sender) {
  const frame = frameOf(sender, message);
  if (!frame) return { active: false };
  if (allPortals().length === 0) await refreshSites().catch(() => {});
  const portal = portalOf(frame.origin);
  if (!portal) return { active: false };
  const tab = tabOf(/** @type {number} */ (sender.tab?.id));
  if (frame.frameId === 0) {
    tab.frames.clear();
    tab.setupNoticed = false;
  }
  frame.state = message.state ?? null;
  tab.frames.set(frame.frameId, frame);
  if (portal.accounts.length > 0) {
    // What the first code of a login would wait for is made ready while the user still types the password.
    void clockOffset(frame.origin);
    void ask("code.prepare").catch(() => {});
  }
  if (message.again === true) documentReturned(tab, frame, message.ticket);
  else documentArrived(tab, frame);
  return {
    active: true,
    settings: portal.settings,
    taught: portal.taught,
    setupPending: portal.accounts.some((account) => account.state === "pending"),
  };
}

/**
 * @param {Sender} sender
 * @param {(tab: import("./tabs.js").Tab, frame: import("./tabs.js").Frame) => void} act
 */
function withFrame(sender, act) {
  const tab = tabOf(/** @type {number} */ (sender.tab?.id));
  const frame = tab.frames.get(/** @type {number} */ (sender.frameId));
  // A frame that never said hello, or whose document was replaced meanwhile, gets nothing.
  if (frame && frame.origin === (sender.origin ?? originOf(sender.url))) act(tab, frame);
}

/** @param {any} message @param {Sender} sender */
async function setupSeen({ qr, sets, scan }, sender) {
  const frame = frameOf(sender, {});
  const page = sender.tab?.url;
  if (!frame || !page) return;
  if (!portalOf(frame.origin) && !(await noticesEverywhere())) return;
  const tab = tabOf(/** @type {number} */ (sender.tab?.id));
  noteSetup(tab, page, () => {
    tab.setupSeen.set(frame.frameId, { page, qr: Number(qr), sets: sets === true, scan: scan === true });
  });
}

/**
 * @param {import("./tabs.js").Tab} tab
 * @param {string} page the tab's address
 * @param {() => void} change
 */
function noteSetup(tab, page, change) {
  const shown = () => tab.setupNoticed || showsSetup(tab, page);
  const before = shown();
  change();
  const now = shown();
  if (now === before) return;
  if (tab.activity.phase === "idle") badge(tab.id, now ? "setup" : "none");
  setActivity(tab, { ...tab.activity });
}
