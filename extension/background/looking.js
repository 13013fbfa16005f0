/** Looks into a tab's page, once, after the click that allows it: what may hold a second factor, frame by frame. */

import { browser } from "./browser.js";

const FILES = ["where", "draw", "grids", "texts", "collect"].map((name) => `content/capture/${name}.js`);
/** A frame that never loads must not hold up the others. */
const PATIENCE_MS = 2500;
const FETCH_MS = 4000;
const MOST_BYTES = 12_000_000;

/**
 * @typedef {import("../../tests/js/types/capture").Box} Box
 * @typedef {import("../../tests/js/types/capture").FrameAnswer} FrameAnswer
 *
 * @typedef {object} Pointed what a click in the context menu says about its place
 * @property {number} [frameId]
 * @property {number} [targetElementId] Firefox's number of the element
 * @property {string} [srcUrl]
 * @property {string} [linkUrl]
 * @property {string} [selectionText]
 *
 * @typedef {object} SeenPicture
 * @property {string} data data URL
 * @property {Box} inner where the page's picture stands in `data`
 * @property {Box | null} box the element in CSS pixels of the tab's view; null in frames that cannot be placed
 * @property {Box | null} placed what `inner` covers there, where known
 * @property {boolean} pointed
 * @property {number} score
 *
 * @typedef {{url: string, box: Box | null, colour: string, pointed: boolean, frameId: number}} SeenUrl
 * @typedef {{text: string, sure: boolean, hidden: boolean, box: Box | null, pointed: boolean}} SeenText
 *
 * @typedef {object} Seen
 * @property {FrameAnswer["view"] | null} view of the tab; null when the browser does not let us look
 * @property {Box | null} over what the pointer is over
 * @property {SeenPicture[]} pictures likeliest first
 * @property {SeenUrl[]} urls
 * @property {SeenText[]} texts
 */

/**
 * @param {number} tabId
 * @param {Pointed} pointed
 * @returns {Promise<Seen>} never rejects: what the browser refuses is not seen
 */
export async function look(tabId, pointed) {
  const results = await Promise.race([
    inject(tabId, pointed).catch(() => []),
    new Promise((resolve) => setTimeout(() => resolve([]), PATIENCE_MS)),
  ]);
  return gather(
    /** @type {any[]} */ (results).filter((one) => one?.result),
    pointed,
  );
}

/** @param {number} tabId @param {Pointed} pointed */
async function inject(tabId, { frameId = 0, srcUrl = "", targetElementId = 0 }) {
  if (srcUrl || targetElementId) {
    const short = srcUrl.length > 600 ? srcUrl.slice(0, 300) + srcUrl.slice(-300) : srcUrl;
    await browser.scripting
      .executeScript({
        target: { tabId, frameIds: [frameId] },
        func: remember,
        args: [short, targetElementId],
        injectImmediately: true,
      })
      .catch(() => {}); // another site's frame: pixels are left
  }
  return browser.scripting.executeScript({
    target: { tabId, allFrames: true },
    files: FILES,
    injectImmediately: true,
  });
}

/** Runs in the page. @param {string} src @param {number} target */
function remember(src, target) {
  const root = /** @type {any} */ (globalThis);
  root.auto2faCapture ??= {};
  root.auto2faCapture.pointedSrc = src;
  root.auto2faCapture.pointedTarget = target;
}

/**
 * @param {{frameId: number, result: FrameAnswer}[]} results
 * @param {Pointed} pointed
 * @returns {Seen}
 */
function gather(results, pointed) {
  const top = results.find(({ frameId }) => frameId === 0)?.result ?? null;
  // A click in the popup points at nothing in the page.
  const menu = pointed.frameId !== undefined;
  /** @type {Seen} */
  const seen = {
    view: top?.view ?? null,
    over: menu ? (top?.over ?? null) : null,
    pictures: [],
    urls: [],
    texts: [],
  };
  for (const { frameId, result } of results) {
    const clicked = menu && frameId === pointed.frameId;
    // Another site's frame does not know its place; the one that was clicked in is the one under the pointer.
    const offset = result.offset ?? (clicked ? (top?.overFrame ?? null) : null);
    /** @param {Box | null} box */
    const place = (box) => box && offset && { ...box, x: box.x + offset.x, y: box.y + offset.y };
    if (clicked && result.over) seen.over = place(result.over);
    // A frame holds little: where nothing better is known, all of it was pointed at.
    const whole = frameId !== 0 && !result.pictures.some((picture) => picture.pointed);
    for (const picture of result.pictures) {
      const here = clicked && (picture.pointed || whole);
      seen.pictures.push({
        ...picture,
        box: place(picture.box),
        placed: place(picture.placed),
        pointed: here,
      });
    }
    for (const one of result.urls) {
      seen.urls.push({ ...one, box: place(one.box), pointed: clicked && one.pointed, frameId });
    }
    for (const one of result.texts) {
      seen.texts.push({ ...one, box: place(one.box), pointed: clicked && one.pointed });
    }
  }
  const link = linked(pointed.linkUrl ?? "");
  if (link) {
    seen.texts.unshift({ text: link, sure: true, hidden: false, box: null, pointed: true });
  }
  const selected = keyOf(pointed.selectionText ?? "");
  if (selected) seen.texts.unshift({ text: selected, sure: false, hidden: false, box: null, pointed: true });
  seen.pictures.sort((a, b) => Number(b.pointed) - Number(a.pointed) || b.score - a.score);
  return seen;
}

/** The otpauth address in a link, also in Android's and Apple's forms of it. @param {string} url */
function linked(url) {
  const [, rest, scheme] = /^intent:\/\/([^#]+)#Intent;(?:.*;)?scheme=([^;]+);/i.exec(url) ?? [];
  if (rest && /^(apple-)?otpauth$/i.test(scheme ?? "")) return `otpauth://${rest}`;
  return /^(apple-)?otpauth:\/\//i.test(url) ? url.replace(/^apple-/i, "") : "";
}

/** A selected key or otpauth address; other texts are none. @param {string} text */
function keyOf(text) {
  const trimmed = text.trim();
  if (/^otpauth:\/\/\S+$/i.test(trimmed)) return trimmed;
  const key = trimmed.replace(/[\s-]/g, "");
  return /^[A-Z2-7]{16,256}=*$/i.test(key) && (/[2-7]/.test(key) || key === key.toUpperCase()) ? trimmed : "";
}

/**
 * The bytes of a picture that could not be drawn: asked for by its own frame with the page's session, else by us
 * where the browser allows. Last resort, as some portals make a new secret for every request.
 * @param {number} tabId
 * @param {SeenUrl} seen
 * @returns {Promise<string | null>} data URL
 */
export async function fetchPicture(tabId, { url, frameId }) {
  const inPage = browser.scripting
    .executeScript({
      target: { tabId, frameIds: [frameId] },
      func: fetchData,
      args: [url, MOST_BYTES, FETCH_MS],
      injectImmediately: true,
    })
    .then(
      ([one]) => one?.result ?? null,
      () => null,
    );
  return (await inPage) ?? fetchOurselves(url).catch(() => null);
}

/** @param {string} url @returns {Promise<string | null>} */
async function fetchOurselves(url) {
  if (!/^https?:/.test(url)) return null;
  const { protocol, host, hostname } = new URL(url);
  const allowed = await browser.permissions
    .contains({ origins: [`${protocol}//${host}/*`] })
    .catch(() => browser.permissions.contains({ origins: [`${protocol}//${hostname}/*`] }));
  return allowed ? fetchData(url, MOST_BYTES, FETCH_MS) : null;
}

/**
 * Runs in the page or here; uses nothing from around it.
 * @param {string} url
 * @param {number} most bytes
 * @param {number} patience milliseconds
 * @returns {Promise<string | null>}
 */
async function fetchData(url, most, patience) {
  try {
    const answer = await fetch(url, {
      credentials: "include",
      cache: "force-cache",
      signal: AbortSignal.timeout(patience),
    });
    const kind = answer.headers.get("content-type") ?? "";
    if (
      !answer.ok ||
      Number(answer.headers.get("content-length") ?? 0) > most ||
      /html|json|script/.test(kind)
    )
      return null;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (bytes.length > most) return null;
    let binary = "";
    for (let at = 0; at < bytes.length; at += 32_768)
      binary += String.fromCharCode(...bytes.subarray(at, at + 32_768));
    return `data:application/octet-stream;base64,${btoa(binary)}`;
  } catch {
    return null;
  }
}
