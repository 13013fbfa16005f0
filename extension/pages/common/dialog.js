/** Windows on the page: the browser's own <dialog>, which keeps focus inside and closes with Escape. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

let count = 0;

/**
 * @typedef {object} Window
 * @property {HTMLDialogElement} element
 * @property {HTMLElement} body
 * @property {HTMLElement} foot
 * @property {(title: string, subtitle?: string) => void} setTitle
 * @property {() => void} close
 */

/**
 * Opens a window.
 * @param {object} options
 * @param {string} options.title
 * @param {string} [options.subtitle]
 * @param {string} [options.className]
 * @param {() => void} [options.onClose] runs once, however it was closed
 * @param {() => boolean | Promise<boolean>} [options.mayClose] asked on Escape, the cross and the backdrop
 * @returns {Window}
 */
export function openDialog({ title, subtitle = "", className = "", onClose, mayClose }) {
  count += 1;
  const titleId = `dialog-title-${count}`;
  const heading = h("h2", { id: titleId, tabindex: -1 }, title);
  const below = h("p", { class: "dialog-subtitle", hidden: !subtitle }, subtitle);
  const cross = h(
    "button",
    { type: "button", class: "icon-button dialog-close", "aria-label": t("close") },
    icon("close"),
  );
  const body = h("div", { class: "dialog-body" });
  const foot = h("footer", { class: "dialog-foot" });
  const element = h(
    "dialog",
    { class: `dialog ${className}`.trim(), "aria-labelledby": titleId },
    h("header", { class: "dialog-head" }, h("div", { class: "dialog-titles" }, heading, below), cross),
    body,
    foot,
  );
  const askToClose = async () => {
    if (!mayClose || (await mayClose())) element.close();
  };
  cross.addEventListener("click", askToClose);
  element.addEventListener("cancel", (event) => {
    if (event.target !== element) return; // a file chooser inside was cancelled
    event.preventDefault();
    void askToClose();
  });
  element.addEventListener("close", (event) => {
    if (event.target !== element) return;
    element.remove();
    onClose?.();
  });
  document.body.append(element);
  element.showModal();
  heading.focus(); // the window is announced by its title; whoever opened it may move on to a field
  return {
    element,
    body,
    foot,
    setTitle(text, more = "") {
      heading.textContent = text;
      below.textContent = more;
      below.hidden = !more;
    },
    close: () => element.close(),
  };
}

/**
 * Asks a question with two answers.
 * @param {object} options
 * @param {string} options.title
 * @param {import("./dom.js").Child[]} options.body
 * @param {string} options.yes
 * @param {string} options.no
 * @param {boolean} [options.danger] the yes destroys something
 * @returns {Promise<boolean>}
 */
export function ask({ title, body, yes, no, danger = false }) {
  return new Promise((resolve) => {
    let answer = false;
    const box = openDialog({ title, className: "ask", onClose: () => resolve(answer) });
    box.body.append(...body.map((part) => (part instanceof Node ? part : h("p", {}, part))));
    const refuse = h("button", { type: "button", class: "button", onclick: () => box.close() }, no);
    const agree = h(
      "button",
      {
        type: "button",
        class: `button ${danger ? "danger" : "primary"}`,
        onclick: () => {
          answer = true;
          box.close();
        },
      },
      yes,
    );
    box.foot.append(h("span", { class: "spring" }), refuse, agree);
    (danger ? refuse : agree).focus();
  });
}
