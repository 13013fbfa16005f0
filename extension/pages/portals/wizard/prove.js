/**
 * The factor is kept but does not count yet: the portal has to accept a code, or the authenticator app has to
 * show the same one and the person says that the portal is set up. Watched live; may be left and taken up again.
 */

import { call, named, onEvent } from "../../common/api.js";
import { h, icon, show } from "../../common/dom.js";
import { number, t } from "../../common/i18n.js";
import { makeLiveCode } from "../../common/live-code.js";
import { field, notice, workButton } from "../../common/parts.js";
import { say } from "../../common/say.js";
import { loadPortals, portalById } from "../store.js";
import { openPortal, portalTab } from "./portal-tab.js";

/** @typedef {import("./wizard.js").Wizard} Wizard */
/** @typedef {import("../store.js").Account} Account */

/**
 * @param {Wizard} wizard
 * @param {import("./wizard.js").Data} data
 */
export function proveStep(wizard, data) {
  const account = /** @type {Account} */ (data.account);
  wizard.pending(true);
  wizard.title(t("proveTitle"), wizard.portal?.name ?? "");
  const live = makeLiveCode(() => call("code.show", { accountId: account.id }));
  wizard.later(live.stop);
  const compared = { now: account.compared };

  const watch = async () => {
    await loadPortals();
    const portal = portalById(account.portalId);
    const now = portal?.accounts.find((one) => one.id === account.id);
    if (portal) wizard.portal = portal;
    if (now?.state === "active") finish(wizard, now);
    else if (!now) wizard.problem(named("noSuchAccount"));
  };
  wizard.later(
    onEvent((event) => {
      if (event.event === "changed") void watch().catch(wizard.problem);
    }),
  );

  const isSetUp = workButton({
    label: t("portalIsSetUp"),
    className: "button primary",
    icon: "check",
    work: async () => {
      const answer = await call("enrol.activate", { accountId: account.id });
      finish(wizard, answer.account);
    },
    onProblem: (problem) =>
      wizard.problem(
        /** @type {any} */ (problem)?.errorName === "notProven" ? named("notProvenYet") : problem,
      ),
  });
  wizard.body.append(
    h("p", { class: "quiet" }, t("proveText")),
    h("div", { class: "show-code" }, h("span", { class: "quiet small" }, t("codeNow")), live.element),
    h("div", { class: "prove-list" }, atThePortal(wizard, account), alsoInTheApp(wizard, account, compared)),
  );
  wizard.foot(
    h("button", { type: "button", class: "button plain", onclick: wizard.close }, t("finishLater")),
    h("span", { class: "spring" }),
    isSetUp,
  );
}

/**
 * @param {Wizard} wizard
 * @param {Account} account
 */
function finish(wizard, account) {
  wizard.pending(false);
  wizard.go("done", { account });
}

/**
 * @param {Wizard} wizard
 * @param {Account} account
 */
function atThePortal(wizard, account) {
  const state = h(
    "p",
    { class: "watching", role: "status" },
    h("span", { class: "pulse" }),
    h("span", {}, t("watching")),
  );
  const fill = workButton({
    label: t("fillSetup"),
    icon: "fill",
    className: "button primary",
    work: async () => {
      const portal = wizard.portal;
      const tab = portal ? await portalTab(portal) : undefined;
      if (tab?.id === undefined) throw named("portalNotOpen", { portal: portal?.name ?? "" });
      const { ok, why } = await call("ext.fill", { tabId: tab.id, accountId: account.id });
      if (!ok) throw named("notFilled", { why });
    },
    onProblem: wizard.problem,
  });
  const open = h(
    "button",
    { type: "button", class: "button", onclick: () => wizard.portal && void openPortal(wizard.portal) },
    icon("external"),
    t("openPortal"),
  );
  fill.dataset.first = "";
  return h(
    "section",
    { class: "prove-item" },
    h("div", {}, h("h3", {}, t("proveAtPortal")), h("p", { class: "quiet" }, t("proveAtPortalText"))),
    h("div", { class: "row-of" }, fill, open),
    state,
  );
}

/**
 * @param {Wizard} wizard
 * @param {Account} account
 * @param {{now: boolean}} compared
 */
function alsoInTheApp(wizard, account, compared) {
  const place = h("div", { class: "stack" });
  const result = h("div", { role: "status" });
  const code = h("input", {
    class: "input mono",
    inputmode: "numeric",
    autocomplete: "off",
    maxlength: 12,
    placeholder: "000000".slice(0, Math.min(6, account.factor.digits)),
  });
  const compare = workButton({
    label: t("compare"),
    work: async () => {
      const { verdict, offsetSeconds } = await call("enrol.compare", {
        accountId: account.id,
        code: code.value.replace(/\s/g, ""),
      });
      compared.now = verdict === "same";
      show(result, comparison(verdict, offsetSeconds));
    },
    onProblem: wizard.problem,
  });
  code.addEventListener("keydown", (event) => {
    if (event.key === "Enter") compare.click();
  });
  if (compared.now) show(result, comparison("same", 0));
  const details = h("details", {}, h("summary", {}, t("alsoInApp")), place);
  details.addEventListener("toggle", async () => {
    if (!details.open || place.firstChild) return;
    try {
      const { svg, key } = await call("enrol.share", { accountId: account.id });
      show(
        place,
        h(
          "div",
          { class: "share" },
          h("img", {
            class: "qr-image",
            alt: t("shareAlt"),
            src: `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`,
          }),
          h(
            "div",
            { class: "share-text" },
            h("p", {}, t("shareText")),
            h("p", { class: "quiet small" }, t("shareKey")),
            h("p", { class: "grouped-key" }, key),
          ),
        ),
        h("div", { class: "add-line" }, field(t("compareLabel"), code), compare),
        result,
      );
      say(t("shareText"));
    } catch (problem) {
      wizard.problem(problem);
    }
  });
  wizard.later(() => place.replaceChildren()); // the key leaves the page with the step
  return h("section", { class: "prove-item" }, details);
}

/**
 * @param {"same" | "clock" | "different"} verdict
 * @param {number} offsetSeconds
 */
function comparison(verdict, offsetSeconds) {
  if (verdict === "same") return notice("ok", t("compareSame"), t("compareSameText"));
  if (verdict === "clock") {
    const seconds = number(Math.abs(offsetSeconds));
    return notice(
      "warn",
      t(offsetSeconds > 0 ? "compareAhead" : "compareBehind", { seconds }),
      t("compareClockText"),
    );
  }
  return notice("bad", t("compareDifferent"), t("compareDifferentText"));
}
