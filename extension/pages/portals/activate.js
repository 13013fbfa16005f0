/** "Handle the second factor of X automatically?", then the ways in. */

import { ask } from "../common/dialog.js";
import { t } from "../common/i18n.js";
import { openWizard } from "./wizard/wizard.js";

/**
 * @param {import("./store.js").Portal} portal
 * @returns {Promise<boolean>} whether the answer was yes
 */
export async function askAndActivate(portal) {
  const yes = await ask({
    title: t("askAutomatically", { portal: portal.name }),
    body: [t("askAutomaticallyText")],
    yes: t("yes"),
    no: t("no"),
  });
  if (yes) openWizard({ portal, step: "ways" });
  return yes;
}
