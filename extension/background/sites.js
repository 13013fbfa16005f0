/** Where our content scripts run: the linked origins that the browser lets us touch, and nowhere else. */

import { browser, isFirefox } from "./browser.js";
import { ask, onHost } from "./host.js";

const SCRIPT_ID = "linked-portals";
const PAGE = 500;
const NOTICE_ID = "notice-set-up-pages";
/** What it takes to notice a set-up page; nothing of it looks for prompts, or fills. */
const NOTICE_FILES = ["text", "words", "meaning", "dom", "signs", "kinds", "setup"].map(
  (name) => `content/${name}.js`,
);
/** As the manifest's optional permissions: sites that may be portals. */
const EVERYWHERE = ["https://*/*"];
const LOOPBACK = ["http://localhost/*", "http://127.0.0.1/*", "http://*.localhost/*"];

/** @typedef {import("./types.js").Portal} Portal */

/** @type {Map<string, Portal>} */
let byOrigin = new Map();
/** @type {Portal[]} */
let portals = [];
/** @type {Promise<void>} */
let refreshing = Promise.resolve();
/** @type {Set<() => void>} */
const changed = new Set();

/** @param {() => void} listener called after the list of portals or the permissions changed */
export function onSitesChanged(listener) {
  changed.add(listener);
}

/** @param {string} origin @returns {Portal | undefined} the portal that lists exactly this origin */
export function portalOf(origin) {
  return byOrigin.get(origin);
}

export function allPortals() {
  return portals;
}

/**
 * The match pattern of an origin. Firefox knows no ports in patterns, so its scripts may start on another port
 * of the same host; they are told to stop there at once.
 * @param {string} origin
 */
export function patternOf(origin) {
  const url = new URL(origin);
  const host = isFirefox || !url.port ? url.hostname : url.host;
  return `${url.protocol}//${host}/*`;
}

/** @param {string} origin @returns {Promise<boolean>} may we touch this origin? */
export function isPermitted(origin) {
  return browser.permissions.contains({ origins: [patternOf(origin)] }).catch(() => false);
}

/** @returns {Promise<boolean>} may we touch every site? */
export function mayTouchAllSites() {
  return browser.permissions.contains({ origins: EVERYWHERE }).catch(() => false);
}

/** Read the portals anew, then register the content scripts and run them in tabs that are open already. */
export function refreshSites() {
  refreshing = refreshing.catch(() => {}).then(refresh);
  return refreshing;
}

async function refresh() {
  /** @type {Portal[]} */
  const found = [];
  for (;;) {
    const page = await ask("portals.list", { offset: found.length, limit: PAGE });
    found.push(...page.portals);
    if (found.length >= page.total || page.portals.length === 0) break;
  }
  const before = new Set(byOrigin.keys());
  portals = found;
  byOrigin = new Map(found.flatMap((portal) => portal.origins.map((origin) => [origin, portal])));
  await register();
  const fresh = [...byOrigin.keys()].filter((origin) => !before.has(origin));
  await runInOpenTabs(fresh);
  await stopIn([...before].filter((origin) => !byOrigin.has(origin)));
  for (const listener of changed) listener();
}

async function permittedOrigins() {
  const origins = [...byOrigin.keys()];
  if (await mayTouchAllSites()) return origins;
  const answers = await Promise.all(origins.map(isPermitted));
  return origins.filter((_origin, at) => answers[at]);
}

/** @type {Promise<string[]> | undefined} */
let fileList;

/** The content scripts in their order. @returns {Promise<string[]>} */
export function contentFiles() {
  fileList ??= fetch(browser.runtime.getURL("content/files.json")).then((answer) => answer.json());
  return fileList;
}

async function register() {
  const matches = [...new Set((await permittedOrigins()).map(patternOf))];
  const registered = await browser.scripting.getRegisteredContentScripts({ ids: [SCRIPT_ID] });
  if (matches.length === 0) {
    if (registered.length > 0) await browser.scripting.unregisterContentScripts({ ids: [SCRIPT_ID] });
    return;
  }
  /** @type {chrome.scripting.RegisteredContentScript} */
  const script = {
    id: SCRIPT_ID,
    matches,
    js: await contentFiles(),
    allFrames: true,
    runAt: "document_end",
    persistAcrossSessions: true,
  };
  if (registered.length > 0) await browser.scripting.updateContentScripts([script]);
  else await browser.scripting.registerContentScripts([script]);
}

/** Whether the user asked for it, and the browser allows it. */
export async function noticesEverywhere() {
  if (!(await mayTouchAllSites())) return false;
  const settings = await ask("settings.get").catch(() => null);
  return settings?.noticeEverywhere === true;
}

/** Set-up pages are noticed on every site, or no longer: only if the user switched it on. */
export async function noticeSitesChanged() {
  const wanted = await noticesEverywhere();
  const registered = await browser.scripting.getRegisteredContentScripts({ ids: [NOTICE_ID] });
  if (wanted === registered.length > 0) return;
  if (!wanted) {
    await browser.scripting.unregisterContentScripts({ ids: [NOTICE_ID] });
    return;
  }
  await browser.scripting.registerContentScripts([
    {
      id: NOTICE_ID,
      matches: [...EVERYWHERE, ...LOOPBACK],
      js: NOTICE_FILES,
      allFrames: true,
      runAt: "document_idle",
      persistAcrossSessions: true,
    },
  ]);
}

/** @param {string[]} origins */
async function runInOpenTabs(origins) {
  const files = await contentFiles();
  for (const origin of origins) {
    if (!(await isPermitted(origin))) continue;
    for (const tab of await browser.tabs.query({ url: patternOf(origin) })) {
      if (tab.id === undefined || tab.discarded) continue;
      // A tab may close or navigate away meanwhile: the registered script serves it then.
      await browser.scripting
        .executeScript({ target: { tabId: tab.id, allFrames: true }, files })
        .catch(() => {});
    }
  }
}

/** @param {string[]} origins origins that are not linked any more */
async function stopIn(origins) {
  for (const origin of origins) {
    const tabs = await browser.tabs.query({ url: patternOf(origin) }).catch(() => []);
    for (const tab of tabs) {
      if (tab.id !== undefined) await browser.tabs.sendMessage(tab.id, { type: "stop" }).catch(() => {});
    }
  }
}

/** After the user granted an origin: register, and run where its pages are open. @param {string[]} origins */
export async function originsGranted(origins) {
  await register();
  await runInOpenTabs(origins);
  for (const listener of changed) listener();
}

const EXPECTED_MS = 120_000;
/** @type {{url: string, portalId: string | null, at: number} | null} */
let expected = null;

/**
 * A site that is to be linked once the browser has granted it: some browsers close the popup while they ask, and
 * the popup then cannot do it itself. Linking twice is fine.
 * @param {string} url
 * @param {string | null} portalId
 */
export function expectLink(url, portalId) {
  expected = { url, portalId, at: Date.now() };
}

async function linkExpected() {
  const wish = expected;
  expected = null;
  if (!wish || Date.now() - wish.at > EXPECTED_MS || !(await isPermitted(new URL(wish.url).origin))) return;
  await ask("portals.link", { url: wish.url, name: null, portalId: wish.portalId });
  await refreshSites();
}

export function startSites() {
  onHost("connected", () => {
    void refreshSites()
      .then(noticeSitesChanged)
      .catch(() => {});
  });
  onHost("portals.changed", () => void refreshSites().catch(() => {}));
  browser.permissions.onAdded.addListener(() => {
    void linkExpected()
      .then(() => originsGranted([...byOrigin.keys()]))
      .catch(() => {});
  });
  browser.permissions.onRemoved.addListener(() => {
    void register()
      .then(noticeSitesChanged)
      .catch(() => {});
    for (const listener of changed) listener();
  });
}
