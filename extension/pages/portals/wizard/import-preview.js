/** What an export holds: which accounts to take, and which portal each belongs to. */

import { call, named, onEvent } from "../../common/api.js";
import { h, show } from "../../common/dom.js";
import { has, plural, t } from "../../common/i18n.js";
import { notice, workButton } from "../../common/parts.js";
import { requestSites } from "../../common/permissions.js";
import { addressOf } from "../add-portal.js";
import { accountById, loadPortals, nameOf, portalById, portals } from "../store.js";
import { toast } from "../toast.js";
import { backButton } from "./wizard.js";

/** @typedef {import("./wizard.js").Wizard} Wizard */
/** @typedef {import("./import.js").ImportSet} ImportSet */
/** @typedef {import("./import.js").ImportEntry} ImportEntry */

/** The host's names of formats whose words have another name here, or are the same in every language. */
const WORDS = new Map([
  ["2fas", "twofas"],
  ["addresses", "list"],
]);
const NAMES = new Map([
  ["auto2fa", "Auto 2FA"],
  ["raivo", "Raivo OTP"],
  ["stratum", "Stratum"],
  ["table", "CSV"],
]);

/** @param {string} format */
function formatName(format) {
  const key = `app_${WORDS.get(format) ?? format}`;
  return has(key) ? t(key) : (NAMES.get(format) ?? "");
}

/**
 * @param {Wizard} wizard
 * @param {HTMLElement} place
 * @param {ImportSet} set
 * @param {{addPart: HTMLElement, applied: () => void}} more
 */
export function previewImport(wizard, place, set, { addPart, applied }) {
  wizard.title(t("importTitle"), formatName(set.format));
  const byName = new Map(portals().map((portal) => [portal.name.toLowerCase(), portal.id]));
  const rows = set.entries.map((entry) => makeRow(entry, wizard.portal?.id ?? null));
  const count = h("span", { class: "quiet small", role: "status" });

  /** @param {string} typed @returns {{portalId: string} | {url: string} | null} */
  const targetOf = (typed) => {
    const portalId = byName.get(typed.trim().toLowerCase());
    if (portalId) return { portalId };
    const url = addressOf(typed);
    return url ? { url } : null;
  };
  const chosen = () => rows.filter((row) => row.box.checked);
  const fit = () => {
    const ready = chosen().filter((row) => targetOf(row.target.value)).length;
    const open = chosen().length - ready;
    count.textContent = [plural("importReady", ready), open > 0 ? plural("importOpen", open) : ""]
      .filter(Boolean)
      .join(" · ");
    apply.disabled = ready === 0;
  };

  const apply = workButton({
    label: t("importDo"),
    className: "button primary",
    work: () => {
      const picks = chosen().flatMap((row) => {
        const target = targetOf(row.target.value);
        return target
          ? [
              {
                index: row.entry.index,
                portalId: null,
                url: null,
                ...target,
                username: row.entry.username || row.entry.factor.name,
              },
            ]
          : [];
      });
      const fresh = picks.flatMap((pick) => (pick.url ? [String(pick.url)] : []));
      // New portals need the browser's permission, which it asks for only inside this click.
      const allowed = fresh.length > 0 ? requestSites(fresh) : Promise.resolve(true);
      return allowed.then(() => run(wizard, place, set, picks, applied));
    },
    onProblem: wizard.problem,
  });
  const options = h(
    "datalist",
    { id: "import-portals" },
    ...portals().map((portal) => h("option", { value: portal.name })),
  );
  const everything = h("button", { type: "button", class: "link", onclick: () => all(true) }, t("selectAll"));
  const nothing = h("button", { type: "button", class: "link", onclick: () => all(false) }, t("selectNone"));
  /** @param {boolean} on */
  function all(on) {
    for (const row of rows) if (!row.box.disabled) row.box.checked = on;
    fit();
  }
  const duplicates = set.entries.filter((entry) => entry.duplicateOf).length;
  show(
    place,
    ...(set.missingParts.length > 0
      ? [
          notice(
            "warn",
            plural("importMissing", set.missingParts.length, { parts: set.missingParts.join(", ") }),
            t("importMissingText"),
            addPart,
          ),
        ]
      : []),
    h(
      "p",
      {},
      plural("importFound", set.entries.length),
      duplicates > 0 ? ` ${plural("importDuplicates", duplicates)}` : "",
    ),
    h("div", { class: "row-of" }, everything, nothing, h("span", { class: "spring" }), count),
    h(
      "div",
      { class: "import-rows", role: "group", "aria-label": t("importTitle"), onchange: fit, oninput: fit },
      ...rows.map((row) => row.element),
    ),
    options,
    h("p", { class: "hint" }, t("importMatchHint")),
  );
  wizard.foot(wizard.portal ? backButton(wizard, "ways") : null, h("span", { class: "spring" }), apply);
  fit();
}

/**
 * @param {ImportEntry} entry
 * @param {string | null} wizardPortal
 */
function makeRow(entry, wizardPortal) {
  const { factor, duplicateOf, problem, problemParams } = entry;
  const name = factor.issuer || factor.name || t("factorUnnamed");
  const suggested = portalById(entry.suggestedPortal ?? "");
  const mine = wizardPortal !== null && entry.suggestedPortal === wizardPortal;
  const box = h("input", {
    type: "checkbox",
    "aria-label": `${name} ${factor.name}`,
    // Opened from one portal: take only what belongs to it. Else everything that is new.
    checked: !duplicateOf && !problem && (wizardPortal === null || mine),
    disabled: Boolean(problem),
  });
  const target = h("input", {
    class: "input",
    list: "import-portals",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": t("importTarget", { account: name }),
    placeholder: t("importTargetHint"),
    value: suggested?.name ?? entry.suggestedUrl ?? "",
    disabled: Boolean(problem),
  });
  box.addEventListener("change", () => {
    if (box.checked && !target.value) target.value = portalById(wizardPortal ?? "")?.name ?? "";
  });
  const there = duplicateOf ? accountById(duplicateOf) : undefined;
  const below = problem
    ? `${t("importUnusable")} ${named(problem, problemParams).title}`
    : duplicateOf
      ? t("importDuplicate", {
          portal: there?.portal.name ?? "",
          account: there ? nameOf(there.account) : "",
        })
      : factor.issuer
        ? factor.name
        : "";
  const element = h(
    "div",
    { class: `import-row ${problem ? "unusable" : ""}`.trim() },
    box,
    h(
      "span",
      { class: "portal-names" },
      h("span", { class: "portal-name clip", dir: "auto", title: name }, name),
      below ? h("span", { class: `quiet small ${problem ? "" : "clip"}`, title: below }, below) : null,
    ),
    problem ? null : target,
  );
  return { entry, box, target, element };
}

/**
 * @param {Wizard} wizard
 * @param {HTMLElement} place
 * @param {ImportSet} set
 * @param {object[]} picks
 * @param {() => void} applied
 */
async function run(wizard, place, set, picks, applied) {
  const bar = h("progress", { max: picks.length, value: 0, "aria-label": t("importing") });
  const text = h("p", { role: "status" }, t("importProgress", { done: 0, total: picks.length }));
  const before = [...place.children];
  show(
    place,
    h("h3", {}, t("importing")),
    bar,
    text,
    h("p", { class: "quiet small" }, t("importCancelText")),
  );
  wizard.foot(
    h("span", { class: "spring" }),
    workButton({
      label: t("cancel"),
      work: () => call("import.cancel", { importId: set.importId }),
      onProblem: wizard.problem,
    }),
  );
  wizard.later(
    onEvent((event) => {
      if (event.event !== "import.progress" || event.importId !== set.importId) return;
      bar.value = event.done;
      text.textContent = t("importProgress", { done: event.done, total: event.total });
    }),
  );
  try {
    const { accounts } = await call("import.apply", { importId: set.importId, picks });
    applied();
    if (accounts.length === 0) {
      toast(t("importCancelled"));
      wizard.go("import");
      return;
    }
    await loadPortals();
    wizard.go("done", { summary: plural("importDone", accounts.length) });
  } catch (problem) {
    show(place, ...before);
    throw problem;
  }
}
