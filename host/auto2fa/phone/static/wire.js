// What the page says to the service. Each call throws a Trouble with one of the names below.

/** @typedef {"gone"|"tooLarge"|"slower"|"busy"|"offline"|"failed"} TroubleName */

export class Trouble extends Error {
  /** @param {TroubleName} name */
  constructor(name) {
    super(name);
    this.name = name;
  }
}

/** @type {Record<number, TroubleName>} */
const BY_STATUS = { 404: "gone", 408: "offline", 413: "tooLarge", 429: "slower", 503: "busy" };

/** Address of this link: the page's own, without fragment and query. */
const base = `${location.origin}${location.pathname.replace(/\/$/, "")}`;

/** @param {number} status @returns {Trouble} */
const troubleOf = (status) => new Trouble(BY_STATUS[status] ?? "failed");

/**
 * @param {string} path
 * @param {RequestInit} options
 */
async function ask(path, options) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(base + path, { ...options, cache: "no-store", credentials: "omit" });
  } catch {
    throw new Trouble("offline");
  }
  if (!response.ok) {
    throw troubleOf(response.status);
  }
  return response.json();
}

/** @returns {Promise<{name: string, secondsLeft: number, triesLeft: number, maxBytes: number}>} */
export function open() {
  return ask("/open", { method: "POST" });
}

/** Pauses between tries of an upload whose connection was lost: a relay restarts, a phone changes networks. */
const PAUSES_MS = [500, 1000, 2000, 4000];

/** @typedef {{state: "reading"|"read"|"unreadable"|"again", problem: string, triesLeft: number}} Verdict */

/**
 * @param {Uint8Array<ArrayBuffer>} sealed
 * @param {boolean} shrunk a larger version follows, should no code be found
 * @param {(share: number|null) => void} progress 0 to 1; null: the connection was lost, it is tried again
 * @returns {Promise<Verdict>} what became of the photo
 */
export async function upload(sealed, shrunk, progress) {
  // Made here, so that a photo whose answer was lost on the way back can be asked for.
  const receipt = random();
  for (const pause of [...PAUSES_MS, 0]) {
    try {
      await send(sealed, shrunk, receipt, progress);
    } catch (trouble) {
      const lost = trouble instanceof Trouble && trouble.name === "offline";
      const known = lost ? await arrived(receipt) : null;
      if (!lost || (!known && !pause)) {
        throw trouble;
      }
      if (!known) {
        progress(null);
        await new Promise((resolve) => setTimeout(resolve, pause));
        continue;
      }
      // The computer's last word is said once: whoever has heard it finds nobody there to ask again.
      if (known.state !== "reading") {
        return known;
      }
    }
    progress(1);
    return verdict(receipt);
  }
  throw new Trouble("offline");
}

/** 128 bits in base64url. */
function random() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/**
 * What is known of the photo, where it is there; throws "gone" when it is not and the link takes none any more. A
 * refused upload is cut off before it is whole, which looks like a lost connection, too.
 * @param {string} receipt
 * @returns {Promise<Verdict|null>}
 */
async function arrived(receipt) {
  try {
    return await ask("/verdict?wait=0", { headers: { "X-Receipt": receipt } });
  } catch (trouble) {
    if (trouble instanceof Trouble && trouble.name === "gone") {
      await open();
    }
    return null;
  }
}

/**
 * By XMLHttpRequest: fetch does not tell how far an upload is.
 * @param {Uint8Array<ArrayBuffer>} sealed
 * @param {boolean} shrunk
 * @param {string} receipt
 * @param {(share: number) => void} progress
 * @returns {Promise<void>}
 */
function send(sealed, shrunk, receipt, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${base}/photo${shrunk ? "?shrunk=1" : ""}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-Receipt", receipt);
    request.upload.onprogress = (event) => progress(event.total ? event.loaded / event.total : 0);
    request.onload = () => {
      if (request.status === 200) {
        resolve();
      } else {
        reject(troubleOf(request.status));
      }
    };
    request.onerror = () => reject(new Trouble("offline"));
    request.onabort = request.onerror;
    request.send(sealed);
  });
}

/**
 * Waits until the computer has read the photo.
 * @param {string} receipt
 * @returns {Promise<Verdict>}
 */
async function verdict(receipt) {
  for (let failures = 0; ; ) {
    try {
      const answer = await ask("/verdict?wait=20", { headers: { "X-Receipt": receipt } });
      if (answer.state !== "reading") {
        return answer;
      }
      failures = 0;
    } catch (trouble) {
      failures += 1;
      if (!(trouble instanceof Trouble) || trouble.name === "gone" || failures > 8) {
        throw trouble;
      }
      await new Promise((resolve) => setTimeout(resolve, 500 * failures));
    }
  }
}
