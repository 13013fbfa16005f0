/** The window behind the plug icon: everything about one portal. */

import { asApiError, call, named, onEvent } from "../common/api.js";
import { ask, openDialog } from "../common/dialog.js";
import { h, icon, show } from "../common/dom.js";
import { ago, t } from "../common/i18n.js";
import { commandLine, errorNotice, field, hostOf, toggle, workButton } from "../common/parts.js";
import { accountCards } from "./accounts.js";
import { askAndActivate } from "./activate.js";
import { addressOf, linkAddress } from "./add-portal.js";
import { releaseLog } from "./log.js";
import { loadPortals, nameOf, portalById } from "./store.js";
import { toast } from "./toast.js";

/** @typedef {import("./store.js").Portal} Portal */

/**
 * @param {string} portalId
 * @param {() => void} [closed] gives the focus back
 */
export function openPortalSettings(portalId, closed) {
  const found = portalById(portalId);
  if (!found) return;
  /** @type {Portal} */
  let portal = found;
  const stopHearing = onEvent((event) => {
    if (event.event === "changed") void renew();
  });
  const box = openDialog({
    title: portal.name,
    subtitle: subtitle(portal),
    className: "portal-settings",
    onClose: () => {
      stopHearing();
      closed?.();
    },
  });
  const sites = h("section", { class: "section" });
  const accounts = h("section", { class: "section" });
  const problem = h("div");

  async function renew() {
    await loadPortals();
    const now = portalById(portalId);
    if (!now) {
      box.close();
      return;
    }
    portal = now;
    box.setTitle(portal.name, subtitle(portal));
    drawSites();
    drawAccounts();
  }

  /** @param {object} change */
  async function update(change) {
    try {
      ({ portal } = await call("portals.update", { portalId, ...change }));
      problem.replaceChildren();
      box.setTitle(portal.name, subtitle(portal));
    } catch (error) {
      show(problem, errorNotice(error));
    }
  }

  function drawSites() {
    const adding = /** @type {HTMLInputElement | null} */ (sites.querySelector("input"))?.value ?? "";
    show(sites, ...siteLines(portal, adding, renew, update));
  }

  function drawAccounts() {
    show(accounts, h("h3", {}, t("accountsTitle")), ...accountCards(portal, renew, () => box.close()));
  }

  drawSites();
  drawAccounts();
  const name = h("input", { class: "input", value: portal.name, maxlength: 200, autocomplete: "off" });
  name.addEventListener("change", () => {
    if (name.value.trim()) void update({ name: name.value.trim() });
    else name.value = portal.name;
  });
  box.body.append(
    h("section", { class: "section" }, field(t("name"), name)),
    sites,
    accounts,
    automatic(portal, (settings) => update({ settings })),
    releaseLog(() => portal),
    problem,
  );
  box.foot.append(
    h(
      "button",
      {
        type: "button",
        class: "button primary",
        id: "activate",
        onclick: async () => {
          if (await askAndActivate(portal)) box.close();
        },
      },
      icon("plug"),
      t("activate"),
    ),
    h("span", { class: "spring" }),
    h(
      "button",
      { type: "button", class: "button plain bad", onclick: () => void unlink(portal, () => box.close()) },
      t("unlink"),
    ),
    h("button", { type: "button", class: "button", onclick: () => box.close() }, t("done")),
  );
}

/** @param {Portal} portal */
function subtitle(portal) {
  const used = portal.lastUsed ? t("lastUsed", { when: ago(portal.lastUsed) }) : t("neverUsed");
  return `${t(`state_${portal.state}`)} · ${used}`;
}

/**
 * @param {Portal} portal
 * @param {string} typed
 * @param {() => Promise<void>} renew
 * @param {(change: object) => Promise<void>} update
 */
function siteLines(portal, typed, renew, update) {
  const address = h("input", {
    class: "input",
    type: "url",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "https://",
    "aria-label": t("addSiteLabel"),
    value: typed,
  });
  const problem = h("div");
  const add = workButton({
    label: t("addSite"),
    icon: "plus",
    work: () => {
      const url = addressOf(address.value);
      if (!url) {
        address.focus();
        return Promise.reject(named(address.value.trim() ? "badUrl" : "noAddress", { url: address.value }));
      }
      return linkAddress(url, { portalId: portal.id }).then(() => {
        address.value = "";
        return renew();
      });
    },
    onProblem: (error) => show(problem, errorNotice(error)),
  });
  address.addEventListener("keydown", (event) => {
    if (event.key === "Enter") add.click();
  });
  return [
    h("h3", {}, t("sites")),
    h("p", { class: "hint" }, t("sitesText")),
    h(
      "ul",
      {},
      ...portal.origins.map((origin) =>
        h(
          "li",
          { class: "entry" },
          h(
            "span",
            { class: "entry-text clip", title: origin },
            origin.startsWith("https://") ? hostOf(origin) : origin,
          ),
          portal.origins.length > 1
            ? h(
                "button",
                {
                  type: "button",
                  class: "icon-button",
                  "aria-label": t("removeSite", { site: hostOf(origin) }),
                  title: t("removeSite", { site: hostOf(origin) }),
                  onclick: async () => {
                    await update({ origins: portal.origins.filter((other) => other !== origin) });
                    await renew();
                  },
                },
                icon("close"),
              )
            : null,
        ),
      ),
    ),
    h("div", { class: "add-line" }, address, add),
    problem,
  ];
}

/**
 * @param {Portal} portal
 * @param {(settings: Portal["settings"]) => Promise<void>} save
 */
function automatic(portal, save) {
  const settings = { ...portal.settings };
  /** @param {keyof Portal["settings"]} key */
  const line = (key) =>
    toggle(t(`set_${key}`), t(`set_${key}_hint`), settings[key], (on) => {
      settings[key] = on;
      void save(settings);
    });
  return h(
    "section",
    { class: "section" },
    h("h3", {}, t("automatically")),
    line("autoFill"),
    line("autoSubmit"),
    line("chooseMethod"),
    line("rememberDevice"),
  );
}

/**
 * @param {Portal} portal
 * @param {() => void} done
 */
async function unlink(portal, done) {
  const living = portal.accounts.filter((account) => account.state !== "replaced");
  const lost = living.map((account) => h("li", {}, `• ${nameOf(account) || t("accountUnnamed")}`));
  const sure = await ask({
    title: t("unlinkAsk", { portal: portal.name }),
    body: [
      living.length > 0
        ? h("div", {}, h("p", {}, t("unlinkLost")), h("ul", {}, ...lost))
        : t("unlinkNothingLost"),
      ...(living.length > 0 ? [t("unlinkBackup"), commandLine("auto2fa export backup.age")] : []),
    ],
    yes: t("unlinkDo"),
    no: t("keep"),
    danger: true,
  });
  if (!sure) return;
  try {
    await call("ext.unlink", { portalId: portal.id });
    done();
    toast(t("unlinked", { portal: portal.name }));
  } catch (problem) {
    toast(asApiError(problem).title);
  }
}
