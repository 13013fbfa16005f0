/** Small pieces that several pages show. */

import { asApiError, named } from "./api.js";
import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { say } from "./say.js";

const TONES = Object.freeze({ info: "info", ok: "check", warn: "alert", bad: "alert" });
const HUES = 8; // classes hue-0 … hue-7 in base.css, each checked for contrast

/**
 * A portal's initial on its own colour.
 * @param {string} name
 * @returns {HTMLElement}
 */
export function initial(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  const first = [...name.trim()][0] ?? "?";
  return h("span", { class: `initial hue-${sum % HUES}`, "aria-hidden": "true" }, first.toLocaleUpperCase());
}

/**
 * A box that says something: what, and what to do.
 * @param {"info" | "ok" | "warn" | "bad"} tone
 * @param {string} title
 * @param {string} [text]
 * @param {...Node} more
 * @returns {HTMLElement}
 */
export function notice(tone, title, text = "", ...more) {
  return h(
    "div",
    { class: `notice ${tone}`, role: tone === "bad" ? "alert" : undefined },
    icon(TONES[tone]),
    h(
      "div",
      { class: "notice-text" },
      h("p", { class: "notice-title" }, title),
      text ? h("p", {}, text) : null,
      ...more,
    ),
  );
}

/**
 * @param {unknown} problem
 * @returns {HTMLElement}
 */
export function errorNotice(problem) {
  const error = asApiError(problem);
  return notice("bad", error.title, error.next);
}

/**
 * A terminal command with a copy button.
 * @param {string} command
 * @returns {HTMLElement}
 */
export function commandLine(command) {
  const button = h(
    "button",
    { type: "button", class: "icon-button", "aria-label": t("copyCommand", { command }), title: t("copy") },
    icon("copy"),
  );
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(command);
    button.replaceChildren(icon("check"));
    say(t("copied"));
    setTimeout(() => button.replaceChildren(icon("copy")), 1600);
  });
  return h("div", { class: "command" }, h("code", { tabindex: 0 }, command), button);
}

/**
 * A button that cannot be pressed again while it works, and shows what went wrong beneath it.
 * @param {object} options
 * @param {string} options.label
 * @param {string} [options.className]
 * @param {keyof typeof import("./icons.js").SHAPES} [options.icon]
 * @param {() => Promise<unknown>} options.work started inside the click itself, so it may ask for permissions
 * @param {(problem: unknown) => void} [options.onProblem]
 * @returns {HTMLButtonElement}
 */
export function workButton({ label, className = "button", icon: shape, work, onProblem }) {
  const button = h(
    "button",
    { type: "button", class: className },
    shape ? icon(shape) : null,
    h("span", {}, label),
  );
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true"); // keeps the focus, unlike `disabled`
    button.classList.add("busy");
    const done = () => {
      button.removeAttribute("aria-disabled");
      button.classList.remove("busy");
    };
    work().then(done, (problem) => {
      done();
      if (onProblem) onProblem(problem);
      else {
        button.parentElement?.querySelector(":scope > .notice.bad")?.remove();
        button.after(errorNotice(problem));
      }
    });
  });
  return button;
}

/**
 * A labelled control.
 * @param {string} label
 * @param {HTMLElement} control
 * @param {string} [hint]
 * @returns {HTMLElement}
 */
export function field(label, control, hint = "") {
  const id = control.id || `field-${Math.random().toString(36).slice(2, 9)}`;
  control.id = id;
  if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    control,
    hint ? h("p", { class: "hint", id: `${id}-hint` }, hint) : null,
  );
}

/**
 * A labelled switch.
 * @param {string} label
 * @param {string} hint
 * @param {boolean} on
 * @param {(on: boolean) => void} change
 * @returns {HTMLElement}
 */
export function toggle(label, hint, on, change) {
  const box = h("input", { type: "checkbox", class: "switch", role: "switch", checked: on });
  box.addEventListener("change", () => change(box.checked));
  return h(
    "label",
    { class: "toggle" },
    h(
      "span",
      { class: "toggle-text" },
      h("span", {}, label),
      hint ? h("span", { class: "hint" }, hint) : null,
    ),
    box,
  );
}

/**
 * Host name of an origin or address, with a port where one is given.
 * @param {string} address
 * @returns {string}
 */
export function hostOf(address) {
  return URL.canParse(address) ? new URL(address).host : address;
}

/**
 * What went wrong last with an account, and what to do.
 * @param {string} name `refused`, `locked` or `secretMissing`
 * @returns {{title: string, next: string}}
 */
export function attentionWords(name) {
  return name === "secretMissing"
    ? named(name)
    : { title: t(`attention_${name}`), next: t(`attention_${name}_next`) };
}
