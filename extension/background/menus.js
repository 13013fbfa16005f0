/** The context menu: capture a QR code, teach a field. */

import { browser } from "./browser.js";
import { capture, captured } from "./capture.js";
import { onHost } from "./host.js";
import { notice } from "./notices.js";
import { openPortalsPage } from "./pages.js";
import { teach } from "./teach.js";
import { text } from "./words.js";

const CAPTURE = "capture";
const TEACH = "teach";

/** Menus are kept by the browser over restarts; made anew when the words may have changed. */
async function makeMenus() {
  const [captureTitle, teachTitle] = await Promise.all([text("menuCapture"), text("menuTeach")]);
  await browser.contextMenus.removeAll();
  browser.contextMenus.create({
    id: CAPTURE,
    title: captureTitle,
    // Chromium shows an item on a canvas under “all” alone.
    contexts: ["all"],
    documentUrlPatterns: ["http://*/*", "https://*/*", "file:///*"],
  });
  browser.contextMenus.create({
    id: TEACH,
    title: teachTitle,
    contexts: ["editable"],
    documentUrlPatterns: ["http://*/*", "https://*/*"],
  });
}

/** @param {number} tabId @param {import("./looking.js").Pointed} [pointed] */
export async function captureAndShow(tabId, pointed) {
  const captureId = await capture(tabId, pointed);
  // The page opens while the host reads.
  const [{ codes, error }] = await Promise.all([
    captured(captureId),
    openPortalsPage(`#capture=${captureId}`),
  ]);
  if (!error && codes.length === 0) await notice("nothingFound");
}

export function startMenus() {
  browser.runtime.onInstalled.addListener(() => void makeMenus());
  onHost("connected", () => void makeMenus());
  onHost("portals.changed", () => void makeMenus());
  browser.contextMenus.onClicked.addListener((info, tab) => {
    if (tab?.id === undefined) return;
    if (info.menuItemId === CAPTURE) void captureAndShow(tab.id, info);
    if (info.menuItemId === TEACH) void teach(tab.id, "here", info.frameId);
  });
}
