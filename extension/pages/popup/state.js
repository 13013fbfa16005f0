/** Which view the popup shows for what the background says. */

/**
 * @typedef {object} Activity
 * @property {"idle" | "waiting" | "choose" | "filled" | "accepted" | "refused" | "stopped" | "notfilled"} phase
 * @property {number | null} until
 * @property {string | null} why
 * @property {string | null} accountId
 * @property {{accountId: string, name: string, issuer: string, username: string}[]} choices
 * @property {number | null} clockOffsetMs
 * @property {number | null} at
 * @property {import("../common/api.js").WireError | null} error
 */

/** @typedef {import("../../background/types.js").Portal} Portal */
/** @typedef {import("../../background/types.js").Account} Account */

/**
 * The answer of `ext.state`.
 * @typedef {object} State
 * @property {"ok" | "missing" | "refused" | "starting" | "error"} host
 * @property {import("../common/api.js").WireError | null} error
 * @property {{ok: boolean, problem: string | null, backend: string} | null} keyring
 * @property {{id: number, url: string, origin: string, title: string, secure: boolean} | null} tab
 * @property {Portal | null} portal
 * @property {Portal[]} sameSite
 * @property {boolean} permitted
 * @property {{id: string, kind: string} | null} prompt
 * @property {Activity} activity
 * @property {{noticed: boolean}} setup
 * @property {boolean} allSites
 */

/**
 * @typedef {"starting" | "hostMissing" | "hostRefused" | "hostFailed" | "keyring" | "noSite" | "notSecure" | "notLinked" |
 *   "notPermitted" | "noFactor" | "pending" | "active"} View
 */

/** What a tab does of which the background knows nothing. @type {Activity} */
const IDLE = Object.freeze({
  phase: "idle",
  until: null,
  why: null,
  accountId: null,
  choices: [],
  clockOffsetMs: null,
  at: null,
  error: null,
});

/**
 * The answer of `ext.state` with every part in place.
 * @param {any} answer
 * @returns {State}
 */
export function stateOf(answer) {
  return { ...answer, tab: answer.tab ?? null, activity: { ...IDLE, ...answer.activity } };
}

/**
 * @param {State} state
 * @returns {View}
 */
export function viewOf(state) {
  if (state.host === "starting") return "starting";
  if (state.host === "missing") return "hostMissing";
  if (state.host === "refused") return "hostRefused";
  if (state.error) return "hostFailed";
  if (state.keyring && !state.keyring.ok) return "keyring";
  if (!state.tab || !/^https?:/.test(state.tab.origin)) return "noSite";
  if (!state.tab.secure) return "notSecure";
  if (!state.portal) return "notLinked";
  if (!state.permitted) return "notPermitted";
  const accounts = state.portal.accounts;
  if (accounts.some((account) => account.state === "active")) return "active";
  return accounts.some((account) => account.state === "pending") ? "pending" : "noFactor";
}

/**
 * Accounts on show: the active ones, last used first; pending ones when there is no other.
 * @param {Portal} portal
 * @returns {Account[]}
 */
export function accountsOnShow(portal) {
  const active = portal.accounts.filter((account) => account.state === "active");
  const shown = active.length > 0 ? active : portal.accounts.filter((account) => account.state === "pending");
  return [...shown].sort((a, b) => (b.lastUsed ?? b.createdAt) - (a.lastUsed ?? a.createdAt));
}
