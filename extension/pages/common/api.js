/** How pages talk to the background: one call, one error type, one stream of events. */

import { browser } from "../../background/browser.js";
import { fill, has, t } from "./i18n.js";

/**
 * @typedef {object} WireError
 * @property {string} name stable name, see the host's error table
 * @property {string} [message] English sentence of the host
 * @property {string} [next] English next step of the host
 * @property {Record<string, string | number>} [params]
 */

/**
 * A failure in the user's words: `title` says what happened, `next` what to do. The words are looked up when they
 * are read, since an error may come before the language is known.
 */
export class ApiError extends Error {
  /** @param {WireError} error */
  constructor(error) {
    super(error.name);
    this.errorName = error.name;
    this.params = error.params ?? {};
    this.wire = error;
  }

  get title() {
    return this.#words(`error_${this.errorName}`, this.wire.message, "error_unknown");
  }

  get next() {
    return this.#words(`error_${this.errorName}_next`, this.wire.next, "error_unknown_next");
  }

  /** @param {string} key @param {string | undefined} english of the host @param {string} last */
  #words(key, english, last) {
    return has(key) ? t(key, this.params) : english ? fill(english, this.params) : t(last);
  }
}

/**
 * The title and next step of an error known only by its name.
 * @param {string} name
 * @param {Record<string, string | number>} [params]
 * @returns {ApiError}
 */
export function named(name, params = {}) {
  return new ApiError({ name, params });
}

/**
 * Whatever was thrown as an {@link ApiError}.
 * @param {unknown} problem
 * @returns {ApiError}
 */
export function asApiError(problem) {
  if (problem instanceof ApiError) return problem;
  console.error(problem);
  return named("pageFailed", { detail: problem instanceof Error ? problem.message : String(problem) });
}

/** Answers under way to what `early.js` asked, by the question; each is taken once. @type {Map<string, Promise<any>>} */
const early = /** @type {any} */ (globalThis).early ?? new Map();

/**
 * Asks the background.
 * @param {string} verb a host verb, or one of the background's own (`ext.*`)
 * @param {object} [params]
 * @returns {Promise<any>} the verb's result
 * @throws {ApiError}
 */
export async function call(verb, params = {}) {
  const question = JSON.stringify([verb, params]);
  const asked = early.get(question) ?? browser.runtime.sendMessage({ type: "api", verb, params });
  early.delete(question);
  let answer;
  try {
    answer = await asked;
  } catch {
    throw named("backgroundGone");
  }
  if (answer?.ok) return answer.result;
  throw new ApiError(answer?.error ?? { name: "backgroundGone" });
}

/** @typedef {{event: string, [key: string]: any}} PageEvent */

/** @type {Set<(event: PageEvent) => void>} */
const listeners = new Set();
/** @type {any} */
let port = null;
let retryMs = 200;

function connect() {
  try {
    port = browser.runtime.connect({ name: "page" });
  } catch {
    port = null; // the extension was reloaded under this page; nothing can reach it any more
    return;
  }
  port.onMessage.addListener((/** @type {PageEvent} */ event) => {
    retryMs = 200;
    for (const listener of listeners) listener(event);
  });
  port.onDisconnect.addListener(() => {
    // Browsers stop the background when it idles. Come back, and look again: something may have changed.
    setTimeout(() => {
      connect();
      for (const listener of listeners) listener({ event: "changed" });
    }, retryMs);
    retryMs = Math.min(retryMs * 2, 10_000);
  });
}

/**
 * Hears live events (`changed`, `activity`, `phone.state`, `import.progress`).
 * @param {(event: PageEvent) => void} listener
 * @returns {() => void} stops hearing
 */
export function onEvent(listener) {
  listeners.add(listener);
  if (!port) connect();
  return () => listeners.delete(listener);
}
