/** From a prompt in a page to a filled code and its outcome: asks the host, waits, fills, watches, retries once. */

import { badge } from "./badge.js";
import { browser } from "./browser.js";
import { clockOffset } from "./clock.js";
import { ApiError, ownError, plainError } from "./errors.js";
import { ask } from "./host.js";
import { notice } from "./notices.js";
import { asksNext, CALM_MS, judge, stillAsks } from "./outcome.js";
import { allPortals, portalOf } from "./sites.js";
import { setActivity, tabOf } from "./tabs.js";

/**
 * @typedef {import("./tabs.js").Tab} Tab
 * @typedef {import("./tabs.js").Frame} Frame
 * @typedef {import("./types.js").Prompt} Prompt
 * @typedef {import("./types.js").PageState} PageState
 * @typedef {import("./types.js").FillReport} FillReport
 */

/** Kinds that are filled without being asked. */
const OWN_ACCORD = new Set(["app", "combined"]);
/** Kinds that the user may have filled, best first. */
const BY_HAND = ["app", "combined", "setup", "passwordAppend", "other", "unknown"];
const LOOK_AGAIN_MS = [
  150, 400, 900, 1_300, 2_000, 3_000, 5_000, 8_000, 12_000, 16_000, 30_000, 60_000, 120_000, 181_000,
];
/** The host's clock and ours are the same; timers may fire a little early. */
const MARGIN_MS = 60;
const ACCEPTED_SHOWN_MS = 5_000;
const MOST_VERDICT = 500;
/** A page shown so long after a code, before the next one, was no mere step on the way back to the login. */
const PASSED_MS = 50;

/** A page has a prompt. @param {Tab} tab @param {Frame} frame @param {Prompt} prompt */
export function promptFound(tab, frame, prompt) {
  frame.prompt = prompt;
  if (frame.state) frame.state = { ...frame.state, prompt };
  if (tab.watched) {
    look(tab);
    return;
  }
  if (tab.busy || !OWN_ACCORD.has(prompt.kind) || prompt.userTyped) {
    if (!tab.busy && tab.activity.phase === "idle") setActivity(tab, { why: prompt.kind });
    return;
  }
  if (portalOf(frame.origin)?.settings.autoFill === false) {
    setActivity(tab, { why: "autoFillOff" });
    return;
  }
  void attempt(tab, frame, prompt, { purpose: "login" });
}

/** @param {Tab} tab @param {Frame} frame @param {PageState} state */
export function pageChanged(tab, frame, state) {
  frame.state = state;
  frame.prompt = state.prompt;
  if (tab.watched) look(tab);
}

/**
 * The user asked for a fill in the popup or by the shortcut.
 * @param {Tab} tab
 * @param {string} [accountId]
 * @returns {Promise<{ok: boolean, why: string}>}
 */
export async function fillByHand(tab, accountId) {
  // A page in a tab behind is not watched: it tells its prompt when asked.
  await Promise.all([...tab.frames.values()].map((frame) => askState(tab, frame)));
  const found = [...tab.frames.values()].filter((frame) => frame.prompt);
  const rank = (/** @type {Frame} */ frame) => BY_HAND.indexOf(frame.prompt?.kind ?? "");
  const frame = found.filter((each) => rank(each) >= 0).sort((a, b) => rank(a) - rank(b))[0];
  if (!frame?.prompt) throw ownError("noPrompt");
  tab.watched = null;
  const purpose = frame.prompt.kind === "setup" ? "setup" : "login";
  await attempt(tab, frame, frame.prompt, { purpose, accountId, manual: true });
  const { phase, why, error } = tab.activity;
  if (error) throw new ApiError(error);
  return { ok: phase !== "notfilled", why };
}

/**
 * One attempt: ask for a code (waiting for a fresh one if need be), fill it, watch.
 * @param {Tab} tab
 * @param {Frame} frame
 * @param {Prompt} prompt
 * @param {{purpose: "login" | "setup", accountId?: string, manual?: boolean}} wish
 */
async function attempt(tab, frame, prompt, wish) {
  const number = ++tab.attempt;
  tab.busy = true;
  try {
    const offsetMs = await clockOffset(frame.origin);
    for (;;) {
      const answer = await ask("code", {
        frameOrigin: frame.origin,
        topOrigin: frame.top ?? "unknown",
        ancestors: frame.ancestors,
        purpose: wish.purpose,
        accountId: wish.accountId ?? null,
        username: tab.username,
        offsetMs,
        retryOf: wish.purpose === "login" ? tab.retryOf : null,
        manual: wish.manual ?? false,
        verdict: verdictText(prompt),
      });
      if (tab.attempt !== number) return;
      tab.activity.clockOffsetMs = offsetMs;
      if (answer.status === "choose") {
        setActivity(tab, { phase: "choose", choices: answer.choices });
        badge(tab.id, "choose");
        return;
      }
      if (answer.status === "released") {
        await fill(tab, frame, prompt, wish.purpose, answer);
        return;
      }
      setActivity(tab, {
        phase: "waiting",
        until: answer.until,
        why: answer.reason,
        accountId: answer.accountId,
      });
      badge(tab.id, "wait", answer.until);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, answer.until - Date.now()) + MARGIN_MS));
      if (tab.attempt !== number) return;
      const now = tab.frames.get(frame.frameId);
      if (!now?.prompt || now.prompt.id !== prompt.id) {
        setActivity(tab, { why: "promptGone" });
        badge(tab.id, "none");
        return;
      }
    }
  } catch (error) {
    const plain = plainError(error);
    const stopped = plain.name === "stopped" || plain.name === "unclear";
    // A linked portal without a second factor yet is no trouble: the popup offers to activate it.
    if (plain.name === "noFactor") {
      setActivity(tab, { why: "noFactor" });
      badge(tab.id, "none");
    } else {
      setActivity(tab, { phase: stopped ? "stopped" : "notfilled", why: plain.name, error: plain });
      badge(tab.id, "trouble");
    }
  } finally {
    if (tab.attempt === number) tab.busy = false;
  }
}

/** @param {Prompt} prompt */
function verdictText(prompt) {
  const signs = [...prompt.evidence]
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .map(({ sign, weight }) => `${sign}${weight < 0 ? "−" : "+"}${Math.abs(weight)}`);
  return `${prompt.kind} ${prompt.score}: ${signs.join(" ")}`.slice(0, MOST_VERDICT);
}

/**
 * @param {Tab} tab
 * @param {Frame} frame
 * @param {Prompt} prompt
 * @param {"login" | "setup"} purpose
 * @param {import("./types.js").CodeResult} answer
 */
async function fill(tab, frame, prompt, purpose, answer) {
  const settings = answer.settings;
  const releaseId = /** @type {string} */ (answer.releaseId);
  const accountId = /** @type {string} */ (answer.accountId);
  /** @type {FillReport} */
  let report;
  // Set before the page is touched: its reaction may be quicker than its answer to us.
  tab.watched = {
    releaseId,
    accountId,
    promptId: prompt.id,
    frameId: frame.frameId,
    purpose,
    pending: answer.pending,
    retry: tab.retryOf !== null,
    submitted: true,
    navigated: false,
    at: Date.now(),
    calmSince: null,
    cleanSince: null,
    passed: false,
  };
  const watched = tab.watched;
  tab.retryOf = null;
  try {
    report = await browser.tabs.sendMessage(
      tab.id,
      {
        type: "fill",
        promptId: prompt.id,
        code: answer.code,
        submit: settings?.autoSubmit !== false,
        remember: settings?.rememberDevice === true,
        ticket: {
          releaseId,
          accountId,
          purpose,
          pending: watched.pending,
          retry: watched.retry,
          at: watched.at,
        },
      },
      { frameId: frame.frameId },
    );
  } catch {
    // The page went away while it was being filled: either by submitting itself, or for another reason.
    report = { ok: true, method: "none", readBack: "", submitted: "self", why: "pageLeft" };
  }
  if (!report.ok) {
    tab.watched = null;
    setActivity(tab, { phase: "notfilled", why: report.why, accountId });
    badge(tab.id, "trouble");
    await ask("code.outcome", { releaseId, outcome: "abandoned", why: report.why });
    return;
  }
  if (tab.watched !== watched) return; // judged already
  watched.submitted = report.submitted !== "none";
  watch(tab, watched, report.submitted);
}

/** @param {Tab} tab @param {import("./tabs.js").Watched} watched @param {string} why */
function watch(tab, watched, why) {
  setActivity(tab, { phase: "filled", why, accountId: watched.accountId });
  badge(tab.id, "filled");
  for (const delay of LOOK_AGAIN_MS) {
    setTimeout(() => {
      if (tab.watched === watched) void lookClosely(tab);
    }, delay);
  }
}

/**
 * A document that we knew says hello again: the background has died and forgotten everything, or the document
 * came back from the browser's memory of pages left. A code that it was filled with is watched on.
 * @param {Tab} tab @param {Frame} frame @param {any} ticket what came with the code, if its outcome is open
 */
export function documentReturned(tab, frame, ticket) {
  if (tab.watched) return;
  documentArrived(tab, frame);
  if (typeof ticket?.releaseId !== "string") return;
  tab.watched = {
    releaseId: ticket.releaseId,
    accountId: String(ticket.accountId),
    promptId: "",
    frameId: frame.frameId,
    purpose: ticket.purpose === "setup" ? "setup" : "login",
    pending: ticket.pending === true,
    retry: ticket.retry === true,
    submitted: true,
    navigated: false,
    at: Number(ticket.at) || Date.now(),
    calmSince: null,
    cleanSince: null,
    passed: false,
  };
  watch(tab, tab.watched, "self");
}

/** A new document in a frame whose code is being watched. @param {Tab} tab @param {Frame} frame */
export function documentArrived(tab, frame) {
  if (tab.watched && (frame.frameId === tab.watched.frameId || frame.frameId === 0)) {
    const { navigated, cleanSince } = tab.watched;
    if (navigated && cleanSince !== null && Date.now() - cleanSince >= PASSED_MS) tab.watched.passed = true;
    tab.watched.cleanSince = null;
    tab.watched.navigated = true;
    tab.watched.frameId = frame.frameId;
    tab.watched.calmSince = null;
    void lookClosely(tab);
  } else if (frame.frameId === 0) {
    tab.attempt += 1;
    tab.busy = false;
    setActivity(tab, {});
    badge(tab.id, "none");
  }
}

/** Ask the page how it looks now, then judge. @param {Tab} tab */
async function lookClosely(tab) {
  const frame = tab.watched && tab.frames.get(tab.watched.frameId);
  if (frame) await askState(tab, frame);
  look(tab);
}

/** @param {Tab} tab @param {Frame} frame */
async function askState(tab, frame) {
  /** @type {PageState | null} */
  const state = await browser.tabs
    .sendMessage(tab.id, { type: "state" }, { frameId: frame.frameId })
    .catch(() => null);
  frame.state = state;
  frame.prompt = state?.prompt ?? null;
}

/** Judge by what is known. @param {Tab} tab */
function look(tab) {
  const watched = tab.watched;
  if (!watched) return;
  const frame = tab.frames.get(watched.frameId);
  const state = frame?.state ?? null;
  const now = Date.now();
  const settled =
    state !== null && (!stillAsks(watched.purpose, state) || asksNext(watched.purpose, state, watched));
  if (settled && !state.loading) watched.calmSince ??= now;
  else watched.calmSince = null;
  if (settled && !state.password && !state.error) watched.cleanSince ??= now;
  else watched.cleanSince = null;
  const { outcome, why } = judge({
    purpose: watched.purpose,
    navigated: watched.navigated,
    passed: watched.passed,
    submitted: watched.submitted,
    retry: watched.retry,
    state,
    sinceMs: now - watched.at,
    calmMs: watched.calmSince === null ? 0 : now - watched.calmSince,
  });
  if (outcome !== null) {
    tab.watched = null;
    void conclude(tab, watched, outcome, why);
  } else if (watched.calmSince !== null) {
    setTimeout(() => {
      if (tab.watched === watched) void lookClosely(tab);
    }, CALM_MS);
  }
}

/**
 * @param {Tab} tab
 * @param {import("./tabs.js").Watched} watched
 * @param {"accepted" | "refused" | "locked" | "unknown"} outcome
 * @param {string} why
 */
async function conclude(tab, watched, outcome, why) {
  const { accountId, releaseId } = watched;
  // The page still says what it said to the first code.
  if (outcome === "refused" && why === "noReaction" && tab.refusedWhy) why = tab.refusedWhy;
  tab.refusedWhy = "";
  // The page keeps the code's ticket no longer: what was judged is not judged anew.
  browser.tabs
    .sendMessage(tab.id, { type: "judged", releaseId }, { frameId: watched.frameId })
    .catch(() => {});
  /** @type {{account: import("./types.js").Account | null, mayRetry: boolean}} */
  let answer = { account: null, mayRetry: false };
  try {
    answer = await ask("code.outcome", { releaseId, outcome, why: why.slice(0, MOST_VERDICT) });
  } catch (error) {
    setActivity(tab, { phase: "notfilled", error: plainError(error), accountId });
    badge(tab.id, "trouble");
    return;
  }
  if (outcome === "accepted") {
    setActivity(tab, { phase: "accepted", why, accountId });
    badge(tab.id, "accepted");
    if (watched.pending) await notice("activated", { portal: nameOf(answer.account) });
    setTimeout(() => {
      if (tab.activity.phase === "accepted") badge(tab.id, "none");
    }, ACCEPTED_SHOWN_MS);
    // Signed out and in again before the first code was judged: this prompt is another login's.
    const frame = tab.frames.get(watched.frameId);
    if (watched.passed && frame?.prompt && !tab.watched) promptFound(tab, frame, frame.prompt);
    return;
  }
  if (outcome === "unknown") {
    setActivity(tab, { phase: "filled", why, accountId });
    badge(tab.id, "none");
    return;
  }
  if (outcome === "refused" && answer.mayRetry) {
    setActivity(tab, { phase: "refused", why, accountId });
    badge(tab.id, "trouble");
    tab.retryOf = releaseId;
    tab.refusedWhy = why;
    const frame = tab.frames.get(watched.frameId);
    if (frame?.prompt && OWN_ACCORD.has(frame.prompt.kind)) {
      await attempt(tab, frame, frame.prompt, { purpose: "login" });
    }
    return;
  }
  setActivity(tab, {
    phase: outcome === "locked" || watched.purpose === "login" ? "stopped" : "refused",
    why,
    accountId,
  });
  badge(tab.id, "trouble");
  await notice(outcome === "locked" ? "locked" : "stopped", { portal: nameOf(answer.account) });
}

/** A tab was closed: what its code came to is judged by what was seen last. @param {Tab} tab */
export function tabClosed(tab) {
  const { watched } = tab;
  tab.watched = null;
  if (!watched) return;
  const signedIn = watched.passed || (watched.navigated && watched.cleanSince !== null);
  const said = signedIn ? { outcome: "accepted", why: "signedIn" } : { outcome: "unknown", why: "tabClosed" };
  void ask("code.outcome", { releaseId: watched.releaseId, ...said }).catch(() => {});
}

/** @param {import("./types.js").Account | null} account */
function nameOf(account) {
  return allPortals().find((portal) => portal.id === account?.portalId)?.name ?? "";
}

/** The user name typed in the login form of this tab. @param {number} tabId @param {string} value */
export function usernameTyped(tabId, value) {
  const tab = tabOf(tabId);
  const username = value.slice(0, 500);
  if (tab.username !== null && tab.username !== username) endEarlierSignIn(tab);
  tab.username = username;
}

/**
 * Somebody else signs in: a code of the one before is watched no longer, and no second try of it follows.
 * @param {Tab} tab
 */
function endEarlierSignIn(tab) {
  tab.retryOf = null;
  if (tab.watched?.purpose !== "login") return;
  const { releaseId } = tab.watched;
  tab.watched = null;
  void ask("code.outcome", { releaseId, outcome: "unknown", why: "leftSite" }).catch(() => {});
}
