/** System notifications, in the user's language. */

import { browser } from "./browser.js";
import { text } from "./words.js";

/**
 * @param {"activated" | "stopped" | "locked" | "taught" | "failed" | "nothingFound" | "hostMissing"} name
 * @param {Record<string, string>} [params]
 */
export async function notice(name, params = {}) {
  const [title, message] = await Promise.all([text("extName"), text(`notify_${name}`, params)]);
  if (!message) return;
  await browser.notifications
    .create({ type: "basic", iconUrl: browser.runtime.getURL("icons/icon-128.png"), title, message })
    .catch(() => {}); // switched off by the system: the badge says it too
}
