/** What the popup shows, one function a view. */

import { browser } from "../../background/browser.js";
import { call, named } from "../common/api.js";
import { h, icon } from "../common/dom.js";
import { has, t } from "../common/i18n.js";
import { makeLiveCode } from "../common/live-code.js";
import { attentionWords, commandLine, hostOf, initial, notice, workButton } from "../common/parts.js";
import { requestSites } from "../common/permissions.js";
import { makeRing } from "../common/ring.js";
import { activityWords, clockWords } from "./activity.js";
import { moreActions } from "./more.js";
import { accountsOnShow, viewOf } from "./state.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Account} Account */
/** @typedef {{again: () => void, open: (hash: string) => Promise<void>, later: (cleanup: () => void) => void, problem: (problem: unknown) => void}} Actions */

/** Kinds of prompts that are filled without being asked. */
const OWN_KINDS = new Set(["app", "combined", "setup"]);

/** The account whose code is on show, where a portal has several; kept between drawings. */
/** @type {string | null} */
let chosenAccount = null;

/**
 * @param {State} state
 * @param {Actions} actions
 * @returns {(Node | null)[]}
 */
export function draw(state, actions) {
  return VIEWS[viewOf(state)](state, actions);
}

/** @type {Record<import("./state.js").View, (state: State, actions: Actions) => (Node | null)[]>} */
const VIEWS = {
  starting: () => [hero("clock", t("hostStarting"), t("hostStartingText"))],
  hostMissing: (_state, actions) => [
    hero("alert", t("hostMissing"), t("hostMissingText"), "warn"),
    h(
      "ol",
      { class: "steps" },
      h("li", {}, h("span", {}, t("hostMissingStep1")), commandLine("auto2fa install")),
      h("li", {}, h("span", {}, t("hostMissingStep2"))),
    ),
    again(actions),
  ],
  hostRefused: (state, actions) => [
    problemHero(state.error ?? { name: "callerRefused" }),
    commandLine("auto2fa install"),
    again(actions),
  ],
  hostFailed: (state, actions) => [
    problemHero(state.error ?? { name: "internal" }),
    commandLine("auto2fa doctor"),
    again(actions),
  ],
  keyring: (state, actions) => {
    const { problem, backend } = state.keyring ?? { problem: null, backend: "" };
    return [
      problemHero({ name: problem ?? "keyringFailed", params: { backend, detail: backend } }, "lock"),
      problem === "keyringLocked"
        ? workButton({
            label: t("unlockKeyring"),
            className: "button primary wide",
            icon: "lock",
            work: () => call("keyring.unlock").then(actions.again),
            onProblem: actions.problem,
          })
        : commandLine("auto2fa doctor"),
      again(actions),
    ];
  },
  noSite: (_state, actions) => [
    hero("building", t("noSite"), t("noSiteText")),
    workButton({
      label: t("openPortals"),
      className: "button wide",
      icon: "list",
      work: () => actions.open(""),
      onProblem: actions.problem,
    }),
  ],
  notSecure: (state, actions) => [
    hero("lock", t("notSecure"), t("notSecureText", { site: hostOf(state.tab?.origin ?? "") }), "warn"),
    workButton({
      label: t("openSecure"),
      className: "button wide",
      icon: "external",
      work: () => openSecure(state),
      onProblem: actions.problem,
    }),
  ],
  notLinked,
  notPermitted,
  noFactor,
  pending,
  active,
};

/**
 * @param {keyof typeof import("../common/icons.js").SHAPES} shape
 * @param {string} title
 * @param {string} text
 * @param {string} [tone]
 */
function hero(shape, title, text, tone = "") {
  return h(
    "div",
    { class: "hero" },
    h("span", { class: `hero-icon ${tone}` }, icon(shape)),
    h("h2", {}, title),
    h("p", {}, text),
  );
}

/**
 * @param {import("../common/api.js").WireError} error
 * @param {keyof typeof import("../common/icons.js").SHAPES} [shape]
 */
function problemHero(error, shape = "alert") {
  const { title, next } = named(error.name, error.params);
  return hero(shape, title, next, "bad");
}

/**
 * The same page by its encrypted address.
 * @param {State} state
 */
async function openSecure(state) {
  const { id, url = "" } = state.tab ?? {};
  await browser.tabs.update(/** @type {number} */ (id), { url: url.replace(/^http:/, "https:") });
  window.close();
}

/** @param {Actions} actions */
function again(actions) {
  return h(
    "button",
    { type: "button", class: "button wide", dataset: { focus: "again" }, onclick: actions.again },
    t("tryAgain"),
  );
}

/**
 * Whose page this is, with the way to its settings.
 * @param {State} state
 * @param {Actions} actions
 */
function who(state, actions) {
  const portal = state.portal;
  const site = hostOf(state.tab?.origin ?? "");
  const name = portal?.name ?? site;
  const below = portal ? site : (state.tab?.title ?? "");
  const settings = t("portalSettingsOf", { portal: name });
  return h(
    "div",
    { class: "who" },
    initial(name),
    h(
      "div",
      { class: "who-names" },
      h("h2", { class: "clip", dir: "auto", title: name }, name),
      h("p", { class: "quiet small clip", dir: "auto", title: below }, below),
    ),
    portal
      ? h(
          "button",
          {
            type: "button",
            class: "icon-button",
            "aria-label": settings,
            title: settings,
            dataset: { focus: "plug" },
            onclick: () => void actions.open(`#portal=${portal.id}`),
          },
          icon("plug"),
        )
      : null,
  );
}

/**
 * Asks the browser for sites, then links. A browser may close the popup while it asks, so the background is
 * told first and finishes the work when the permission arrives.
 * @param {string[]} sites
 * @param {{url: string, portalId?: string}} link
 * @param {Actions} actions
 */
function allowAndLink(sites, link, actions) {
  void call("ext.expect", link).catch(() => {});
  return requestSites(sites).then(async (granted) => {
    if (!granted) throw named("permissionRefused");
    await call("ext.link", link);
    actions.again();
  });
}

/** @type {(state: State, actions: Actions) => (Node | null)[]} */
function notLinked(state, actions) {
  const origin = state.tab?.origin ?? "";
  const related = state.sameSite[0];
  const link = workButton({
    label: t("linkThisSite"),
    className: related ? "button wide" : "button primary wide",
    icon: "link",
    work: () => allowAndLink([origin], { url: origin }, actions),
    onProblem: actions.problem,
  });
  link.dataset.focus = "link";
  return [
    who(state, actions),
    state.setup.noticed ? notice("info", t("setupNoticed"), t("setupNoticedLink")) : null,
    related
      ? h(
          "div",
          { class: "card" },
          h("p", {}, t("sameSite", { portal: related.name })),
          workButton({
            label: t("sameSiteAdd", { portal: related.name }),
            className: "button primary wide",
            icon: "plus",
            work: () => allowAndLink([origin], { url: origin, portalId: related.id }, actions),
            onProblem: actions.problem,
          }),
        )
      : h("p", { class: "quiet" }, t("notLinkedText")),
    h("div", { class: "actions" }, link),
    moreActions(state, actions, { teach: false }),
  ];
}

/** @type {(state: State, actions: Actions) => (Node | null)[]} */
function notPermitted(state, actions) {
  const portal = state.portal;
  if (!portal) return [];
  const allow = workButton({
    label: t("allowSite"),
    className: "button primary wide",
    icon: "shield",
    work: () => allowAndLink(portal.origins, { url: state.tab?.origin ?? "", portalId: portal.id }, actions),
    onProblem: actions.problem,
  });
  allow.dataset.focus = "allow";
  return [
    who(state, actions),
    notice("warn", t("notPermitted"), t("notPermittedText")),
    h("div", { class: "actions" }, allow),
  ];
}

/** @type {(state: State, actions: Actions) => (Node | null)[]} */
function noFactor(state, actions) {
  const portal = state.portal;
  if (!portal) return [];
  const capture = workButton({
    label: t("takeOverQr"),
    className: "button primary wide",
    icon: "qr",
    work: () => captureHere(state, actions),
    onProblem: actions.problem,
  });
  const activate = workButton({
    label: t("activate"),
    className: state.setup.noticed ? "button wide" : "button primary wide",
    icon: "plug",
    work: () => actions.open(`#activate=${portal.id}`),
    onProblem: actions.problem,
  });
  activate.dataset.focus = "activate";
  return [
    who(state, actions),
    state.setup.noticed
      ? notice("info", t("setupNoticed"), t("setupNoticedText"))
      : h("p", { class: "quiet" }, t("noFactorText", { portal: portal.name })),
    h("div", { class: "actions" }, state.setup.noticed ? capture : null, activate),
    moreActions(state, actions, { teach: false }),
  ];
}

/**
 * Takes a picture of the page and opens the activation with it.
 * @param {State} state
 * @param {Actions} actions
 */
export async function captureHere(state, actions) {
  const { captureId } = await call("ext.capture", { tabId: state.tab?.id });
  await actions.open(`#capture=${captureId}`);
}

/**
 * The live code of an account, stopped when the popup draws anew.
 * @param {Account} account
 * @param {Actions} actions
 */
function codeOf(account, actions) {
  const live = makeLiveCode(() => call("code.show", { accountId: account.id }));
  actions.later(live.stop);
  return live.element;
}

/** @param {Account} account */
export function accountName(account) {
  return account.username || account.factor.name || account.factor.issuer || t("accountUnnamed");
}

/** @type {(state: State, actions: Actions) => (Node | null)[]} */
function pending(state, actions) {
  const portal = state.portal;
  const account = portal ? accountsOnShow(portal)[0] : undefined;
  if (!portal || !account) return [];
  const fill = workButton({
    label: t("fillSetup"),
    className: "button primary wide",
    icon: "fill",
    work: () => fillNow(state, actions, account.id),
    onProblem: actions.problem,
  });
  const accepted = workButton({
    label: t("portalAccepted"),
    className: "button wide",
    icon: "check",
    work: async () => {
      await call("enrol.activate", { accountId: account.id });
      actions.again();
    },
    onProblem: actions.problem,
  });
  fill.dataset.focus = "fill";
  accepted.dataset.focus = "accepted";
  return [
    who(state, actions),
    happening(state, actions),
    codeCard(account, actions),
    h("p", { class: "quiet small" }, t("pendingText")),
    h("div", { class: "actions" }, fill, accepted),
    moreActions(state, actions, { teach: true, prove: account.id }),
  ];
}

/**
 * @param {State} state
 * @param {Actions} actions
 * @param {string} accountId
 */
async function fillNow(state, actions, accountId) {
  // What becomes of it is told by the activity; only what stops it before that is thrown.
  await call("ext.fill", { tabId: state.tab?.id, accountId });
  actions.again();
}

/** @type {(state: State, actions: Actions) => (Node | null)[]} */
function active(state, actions) {
  const portal = state.portal;
  if (!portal) return [];
  const accounts = accountsOnShow(portal);
  const account =
    accounts.find((one) => one.id === chosenAccount) ??
    accounts.find((one) => one.id === state.activity.accountId) ??
    accounts[0];
  if (!account) return [];
  const waiting = portal.accounts.find((one) => one.state === "pending");
  const fill = workButton({
    label: t("fillNow"),
    className: "button primary wide",
    icon: "fill",
    work: () => fillNow(state, actions, account.id),
    onProblem: actions.problem,
  });
  fill.dataset.focus = "fill";
  return [
    who(state, actions),
    happening(state, actions),
    waiting
      ? notice(
          "warn",
          t("alsoPending"),
          "",
          h(
            "button",
            { type: "button", class: "link", onclick: () => void actions.open(`#prove=${waiting.id}`) },
            t("continueActivation"),
          ),
        )
      : null,
    ...(state.activity.phase === "choose"
      ? []
      : [
          accounts.length > 1 ? accountPicker(accounts, account, actions) : null,
          // What the page's activity says of a refusal is not said twice.
          state.activity.phase === "stopped" && account.attention === "refused"
            ? null
            : attention(account, portal.id, actions),
          ...(account.attention === "secretMissing"
            ? []
            : [codeCard(account, actions), clockNotice(state), otherKind(state), fill]),
          state.prompt || state.activity.phase !== "idle"
            ? null
            : h("p", { class: "quiet small" }, t("noPrompt")),
        ]),
    moreActions(state, actions, { teach: true }),
  ];
}

/**
 * @param {Account} account
 * @param {Actions} actions
 */
function codeCard(account, actions) {
  const shown = account.attention ? "attention" : account.state;
  return h(
    "div",
    { class: "card" },
    h(
      "div",
      { class: "card-label" },
      h("span", { class: "clip", dir: "auto" }, accountName(account)),
      h("span", { class: `pill ${shown}` }, t(`state_${shown}`)),
    ),
    codeOf(account, actions),
  );
}

/**
 * What is wrong with an account, or null.
 * @param {Account} account
 * @param {string} portalId
 * @param {Actions} actions
 */
function attention(account, portalId, actions) {
  if (!account.attention) return null;
  const { title, next } = attentionWords(account.attention);
  return notice(
    account.attention === "refused" ? "warn" : "bad",
    title,
    next,
    settingsLink(portalId, actions),
  );
}

/**
 * The page asks for a code that is none of ours, so nothing is filled unasked.
 * @param {State} state
 */
function otherKind(state) {
  const kind = state.prompt?.kind;
  if (!kind || state.activity.phase !== "idle" || OWN_KINDS.has(kind) || !has(`kind_${kind}`)) return null;
  return notice("info", t("otherKind", { kind: t(`kind_${kind}`) }), t("otherKindText"));
}

/** @param {State} state */
function clockNotice(state) {
  const words = clockWords(state.activity.clockOffsetMs);
  return words ? notice("warn", words.title, words.text) : null;
}

/**
 * Which of several accounts is on show.
 * @param {Account[]} accounts
 * @param {Account} chosen
 * @param {Actions} actions
 */
function accountPicker(accounts, chosen, actions) {
  const select = h(
    "select",
    { class: "select", "aria-label": t("account"), dataset: { focus: "account" } },
    ...accounts.map((one) =>
      h("option", { value: one.id, selected: one.id === chosen.id }, accountName(one)),
    ),
  );
  select.addEventListener("change", () => {
    chosenAccount = select.value;
    actions.again();
  });
  return select;
}

/**
 * What just happened on the page: waiting, filled, refused and the like.
 * @param {State} state
 * @param {Actions} actions
 */
function happening(state, actions) {
  const words = activityWords(state);
  if (!words) return null;
  const { phase, until, choices } = state.activity;
  if (phase === "waiting" && until) return countdown(words, until, actions);
  if (phase === "choose") {
    return h(
      "div",
      { class: "card" },
      h("div", {}, h("h3", {}, words.title), h("p", { class: "quiet small" }, words.text)),
      h(
        "div",
        { class: "choices" },
        ...choices.map((choice) => {
          const name = choice.username || choice.name || choice.issuer;
          const button = workButton({
            label: name,
            className: "choice",
            icon: "user",
            work: () => fillNow(state, actions, choice.accountId),
            onProblem: actions.problem,
          });
          button.dataset.focus = `choice-${choice.accountId}`;
          return button;
        }),
      ),
    );
  }
  const portal = state.portal;
  return notice(
    words.tone,
    words.title,
    words.text,
    ...(phase === "stopped" && portal ? [settingsLink(portal.id, actions)] : []),
  );
}

/**
 * @param {string} portalId
 * @param {Actions} actions
 */
function settingsLink(portalId, actions) {
  return h(
    "button",
    { type: "button", class: "link", onclick: () => void actions.open(`#portal=${portalId}`) },
    t("openPortalSettings"),
  );
}

/**
 * @param {{title: string, text: string}} words
 * @param {number} until
 * @param {Actions} actions
 */
function countdown(words, until, actions) {
  const ring = makeRing();
  const whole = Math.max(1, (until - Date.now()) / 1000);
  const tick = () => ring.set((until - Date.now()) / 1000, whole);
  tick();
  const timer = setInterval(tick, 250);
  actions.later(() => clearInterval(timer));
  return h(
    "div",
    { class: "notice info countdown" },
    ring.element,
    h(
      "div",
      { class: "notice-text" },
      h("p", { class: "notice-title" }, words.title),
      h("p", {}, words.text),
    ),
  );
}
