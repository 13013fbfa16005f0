/**
 * The activation's window: choose a way in, read the factor, confirm it, prove it. Each step is a module that
 * draws itself; this file holds the frame, moves between steps and cleans up after them.
 */

import { ApiError, call } from "../../common/api.js";
import { openDialog } from "../../common/dialog.js";
import { h, icon, show } from "../../common/dom.js";
import { t } from "../../common/i18n.js";
import { errorNotice } from "../../common/parts.js";
import { toast } from "../toast.js";
import { confirmStep } from "./confirm.js";
import { doneStep } from "./done.js";
import { importStep } from "./import.js";
import { keyStep } from "./key.js";
import { linkStep } from "./link.js";
import { phoneStep } from "./phone.js";
import { pickStep } from "./pick.js";
import { proveStep } from "./prove.js";
import { qrStep } from "./qr.js";
import { waysStep } from "./ways.js";

/** @typedef {import("../store.js").Portal} Portal */
/** @typedef {import("../store.js").Account} Account */
/** @typedef {import("../../../background/types.js").FoundCode} FoundCode */
/** @typedef {import("../../../background/types.js").Factor} Factor */

/**
 * A picture that was read.
 * @typedef {object} Picture
 * @property {string} name file name or page title
 * @property {string | null} src what an <img> can show; null for formats the browser cannot show
 * @property {number} width
 * @property {number} height
 * @property {FoundCode[]} codes
 * @property {string | null} data base64, for reading it again as an export of an app
 */

/**
 * What goes from step to step.
 * @typedef {object} Data
 * @property {Picture[]} [pictures]
 * @property {boolean} [conflict] the page gives a key that is not its QR code's
 * @property {string} [handle] of the factor that was read
 * @property {Factor} [factor]
 * @property {string[]} [notes]
 * @property {Account} [account] once it is pending
 * @property {string} [origin] the page's origin, where a capture brought us here
 * @property {string} [title]
 * @property {StepName} [from] the step to go back to
 * @property {string} [file] base64 of an export to import
 * @property {string} [fileName]
 * @property {string} [address] of this computer, for the phone's link
 * @property {string} [summary] what was done, where several accounts were
 */

/** @typedef {keyof typeof STEPS} StepName */

/**
 * @typedef {object} Wizard
 * @property {Portal | null} portal
 * @property {HTMLElement} body
 * @property {(step: StepName, data?: Data) => void} go
 * @property {(title: string, subtitle?: string) => void} title
 * @property {(...buttons: (Node | null)[]) => void} foot
 * @property {(cleanup: () => void) => void} later runs when the step is left
 * @property {(handle: string | null) => void} holds names the factor that waits in the host, forgotten on closing
 * @property {(pending: boolean) => void} pending whether closing leaves a pending account behind
 * @property {(problem: unknown) => void} problem
 * @property {() => void} close
 */

const STEPS = Object.freeze({
  ways: { draw: waysStep, phase: 0 },
  qr: { draw: qrStep, phase: 0 },
  key: { draw: keyStep, phase: 0 },
  phone: { draw: phoneStep, phase: 0 },
  import: { draw: importStep, phase: -1 },
  pick: { draw: pickStep, phase: 0 },
  link: { draw: linkStep, phase: 0 },
  confirm: { draw: confirmStep, phase: 1 },
  prove: { draw: proveStep, phase: 2 },
  done: { draw: doneStep, phase: 3 },
});

const PHASES = ["phaseRead", "phaseConfirm", "phaseProve"];

/**
 * Opens the activation.
 * @param {{portal: Portal | null, step: StepName, data?: Data}} start
 */
export function openWizard({ portal, step, data = {} }) {
  /** @type {(() => void)[]} */
  let cleanups = [];
  /** @type {string | null} */
  let held = null;
  let isPending = false;
  const leave = () => {
    for (const cleanup of cleanups) cleanup();
    cleanups = [];
  };
  const box = openDialog({
    title: "",
    className: "wizard",
    onClose: () => {
      leave();
      if (held) void call("enrol.cancel", { handle: held }).catch(() => {}); // it expires by itself, too
      if (isPending) toast(t("staysPending"));
    },
  });
  const phases = h("ol", { class: "wizard-steps" });
  box.body.before(phases);
  const problemPlace = h("div", { class: "wizard-problem" });

  /** @type {Wizard} */
  const wizard = {
    portal,
    body: box.body,
    go(name, next = {}) {
      leave();
      problemPlace.replaceChildren();
      box.foot.replaceChildren();
      box.body.replaceChildren();
      drawPhases(next.summary ? -1 : STEPS[name].phase); // an import is no single activation
      box.element.dataset.step = name;
      box.element.setAttribute("aria-busy", "true");
      STEPS[name].draw(wizard, next);
      box.element.removeAttribute("aria-busy");
      box.body.append(problemPlace);
      box.body.scrollTop = 0;
      focusFirst(box.element);
    },
    title: (text, subtitle) => box.setTitle(text, subtitle),
    foot: (...buttons) => show(box.foot, ...buttons),
    later: (cleanup) => cleanups.push(cleanup),
    holds(handle) {
      held = handle;
    },
    pending(pending) {
      isPending = pending;
    },
    problem(problem) {
      show(problemPlace, errorNotice(problem));
      problemPlace.scrollIntoView({ block: "nearest" });
    },
    close: box.close,
  };

  /** @param {number} now */
  function drawPhases(now) {
    phases.hidden = now < 0;
    show(
      phases,
      ...PHASES.map((key, index) =>
        h(
          "li",
          { class: index < now ? "done" : "", "aria-current": index === now ? "step" : undefined },
          t(key),
        ),
      ),
    );
  }

  wizard.go(step, data);
}

/** @param {HTMLElement} dialog */
function focusFirst(dialog) {
  /** @type {HTMLElement | null} */
  const target =
    dialog.querySelector("[data-first]") ??
    dialog.querySelector(".dialog-body :is(button, input, textarea, select)");
  target?.focus();
}

/**
 * The button that goes back to an earlier step.
 * @param {Wizard} wizard
 * @param {StepName} step
 * @param {Data} [data]
 */
export function backButton(wizard, step, data) {
  return h(
    "button",
    { type: "button", class: "button plain", onclick: () => wizard.go(step, data) },
    icon("back", "directed"),
    t("back"),
  );
}

/**
 * Opens the activation with a picture that the background took of a page.
 * @param {string} captureId
 */
export async function openCapture(captureId) {
  try {
    const { picture, width, height, codes, conflict, tab, portal, error } = await call("ext.captured", {
      captureId,
    });
    if (error) throw new ApiError(error);
    openWizard({
      portal,
      step: "pick",
      data: {
        pictures: [{ name: tab.title, src: picture, data: picture, codes, width, height }],
        conflict,
        origin: tab.origin,
        title: tab.title,
        from: "qr",
      },
    });
  } catch (problem) {
    const box = openDialog({ title: t("captureFailed"), className: "ask" });
    box.body.append(errorNotice(problem));
    box.foot.append(
      h("span", { class: "spring" }),
      h("button", { type: "button", class: "button primary", onclick: () => box.close() }, t("close")),
    );
  }
}
