/** The linked portals as this page knows them. */

import { call } from "../common/api.js";

/** @typedef {import("../../background/types.js").Portal} Portal */
/** @typedef {import("../../background/types.js").Account} Account */

/** Portals that fill the window, read first; the others come in as few messages as hold them. As in `early.js`. */
const FIRST = 60;
const OTHERS = 20_000;

/** @type {Portal[]} */
let known = [];

/**
 * Reads every portal, the first ones and the others at the same time.
 * @param {(some: Portal[]) => void} [first] called with the first ones while the others are read
 * @returns {Promise<Portal[]>}
 */
export async function loadPortals(first) {
  const others = call("portals.list", { offset: FIRST, limit: OTHERS });
  others.catch(() => {}); // awaited below, unless the first ones fail already
  const start = await call("portals.list", { offset: 0, limit: FIRST });
  /** @type {Portal[]} */
  const found = start.portals;
  if (found.length < start.total) first?.(found.slice());
  let next = found.length === FIRST ? await others : null;
  while (found.length < start.total) {
    next ??= await call("portals.list", { offset: found.length, limit: OTHERS });
    if (next.portals.length === 0) break;
    found.push(...next.portals);
    next = null;
  }
  known = found;
  return found;
}

/** @returns {Portal[]} */
export function portals() {
  return known;
}

/**
 * @param {string} id
 * @returns {Portal | undefined}
 */
export function portalById(id) {
  return known.find((portal) => portal.id === id);
}

/**
 * @param {string} accountId
 * @returns {{portal: Portal, account: Account} | undefined}
 */
export function accountById(accountId) {
  for (const portal of known) {
    const account = portal.accounts.find((one) => one.id === accountId);
    if (account) return { portal, account };
  }
  return undefined;
}

/**
 * What an account is called.
 * @param {Account} account
 * @returns {string} empty when nothing names it
 */
export function nameOf(account) {
  return account.username || account.factor.name || account.factor.issuer;
}
