/** Which of the codes in a picture: each outlined where it stands, what is no second factor set apart. */

import { h, icon, s } from "../../common/dom.js";
import { has, plural, t } from "../../common/i18n.js";
import { notice } from "../../common/parts.js";
import { backButton } from "./wizard.js";

/** @typedef {import("./wizard.js").Wizard} Wizard */
/** @typedef {import("./wizard.js").Data} Data */
/** @typedef {import("./wizard.js").Picture} Picture */
/** @typedef {import("./wizard.js").FoundCode} FoundCode */

const FRAME = 1.25;

/**
 * @param {Wizard} wizard
 * @param {Data} data
 */
export function pickStep(wizard, data) {
  const pictures = data.pictures ?? [];
  const all = pictures.flatMap((picture) => picture.codes.map((code) => ({ code, picture })));
  const options = all.filter(({ code }) => code.handle);
  const apart = all.filter(({ code }) => !code.handle);
  wizard.title(
    t(all.length === 0 ? "wayQr" : options.length > 1 ? "pickTitleMany" : "pickTitle"),
    wizard.portal?.name ?? data.title ?? "",
  );

  let chosen = 0;
  /** @type {{outline: SVGElement, index: number}[]} */
  const outlines = [];
  const mark = () => {
    for (const { outline, index } of outlines) outline.classList.toggle("chosen", index === chosen);
  };
  /** @param {number} index */
  const choose = (index) => {
    chosen = index;
    const radio = /** @type {HTMLInputElement | null} */ (
      wizard.body.querySelector(`input[value="${index}"]`)
    );
    if (radio) radio.checked = true;
    mark();
  };
  for (const picture of pictures) {
    // With no code in it too: it shows what was looked at.
    if (picture.src && (picture.codes.length > 0 || pictures.length === 1))
      wizard.body.append(copyOf(picture, options, choose, outlines));
  }
  if (data.conflict) wizard.body.append(notice("warn", t("pickDiffers"), t("pickDiffersText")));
  if (options.length > 0) {
    wizard.body.append(
      h(
        "div",
        { class: "codes", role: "radiogroup", "aria-label": t("pickTitleMany") },
        ...options.map(({ code, picture }, index) =>
          option(code, picture, index, options.length, choose, pictures.length > 1),
        ),
      ),
    );
  } else {
    wizard.body.append(
      apart.length > 0
        ? notice("warn", t("pickNone"), t("pickNoneText"))
        : notice("warn", t("pickNothing"), t("pickNothingText")),
    );
  }
  if (apart.length > 0) {
    wizard.body.append(
      h("div", {}, h("h3", {}, t("pickApart")), h("ul", {}, ...apart.map(({ code }) => apartLine(code)))),
    );
  }
  mark();
  const exported = pictures.find((picture) => picture.codes.some((code) => code.kind === "migration"));
  const useIt = h(
    "button",
    {
      type: "button",
      class: "button primary",
      dataset: { first: "" },
      onclick: () => {
        const code = options[chosen]?.code;
        const next = { ...data, handle: code?.handle ?? "", factor: code?.factor ?? undefined };
        wizard.go(wizard.portal ? "confirm" : "link", { ...next, from: "pick" });
      },
    },
    t("useThisCode"),
  );
  const typeKey = h(
    "button",
    { type: "button", class: "button", onclick: () => wizard.go("key", data) },
    icon("key"),
    t("pickKey"),
  );
  wizard.foot(
    backButton(wizard, wizard.portal ? (data.from === "pick" ? "qr" : (data.from ?? "qr")) : "qr"),
    h("span", { class: "spring" }),
    exported?.data
      ? h(
          "button",
          {
            type: "button",
            class: "button",
            onclick: () => wizard.go("import", { file: exported.data ?? "", fileName: exported.name }),
          },
          t("importAll"),
        )
      : null,
    options.length > 0 ? useIt : typeKey,
  );
}

/**
 * A copy of the picture with every code outlined.
 * @param {Picture} picture
 * @param {{code: FoundCode}[]} options
 * @param {(index: number) => void} choose
 * @param {{outline: SVGElement, index: number}[]} outlines
 */
function copyOf(picture, options, choose, outlines) {
  const shapes = picture.codes.map((code) => {
    const index = options.findIndex((one) => one.code === code);
    const outline = s("polygon", {
      points: around(code.corners),
      class: `outline ${index < 0 ? "apart" : ""}`.trim(),
    });
    if (index >= 0) {
      outlines.push({ outline, index });
      outline.addEventListener("click", () => choose(index));
    }
    return outline;
  });
  const alt = plural("pictureAlt", picture.codes.length, { name: picture.name });
  return h(
    "div",
    { class: "picture" },
    h(
      "div",
      {},
      h("img", { src: picture.src, alt }),
      s("svg", { viewBox: `0 0 ${picture.width} ${picture.height}`, "aria-hidden": "true" }, ...shapes),
    ),
  );
}

/**
 * A frame a little larger than the code, so that the line does not lie on it.
 * @param {number[][]} corners
 * @returns {string} points of a polygon
 */
function around(corners) {
  const [cx, cy] = middleOf(corners);
  return corners.map(([x = 0, y = 0]) => `${cx + (x - cx) * FRAME},${cy + (y - cy) * FRAME}`).join(" ");
}

/**
 * @param {number[][]} corners
 * @returns {[number, number]}
 */
function middleOf(corners) {
  let sumX = 0;
  let sumY = 0;
  for (const [x = 0, y = 0] of corners) {
    sumX += x;
    sumY += y;
  }
  return [sumX / corners.length, sumY / corners.length];
}

/**
 * @param {FoundCode} code
 * @param {Picture} picture
 * @param {number} index
 * @param {number} count
 * @param {(index: number) => void} choose
 * @param {boolean} severalPictures
 */
function option(code, picture, index, count, choose, severalPictures) {
  const factor = code.factor;
  const radio = h("input", {
    type: "radio",
    name: "code",
    value: index,
    checked: index === 0,
    onchange: () => choose(index),
  });
  const from = code.engine !== "page" ? "" : t(code.kind === "key" ? "pickLetters" : "pickLink");
  const place = picture.width > 0 && code.corners.length > 0 ? t(`place_${placeOf(code, picture)}`) : "";
  return h(
    "label",
    { class: "code-option" },
    count > 1 ? radio : icon("shield"),
    h(
      "span",
      {},
      h("strong", {}, factor?.issuer || factor?.name || t("factorUnnamed")),
      h(
        "span",
        { class: "quiet small" },
        [factor?.issuer ? factor.name : "", severalPictures ? picture.name : "", from, place]
          .filter(Boolean)
          .join(" · "),
      ),
    ),
  );
}

/**
 * Where a code stands, as a word for people who do not see the outline.
 * @param {FoundCode} code
 * @param {Picture} picture
 * @returns {string}
 */
function placeOf({ corners }, { width, height }) {
  const middle = middleOf(corners);
  const x = middle[0] / width;
  const y = middle[1] / height;
  const across = x < 1 / 3 ? "left" : x > 2 / 3 ? "right" : "middle";
  const down = y < 1 / 3 ? "top" : y > 2 / 3 ? "bottom" : "middle";
  return `${down}_${across}`;
}

/**
 * What a code is that cannot be used.
 * @param {FoundCode} code
 */
export function apartWords(code) {
  const key = `code_${code.kind}`;
  const broken = code.kind === "otpauth" || code.kind === "migration" || code.kind === "key";
  if (broken) return t("code_broken", { detail: code.detail });
  return has(key) ? t(key, { detail: code.detail }) : code.detail;
}

/** @param {FoundCode} code */
function apartLine(code) {
  const advice = code.problem === "proprietaryCode" ? t("error_proprietaryCode_next") : "";
  return h(
    "li",
    { class: "code-apart" },
    icon("close", "quiet"),
    h("span", {}, apartWords(code), advice ? h("span", { class: "quiet small" }, ` ${advice}`) : null),
  );
}
