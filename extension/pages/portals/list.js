/**
 * The list of portals, drawn in pieces: what fits the window at once, the rest while the browser is idle.
 * Rows out of view cost no layout (`content-visibility` in portals.css). One row is in the tab order; arrow
 * keys go through the others.
 */

import { h, icon } from "../common/dom.js";
import { ago, plural, t } from "../common/i18n.js";
import { whenIdle } from "../common/idle.js";
import { hostOf, initial } from "../common/parts.js";
import { nameOf } from "./store.js";

/** @typedef {import("./store.js").Portal} Portal */

const FIRST = 40;
const PIECE = 120;
const PAGE_STEP = 10;

/**
 * @param {HTMLElement} list
 * @param {(portal: Portal, by: "row" | "plug") => void} open
 */
export function makeList(list, open) {
  /** @type {Portal[]} */
  let shown = [];
  /** Rows by portal, kept so that a search shows known rows again instead of building them. */
  /** @type {Map<string, {portal: Portal, row: HTMLElement}>} */
  let rows = new Map();
  let drawn = 0;
  let current = 0;
  let generation = 0;

  /** @param {Portal} portal */
  function rowOf(portal) {
    const kept = rows.get(portal.id);
    if (kept?.portal === portal) return kept.row;
    const row = makeRow(portal);
    rows.set(portal.id, { portal, row });
    return row;
  }

  /** @param {number} upTo */
  function drawUpTo(upTo) {
    const end = Math.min(upTo, shown.length);
    if (end <= drawn) return;
    const piece = document.createDocumentFragment();
    piece.append(...shown.slice(drawn, end).map(rowOf));
    drawn = end;
    list.append(piece);
  }

  function drawRest() {
    const mine = generation;
    whenIdle(() => {
      if (mine !== generation || drawn >= shown.length) return;
      drawUpTo(drawn + PIECE);
      drawRest();
    });
  }

  /** @param {number} index @param {boolean} inTabOrder */
  function setTabOrder(index, inTabOrder) {
    for (const button of list.children[index]?.querySelectorAll("button") ?? []) {
      button.tabIndex = inTabOrder ? 0 : -1;
    }
  }

  /** @param {number} index @param {"row" | "plug"} [part] */
  function focusRow(index, part = "row") {
    if (shown.length === 0) return;
    const target = Math.max(0, Math.min(index, shown.length - 1));
    drawUpTo(target + 1);
    setTabOrder(current, false);
    current = target;
    setTabOrder(current, true);
    const selector = part === "row" ? ".portal-open" : ".plug";
    /** @type {HTMLElement | null} */ (list.children[current]?.querySelector(selector))?.focus();
  }

  list.addEventListener("keydown", (event) => {
    const onPlug = /** @type {HTMLElement} */ (event.target).classList.contains("plug");
    const part = onPlug ? "plug" : "row";
    const ahead = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const back = document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowDown: () => focusRow(current + 1, part),
      ArrowUp: () =>
        current === 0 ? document.getElementById("search")?.focus() : focusRow(current - 1, part),
      PageDown: () => focusRow(current + PAGE_STEP, part),
      PageUp: () => focusRow(current - PAGE_STEP, part),
      Home: () => focusRow(0, part),
      End: () => focusRow(shown.length - 1, part),
      [ahead]: () => focusRow(current, "plug"),
      [back]: () => focusRow(current, "row"),
    };
    const move = keys[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move();
  });

  list.addEventListener("focusin", (event) => {
    const row = /** @type {HTMLElement} */ (event.target).closest(".portal");
    const index = row ? [...list.children].indexOf(row) : -1;
    if (index < 0 || index === current) return;
    setTabOrder(current, false);
    current = index;
    setTabOrder(current, true);
  });

  list.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const id = /** @type {HTMLElement | null} */ (target.closest(".portal"))?.dataset.id;
    const portal = id ? rows.get(id)?.portal : undefined;
    if (portal && target.closest("button")) open(portal, target.closest(".plug") ? "plug" : "row");
  });

  return {
    /** @param {Portal[]} portals in the order to show */
    show(portals) {
      // Another letter often leaves the same rows: then there is nothing to draw.
      if (portals.length === shown.length && portals.every((portal, index) => portal === shown[index]))
        return;
      const focusedId = /** @type {HTMLElement | null} */ (document.activeElement?.closest(".portal"))
        ?.dataset.id;
      generation += 1;
      setTabOrder(current, false);
      shown = portals;
      drawn = 0;
      list.replaceChildren();
      const focused = focusedId ? portals.findIndex((portal) => portal.id === focusedId) : -1;
      current = Math.max(0, focused);
      drawUpTo(Math.max(FIRST, focused + 1));
      setTabOrder(current, true);
      if (focused >= 0) focusRow(focused);
      drawRest();
    },
    /** Builds every row anew, after the language changed. */
    forget() {
      rows = new Map();
      shown = [];
      drawn = 0;
      list.replaceChildren();
    },
    focusFirst: () => focusRow(0),
    /** @param {string} id */
    focusPortal(id) {
      const index = shown.findIndex((portal) => portal.id === id);
      if (index >= 0) focusRow(index, "plug");
    },
  };
}

/**
 * @param {Portal} portal
 * @returns {HTMLElement}
 */
function makeRow(portal) {
  const [first, ...others] = portal.origins.map(hostOf);
  const sites = others.length > 0 ? `${first} ${plural("moreSites", others.length)}` : first;
  const accounts = portal.accounts.filter((account) => account.state !== "replaced");
  const [only, ...more] = accounts;
  const account = more.length > 0 ? plural("accounts", accounts.length) : only ? nameOf(only) : "";
  const plug = t("portalSettingsOf", { portal: portal.name });
  return h(
    "li",
    { class: "portal", dataset: { id: portal.id } },
    h(
      "button",
      { type: "button", class: "portal-open", tabindex: -1 },
      initial(portal.name),
      h(
        "span",
        { class: "portal-names" },
        h("span", { class: "portal-name clip", dir: "auto" }, portal.name),
        h("span", { class: "quiet small clip", dir: "auto" }, sites),
      ),
    ),
    h(
      "span",
      { class: "cell-account clip quiet", dir: "auto", title: account },
      account || h("span", { "aria-hidden": "true" }, "–"),
    ),
    h(
      "span",
      { class: "cell-state" },
      h("span", { class: `pill ${portal.state}` }, t(`state_${portal.state}`)),
    ),
    h(
      "span",
      { class: "cell-used clip quiet small" },
      portal.lastUsed ? ago(portal.lastUsed) : t("neverUsed"),
    ),
    h(
      "button",
      { type: "button", class: "icon-button plug", tabindex: -1, "aria-label": plug, title: plug },
      icon("plug"),
    ),
  );
}
