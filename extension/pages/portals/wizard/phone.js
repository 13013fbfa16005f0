/** Phone: a link to the telephone by scan or SMS; the photo taken there is read here. */

import { asApiError, call, named, onEvent } from "../../common/api.js";
import { h, icon, show } from "../../common/dom.js";
import { current, has, t } from "../../common/i18n.js";
import { commandLine, errorNotice, field, notice, workButton } from "../../common/parts.js";
import { say } from "../../common/say.js";
import { apartWords } from "./pick.js";
import { backButton } from "./wizard.js";

/** @typedef {import("./wizard.js").Wizard} Wizard */
/** @typedef {{linkId: string, url: string, svg: string, checkWord: string, expiresAt: number, smsReady: boolean, place: string|null, places: {address: string, interface: string}[]}} PhoneLink */

/** After so long without a phone, the wizard says by itself what may be in the way. */
const PATIENCE_MS = 45_000;

/**
 * @param {Wizard} wizard
 * @param {import("./wizard.js").Data} [data] with one of the computer's addresses, when the likeliest did not help
 */
export function phoneStep(wizard, { address = "" } = {}) {
  wizard.title(t("wayPhone"), wizard.portal?.name ?? "");
  const place = h("div", { class: "stack" }, h("p", { class: "quiet", role: "status" }, t("phoneOpening")));
  wizard.body.append(place);
  wizard.foot(backButton(wizard, "ways"));
  let left = false;
  /** @type {PhoneLink | null} */
  let link = null;
  const hang = () => {
    if (link) void call("phone.close", { linkId: link.linkId }).catch(() => {});
  };
  addEventListener("pagehide", hang);
  wizard.later(() => {
    left = true;
    removeEventListener("pagehide", hang);
    hang();
  });
  call("phone.open", { portalId: wizard.portal?.id ?? null, address }).then(
    (/** @type {PhoneLink} */ opened) => {
      link = opened;
      if (left) hang();
      else drawLink(wizard, place, opened);
    },
    (problem) => show(place, errorNotice(problem), again(wizard)),
  );
}

/** @param {Wizard} wizard */
function again(wizard) {
  return h(
    "div",
    {},
    h("button", { type: "button", class: "button", onclick: () => wizard.go("phone") }, t("tryAgain")),
  );
}

/**
 * @param {Wizard} wizard
 * @param {HTMLElement} place
 * @param {PhoneLink} link
 */
function drawLink(wizard, place, link) {
  const state = h("div", { class: "phone-state", role: "status" }, watching(t("phoneWaiting")));
  show(
    place,
    h(
      "div",
      { class: "share" },
      h("img", {
        class: "qr-image",
        alt: t("phoneScanAlt"),
        src: `data:image/svg+xml;utf8,${encodeURIComponent(link.svg)}`,
      }),
      h(
        "div",
        { class: "share-text" },
        h("h3", {}, t("phoneScan")),
        h("p", { class: "quiet" }, t("phoneScanText")),
        h("p", { class: "small quiet" }, t("phoneCheckWord")),
        h("p", { class: "check-word" }, link.checkWord),
        h("div", {}, copyLink(link.url)),
      ),
    ),
    h(
      "section",
      { class: "prove-item" },
      h("h3", {}, t("phoneSms")),
      ...(link.smsReady
        ? smsForm(link, state)
        : [h("p", { class: "quiet" }, t("phoneSmsNotSet")), commandLine("auto2fa sms set")]),
    ),
    state,
  );
  const help = notOpening(wizard, link);
  place.append(help);
  const patience = setTimeout(() => {
    help.open = true;
  }, PATIENCE_MS);
  wizard.later(() => clearTimeout(patience));
  const expiry = setTimeout(() => show(state, expired(wizard)), Math.max(0, link.expiresAt - Date.now()));
  wizard.later(() => clearTimeout(expiry));
  wizard.later(
    onEvent((event) => {
      if (event.event !== "phone.state" || event.linkId !== link.linkId) return;
      if (event.state !== "sent") {
        clearTimeout(patience);
        help.hidden = true;
      }
      heard(wizard, state, event);
    }),
  );
}

/**
 * What to do when the link does not open on the phone.
 * @param {Wizard} wizard
 * @param {PhoneLink} link
 * @returns {HTMLDetailsElement}
 */
function notOpening(wizard, link) {
  const steps = link.place
    ? [t("phoneHelpWifi"), t("phoneHelpFirewall"), t("phoneHelpRelay")]
    : [t("phoneHelpOnline"), t("phoneHelpRelayUp", { relay: new URL(link.url).host })];
  const others = link.places.filter((one) => one.address !== link.place);
  return h(
    "details",
    { class: "phone-help" },
    h("summary", {}, t("phoneHelp")),
    h("ol", {}, ...steps.map((step) => h("li", {}, step))),
    others.length > 0 ? otherPlaces(wizard, link, others) : null,
  );
}

/**
 * The computer is in several networks, and the link may have the address of the wrong one.
 * @param {Wizard} wizard
 * @param {PhoneLink} link
 * @param {{address: string, interface: string}[]} others
 */
function otherPlaces(wizard, link, others) {
  const choice = h(
    "select",
    { class: "input" },
    ...link.places.map((one) =>
      h(
        "option",
        { value: one.address, selected: one.address === link.place },
        `${one.address} (${one.interface})`,
      ),
    ),
  );
  choice.addEventListener("change", () => wizard.go("phone", { address: choice.value }));
  return field(t("phoneHelpPlace", { count: others.length + 1 }), choice, t("phoneHelpPlaceHint"));
}

/** @param {string} text */
function watching(text) {
  return h("p", { class: "watching" }, h("span", { class: "pulse" }), h("span", {}, text));
}

/** @param {string} url */
function copyLink(url) {
  const button = h("button", { type: "button", class: "button" }, icon("copy"), t("copyLink"));
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(url);
    show(button, icon("check"), t("copied"));
    say(t("copied"));
  });
  return button;
}

/**
 * @param {PhoneLink} link
 * @param {HTMLElement} state
 */
function smsForm(link, state) {
  const problem = h("div");
  const number = h("input", {
    class: "input",
    type: "tel",
    autocomplete: "tel",
    placeholder: "+49 151 23456789",
  });
  const send = workButton({
    label: t("phoneSend"),
    work: async () => {
      problem.replaceChildren();
      const { number: understood } = await call("phone.send", {
        linkId: link.linkId,
        number: number.value,
        language: current().startsWith("de") ? "de" : "en",
      });
      show(state, watching(t("phoneSentTo", { number: understood })));
    },
    onProblem: (error) => {
      show(problem, errorNotice(explained(error)));
      number.focus();
      problem.scrollIntoView({ block: "nearest" });
    },
  });
  number.addEventListener("keydown", (event) => {
    if (event.key === "Enter") send.click();
  });
  return [h("div", { class: "add-line" }, field(t("phoneNumber"), number), send), problem];
}

const REASONS = Object.freeze({ phoneNumber: "phone_number_", smsFailed: "phone_sms_" });

/**
 * The host says in English why a number is none, or a message was not sent; here it is said in the language shown.
 * @param {unknown} problem
 */
function explained(problem) {
  const error = asApiError(problem);
  if (!(error.errorName === "phoneNumber" || error.errorName === "smsFailed")) return error;
  const key = REASONS[error.errorName] + error.params.reason;
  return has(key) ? named(error.errorName, { ...error.params, detail: t(key) }) : error;
}

/**
 * @param {Wizard} wizard
 * @param {HTMLElement} place
 * @param {import("../../common/api.js").PageEvent} event
 */
function heard(wizard, place, event) {
  const { state, codes = [], problem } = event;
  if (state === "read") {
    const factors = codes.filter((/** @type {{handle: string | null}} */ code) => code.handle);
    if (factors.length === 1)
      wizard.go("confirm", { handle: factors[0].handle, factor: factors[0].factor, from: "phone" });
    else
      wizard.go("pick", {
        pictures: [{ name: t("phonePhoto"), src: null, data: null, width: 0, height: 0, codes }],
        from: "phone",
      });
    return;
  }
  if (state === "expired" || state === "closed") show(place, expired(wizard));
  else if (state === "failed")
    show(place, errorNotice(named(problem ?? "relayFailed", { detail: t("phone_lost") })), again(wizard));
  else if (state === "unreadable") show(place, unreadable(problem, codes), watching(t("phoneAnother")));
  else show(place, watching(t(`phone_${state}`)));
}

/**
 * @param {string | null} problem what the photo held instead, by its error name
 * @param {import("../../../background/types.js").FoundCode[]} codes
 */
function unreadable(problem, codes) {
  if (!problem || problem === "noCodeFound")
    return notice("warn", t("phone_unreadable"), t("phone_unreadableText"));
  const { title, next } = named(problem);
  const code = codes.find((one) => one.problem === problem);
  return notice("warn", code ? apartWords(code) : title, next);
}

/** @param {Wizard} wizard */
function expired(wizard) {
  return h(
    "div",
    { class: "stack" },
    notice("warn", t("phone_expired"), t("phone_expiredText")),
    again(wizard),
  );
}
