/** What was read, before it is kept: everything but the secret, with a live code. */

import { call } from "../../common/api.js";
import { h } from "../../common/dom.js";
import { has, t } from "../../common/i18n.js";
import { makeLiveCode } from "../../common/live-code.js";
import { field, notice, workButton } from "../../common/parts.js";
import { accountById, nameOf, portals } from "../store.js";
import { backButton } from "./wizard.js";

/** @typedef {import("./wizard.js").Wizard} Wizard */
/** @typedef {import("./wizard.js").Data} Data */

/**
 * @param {Wizard} wizard
 * @param {Data} data
 */
export function confirmStep(wizard, data) {
  const handle = data.handle ?? "";
  wizard.holds(handle);
  wizard.title(t("confirmTitle"), wizard.portal?.name ?? "");
  const duplicate = h("div");
  const live = makeLiveCode(async () => {
    const preview = await call("enrol.preview", { handle });
    duplicate.replaceChildren(...duplicateNotice(preview.duplicateOf));
    return preview.live;
  });
  wizard.later(live.stop);

  const portalSelect = h(
    "select",
    { class: "select" },
    ...portals().map((portal) => h("option", { value: portal.id }, portal.name)),
  );
  if (wizard.portal) portalSelect.value = wizard.portal.id;
  const suggested = data.factor?.name ?? "";
  const username = h("input", { class: "input", autocomplete: "off", maxlength: 200, value: suggested });
  const replaces = h("select", { class: "select" });
  const replacesField = field(t("replaces"), replaces, t("replacesHint"));
  const fit = () => {
    const portal = portals().find((one) => one.id === portalSelect.value) ?? wizard.portal;
    wizard.portal = portal;
    wizard.title(t("confirmTitle"), portal?.name ?? "");
    const active = portal?.accounts.filter((account) => account.state === "active") ?? [];
    replacesField.hidden = active.length === 0;
    replaces.replaceChildren(
      ...active.map((account) =>
        h(
          "option",
          { value: account.id },
          t("replaceAccount", { account: nameOf(account) || t("accountUnnamed") }),
        ),
      ),
      h("option", { value: "" }, t("addAsFurther")),
    );
    // The same user name means the same account set up anew; another one is a further account.
    const same = active.find(
      (account) => nameOf(account).toLowerCase() === username.value.trim().toLowerCase(),
    );
    replaces.value = same?.id ?? (active.length === 1 && !username.value.trim() ? (active[0]?.id ?? "") : "");
  };
  portalSelect.addEventListener("change", fit);
  username.addEventListener("change", fit);

  const begin = workButton({
    label: t("confirmDo"),
    className: "button primary",
    work: async () => {
      const { account } = await call("enrol.begin", {
        handle,
        portalId: portalSelect.value || wizard.portal?.id,
        username: username.value.trim(),
        replaces: replacesField.hidden ? null : replaces.value || null,
      });
      wizard.holds(null);
      wizard.go("prove", { account });
    },
    onProblem: wizard.problem,
  });
  wizard.body.append(
    h("div", { class: "show-code" }, h("span", { class: "quiet small" }, t("codeNow")), live.element),
    duplicate,
    ...(data.notes ?? [])
      .filter((note) => has(`note_${note}`))
      .map((note) => h("p", { class: "hint" }, t(`note_${note}`))),
    data.factor ? facts(data.factor) : h("span"),
    h(
      "div",
      { class: "two" },
      field(t("portal"), portalSelect),
      field(t("username"), username, t("usernameHint")),
    ),
    replacesField,
  );
  begin.dataset.first = "";
  wizard.foot(backButton(wizard, data.from ?? "ways", data), h("span", { class: "spring" }), begin);
  fit();
}

/** @param {import("./wizard.js").Factor} factor */
function facts(factor) {
  /** @type {[string, string][]} */
  const lines = [
    [t("issuer"), factor.issuer],
    [t("account"), factor.name],
    [t("type"), t(`type_${factor.type}`)],
    [t("digits"), String(factor.digits)],
  ];
  if (factor.type !== "hotp") lines.push([t("period"), t("seconds", { n: factor.period })]);
  if (factor.algorithm !== "SHA1") lines.push([t("algorithm"), factor.algorithm.replace("SHA", "SHA-")]);
  return h(
    "dl",
    { class: "facts" },
    // A typed key has no names.
    ...lines
      .filter(([, value]) => value !== "")
      .flatMap(([term, value]) => [h("dt", {}, term), h("dd", {}, value)]),
  );
}

/** @param {string | null} accountId */
function duplicateNotice(accountId) {
  if (!accountId) return [];
  const found = accountById(accountId);
  return [
    notice(
      "warn",
      t("duplicate", {
        account: found ? nameOf(found.account) || t("accountUnnamed") : "",
        portal: found?.portal.name ?? "",
      }),
      t("duplicateText"),
    ),
  ];
}
