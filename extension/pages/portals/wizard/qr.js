/** QR code: on the portal's page, in a file, dropped, or pasted. */

import { call, named } from "../../common/api.js";
import { h, icon, show } from "../../common/dom.js";
import { t } from "../../common/i18n.js";
import { workButton } from "../../common/parts.js";
import { base64, clipboardPictures, takeDrops, takePastes } from "./files.js";
import { openPortal, portalTab } from "./portal-tab.js";
import { backButton, openCapture } from "./wizard.js";

/** @typedef {import("./wizard.js").Wizard} Wizard */
/** @typedef {import("./wizard.js").Picture} Picture */

/** What an <img> shows in every browser; other formats (HEIC, PDF, TIFF) only the host can read. */
const SHOWABLE = /^image\/(png|jpeg|gif|webp|avif|bmp|svg\+xml)$/;

/** @param {Wizard} wizard */
export function qrStep(wizard) {
  wizard.title(t("wayQr"), wizard.portal?.name ?? "");
  const busy = h("p", { class: "quiet", role: "status" });
  /** @param {File[]} files */
  const take = (files) => {
    readAll(files, (done) =>
      show(busy, files.length > 1 ? t("readingOf", { done, all: files.length }) : t("reading")),
    ).then(
      (pictures) => {
        busy.replaceChildren();
        afterReading(wizard, pictures);
      },
      (problem) => {
        busy.replaceChildren();
        wizard.problem(problem);
      },
    );
  };
  wizard.later(takePastes(take));
  const chooser = h("input", {
    type: "file",
    accept: "image/*,.heic,.heif,.avif,.pdf,application/pdf",
    multiple: true,
    class: "visually-hidden",
    tabindex: -1,
    "aria-hidden": "true",
  });
  chooser.addEventListener("change", () => {
    if (chooser.files?.length) take([...chooser.files]);
  });
  const drop = h(
    "div",
    { class: "drop" },
    icon("picture"),
    h("p", {}, t("dropPicture")),
    h(
      "div",
      { class: "row-of" },
      h(
        "button",
        { type: "button", class: "button", id: "choose-file", onclick: () => chooser.click() },
        icon("upload"),
        t("chooseFile"),
      ),
      workButton({
        label: t("pasteClipboard"),
        icon: "copy",
        work: async () => take(await clipboardPictures()),
        onProblem: wizard.problem,
      }),
    ),
    chooser,
    h("p", { class: "small" }, t("pictureFormats")),
  );
  takeDrops(wizard.body, take);
  wizard.later(() => wizard.body.classList.remove("over"));
  wizard.body.append(...(wizard.portal ? [onThePage(wizard, wizard.portal)] : []), drop, busy);
  wizard.foot(backButton(wizard, "ways"));
}

/**
 * @param {Wizard} wizard
 * @param {import("../store.js").Portal} portal
 */
function onThePage(wizard, portal) {
  const text = h("p", { class: "quiet small" }, " ");
  const capture = workButton({
    label: t("captureFromPage"),
    className: "button primary",
    icon: "qr",
    work: async () => {
      const tab = await portalTab(portal);
      if (tab?.id === undefined) throw named("portalNotOpen", { portal: portal.name });
      const { captureId } = await call("ext.capture", { tabId: tab.id });
      wizard.close();
      await openCapture(captureId);
    },
    onProblem: wizard.problem,
  });
  const open = h(
    "button",
    { type: "button", class: "button primary", hidden: true, onclick: () => void openPortal(portal) },
    icon("external"),
    t("openPortal"),
  );
  const look = () =>
    void portalTab(portal).then((tab) => {
      text.classList.toggle("clip", tab !== undefined); // a page's title may be of any length
      text.textContent = tab ? t("openIn", { title: tab.title ?? tab.url ?? "" }) : t("portalNotOpenHint");
      capture.hidden = !tab;
      open.hidden = Boolean(tab);
    });
  look();
  // The portal may be opened in another tab meanwhile.
  document.addEventListener("visibilitychange", look);
  wizard.later(() => document.removeEventListener("visibilitychange", look));
  return h(
    "div",
    { class: "tile" },
    h("div", { class: "tile-text" }, h("h3", {}, t("onThePage")), text),
    capture,
    open,
  );
}

/**
 * Reads pictures one after another.
 * @param {File[]} files
 * @param {(done: number) => void} progress
 * @returns {Promise<Picture[]>}
 */
async function readAll(files, progress) {
  /** @type {Picture[]} */
  const pictures = [];
  for (const [index, file] of files.entries()) {
    progress(index + 1);
    const image = await base64(file);
    const { codes, width, height } = await call("qr.decode", { image });
    const src = SHOWABLE.test(file.type) ? `data:${file.type};base64,${image}` : null;
    pictures.push({ name: file.name, src, data: image, width, height, codes });
  }
  return pictures;
}

/**
 * One second factor and nothing to choose: straight to the confirmation. Else the person picks.
 * @param {Wizard} wizard
 * @param {Picture[]} pictures
 */
function afterReading(wizard, pictures) {
  const codes = pictures.flatMap((picture) => picture.codes);
  if (codes.length === 0) {
    wizard.problem(named("noCodeFound"));
    return;
  }
  const factors = codes.filter((code) => code.handle);
  const [only, ...more] = factors;
  if (
    only &&
    more.length === 0 &&
    codes.every((code) => code.handle || !code.problem || code.kind === "appstore")
  ) {
    wizard.go("confirm", { handle: only.handle ?? "", factor: only.factor ?? undefined, from: "qr" });
    return;
  }
  wizard.go("pick", { pictures, from: "qr" });
}
