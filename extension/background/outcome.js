/** What became of a filled code, judged from what the page shows afterwards. Pure: no browser, no clock. */

/** How long the prompt must be gone before that counts: pages swap elements while they work. */
export const CALM_MS = 800;
/** After a submit, how long an answer is waited for. */
export const PATIENCE_MS = 15_000;
/** When the user has to press the button. */
export const USER_PATIENCE_MS = 180_000;

/** Fields that take an app's code. */
const CODES = new Set(["app", "combined", "setup", "passwordAppend"]);
/** Fields of these kinds ask for no second factor: account pages have them. */
const NO_FACTOR = new Set(["other", "coupon", "cvv", "postal", "order", "invite"]);
/** Codes of another way, for which portals ask once an app's code was right; a recovery code comes after wrong ones too. */
const NEXT_STEP = new Set(["sms", "email", "tan", "pin"]);

/**
 * Whether a page that took an app's code now asks for a code of another kind: it took it for right.
 * @param {"login" | "setup"} purpose
 * @param {import("./types.js").PageState} state
 * @param {{navigated: boolean, promptId: string}} filled
 */
export function asksNext(purpose, state, { navigated, promptId }) {
  const { prompt } = state;
  if (purpose !== "login" || !prompt || !NEXT_STEP.has(prompt.kind)) return false;
  // The same field on the same page may only be read otherwise now.
  return navigated || prompt.id !== promptId;
}

/**
 * Whether the page may still be asking for a second factor, so that nothing is settled yet.
 * @param {"login" | "setup"} purpose
 * @param {import("./types.js").PageState} state
 */
export function stillAsks(purpose, state) {
  const kind = state.prompt?.kind;
  if (!kind) return false;
  return purpose === "setup" ? CODES.has(kind) : !NO_FACTOR.has(kind);
}

/**
 * @param {object} seen
 * @param {"login" | "setup"} seen.purpose
 * @param {boolean} seen.navigated a new document came since the code was filled
 * @param {boolean} seen.passed a page without prompt, password or error came in between and was left
 * @param {boolean} seen.submitted
 * @param {import("./types.js").PageState | null} seen.state null when our script does not run there
 * @param {boolean} seen.retry the second code: the first was refused
 * @param {number} seen.sinceMs since the code was filled
 * @param {number} seen.calmMs since when the prompt is gone
 * @returns {{outcome: "accepted" | "refused" | "locked" | "unknown" | null, why: string}} null: look again later
 */
export function judge({ purpose, navigated, passed, submitted, retry, state, sinceMs, calmMs }) {
  const patience = submitted ? PATIENCE_MS : USER_PATIENCE_MS;
  if (state === null) {
    return sinceMs > patience ? { outcome: "unknown", why: "leftSite" } : { outcome: null, why: "" };
  }
  if (state.error === "locked") return { outcome: "locked", why: state.errorText };
  if (state.error === "refused") return { outcome: "refused", why: state.errorText };
  const kind = state.prompt?.kind;
  const promptAgain =
    purpose === "setup" ? kind === "setup" : ["app", "combined", "passwordAppend"].includes(kind ?? "");
  // Signed in, and out again so soon: this prompt or password is the next login's.
  if (passed && purpose === "login" && (promptAgain || state.password)) {
    return { outcome: "accepted", why: "signedIn" };
  }
  if (promptAgain) {
    if (navigated) return { outcome: "refused", why: "promptAgain" };
    if (sinceMs <= patience) return { outcome: null, why: "" };
    // A page that refused the first code may say the very same words again: nothing on it changes then.
    return { outcome: retry ? "refused" : "unknown", why: "noReaction" };
  }
  // A page that is still loading may bring the prompt at its very end.
  if (calmMs < CALM_MS && (!state.loading || sinceMs <= patience)) return { outcome: null, why: "" };
  // Back at the password: some portals start over after a wrong code. On a set-up page it means nothing.
  if (purpose === "login" && state.password) return { outcome: "refused", why: "loginAgain" };
  if (NEXT_STEP.has(kind ?? "")) return { outcome: "accepted", why: "nextStep" };
  return { outcome: "accepted", why: navigated ? "signedIn" : "promptGone" };
}
