/** The quieter actions at the popup's end: why, not here, find QR codes. */

import { call } from "../common/api.js";
import { h, icon, show } from "../common/dom.js";
import { has, t } from "../common/i18n.js";
import { errorNotice, hostOf } from "../common/parts.js";
import { say } from "../common/say.js";
import { captureHere } from "./views.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./views.js").Actions} Actions */

/** Whether the explanation is open; kept between drawings. */
let whyOpen = false;

/**
 * @typedef {object} FieldVerdict
 * @property {string} label
 * @property {string} verdict kind of prompt
 * @property {number} score
 * @property {{sign: string, weight: number, detail: string}[]} evidence
 */

/**
 * @param {State} state
 * @param {Actions} actions
 * @param {{teach: boolean, prove?: string}} options
 * @returns {HTMLElement}
 */
export function moreActions(state, actions, { teach, prove }) {
  const tabId = state.tab?.id;
  /** @param {() => Promise<void>} work */
  const guarded = (work) => () => void work().catch(actions.problem);
  const why = h("div", {
    class: "why",
    id: "why-panel",
    hidden: !whyOpen,
    tabindex: 0,
    role: "region",
    "aria-label": t("why"),
  });
  const whyButton = h(
    "button",
    {
      type: "button",
      class: "more-item",
      "aria-expanded": String(whyOpen),
      "aria-controls": "why-panel",
      dataset: { focus: "why" },
    },
    icon("info"),
    t("why"),
    icon("down", "turn"),
  );
  const fillWhy = () => void explain(tabId, why);
  whyButton.addEventListener("click", () => {
    whyOpen = !whyOpen;
    whyButton.setAttribute("aria-expanded", String(whyOpen));
    why.hidden = !whyOpen;
    if (whyOpen) fillWhy();
  });
  if (teach && whyOpen) fillWhy();

  const notHere = async () => {
    await call("ext.teach", { tabId, how: "nothere" });
    say(t("taughtNotHere"));
    actions.again();
  };
  return h(
    "div",
    { class: "more" },
    prove ? item("eye", t("alsoInApp"), "prove", () => void actions.open(`#prove=${prove}`)) : null,
    teach ? whyButton : null,
    teach ? why : null,
    teach && state.prompt ? item("close", t("notHere"), "nothere", guarded(notHere)) : null,
    item(
      "qr",
      t("findQr"),
      "findqr",
      guarded(() => captureHere(state, actions)),
    ),
  );
}

/**
 * @param {keyof typeof import("../common/icons.js").SHAPES} shape
 * @param {string} label
 * @param {string} focus
 * @param {() => void} onclick
 */
function item(shape, label, focus, onclick) {
  return h("button", { type: "button", class: "more-item", dataset: { focus }, onclick }, icon(shape), label);
}

/**
 * Puts the evidence of every candidate field into plain words.
 * @param {number | undefined} tabId
 * @param {HTMLElement} panel
 */
async function explain(tabId, panel) {
  try {
    /** @type {{frameUrl: string, fields: FieldVerdict[]}[]} */
    const frames = await call("ext.why", { tabId });
    const found = frames.flatMap(({ frameUrl, fields }) => fields.map((one) => ({ frameUrl, ...one })));
    if (found.length === 0) {
      show(panel, h("p", { class: "small" }, t("whyNothing")));
      return;
    }
    found.sort((a, b) => b.score - a.score);
    const several = frames.length > 1;
    show(panel, ...found.map((one) => fieldVerdict(one, several)));
  } catch (problem) {
    show(panel, errorNotice(problem));
  }
}

/**
 * @param {FieldVerdict & {frameUrl: string}} field
 * @param {boolean} several frames are told apart when there are several
 */
function fieldVerdict({ frameUrl, label, verdict, evidence }, several) {
  const kind = has(`kind_${verdict}`) ? t(`kind_${verdict}`) : verdict;
  return h(
    "section",
    { class: "why-field" },
    h("h3", {}, label ? t("whyField", { label }) : t("whyFieldUnnamed")),
    h("p", {}, t("whyVerdict", { kind })),
    several ? h("p", { class: "quiet small" }, hostOf(frameUrl)) : null,
    h("ul", { class: "signs" }, ...evidence.map(signLine)),
  );
}

/** Signs that differ only in what they found share their words. */
const FAMILY = /^(name|label|near|sent|masked)(?=[A-Z])/;

/** @param {{sign: string, weight: number, detail: string}} sign */
function signLine({ sign, weight, detail }) {
  const key = has(`sign_${sign}`) ? `sign_${sign}` : `sign_${FAMILY.exec(sign)?.[1]}`;
  const words = has(key) ? t(key, { detail }) : `${sign} ${detail}`;
  return h("li", { class: weight < 0 ? "against" : "" }, h("span", {}, words));
}
