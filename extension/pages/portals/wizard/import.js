/** From my authenticator app: a file or picture with many accounts, chosen and matched to portals. */

import { call } from "../../common/api.js";
import { h, icon, show } from "../../common/dom.js";
import { number, t } from "../../common/i18n.js";
import { field, notice, workButton } from "../../common/parts.js";
import { base64, takeDrops, takePastes } from "./files.js";
import { previewImport } from "./import-preview.js";
import { backButton } from "./wizard.js";

/** @typedef {import("./wizard.js").Wizard} Wizard */

/**
 * @typedef {object} ImportEntry
 * @property {number} index
 * @property {import("./wizard.js").Factor} factor
 * @property {string | null} duplicateOf
 * @property {string | null} suggestedPortal
 * @property {string | null} suggestedUrl where our own export says that it belongs, when that is not linked
 * @property {string} username
 * @property {string | null} problem name of the error for which it cannot be taken over
 * @property {Record<string, string>} problemParams
 */

/**
 * @typedef {object} ImportSet
 * @property {string} importId
 * @property {string} format
 * @property {ImportEntry[]} entries all of them, once every page was read
 * @property {number} total
 * @property {number[]} missingParts
 * @property {boolean} needsPassword
 */

/** Apps with their own words on how to export; keys `app_<name>` and `app_<name>_how`. */
const APPS = [
  "google",
  "aegis",
  "twofas",
  "bitwarden",
  "proton",
  "ente",
  "andotp",
  "freeotp",
  "microsoft",
  "authy",
  "list",
];

/**
 * @param {Wizard} wizard
 * @param {import("./wizard.js").Data} data
 */
export function importStep(wizard, data) {
  wizard.title(t("wayImport"), wizard.portal?.name ?? "");
  /** @type {{data: string, fileName: string} | null} */
  let file = null;
  /** @type {ImportSet | null} */
  let set = null;
  const place = h("div", { class: "stack" });
  const busy = h("p", { class: "quiet", role: "status" });
  wizard.body.append(place, busy);
  wizard.later(() => {
    if (set) void call("import.cancel", { importId: set.importId }).catch(() => {});
  });

  /** Files that wait until the one before them is unlocked. @type {File[]} */
  const queue = [];
  /** @param {File[]} files */
  const take = async (files) => {
    queue.push(...files);
    for (let one = queue.shift(); one; one = queue.shift()) {
      try {
        file = { data: await base64(one), fileName: one.name };
        await open(null);
      } catch (problem) {
        queue.length = 0; // the person sees what is wrong with this one, and chooses again
        throw problem;
      }
      if (set?.needsPassword) return;
    }
  };

  /** @param {string | null} password */
  async function open(password) {
    if (!file) return;
    show(busy, t("importOpening"));
    try {
      /** @type {ImportSet} */
      const answer = await call("import.open", {
        ...file,
        password,
        importId: set && !set.needsPassword ? set.importId : null,
      });
      set = answer;
      if (answer.needsPassword) {
        drawPassword();
        return;
      }
      await readOn(answer);
      drawPreview(answer);
      if (password !== null && queue.length > 0) await take([]);
    } finally {
      busy.replaceChildren();
    }
  }

  /** One message holds some thousand accounts. @param {ImportSet} opened */
  async function readOn(opened) {
    while (opened.entries.length < opened.total) {
      show(busy, t("importReading", { done: number(opened.entries.length), total: number(opened.total) }));
      const offset = opened.entries.length;
      const { entries } = await call("import.entries", { importId: opened.importId, offset });
      if (entries.length === 0) break;
      opened.entries.push(...entries);
    }
  }

  /** @param {ImportSet} opened */
  function drawPreview(opened) {
    file = null; // the host has it; the page forgets it
    const applied = () => {
      set = null; // done: nothing to cancel any more
    };
    previewImport(wizard, place, opened, { addPart: chooser(t("importAddPart"), take, wizard), applied });
  }

  function drawPassword() {
    const password = h("input", { class: "input", type: "password", autocomplete: "off" });
    const unlock = workButton({
      label: t("unlock"),
      className: "button primary",
      work: () => open(password.value),
      onProblem: wizard.problem,
    });
    password.addEventListener("keydown", (event) => {
      if (event.key === "Enter") unlock.click();
    });
    show(place, notice("info", t("importLocked"), t("importLockedText")), field(t("password"), password));
    wizard.foot(
      backButton(wizard, wizard.portal ? "ways" : "import"),
      h("span", { class: "spring" }),
      unlock,
    );
    password.focus();
  }

  if (data.file) {
    file = { data: data.file.replace(/^data:[^,]*,/, ""), fileName: data.fileName ?? "" };
    open(null).catch(wizard.problem);
    wizard.foot(wizard.portal ? backButton(wizard, "ways") : null);
    return;
  }
  const drop = h(
    "div",
    { class: "drop" },
    icon("upload"),
    h("p", {}, t("dropExport")),
    chooser(t("chooseFile"), take, wizard),
    h("p", { class: "small" }, t("importPictures")),
  );
  const guarded = (/** @type {File[]} */ files) => void take(files).catch(wizard.problem);
  takeDrops(wizard.body, guarded);
  wizard.later(takePastes(guarded));
  show(
    place,
    drop,
    h(
      "div",
      {},
      h("h3", {}, t("howToExport")),
      h(
        "div",
        { class: "apps" },
        ...APPS.map((app) =>
          h("details", { name: "app" }, h("summary", {}, t(`app_${app}`)), h("p", {}, t(`app_${app}_how`))),
        ),
      ),
    ),
  );
  wizard.foot(wizard.portal ? backButton(wizard, "ways") : null);
}

/**
 * @param {string} label
 * @param {(files: File[]) => Promise<void>} take
 * @param {Wizard} wizard
 */
function chooser(label, take, wizard) {
  const input = h("input", {
    type: "file",
    multiple: true,
    class: "visually-hidden",
    tabindex: -1,
    "aria-hidden": "true",
  });
  const button = workButton({ label, icon: "upload", work: async () => input.click() });
  input.addEventListener("change", () => {
    if (input.files?.length) take([...input.files]).catch(wizard.problem);
  });
  return h("div", {}, button, input);
}
