/** Finding and ordering portals. */

import { whenIdle } from "../common/idle.js";
import { hostOf } from "../common/parts.js";
import { nameOf } from "./store.js";

/** @typedef {import("./store.js").Portal} Portal */
/** @typedef {"name" | "used" | "state" | "added"} Order */

/** What needs a hand comes first. */
const STATES = ["attention", "pending", "unlinked", "active"];

/** Portals made ready at a time. */
const PIECE = 200;

/**
 * Text as it is compared: small letters, without accents.
 * @param {string} text
 * @returns {string}
 */
function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** @type {WeakMap<Portal, string>} */
const haystacks = new WeakMap();

/** @param {Portal} portal */
function haystack(portal) {
  let text = haystacks.get(portal);
  if (text === undefined) {
    const accounts = portal.accounts.flatMap((account) => [
      nameOf(account),
      account.factor.name,
      account.factor.issuer,
    ]);
    text = plain([portal.name, ...portal.origins.map(hostOf), ...accounts].join("\n"));
    haystacks.set(portal, text);
  }
  return text;
}

/**
 * Makes ready for the first search while nobody waits.
 * @param {Portal[]} portals
 */
export function prepare(portals) {
  const rest = portals.filter((portal) => !haystacks.has(portal));
  const piece = () => {
    for (const portal of rest.splice(0, PIECE)) haystack(portal);
    if (rest.length > 0) whenIdle(piece);
  };
  whenIdle(piece);
}

/**
 * Portals that hold every word of the query.
 * @param {Portal[]} portals
 * @param {string} query
 * @returns {Portal[]}
 */
export function find(portals, query) {
  const terms = plain(query).split(/\s+/).filter(Boolean);
  if (terms.length === 0) return portals;
  return portals.filter((portal) => terms.every((term) => haystack(portal).includes(term)));
}

/**
 * @param {Portal[]} portals
 * @param {Order} order
 * @param {string} language
 * @returns {Portal[]} a sorted copy
 */
export function sorted(portals, order, language) {
  const collator = new Intl.Collator(language, { sensitivity: "base", numeric: true });
  /** @param {Portal} a @param {Portal} b */
  const byName = (a, b) => collator.compare(a.name, b.name);
  /** @type {Record<Order, (a: Portal, b: Portal) => number>} */
  const orders = {
    name: byName,
    used: (a, b) => (b.lastUsed ?? 0) - (a.lastUsed ?? 0) || byName(a, b),
    state: (a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state) || byName(a, b),
    added: (a, b) => b.createdAt - a.createdAt || byName(a, b),
  };
  return [...portals].sort(orders[order]);
}
