/** The ways in. */

import { h, icon } from "../../common/dom.js";
import { t } from "../../common/i18n.js";

/** @type {["qr" | "key" | "phone" | "import", keyof typeof import("../../common/icons.js").SHAPES, string][]} */
const WAYS = [
  ["qr", "qr", "wayQr"],
  ["key", "key", "wayKey"],
  ["phone", "phone", "wayPhone"],
  ["import", "app", "wayImport"],
];

/** @param {import("./wizard.js").Wizard} wizard */
export function waysStep(wizard) {
  wizard.title(t("waysTitle"), wizard.portal?.name ?? "");
  wizard.body.append(
    h("p", { class: "quiet" }, t("waysText")),
    h(
      "div",
      { class: "ways" },
      ...WAYS.map(([step, shape, key]) =>
        h(
          "button",
          {
            type: "button",
            class: "way",
            "aria-labelledby": key,
            "aria-describedby": `${key}-text`,
            onclick: () => wizard.go(step),
          },
          h("span", { class: "way-icon" }, icon(shape)),
          h("span", { class: "way-name", id: key }, t(key)),
          h("span", { class: "way-text", id: `${key}-text` }, t(`${key}Text`)),
        ),
      ),
    ),
  );
}
