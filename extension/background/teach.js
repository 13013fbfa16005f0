/** What the user teaches about a portal's pages: where its code goes, and where none goes. */

import { browser } from "./browser.js";
import { ownError } from "./errors.js";
import { ask } from "./host.js";
import { notice } from "./notices.js";
import { portalOf, refreshSites } from "./sites.js";
import { tabOf } from "./tabs.js";

/**
 * @param {number} tabId
 * @param {"here" | "nothere"} how
 * @param {number} [frameId] the frame that was right-clicked; else the one with a prompt, else the top one
 */
export async function teach(tabId, how, frameId) {
  const tab = tabOf(tabId);
  const withPrompt = [...tab.frames.values()].find((frame) => frame.prompt);
  const frame = tab.frames.get(frameId ?? withPrompt?.frameId ?? 0);
  const portal = frame && portalOf(frame.origin);
  if (!frame || !portal) {
    if (frameId !== undefined) await notice("failed", { portal: "", why: ownError("notPermitted").message });
    throw ownError("notPermitted");
  }
  const answer = await browser.tabs.sendMessage(tabId, { type: "teach", how }, { frameId: frame.frameId });
  if (!answer?.taught) throw ownError("noPrompt");
  await ask("portals.update", { portalId: portal.id, taught: answer.taught });
  await refreshSites(); // the page may be loaded again at once, and must not be filled then
  if (how === "here") await notice("taught", { portal: portal.name });
}
