/** Adding a portal by its address. */

import { call, named } from "../common/api.js";
import { openDialog } from "../common/dialog.js";
import { h } from "../common/dom.js";
import { t } from "../common/i18n.js";
import { errorNotice, field, workButton } from "../common/parts.js";
import { requestSites } from "../common/permissions.js";

/**
 * What a person typed as an address: a scheme is not asked for.
 * @param {string} typed
 * @returns {string | null} null when no web address can be made of it
 */
export function addressOf(typed) {
  const text = typed.trim();
  if (!text || /\s/.test(text)) return null;
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(whole)) return null;
  const url = new URL(whole);
  const named = url.hostname.includes(".") || url.hostname === "localhost" || url.hostname.startsWith("[");
  return /^https?:$/.test(url.protocol) && named ? url.href : null;
}

/**
 * Asks the browser for the address and links it. Must run inside a click.
 * @param {string} address
 * @param {{name?: string, portalId?: string}} [more]
 * @returns {Promise<import("./store.js").Portal>}
 */
export function linkAddress(address, more = {}) {
  return requestSites([address]).then(async (granted) => {
    if (!granted) throw named("permissionRefused");
    const { portal } = await call("ext.link", { url: address, ...more });
    return portal;
  });
}

/** @param {(portal: import("./store.js").Portal) => void} added */
export function openAddPortal(added) {
  const box = openDialog({ title: t("addPortal"), subtitle: t("addPortalText"), className: "ask" });
  const url = h("input", {
    class: "input",
    type: "url",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "https://",
    required: true,
  });
  const name = h("input", { class: "input", autocomplete: "off", maxlength: 200 });
  const problem = h("div");
  const add = workButton({
    label: t("addPortalDo"),
    className: "button primary",
    work: () => {
      const address = addressOf(url.value);
      if (!address) {
        url.focus();
        return Promise.reject(named(url.value.trim() ? "badUrl" : "noAddress", { url: url.value }));
      }
      return linkAddress(address, name.value.trim() ? { name: name.value.trim() } : {}).then((portal) => {
        box.close();
        added(portal);
      });
    },
    onProblem: (error) => problem.replaceChildren(errorNotice(error)),
  });
  const form = h(
    "form",
    {
      class: "stack",
      novalidate: true,
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        add.click();
      },
    },
    field(t("address"), url, t("addressHint")),
    field(t("nameOptional"), name),
    h("button", { type: "submit", hidden: true }),
    problem,
  );
  box.body.append(form);
  box.foot.append(
    h("span", { class: "spring" }),
    h("button", { type: "button", class: "button", onclick: () => box.close() }, t("cancel")),
    add,
  );
  url.focus();
}
