/** Messages of content scripts: what a frame says about itself, checked against the browser's own record of it. */

import { documentArrived, documentReturned, pageChanged, promptFound, usernameTyped } from "./autofill.js";
import { badge } from "./badge.js";
import { clockOffset } from "./clock.js";
import { ask } from "./host.js";
import { allPortals, portalOf, refreshSites } from "./sites.js";
import { setActivity, tabOf } from "./tabs.js";

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
      setupNoticed(tabId, message.qr === true);
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

/** @param {number} tabId @param {boolean} qr */
function setupNoticed(tabId, qr) {
  const tab = tabOf(tabId);
  if (tab.setupNoticed === qr) return;
  tab.setupNoticed = qr;
  if (tab.activity.phase === "idle") badge(tabId, qr ? "setup" : "none");
  setActivity(tab, { ...tab.activity });
}
