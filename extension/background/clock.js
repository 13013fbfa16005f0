/** The portal's clock: its own `Date` header (RFC 9110, 6.6.1) against ours, at most once in 10 minutes an origin. */

const KEPT_MS = 10 * 60_000;
const FAILED_KEPT_MS = 60_000;
const PATIENCE_MS = 1_500;
/** The header has whole seconds and the network takes time: less than this is noise. */
const NOISE_MS = 2_000;
const LARGEST_MS = 86_400_000;
/** Answered by nearly every server, redirected by few; without cookies neither changes anything there. */
const PATHS = ["/favicon.ico", "/robots.txt"];

/** @type {Map<string, {offset: Promise<number>, at: number, kept: number}>} */
const measured = new Map();

/**
 * How far the portal's clock runs ahead of ours, in milliseconds; 0 when unknown or under two seconds.
 * @param {string} origin
 * @returns {Promise<number>}
 */
export function clockOffset(origin) {
  const known = measured.get(origin);
  if (known && Date.now() - known.at < known.kept) return known.offset;
  const entry = { offset: Promise.resolve(0), at: Date.now(), kept: KEPT_MS };
  entry.offset = measure(origin).catch(() => {
    entry.kept = FAILED_KEPT_MS;
    return 0;
  });
  measured.set(origin, entry);
  return entry.offset;
}

/** @param {string} origin */
async function measure(origin) {
  /** @type {unknown} */
  let failure;
  for (const path of PATHS) {
    try {
      const before = Date.now();
      const answer = await fetch(origin + path, {
        method: "HEAD",
        cache: "no-store",
        credentials: "omit",
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const after = Date.now();
      const date = Date.parse(answer.headers.get("date") ?? "");
      // A cache on the way answers with the time at which it stored the page.
      if (Number.isNaN(date) || answer.headers.has("age")) continue;
      // The header names the second that had begun: its middle is the best guess.
      const offset = date + 500 - (before + after) / 2;
      if (Math.abs(offset) > LARGEST_MS) continue;
      return Math.abs(offset) < NOISE_MS ? 0 : Math.round(offset);
    } catch (error) {
      failure = error;
    }
  }
  throw failure ?? new Error("no Date header");
}
