/** The background: wires the browser's events to the rooms. Every listener is set here, before the first await. */

import { pageMessage } from "./api.js";
import { fillByHand, tabClosed } from "./autofill.js";
import { browser } from "./browser.js";
import { contentMessage } from "./frames.js";
import { connect } from "./host.js";
import { startMenus } from "./menus.js";
import { startPages } from "./pages.js";
import { startSites } from "./sites.js";
import { startTabs, tabOf } from "./tabs.js";

startSites();
startTabs(tabClosed);
startPages();
startMenus();

browser.runtime.onMessage.addListener((message, sender, respond) => {
  if (sender.id !== browser.runtime.id || typeof message !== "object" || message === null) return undefined;
  const answer = pageMessage(message, sender) ?? contentMessage(message, sender);
  if (!answer) return undefined;
  answer.then(respond, () => respond(null));
  return true; // the answer comes later
});

// Pages with a prompt hold a line to the background: when it dies in the middle of a wait, the line breaks, and
// they call it back to life and say what is there.
browser.runtime.onConnect.addListener(() => {});

browser.commands.onCommand.addListener((command, tab) => {
  if (command === "fill" && tab?.id !== undefined) void fillByHand(tabOf(tab.id)).catch(() => {});
});

// Waking up for the browser's start and for an installed update is all that is needed: this file then runs.
browser.runtime.onStartup.addListener(() => {});

void connect().catch(() => {});
