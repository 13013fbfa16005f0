/** The log of releases for one portal: read when it is opened. */

import { call } from "../common/api.js";
import { h, show } from "../common/dom.js";
import { dateTime, has, t } from "../common/i18n.js";
import { errorNotice, hostOf } from "../common/parts.js";
import { nameOf } from "./store.js";

const LINES = 50;

/**
 * @param {() => import("./store.js").Portal} portalNow
 * @returns {HTMLElement}
 */
export function releaseLog(portalNow) {
  const place = h("div", { class: "log", tabindex: 0, role: "region", "aria-label": t("log") });
  const details = h("details", {}, h("summary", {}, t("log")), place);
  details.addEventListener("toggle", async () => {
    if (!details.open) return;
    try {
      const { releases } = await call("log.list", { portalId: portalNow().id, limit: LINES });
      show(
        place,
        releases.length > 0 ? table(portalNow(), releases) : h("p", { class: "quiet" }, t("logEmpty")),
      );
    } catch (problem) {
      show(place, errorNotice(problem));
    }
  });
  return h("section", { class: "section" }, details);
}

/**
 * @param {import("./store.js").Portal} portal
 * @param {{at: number, accountId: string, origin: string, purpose: string, outcome: string, why: string}[]} releases
 */
function table(portal, releases) {
  const names = new Map(portal.accounts.map((account) => [account.id, nameOf(account)]));
  const several = names.size > 1;
  return h(
    "table",
    {},
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("th", { scope: "col" }, t("logWhen")),
        several ? h("th", { scope: "col" }, t("account")) : null,
        h("th", { scope: "col" }, t("logSite")),
        h("th", { scope: "col" }, t("logOutcome")),
      ),
    ),
    h(
      "tbody",
      {},
      ...releases.map((release) =>
        h(
          "tr",
          {},
          h("td", {}, dateTime(release.at)),
          several ? h("td", {}, names.get(release.accountId) ?? "–") : null,
          h("td", {}, hostOf(release.origin)),
          h("td", {}, outcome(release)),
        ),
      ),
    ),
  );
}

/** @param {{purpose: string, outcome: string}} release */
function outcome({ purpose, outcome: name }) {
  const words = has(`outcome_${name}`) ? t(`outcome_${name}`) : name || t("outcome_unknown");
  return purpose === "setup" ? `${words} (${t("purposeSetup")})` : words;
}
