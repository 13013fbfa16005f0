/** The one port to the native host: requests with numbers and time-outs, notifications, reconnection with backoff. */

import { browser, HOST_NAME, PROTOCOL } from "./browser.js";
import { ApiError, ownError } from "./errors.js";

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 60_000;
const TIMEOUT_MS = 20_000;
/** Verbs during which a person may be asked by the system to unlock the keyring, or that work for long. */
const SLOW_VERBS = new Map([
  ["import.apply", 600_000],
  ["import.open", 120_000],
  ["keyring.unlock", 120_000],
  ["enrol.begin", 120_000],
  ["code.show", 120_000],
  ["code", 120_000],
]);

/**
 * @typedef {{verb: string, resolve: (result: any) => void, reject: (error: Error) => void, timer: number}} Waiting
 */

/** @type {chrome.runtime.Port | null} */
let port = null;
/** @type {Promise<void> | null} */
let greeting = null;
/** @type {Map<number, Waiting>} */
const waiting = new Map();
/** @type {Map<string, Set<(params: any) => void>>} */
const listeners = new Map();
let nextNumber = 1;
let delay = FIRST_DELAY_MS;
/** @type {number | undefined} */
let reconnectTimer;
/** @type {import("./errors.js").PlainError | null} */
let trouble = null;

/** What is wrong with the host at present, or null. */
export function hostTrouble() {
  return trouble;
}

/**
 * @param {string} name a notification of the host, or `connected` / `lost`
 * @param {(params: any) => void} listener
 */
export function onHost(name, listener) {
  const set = listeners.get(name) ?? new Set();
  set.add(listener);
  listeners.set(name, set);
}

/** @param {string} name @param {any} params */
function tell(name, params) {
  for (const listener of listeners.get(name) ?? []) listener(params);
}

/**
 * Ask the host.
 * @param {string} verb
 * @param {object} [params]
 * @returns {Promise<any>} the verb's result; rejects with an {@link ApiError}
 */
export async function ask(verb, params = {}) {
  await connect();
  return send(verb, params);
}

/** Connect if needed; resolves when the host has answered `hello`. */
export function connect() {
  if (greeting) return greeting;
  clearTimeout(reconnectTimer);
  const attempt = open();
  greeting = attempt;
  attempt.then(
    () => {
      delay = FIRST_DELAY_MS;
      trouble = null;
      tell("connected", {});
    },
    (error) => {
      // A port that closed has been dealt with already, and there may be a new one by now.
      if (greeting !== attempt) return;
      greeting = null;
      trouble = error instanceof ApiError ? error.plain : ownError("hostMissing").plain;
      port?.disconnect();
      port = null;
      tell("lost", trouble);
      reconnectLater();
    },
  );
  return attempt;
}

async function open() {
  const opened = browser.runtime.connectNative(HOST_NAME);
  port = opened;
  opened.onMessage.addListener(receive);
  opened.onDisconnect.addListener(() => {
    const reason = /** @type {any} */ (opened).error?.message ?? browser.runtime.lastError?.message ?? "";
    if (port === opened) disconnected(reason);
  });
  const manifest = browser.runtime.getManifest();
  await send("hello", {
    protocol: PROTOCOL,
    browser: navigator.userAgent.slice(0, 500),
    version: manifest.version,
  });
}

/** @param {string} verb @param {object} params @returns {Promise<any>} */
function send(verb, params) {
  return new Promise((resolve, reject) => {
    const opened = port;
    if (!opened) {
      reject(ownError("hostLost"));
      return;
    }
    const id = nextNumber++;
    const timer = setTimeout(() => {
      waiting.delete(id);
      reject(ownError("hostSlow"));
    }, SLOW_VERBS.get(verb) ?? TIMEOUT_MS);
    waiting.set(id, { verb, resolve, reject, timer: /** @type {any} */ (timer) });
    try {
      opened.postMessage({ jsonrpc: "2.0", id, method: verb, params });
    } catch (error) {
      clearTimeout(timer);
      waiting.delete(id);
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** @param {any} message */
function receive(message) {
  if (typeof message !== "object" || message === null) return;
  if (message.method) {
    tell(message.method, message.params ?? {});
    return;
  }
  const asked = waiting.get(message.id);
  if (message.error) {
    const { code, message: text, data = {} } = message.error;
    const error = new ApiError({
      code,
      name: data.name ?? "internal",
      message: text,
      next: data.next ?? "",
      params: data.params ?? {},
    });
    if (!asked && data.name === "callerRefused") {
      trouble = ownError("hostRefused").plain;
      return;
    }
    if (asked) finish(message.id, asked).reject(error);
    return;
  }
  if (asked) finish(message.id, asked).resolve(message.result);
}

/** @param {number} id @param {Waiting} asked */
function finish(id, asked) {
  clearTimeout(asked.timer);
  waiting.delete(id);
  return asked;
}

/** @param {string} reason the browser's own words */
function disconnected(reason) {
  port = null;
  greeting = null;
  const greeted = [...waiting.values()].every((asked) => asked.verb !== "hello");
  const missing = /not found|no such native|forbidden|not allowed/i.test(reason);
  const error = !greeted || missing ? ownError("hostMissing", { reason }) : ownError("hostLost");
  trouble = trouble?.name === "hostRefused" ? trouble : error.plain;
  for (const [id, asked] of [...waiting]) finish(id, asked).reject(error);
  tell("lost", trouble);
  reconnectLater();
}

function reconnectLater() {
  clearTimeout(reconnectTimer);
  reconnectTimer = /** @type {any} */ (setTimeout(() => connect().catch(() => {}), delay));
  delay = Math.min(delay * 2, LONGEST_DELAY_MS);
}
