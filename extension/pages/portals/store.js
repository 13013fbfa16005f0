/** The linked portals as this page knows them. */

import { call } from "../common/api.js";

/** @typedef {import("../../background/types.js").Portal} Portal */
/** @typedef {import("../../background/types.js").Account} Account */

const PAGE = 500; // a message from the host holds 1 MB

/** @type {Portal[]} */
let known = [];

/**
 * Reads every portal, page by page.
 * @param {(some: Portal[]) => void} [first] called with the first page while the others are read
 * @returns {Promise<Portal[]>}
 */
export async function loadPortals(first) {
  /** @type {Portal[]} */
  const found = [];
  for (;;) {
    const { portals, total } = await call("portals.list", { offset: found.length, limit: PAGE });
    found.push(...portals);
    if (found.length >= total || portals.length === 0) break;
    if (found.length === portals.length) first?.(found.slice());
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
