/** The factor counts, or an import is done. */

import { h, icon } from "../../common/dom.js";
import { t } from "../../common/i18n.js";
import { say } from "../../common/say.js";

/**
 * @param {import("./wizard.js").Wizard} wizard
 * @param {import("./wizard.js").Data} data
 */
export function doneStep(wizard, data) {
  const portal = wizard.portal?.name ?? "";
  // What was imported is pending; one account that a portal accepted is active.
  wizard.title(t(data.summary ? "importDoneTitle" : "doneTitle"), portal);
  const text = data.summary ?? t("doneText", { portal });
  wizard.body.append(
    h(
      "div",
      { class: "finished" },
      h("span", { class: "finished-mark" }, icon("check")),
      h("h2", {}, t(data.summary ? "importDoneHeading" : "doneHeading")),
      h("p", { class: "quiet" }, text),
      h("p", { class: "quiet small" }, t(data.summary ? "importDoneNext" : "doneBackup")),
    ),
  );
  wizard.foot(
    h("span", { class: "spring" }),
    h(
      "button",
      { type: "button", class: "button primary", dataset: { first: "" }, onclick: wizard.close },
      t("done"),
    ),
  );
  say(text);
}
