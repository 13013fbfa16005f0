/** Companies and portals: the list, the settings of the extension, and the windows that the address names. */

import { onEvent } from "../common/api.js";
import { byId, h, icon, show } from "../common/dom.js";
import { current, plural, t } from "../common/i18n.js";
import { start } from "../common/language.js";
import { commandLine, errorNotice } from "../common/parts.js";
import { askAndActivate } from "./activate.js";
import { openAddPortal } from "./add-portal.js";
import { drawSettings } from "./app-settings.js";
import { makeList } from "./list.js";
import { openPortalSettings } from "./portal-settings.js";
import { find, prepare, sorted } from "./search.js";
import { accountById, loadPortals, portalById } from "./store.js";
import { openCapture, openWizard } from "./wizard/wizard.js";

/** @typedef {import("./store.js").Portal} Portal */

const search = /** @type {HTMLInputElement} */ (byId("search"));
const sort = /** @type {HTMLSelectElement} */ (byId("sort"));
const list = makeList(byId("list"), (portal) => openSettings(portal.id));
/** @type {Portal[]} */
let all = [];
let loaded = false;
/** The first reading, begun while the words are still being read. @type {Promise<Portal[]> | null} */
let early = null;
/** @type {Portal[]} in the chosen order */
let ordered = [];

/** @param {string} id */
function openSettings(id) {
  openPortalSettings(id, () => list.focusPortal(id));
}

/** @param {Portal[]} portals */
function take(portals) {
  all = portals;
  ordered = sorted(all, /** @type {import("./search.js").Order} */ (sort.value), current());
  draw();
  prepare(all);
}

function draw() {
  const found = find(ordered, search.value);
  const none = all.length === 0;
  byId("toolbar").hidden = none;
  byId("panel").hidden = found.length === 0;
  byId("count").hidden = none;
  list.show(found);
  byId("count").textContent =
    found.length === all.length
      ? plural("portalCount", all.length)
      : t("portalCountFound", { found: found.length, all: all.length });
  if (none) show(byId("empty"), ...emptyState());
  else if (found.length === 0) show(byId("empty"), nothingFound());
  else byId("empty").replaceChildren();
}

function emptyState() {
  /** @type {[keyof typeof import("../common/icons.js").SHAPES, string, string][]} */
  const steps = [
    ["link", t("emptyStep1"), t("emptyStep1Text")],
    ["qr", t("emptyStep2"), t("emptyStep2Text")],
    ["shield", t("emptyStep3"), t("emptyStep3Text")],
  ];
  return [
    h(
      "div",
      { class: "empty" },
      h("span", { class: "empty-art" }, icon("building")),
      h("h2", {}, t("emptyTitle")),
      h("p", {}, t("emptyText")),
      h(
        "ol",
        { class: "how" },
        ...steps.map(([shape, title, text]) =>
          h("li", {}, icon(shape), h("h3", {}, title), h("p", { class: "quiet small" }, text)),
        ),
      ),
      h(
        "div",
        { class: "row-of" },
        h(
          "button",
          { type: "button", class: "button primary", onclick: addPortal },
          icon("plus"),
          t("addPortal"),
        ),
        h(
          "button",
          { type: "button", class: "button", onclick: importAccounts },
          icon("app"),
          t("importFromApp"),
        ),
      ),
    ),
  ];
}

function nothingFound() {
  return h(
    "div",
    { class: "empty" },
    h("h2", {}, t("nothingFound", { query: search.value.trim() })),
    h(
      "button",
      {
        type: "button",
        class: "button",
        onclick: () => {
          search.value = "";
          draw();
          search.focus();
        },
      },
      t("clearSearch"),
    ),
  );
}

async function refresh() {
  try {
    const asked = early ?? loadPortals(all.length === 0 ? take : undefined);
    early = null;
    const portals = await asked;
    byId("problem").replaceChildren();
    loaded = true;
    if (JSON.stringify(portals) !== JSON.stringify(all)) take(portals);
    else if (all.length === 0) draw();
  } catch (problem) {
    show(
      byId("problem"),
      h(
        "div",
        { class: "stack" },
        errorNotice(problem),
        commandLine("auto2fa doctor"),
        h(
          "div",
          {},
          h("button", { type: "button", class: "button", onclick: () => void refresh() }, t("tryAgain")),
        ),
      ),
    );
  }
}

function addPortal() {
  openAddPortal(async (portal) => {
    await refresh();
    openSettings(portal.id);
  });
}

function importAccounts() {
  openWizard({ portal: null, step: "import" });
}

function drawButtons() {
  show(byId("add"), icon("plus"), t("addPortal"));
  show(byId("import"), icon("app"), t("importFromApp"));
  document.title = t("portalsTitle");
}

/** Opens what the address names, then cleans the address so that the same link works again. */
async function route() {
  const [, name, value] = /^#?([a-z]*)=?(.*)$/.exec(decodeURIComponent(location.hash)) ?? [];
  const settings = name === "settings";
  byId("section-settings").hidden = !settings;
  byId("section-portals").hidden = settings;
  byId("tab-settings").toggleAttribute("aria-current", settings);
  byId("tab-portals").toggleAttribute("aria-current", !settings);
  if (settings) await drawSettings(byId("section-settings"));
  if (!value) return;
  history.replaceState(null, "", location.pathname);
  if (name === "portal" && (await known(value, portalById))) openSettings(value);
  if (name === "activate") {
    const portal = await known(value, portalById);
    if (portal) await askAndActivate(portal);
  }
  if (name === "prove") {
    const found = await known(value, accountById);
    if (found) openWizard({ portal: found.portal, step: "prove", data: { account: found.account } });
  }
  if (name === "capture") await openCapture(value);
}

/**
 * What an address names may have been linked a moment ago, or the first reading may still be under way.
 * @template T
 * @param {string} id
 * @param {(id: string) => T | undefined} look
 * @returns {Promise<T | undefined>}
 */
async function known(id, look) {
  if (!look(id)) await refresh();
  return look(id);
}

byId("add").addEventListener("click", addPortal);
byId("import").addEventListener("click", importAccounts);
byId("search").before(icon("search"));
search.addEventListener("input", draw);
search.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") {
    event.preventDefault();
    list.focusFirst();
  }
});
sort.addEventListener("change", () => take(all));
window.addEventListener("hashchange", () => void route());
document.addEventListener("keydown", (event) => {
  const typing = /** @type {HTMLElement} */ (event.target).matches("input, textarea, select");
  if (event.key !== "/" || typing || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  search.focus();
});

early = loadPortals();
early.catch(() => {}); // told by refresh
await start(() => {
  drawButtons();
  list.forget();
  if (loaded) take(all);
  void route();
});
drawButtons();
// What was captured is shown with or without the list.
if (location.hash.startsWith("#capture=")) void route();
await refresh();
onEvent((event) => {
  if (event.event === "changed") void refresh();
});
await route();
performance.mark("usable"); // read by tests/bench/pages.py
