/** A portal's accounts in its settings window. */

import { call } from "../common/api.js";
import { ask, openDialog } from "../common/dialog.js";
import { h, icon } from "../common/dom.js";
import { ago, date, t } from "../common/i18n.js";
import { attentionWords, commandLine, field, notice, workButton } from "../common/parts.js";
import { nameOf } from "./store.js";
import { toast } from "./toast.js";
import { openWizard } from "./wizard/wizard.js";

/** @typedef {import("./store.js").Portal} Portal */
/** @typedef {import("./store.js").Account} Account */

const ORDER = ["active", "pending", "replaced"];

/**
 * @param {Portal} portal
 * @param {() => Promise<void>} renew
 * @param {() => void} close closes the settings window, before the wizard opens
 * @returns {HTMLElement[]}
 */
export function accountCards(portal, renew, close) {
  if (portal.accounts.length === 0) return [h("p", { class: "quiet" }, t("noAccounts"))];
  return [...portal.accounts]
    .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
    .map((account) => card(portal, account, renew, close));
}

/**
 * @param {Portal} portal
 * @param {Account} account
 * @param {() => Promise<void>} renew
 * @param {() => void} close
 */
function card(portal, account, renew, close) {
  const name = nameOf(account) || t("accountUnnamed");
  const state = account.attention && account.state !== "replaced" ? "attention" : account.state;
  /** @param {keyof typeof import("../common/icons.js").SHAPES} shape @param {string} label @param {() => void} onclick */
  const button = (shape, label, onclick) =>
    h(
      "button",
      { type: "button", class: "icon-button", "aria-label": `${label}: ${name}`, title: label, onclick },
      icon(shape),
    );
  const { factor } = account;
  const facts = [
    factor.issuer && factor.issuer !== name ? factor.issuer : "",
    factor.type === "totp" ? "" : t(`type_${factor.type}`),
    account.state === "replaced"
      ? account.restorableUntil
        ? t("restorableUntil", { when: date(account.restorableUntil) })
        : ""
      : account.lastUsed
        ? t("lastUsed", { when: ago(account.lastUsed) })
        : t("neverUsed"),
  ].filter(Boolean);
  return h(
    "div",
    { class: `account ${account.state}` },
    h(
      "div",
      { class: "entry" },
      h(
        "div",
        { class: "entry-text" },
        h("p", { class: "portal-name clip", dir: "auto", title: name }, name),
        h("p", { class: "quiet small clip" }, facts.join(" · ")),
      ),
      h("span", { class: `pill ${state}` }, t(`state_${state}`)),
      account.state === "replaced"
        ? null
        : button("pencil", t("editAccount"), () => editAccount(account, renew)),
      button(
        "trash",
        t(account.state === "pending" ? "giveUp" : "removeAccount"),
        () => void remove(portal, account, renew),
      ),
    ),
    account.attention && account.state !== "replaced" ? attentionNotice(account.attention) : null,
    account.state === "pending"
      ? h(
          "div",
          { class: "row-of" },
          h(
            "button",
            {
              type: "button",
              class: "button",
              onclick: () => {
                close();
                openWizard({ portal, step: "prove", data: { account } });
              },
            },
            icon("shield"),
            t("continueActivation"),
          ),
          h("span", { class: "quiet small" }, t(account.replaces ? "pendingReplaces" : "pendingHint")),
        )
      : null,
    account.state === "replaced" && account.restorableUntil
      ? h(
          "div",
          { class: "row-of" },
          workButton({
            label: t("takeBack"),
            icon: "undo",
            work: async () => {
              await call("accounts.restore", { accountId: account.id });
              await renew();
              toast(t("takenBack"));
            },
          }),
        )
      : null,
  );
}

/** @param {string} name */
function attentionNotice(name) {
  const { title, next } = attentionWords(name);
  return notice("bad", title, next);
}

/**
 * @param {Portal} portal
 * @param {Account} account
 * @param {() => Promise<void>} renew
 */
async function remove(portal, account, renew) {
  const name = nameOf(account) || t("accountUnnamed");
  const pending = account.state === "pending";
  const sure = await ask({
    title: t(pending ? "giveUpAsk" : "removeAsk", { account: name }),
    body: pending
      ? [t("giveUpText")]
      : [
          t("removeText", { portal: portal.name }),
          t("unlinkBackup"),
          commandLine("auto2fa export backup.age"),
        ],
    yes: t(pending ? "giveUp" : "removeAccount"),
    no: t("keep"),
    danger: true,
  });
  if (!sure) return;
  await call(pending ? "enrol.cancel" : "accounts.remove", { accountId: account.id });
  await renew();
  toast(t(pending ? "givenUp" : "removed", { account: name }));
}

/**
 * @param {Account} account
 * @param {() => Promise<void>} renew
 */
function editAccount(account, renew) {
  const box = openDialog({ title: t("editAccount"), className: "ask" });
  const username = h("input", {
    class: "input",
    value: account.username,
    maxlength: 200,
    autocomplete: "off",
  });
  const issuer = h("input", {
    class: "input",
    value: account.factor.issuer,
    maxlength: 200,
    autocomplete: "off",
  });
  const name = h("input", {
    class: "input",
    value: account.factor.name,
    maxlength: 200,
    autocomplete: "off",
  });
  box.body.append(
    field(t("username"), username, t("usernameHint")),
    field(t("accountName"), name),
    field(t("issuer"), issuer),
  );
  const save = workButton({
    label: t("save"),
    className: "button primary",
    work: async () => {
      await call("accounts.update", {
        accountId: account.id,
        username: username.value,
        issuer: issuer.value,
        name: name.value,
      });
      box.close();
      await renew();
    },
  });
  box.foot.append(
    h("span", { class: "spring" }),
    h("button", { type: "button", class: "button", onclick: () => box.close() }, t("cancel")),
    save,
  );
  username.focus();
}
