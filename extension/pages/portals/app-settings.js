/** The extension's own settings, and where to look when something does not work. */

import { browser } from "../../background/browser.js";
import { call } from "../common/api.js";
import { h, icon, show } from "../common/dom.js";
import { current, t } from "../common/i18n.js";
import { speak } from "../common/language.js";
import { commandLine, errorNotice, field, toggle } from "../common/parts.js";
import { EVERYWHERE, hasEverywhere, requestEverywhere } from "../common/permissions.js";
import { COUNTRIES } from "./countries.js";
import { toast } from "./toast.js";

/**
 * @param {HTMLElement} place
 */
export async function drawSettings(place) {
  try {
    const [settings, everywhere] = await Promise.all([call("settings.get"), hasEverywhere()]);
    show(place, h("div", { class: "settings" }, ...panels(place, settings, everywhere)));
  } catch (problem) {
    show(place, h("div", { class: "settings" }, errorNotice(problem), help()));
  }
}

/**
 * @param {HTMLElement} place
 * @param {{language: string, minLeftSeconds: number, noticeEverywhere: boolean, country: string, relay: string}} settings
 * @param {boolean} everywhere
 */
function panels(place, settings, everywhere) {
  const problem = h("div");
  /** @param {object} change */
  async function save(change) {
    const before = { ...settings };
    Object.assign(settings, change);
    try {
      await call("settings.set", { settings });
      problem.replaceChildren();
      toast(t("saved"));
    } catch (error) {
      for (const key of Object.keys(change)) Object.assign(settings, { [key]: Reflect.get(before, key) });
      show(problem, errorNotice(error));
    }
  }
  const language = h(
    "select",
    { class: "select" },
    h("option", { value: "auto" }, t("languageAuto")),
    h("option", { value: "en", lang: "en" }, "English"),
    h("option", { value: "de", lang: "de" }, "Deutsch"),
  );
  language.value = settings.language;
  language.addEventListener("change", async () => {
    await save({ language: language.value });
    await speak(language.value);
    location.reload();
  });
  const regions = new Intl.DisplayNames(current(), { type: "region" });
  const country = h(
    "select",
    { class: "select" },
    h("option", { value: "" }, t("countryNone")),
    ...COUNTRIES.map((code) => ({ code, name: regions.of(code) ?? code }))
      .sort((a, b) => a.name.localeCompare(b.name, current()))
      .map(({ code, name }) => h("option", { value: code }, name)),
  );
  country.value = settings.country;
  country.addEventListener("change", () => void save({ country: country.value }));
  const relay = h("input", {
    class: "input",
    type: "url",
    maxlength: 512,
    placeholder: "https://relay.example",
    value: settings.relay ?? "",
  });
  relay.addEventListener("change", () => void save({ relay: relay.value.trim() }));
  const left = h("input", {
    class: "input",
    type: "number",
    min: 0,
    max: 20,
    step: 1,
    value: settings.minLeftSeconds,
  });
  left.addEventListener("change", () => {
    left.value = String(Math.max(0, Math.min(20, Math.round(Number(left.value) || 0))));
    void save({ minLeftSeconds: Number(left.value) });
  });
  const notice = toggle(
    t("noticeEverywhere"),
    t("noticeEverywhereText"),
    settings.noticeEverywhere && everywhere,
    (on) => {
      // The browser asks only inside the click itself, so nothing may be awaited before.
      const granted = on ? requestEverywhere() : Promise.resolve(false);
      granted.then(
        async (yes) => {
          await save({ noticeEverywhere: yes });
          if (!yes) await browser.permissions.remove({ origins: [...EVERYWHERE] }).catch(() => false);
          if (on !== yes) await drawSettings(place);
        },
        (error) => show(problem, errorNotice(error)),
      );
    },
  );
  return [
    h(
      "div",
      { class: "panel" },
      h("h2", {}, t("settingsGeneral")),
      field(t("language"), language),
      field(t("country"), country, t("countryHint")),
      field(t("relay"), relay, t("relayHint")),
    ),
    h(
      "div",
      { class: "panel" },
      h("h2", {}, t("settingsCodes")),
      field(t("minLeft"), left, t("minLeftHint")),
      notice,
    ),
    problem,
    help(),
  ];
}

function help() {
  return h(
    "div",
    { class: "panel" },
    h("h2", {}, t("helpTitle")),
    h("p", {}, t("helpDoctor")),
    commandLine("auto2fa doctor"),
    h("p", {}, t("helpBackup")),
    commandLine("auto2fa export backup.age"),
    h(
      "p",
      { class: "row-of quiet small" },
      icon("shield"),
      t("aboutVersion", { version: browser.runtime.getManifest().version }),
    ),
  );
}
