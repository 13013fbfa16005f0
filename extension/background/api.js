/** What our own pages may ask for: the host's verbs, and the extension's own under `ext.`. */

import { fillByHand } from "./autofill.js";
import { browser } from "./browser.js";
import { capture, captured } from "./capture.js";
import { ownError, plainError } from "./errors.js";
import { ask, connect, hostTrouble } from "./host.js";
import { openPortalsPage } from "./pages.js";
import {
  expectLink,
  isPermitted,
  mayTouchAllSites,
  noticeSitesChanged,
  originsGranted,
  portalOf,
  refreshSites,
} from "./sites.js";
import { showsSetup, tabOf } from "./tabs.js";
import { teach } from "./teach.js";

/** Verbs of the host that our pages may use. `code` is not among them: codes are released to frames only. */
const HOST_VERBS = new Set([
  "status",
  "keyring.unlock",
  "portals.list",
  "portals.find",
  "portals.link",
  "portals.update",
  "portals.unlink",
  "accounts.update",
  "accounts.remove",
  "accounts.restore",
  "qr.decode",
  "enrol.fromKey",
  "enrol.preview",
  "enrol.begin",
  "enrol.share",
  "enrol.compare",
  "enrol.activate",
  "enrol.cancel",
  "code.show",
  "log.list",
  "settings.get",
  "settings.set",
  "phone.open",
  "phone.send",
  "phone.close",
  "import.open",
  "import.entries",
  "import.apply",
  "import.cancel",
]);
/** After these the list of portals is another. */
const CHANGING = /^(portals\.(link|update|unlink)|accounts\.|enrol\.(begin|activate|cancel)|import\.apply)/;

/** @type {Record<string, (params: any) => Promise<any>>} */
const OWN_VERBS = {
  "ext.state": state,
  "ext.link": async ({ url, name, portalId }) => {
    const answer = await ask("portals.link", { url, name: name ?? null, portalId: portalId ?? null });
    await refreshSites();
    await originsGranted(answer.portal.origins);
    return answer;
  },
  "ext.expect": async ({ url, portalId }) => expectLink(url, portalId ?? null),
  "ext.unlink": async ({ portalId }) => {
    const answer = await ask("portals.unlink", { portalId });
    await refreshSites();
    return answer;
  },
  "ext.fill": ({ tabId, accountId }) => fillByHand(tabOf(tabId), accountId),
  "ext.why": ({ tabId }) => why(tabId),
  "ext.teach": ({ tabId, how }) => teach(tabId, how),
  "ext.capture": async ({ tabId }) => ({ captureId: await capture(tabId) }),
  "ext.captured": async ({ captureId }) => captured(captureId),
  "ext.open": async ({ hash }) => openPortalsPage(hash ?? ""),
};

/**
 * @param {any} message
 * @param {chrome.runtime.MessageSender} sender
 * @returns {Promise<{ok: true, result: any} | {ok: false, error: import("./errors.js").PlainError}> | undefined}
 */
export function pageMessage(message, sender) {
  if (message?.type !== "api" || !sender.url?.startsWith(browser.runtime.getURL(""))) return undefined;
  return call(message.verb, message.params ?? {}).then(
    (result) => ({ ok: /** @type {const} */ (true), result }),
    (error) => ({ ok: /** @type {const} */ (false), error: plainError(error) }),
  );
}

/** @param {string} verb @param {any} params */
async function call(verb, params) {
  const own = OWN_VERBS[verb];
  if (own) return own(params);
  if (!HOST_VERBS.has(verb)) throw new Error(`no verb ${verb}`);
  const result = await ask(verb, params);
  if (CHANGING.test(verb)) await refreshSites();
  if (verb === "settings.set") await noticeSitesChanged();
  return result;
}

/** Everything that the popup shows at first. @param {{tabId?: number}} params */
async function state({ tabId }) {
  const tab = await (tabId === undefined
    ? browser.tabs.query({ active: true, lastFocusedWindow: true }).then((found) => found[0])
    : browser.tabs.get(tabId).catch(() => undefined));
  const url = tab?.url ?? "";
  const origin = /^https?:/.test(url) ? new URL(url).origin : "";
  const known = tab?.id === undefined ? null : tabOf(tab.id);
  // A page that is not linked never says hello: what the page before it said counts no more.
  const frames = [...(known?.frames.values() ?? [])].filter(
    (frame) => frame.top === origin && portalOf(frame.origin),
  );
  const result = {
    host: "ok",
    error: /** @type {import("./errors.js").PlainError | null} */ (null),
    keyring: { ok: true, problem: /** @type {string | null} */ (null), backend: "" },
    tab: tab && { id: tab.id, url, origin, title: tab.title ?? "", secure: isSecure(origin) },
    portal: /** @type {import("./types.js").Portal | null} */ (null),
    sameSite: /** @type {import("./types.js").Portal[]} */ ([]),
    permitted: false,
    allSites: await mayTouchAllSites(),
    prompt: frames.find((frame) => frame.prompt)?.prompt ?? null,
    activity: known?.activity ?? null,
    setup: {
      noticed:
        (frames.length > 0 && known?.setupNoticed === true) || (known !== null && showsSetup(known, url)),
    },
  };
  try {
    await connect();
    const [status, found] = await Promise.all([
      ask("status"),
      origin ? ask("portals.find", { origin }) : { portal: null, sameSite: [] },
    ]);
    result.keyring = status.keyring;
    result.portal = found.portal;
    result.sameSite = found.sameSite;
    result.permitted = origin !== "" && (await isPermitted(origin));
  } catch (error) {
    result.error = hostTrouble() ?? plainError(error);
    result.host = { hostMissing: "missing", hostRefused: "refused" }[result.error.name] ?? "error";
  }
  return result;
}

/** @param {string} origin */
function isSecure(origin) {
  if (origin.startsWith("https://")) return true;
  if (!origin) return false;
  const { hostname } = new URL(origin);
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Why fields were taken for prompts or not, frame by frame. @param {number} tabId */
async function why(tabId) {
  const tab = tabOf(tabId);
  const frames = [...tab.frames.values()].filter((frame) => portalOf(frame.origin));
  if (frames.length === 0) throw ownError("noPrompt");
  return Promise.all(
    frames.map(async (frame) => ({
      frameUrl: frame.origin + (frame.state?.path ?? ""),
      fields: await browser.tabs
        .sendMessage(tabId, { type: "why" }, { frameId: frame.frameId })
        .catch(() => []),
    })),
  );
}
