/** The words for what just happened on the page. */

import { named } from "../common/api.js";
import { has, number, t } from "../common/i18n.js";

/** An offset of the portal's clock that is worth telling, in milliseconds. */
const CLOCK_MATTERS = 10_000;

/**
 * A reason given by its stable name, in words.
 * @param {string | null} why
 * @param {Record<string, string | number>} [params]
 * @returns {string}
 */
export function whyWords(why, params = {}) {
  if (!why) return "";
  for (const key of [`why_${why}`, `error_${why}`]) {
    if (has(key)) return t(key, params);
  }
  return "";
}

/**
 * @param {import("./state.js").State} state
 * @returns {{tone: "info" | "ok" | "warn" | "bad", title: string, text: string} | null} null when nothing happens
 */
export function activityWords(state) {
  const { phase, why, error } = state.activity;
  const params = { portal: state.portal?.name ?? "", origin: state.tab?.origin ?? "" };
  if (phase === "notfilled" && error) {
    const { title, next } = named(error.name, error.params);
    return { tone: "warn", title, text: next };
  }
  // After a refusal the reason may be the portal's own words.
  const quoted = why && (phase === "refused" || phase === "stopped") ? t("portalSays", { text: why }) : "";
  const reason = whyWords(why, params) || quoted;
  switch (phase) {
    case "waiting":
      return { tone: "info", title: t("activityWaiting"), text: reason || t("activityWaitingText") };
    case "choose":
      return { tone: "info", title: t("activityChoose"), text: t("activityChooseText") };
    case "filled":
      return { tone: "info", title: t("activityFilled"), text: reason || t("activityFilledText") };
    case "accepted":
      return { tone: "ok", title: t("activityAccepted"), text: reason };
    case "refused":
      return { tone: "warn", title: t("activityRefused"), text: reason || t("activityRefusedText") };
    case "stopped":
      return {
        tone: "bad",
        title: t("activityStopped"),
        text: `${reason || t("activityStoppedText")} ${t("error_stopped_next")}`,
      };
    case "notfilled":
      return { tone: "warn", title: t("activityNotFilled"), text: reason || t("activityNotFilledText") };
    default:
      return null;
  }
}

/**
 * @param {number | null} offsetMs how far the portal's clock runs ahead of this computer's
 * @returns {{title: string, text: string} | null} null when it is too small to matter
 */
export function clockWords(offsetMs) {
  if (offsetMs === null || offsetMs === undefined || Math.abs(offsetMs) <= CLOCK_MATTERS) return null;
  const seconds = number(Math.round(Math.abs(offsetMs) / 1000));
  return {
    title: t(offsetMs > 0 ? "clockSlow" : "clockFast", { seconds }),
    text: t("clockText"),
  };
}
