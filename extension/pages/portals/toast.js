/** A sentence at the window's lower edge that goes by itself; also read out. */

import { byId, h, show } from "../common/dom.js";

const SHOWN_MS = 6000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {string} text */
export function toast(text) {
  const place = byId("toast");
  clearTimeout(timer);
  show(place, h("div", { class: "toast" }, text));
  timer = setTimeout(() => place.replaceChildren(), SHOWN_MS);
}
