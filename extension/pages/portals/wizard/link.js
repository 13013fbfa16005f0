/** The page of a capture is not linked yet: link it, or add it to a portal of the same site, or choose another. */

import { call } from "../../common/api.js";
import { h, icon } from "../../common/dom.js";
import { t } from "../../common/i18n.js";
import { field, hostOf, workButton } from "../../common/parts.js";
import { linkAddress } from "../add-portal.js";
import { portals } from "../store.js";
import { backButton } from "./wizard.js";

/**
 * @param {import("./wizard.js").Wizard} wizard
 * @param {import("./wizard.js").Data} data
 */
export function linkStep(wizard, data) {
  const origin = data.origin ?? "";
  const site = hostOf(origin);
  const linkable = /^https?:/.test(origin);
  wizard.title(t("linkTitle"), site);
  /** @param {import("../store.js").Portal} portal */
  const goOn = (portal) => {
    wizard.portal = portal;
    wizard.go("confirm", data);
  };
  const related = h("div", { class: "stack" });
  if (linkable) {
    wizard.body.append(
      h("p", {}, t("linkText", { site })),
      related,
      h(
        "div",
        {},
        workButton({
          label: t("linkAs", { site }),
          className: "button primary",
          icon: "link",
          work: () => linkAddress(origin).then(goOn),
          onProblem: wizard.problem,
        }),
      ),
    );
    void call("portals.find", { origin }).then(({ sameSite }) => {
      related.append(
        ...sameSite.map((/** @type {import("../store.js").Portal} */ portal) =>
          workButton({
            label: t("sameSiteAdd", { portal: portal.name }),
            icon: "plus",
            work: () => linkAddress(origin, { portalId: portal.id }).then(goOn),
            onProblem: wizard.problem,
          }),
        ),
      );
    }, wizard.problem);
  } else wizard.body.append(h("p", {}, t("linkChooseText")));
  const known = portals();
  if (known.length > 0) {
    const select = h(
      "select",
      { class: "select" },
      ...known.map((portal) => h("option", { value: portal.id }, portal.name)),
    );
    wizard.body.append(
      h(
        "details",
        { open: !linkable },
        h("summary", {}, t("linkOther")),
        h(
          "div",
          { class: "stack" },
          field(t("portal"), select),
          h(
            "div",
            {},
            h(
              "button",
              {
                type: "button",
                class: "button",
                onclick: () => {
                  const portal = known.find((one) => one.id === select.value);
                  if (portal) goOn(portal);
                },
              },
              icon("check"),
              t("useThisPortal"),
            ),
          ),
        ),
      ),
    );
  }
  wizard.foot(backButton(wizard, data.pictures ? "pick" : "ways", data));
}
