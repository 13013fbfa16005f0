/** Our own pages: opening them, and telling them what changes. */

import { browser } from "./browser.js";
import { onHost } from "./host.js";
import { onSitesChanged } from "./sites.js";
import { onActivity } from "./tabs.js";

const PORTALS_PAGE = "pages/portals/portals.html";

/** @type {Set<chrome.runtime.Port>} */
const ports = new Set();

/** @param {object} event */
function tell(event) {
  for (const port of ports) port.postMessage(event);
}

/**
 * Open Companies and portals, or bring it to the front.
 * @param {string} hash with its `#`, or empty
 * @param {Promise<unknown>} [ready] the page loads at once and comes to the front after this
 */
export async function openPortalsPage(hash, ready) {
  const url = browser.runtime.getURL(PORTALS_PAGE);
  const [open] = await browser.tabs.query({ url: `${url}*` });
  if (open?.id === undefined) {
    const { id } = await browser.tabs.create({ url: url + hash, active: !ready });
    await ready;
    if (ready && id !== undefined) await browser.tabs.update(id, { active: true }).catch(() => {}); // closed
    return;
  }
  await browser.tabs.update(open.id, ready ? { url: url + hash } : { active: true, url: url + hash });
  if (ready) {
    await ready;
    await browser.tabs.update(open.id, { active: true }).catch(() => {}); // closed by now
  }
  if (open.windowId !== undefined)
    await browser.windows.update(open.windowId, { focused: true }).catch(() => {});
}

export function startPages() {
  browser.runtime.onConnect.addListener((port) => {
    if (port.name !== "page" || !port.sender?.url?.startsWith(browser.runtime.getURL(""))) return;
    ports.add(port);
    port.onDisconnect.addListener(() => ports.delete(port));
  });
  onSitesChanged(() => tell({ event: "changed" }));
  onActivity((tabId) => tell({ event: "activity", tabId }));
  for (const name of ["connected", "lost"]) onHost(name, () => tell({ event: "changed" }));
  for (const name of ["phone.state", "import.progress"])
    onHost(name, (params) => tell({ event: name, ...params }));
}
