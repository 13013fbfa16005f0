/** Security key: typed or pasted, wrong characters pointed at before anything is sent. */

import { ApiError, call } from "../../common/api.js";
import { h, show } from "../../common/dom.js";
import { plural, t } from "../../common/i18n.js";
import { field, notice, workButton } from "../../common/parts.js";
import { checkKey } from "./key-check.js";
import { backButton } from "./wizard.js";

const MOST_MARKED = 6;

/**
 * @param {import("./wizard.js").Wizard} wizard
 * @param {import("./wizard.js").Data} [data] where a capture found no code: the page that it looked at
 */
export function keyStep(wizard, data = {}) {
  wizard.title(t("wayKey"), wizard.portal?.name ?? data.title ?? "");
  const text = h("textarea", {
    class: "textarea mono",
    rows: 3,
    spellcheck: "false",
    autocomplete: "off",
    autocapitalize: "characters",
    dataset: { first: "" },
  });
  wizard.later(() => {
    text.value = ""; // the host has it now; the page forgets it
  });
  const verdict = h("div", { class: "stack", "aria-live": "polite" });
  const advanced = makeAdvanced();
  const next = workButton({
    label: t("continue"),
    className: "button primary",
    work: async () => {
      const enrolment = await call("enrol.fromKey", { text: text.value, options: advanced.options() });
      wizard.go(wizard.portal ? "confirm" : "link", {
        ...data,
        handle: enrolment.handle,
        factor: enrolment.factor,
        notes: enrolment.notes,
        from: "key",
      });
    },
    onProblem: (problem) => {
      wizard.problem(problem);
      const position = problem instanceof ApiError ? Number(problem.params.position) : 0;
      if (position > 0) {
        text.focus();
        text.setSelectionRange(position - 1, position);
      }
    },
  });
  const look = () => {
    const check = checkKey(text.value);
    next.disabled = check.kind === "empty" || check.kind === "wrong" || check.kind === "address";
    show(verdict, ...verdictOf(check, text, look));
  };
  text.addEventListener("input", look);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    if (!next.disabled) next.click();
  });
  wizard.body.append(field(t("keyLabel"), text, t("keyHint")), verdict, advanced.element);
  wizard.foot(
    backButton(wizard, data.pictures ? "pick" : "ways", data),
    h("span", { class: "spring" }),
    next,
  );
  look();
}

/**
 * @param {ReturnType<typeof checkKey>} check
 * @param {HTMLTextAreaElement} text
 * @param {() => void} look
 * @returns {(Node | null)[]}
 */
function verdictOf(check, text, look) {
  if (check.kind === "address") return [notice("warn", t("keyAddress"), t("keyAddressText"))];
  if (check.kind === "hex") return [h("p", { class: "hint" }, t("keyHex"))];
  if (check.kind === "uri") return [h("p", { class: "hint" }, t("keyUri"))];
  if (check.kind === "key")
    return check.short ? [h("p", { class: "hint" }, t("keyShort", { n: check.length }))] : [];
  if (check.kind !== "wrong") return [];
  const typed = text.value;
  const marks = new Set(check.wrong.map(({ index }) => index));
  const view = h(
    "p",
    { class: "key-view", "aria-hidden": "true" },
    ...[...typed].map((letter, index) => (marks.has(index) ? h("mark", {}, letter) : letter)),
  );
  /** @param {string} found @param {string} letter */
  const replace = (found, letter) =>
    h(
      "button",
      {
        type: "button",
        class: "button",
        onclick: () => {
          text.value = text.value.replaceAll(found, letter);
          look();
          text.focus();
        },
      },
      t("keyReplace", { found, letter }),
    );
  const kinds = new Map(check.wrong.map((one) => [one.found, one]));
  const lines = [...kinds.values()].slice(0, MOST_MARKED).map(({ found, meant, index }) =>
    h(
      "li",
      {},
      t(meant.length > 0 ? "keyWrongMeant" : "keyWrong", {
        found,
        position: index + 1,
        meant: meant.join(` ${t("or")} `),
      }),
    ),
  );
  const fixes = [...kinds.values()].flatMap(({ found, meant }) =>
    meant.map((letter) => replace(found, letter)),
  );
  return [
    view,
    notice(
      "warn",
      plural("keyWrongTitle", check.wrong.length),
      "",
      h("ul", {}, ...lines),
      ...(fixes.length > 0 ? [h("div", { class: "row-of" }, ...fixes)] : []),
    ),
  ];
}

/** The fields that a portal rarely needs; empty ones keep the usual value. */
function makeAdvanced() {
  /** @param {string[]} values @param {string[]} labels */
  const select = (values, labels) =>
    h("select", { class: "select" }, ...values.map((value, index) => h("option", { value }, labels[index])));
  /** @param {number} min @param {number} max @param {string} usual */
  const number = (min, max, usual) =>
    h("input", { class: "input", type: "number", min, max, placeholder: usual });
  const type = select(
    ["", "totp", "hotp", "steam"],
    [t("usual"), t("type_totp"), t("type_hotp"), t("type_steam")],
  );
  const digits = select(["", "6", "7", "8", "9", "10"], [t("usual"), "6", "7", "8", "9", "10"]);
  const period = number(1, 86_400, "30");
  const algorithm = select(["", "SHA1", "SHA256", "SHA512"], [t("usual"), "SHA-1", "SHA-256", "SHA-512"]);
  const counter = number(0, Number.MAX_SAFE_INTEGER, "0");
  const counterField = field(t("counter"), counter);
  const periodField = field(t("periodSeconds"), period);
  const fit = () => {
    counterField.hidden = type.value !== "hotp";
    periodField.hidden = type.value === "hotp" || type.value === "steam";
  };
  type.addEventListener("change", fit);
  fit();
  const element = h(
    "details",
    {},
    h("summary", {}, t("advanced")),
    h(
      "div",
      { class: "fields" },
      field(t("type"), type),
      field(t("digits"), digits),
      periodField,
      field(t("algorithm"), algorithm),
      counterField,
    ),
  );
  return {
    element,
    options: () => ({
      type: type.value || null,
      digits: digits.value ? Number(digits.value) : null,
      period: period.value && !periodField.hidden ? Number(period.value) : null,
      algorithm: algorithm.value || null,
      counter: counter.value && !counterField.hidden ? Number(counter.value) : null,
    }),
  };
}
