/** The context menu: capture a QR code, teach a field. */

import { browser } from "./browser.js";
import { beginCapture, captured } from "./capture.js";
import { onHost } from "./host.js";
import { notice } from "./notices.js";
import { openPortalsPage } from "./pages.js";
import { teach } from "./teach.js";
import { text } from "./words.js";

const CAPTURE = "capture";
const TEACH = "teach";

/** @type {chrome.contextMenus.CreateProperties[]} */
const ITEMS = [
  {
    id: CAPTURE,
    // Chromium shows an item on a canvas under “all” alone. For no addresses: frames that a page writes itself
    // (about:srcdoc, blob:) and viewers of other files have addresses that no pattern can name.
    contexts: ["all"],
  },
  { id: TEACH, contexts: ["editable"], documentUrlPatterns: ["http://*/*", "https://*/*"] },
];
/** @type {Record<string, string>} */
const WORDS = { [CAPTURE]: "menuCapture", [TEACH]: "menuTeach" };

/** At once, in the browser's language: the host, which knows the chosen one, may still be starting. */
async function makeMenus() {
  await browser.contextMenus.removeAll();
  for (const item of ITEMS) {
    browser.contextMenus.create({ ...item, title: browser.i18n.getMessage(WORDS[item.id ?? ""] ?? "") });
  }
}

/** In the language that the user chose; without taking the items away meanwhile. */
async function nameMenus() {
  for (const [id, key] of Object.entries(WORDS)) {
    const title = await text(key);
    await browser.contextMenus.update(id, { title }).catch(makeMenus);
  }
}

/** @param {number} tabId @param {import("./looking.js").Pointed} [pointed] */
export async function captureAndShow(tabId, pointed) {
  const { captureId, seen } = await beginCapture(tabId, pointed);
  // Our page loads while the other one is looked at and read.
  const [{ codes, error }] = await Promise.all([
    captured(captureId),
    openPortalsPage(`#capture=${captureId}`, seen),
  ]);
  if (!error && codes.length === 0) await notice("nothingFound");
}

export function startMenus() {
  browser.runtime.onInstalled.addListener(() => void makeMenus());
  onHost("connected", () => void nameMenus());
  onHost("portals.changed", () => void nameMenus());
  browser.contextMenus.onClicked.addListener((info, tab) => {
    if (tab?.id === undefined) return;
    if (info.menuItemId === CAPTURE) void captureAndShow(tab.id, info);
    if (info.menuItemId === TEACH) void teach(tab.id, "here", info.frameId);
  });
}
