/** The toolbar popup: asks the background what this tab is, draws it, and draws again on every change. */

import { call, onEvent } from "../common/api.js";
import { byId, h, icon, show } from "../common/dom.js";
import { t } from "../common/i18n.js";
import { start } from "../common/language.js";
import { errorNotice } from "../common/parts.js";
import { say } from "../common/say.js";
import { activityWords } from "./activity.js";
import { stateOf } from "./state.js";
import { draw } from "./views.js";

const view = byId("view");

/** The tab may be named in the address, so that the popup can also be shown as a page of its own. */
const named = new URLSearchParams(location.search).get("tab");
/** @type {number | undefined} */
let tabId = named ? Number(named) : undefined;
let drawn = "";
let asking = false;
let askAgain = false;
/** Whether the next drawing happens even when nothing changed. */
let forced = false;
/** @type {string | null} */
let spoken = null;
/** @type {(() => void)[]} */
let cleanups = [];
/** The first question, asked while the words are still being read. @type {Promise<any> | null} */
let early = null;
/** What the last action ran into. @type {unknown} */
let failed = null;

/** What the views may do. */
const actions = {
  again() {
    failed = null;
    void refresh(true);
  },
  /** @param {string} hash */
  async open(hash) {
    await call("ext.open", { hash });
    if (!named) window.close();
  },
  /** @param {() => void} cleanup */
  later(cleanup) {
    cleanups.push(cleanup);
  },
  /** @param {unknown} error shown until the next action */
  problem(error) {
    failed = error;
    void refresh(true);
  },
};

/** @returns {Promise<any>} */
function look() {
  return call("ext.state", tabId === undefined ? {} : { tabId });
}

/** @param {boolean} [force] draw even when nothing changed */
async function refresh(force = false) {
  forced ||= force;
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  try {
    const asked = early ?? look();
    early = null;
    const state = stateOf(await asked);
    tabId ??= state.tab?.id;
    if (state.host === "starting") setTimeout(() => void refresh(), 400);
    const key = JSON.stringify(state);
    if (forced || key !== drawn) {
      forced = false;
      drawn = key;
      redraw(() => draw(state, actions));
      announce(state);
    }
  } catch (problem) {
    drawn = "";
    redraw(() => [
      errorNotice(problem),
      h("button", { type: "button", class: "button wide", onclick: () => void refresh(true) }, t("tryAgain")),
    ]);
  } finally {
    asking = false;
    view.removeAttribute("aria-busy");
    if (askAgain) {
      askAgain = false;
      void refresh();
    }
  }
}

/**
 * Draws anew and gives the focus back to the button that had it.
 * @param {() => (Node | null)[]} build
 */
function redraw(build) {
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.focus;
  for (const cleanup of cleanups) cleanup();
  cleanups = [];
  show(view, ...build(), failed ? errorNotice(failed) : null);
  if (focused) /** @type {HTMLElement | null} */ (view.querySelector(`[data-focus="${focused}"]`))?.focus();
}

/** @param {import("./state.js").State} state */
function announce(state) {
  const words = activityWords(state);
  const text = words ? `${words.title} ${words.text}` : "";
  if (spoken !== null && text && text !== spoken) say(text);
  spoken = text;
}

function showStarting() {
  show(view, h("div", { class: "skeleton", "aria-hidden": "true" }, h("span"), h("span")));
}

byId("open-portals").append(icon("list"));
byId("open-settings").append(icon("gear"));
byId("open-portals").addEventListener("click", () => void actions.open(""));
byId("open-settings").addEventListener("click", () => void actions.open("#settings"));

showStarting();
early = look();
early.catch(() => {}); // told by refresh
await start(() => void refresh(true));
for (const id of ["open-portals", "open-settings"]) {
  byId(id).title = byId(id).getAttribute("aria-label") ?? "";
}
await refresh();
performance.mark("usable"); // read by tests/bench/pages.py
onEvent((event) => {
  if (event.event === "activity" && event.tabId !== tabId) return;
  if (event.event === "changed" || event.event === "activity") void refresh();
});
