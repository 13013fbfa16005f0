/** A code on show: digits in groups, the ring, a copy button. Asks for the next code when one ends. */

import { asApiError } from "./api.js";
import { h, icon, show } from "./dom.js";
import { t } from "./i18n.js";
import { makeRing } from "./ring.js";
import { say } from "./say.js";

/**
 * @typedef {object} LiveCode
 * @property {{type: string, digits: number, period: number}} factor
 * @property {string} code
 * @property {number} validFrom
 * @property {number} validUntil
 * @property {number} now
 */

/**
 * Digits in groups that the eye can hold: 123 456, 1234 5678, 12345.
 * @param {string} code
 * @returns {string[]}
 */
export function groups(code) {
  const size = code.length % 3 === 0 ? 3 : code.length % 4 === 0 ? 4 : Math.min(code.length, 5);
  return code.match(new RegExp(`.{1,${size}}`, "g")) ?? [];
}

/**
 * @param {() => Promise<LiveCode>} fetchCode asks the host for the code of this moment
 * @param {{onProblem?: (problem: import("./api.js").ApiError) => void}} [options]
 * @returns {{element: HTMLElement, stop: () => void}}
 */
export function makeLiveCode(fetchCode, options = {}) {
  const ring = makeRing();
  const digits = h("span", { class: "digits" });
  const copy = h(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": t("copyCode"),
      title: t("copyCode"),
      disabled: true,
    },
    icon("copy"),
  );
  const note = h("p", { class: "live-note", hidden: true });
  const element = h("div", { class: "live-code", "aria-busy": "true" }, digits, ring.element, copy, note);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let stopped = false;
  /** @type {LiveCode | null} */
  let live = null;
  let skew = 0; // host clock minus this page's clock, ms

  copy.addEventListener("click", async () => {
    if (!live) return;
    await navigator.clipboard.writeText(live.code);
    show(copy, icon("check"));
    say(t("copied"));
    setTimeout(() => show(copy, icon("copy")), 1600);
  });

  function tick() {
    if (stopped || !live) return;
    const left = live.validUntil - (Date.now() + skew);
    if (left <= 0) {
      void refresh();
      return;
    }
    ring.set(left / 1000, (live.validUntil - live.validFrom) / 1000);
    timer = setTimeout(tick, Math.min(left, 250));
  }

  async function refresh() {
    clearTimeout(timer);
    try {
      const answer = await fetchCode();
      if (stopped) return;
      live = answer;
    } catch (problem) {
      if (stopped) return;
      const error = asApiError(problem);
      element.classList.add("failed");
      element.removeAttribute("aria-busy");
      note.hidden = false;
      note.textContent = `${error.title} ${error.next}`;
      options.onProblem?.(error);
      return;
    }
    skew = live.now - Date.now();
    show(digits, ...groups(live.code).map((group) => h("span", {}, group)));
    digits.setAttribute("aria-label", t("codeSpoken", { code: [...live.code].join(" ") }));
    digits.setAttribute("role", "img");
    digits.dataset.code = live.code;
    copy.disabled = false;
    element.removeAttribute("aria-busy");
    const counted = live.factor.type === "hotp";
    element.classList.toggle("counted", counted);
    if (counted) {
      note.hidden = false;
      note.textContent = t("hotpNote");
    } else tick();
  }

  void refresh();
  return {
    element,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
