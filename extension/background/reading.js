/** Reads what was seen in a page: the picture of its view and the pictures and texts in it, made into one list. */

import { ask } from "./host.js";
import { onPaper } from "./sheet.js";

/** Enough for a picture of one code as it is. */
const QUICK_MS = 50;
/** For the whole view, when the page's own pictures may have the code too. */
const VIEW_MS = 150;
/** When nothing was found that quickly. */
const LONG_VIEW_MS = 1500;
const LONG_MS = 600;
/** Score (content/capture/collect.js) of what has a code's shape and size. */
const LIKELY = 6;
const FETCHED_MS = 2000;
const MOST_QUICK = 16;
const MOST_LONG = 3;
const MOST_FETCHED = 4;
const MOST_TEXTS = 6;
/** More bare keys than this are a list of recovery codes. */
const MOST_KEYS = 2;
/** How much larger than a code the thing under the pointer may be to mean it. */
const POINTED_LARGER = 9;

/**
 * @typedef {import("./types.js").FoundCode} FoundCode
 * @typedef {import("./looking.js").Seen} Seen
 * @typedef {import("./looking.js").SeenPicture} SeenPicture
 * @typedef {import("./looking.js").SeenUrl} SeenUrl
 * @typedef {import("./looking.js").Box} Box
 *
 * @typedef {[number, number]} Point
 *
 * @typedef {object} Sighting
 * @property {FoundCode} code
 * @property {Point[]} corners in CSS pixels of the view; empty where not known
 * @property {boolean} inView seen in the picture of the view
 * @property {boolean} pointed
 * @property {string | null} source the picture that holds it, where it is not the view's
 */

/**
 * @param {string | null} shot data URL of the view
 * @param {Seen} seen
 * @param {(one: SeenUrl) => Promise<string | null>} fetchPicture
 * @returns {Promise<{codes: Sighting[], scale: number}>}
 */
export async function readAll(shot, seen, fetchPicture) {
  /** @type {Sighting[]} */
  const sightings = [];
  let scale = 1;
  /** @param {number} budgetMs */
  const view = async (budgetMs) => {
    if (!shot) return;
    const { codes, width } = await ask("qr.decode", { image: shot, budgetMs });
    scale = scaleOf(width, seen.view);
    sightings.push(...codes.map((/** @type {FoundCode} */ code) => inView(code, scale, seen)));
  };
  /** @param {SeenPicture} picture @param {number} budgetMs */
  const picture = async (picture, budgetMs) => {
    const { codes } = await ask("qr.decode", { image: picture.data, budgetMs });
    sightings.push(...codes.map((/** @type {FoundCode} */ code) => inPicture(code, picture)));
  };
  const sure = seen.texts.filter((text) => text.sure || text.pointed).slice(0, MOST_TEXTS);
  const quick = seen.pictures.slice(0, MOST_QUICK);
  await allOf([
    () => view(VIEW_MS),
    ...quick.map((one) => () => picture(one, QUICK_MS).catch(unreadable)),
    ...sure.map((one) => () => fromText(one).then((found) => void (found && sightings.push(found)))),
  ]);
  const missed = quick.filter((one) => one.pointed && !sightings.some(({ pointed }) => pointed));
  if (!sightings.some(isFactor) || missed.length > 0) {
    const longer = missed.length > 0 && sightings.some(isFactor) ? missed : quick;
    await allOf(longer.slice(0, MOST_LONG).map((one) => () => picture(one, LONG_MS).catch(unreadable)));
  }
  if (!sightings.some(isFactor)) await fetched(seen, fetchPicture, picture, () => sightings.length);
  if (!sightings.some(isFactor)) {
    const likely = quick.filter((one) => one.pointed || one.score >= LIKELY).slice(0, 1);
    await allOf([
      () => view(LONG_VIEW_MS),
      ...likely.map((one) => () => picture(one, LONG_VIEW_MS).catch(unreadable)),
    ]);
  }
  if (!sightings.some(isFactor)) {
    const keys = seen.texts.filter(({ sure, pointed }) => !sure && !pointed);
    if (keys.length <= MOST_KEYS) {
      await allOf(
        keys.map((one) => () => fromText(one).then((found) => void (found && sightings.push(found)))),
      );
    }
  }
  return { codes: ordered(merged(sightings)), scale };
}

/** A picture in the page that the host cannot read is no reason to stop. @param {any} error */
function unreadable(error) {
  if (!/^(notAPicture|picture)/.test(error?.plain?.name ?? "")) throw error;
}

/** @param {(() => Promise<void>)[]} works */
async function allOf(works) {
  await Promise.all(works.map((work) => work()));
}

/** @param {Sighting} sighting */
function isFactor({ code }) {
  return Boolean(code.handle);
}

/**
 * @param {Seen} seen
 * @param {(one: SeenUrl) => Promise<string | null>} fetchPicture
 * @param {(picture: SeenPicture, budgetMs: number) => Promise<void>} read
 * @param {() => number} count what was found so far
 */
async function fetched(seen, fetchPicture, read, count) {
  await allOf(
    seen.urls.slice(0, MOST_FETCHED).map((one) => async () => {
      const data = await fetchPicture(one);
      if (!data) return;
      const whole = { x: 0, y: 0, width: 1, height: 1 };
      const { box, colour, pointed } = one;
      const papered = await onPaper(data, colour);
      for (const version of papered ? [papered, data] : [data]) {
        const known = count();
        await read({ data: version, inner: whole, box, placed: null, pointed, score: 0 }, FETCHED_MS).catch(
          unreadable,
        );
        if (count() > known) break;
      }
    }),
  );
}

/** @param {number} width of the picture @param {Seen["view"]} view */
function scaleOf(width, view) {
  return view && view.width > 0 ? (width / view.width) * view.zoom : 1;
}

/** @param {FoundCode} code @param {number} scale @param {Seen} seen @returns {Sighting} */
function inView(code, scale, { view, over }) {
  const [left, top] = [view?.x ?? 0, view?.y ?? 0];
  const corners = code.corners.map(([x, y]) => /** @type {Point} */ ([x / scale + left, y / scale + top]));
  return { code, corners, inView: true, pointed: isOver(over, corners), source: null };
}

/**
 * Whether the pointer is on something small enough to mean the code, that the code's middle lies in.
 * @param {Box | null} over
 * @param {Point[]} corners
 */
function isOver(over, corners) {
  if (!over || corners.length === 0) return false;
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const inside = x >= over.x && x <= over.x + over.width && y >= over.y && y <= over.y + over.height;
  return inside && over.width * over.height <= POINTED_LARGER * (right - left) * (bottom - top);
}

/** @param {FoundCode} code @param {SeenPicture} picture @returns {Sighting} */
function inPicture(code, { data, inner, box, placed, pointed }) {
  const corners = placed
    ? code.corners.map(
        ([x, y]) =>
          /** @type {Point} */ ([
            placed.x + ((x - inner.x) / inner.width) * placed.width,
            placed.y + ((y - inner.y) / inner.height) * placed.height,
          ]),
      )
    : cornersOf(box);
  return { code, corners, inView: false, pointed, source: data };
}

/** @param {Box | null} box @returns {Point[]} */
function cornersOf(box) {
  if (!box) return [];
  const [right, bottom] = [box.x + box.width, box.y + box.height];
  return [
    [box.x, box.y],
    [right, box.y],
    [right, bottom],
    [box.x, bottom],
  ];
}

/** @param {import("./looking.js").SeenText} seen @returns {Promise<Sighting | null>} */
async function fromText({ text, sure, box, pointed }) {
  try {
    const { handle, factor, expiresAt, mark } = await ask("enrol.fromKey", { text });
    const code = {
      kind: sure ? "otpauth" : "key",
      corners: [],
      engine: "page",
      handle,
      expiresAt,
      factor,
      problem: null,
      detail: "",
      mark,
    };
    return { code, corners: cornersOf(box), inView: false, pointed, source: null };
  } catch {
    return null; // it only looked like one
  }
}

/**
 * One sighting for each thing: what the page's own picture gave, at the place where the view shows it.
 * @param {Sighting[]} sightings
 */
function merged(sightings) {
  /** @type {Map<string, Sighting>} */
  const byMark = new Map();
  for (const sighting of sightings) {
    const key = sighting.code.mark || sighting.code.handle || sighting.code.kind + sighting.code.detail;
    const known = byMark.get(key);
    if (!known) {
      byMark.set(key, sighting);
      continue;
    }
    const [kept, left] = rank(known) >= rank(sighting) ? [known, sighting] : [sighting, known];
    const place =
      [kept, left].find((one) => one.inView) ?? [kept, left].find((one) => one.corners.length > 0) ?? kept;
    byMark.set(key, {
      ...kept,
      corners: place.corners,
      inView: place.inView,
      pointed: kept.pointed || left.pointed,
    });
    if (left.code.handle && left.code.handle !== kept.code.handle) {
      void ask("enrol.cancel", { handle: left.code.handle }).catch(() => {}); // it expires by itself as well
    }
  }
  return [...byMark.values()];
}

/** A code says more (issuer, digits) than a bare key. @param {Sighting} sighting */
function rank({ code, inView }) {
  return (code.kind === "key" ? 0 : 2) + (inView ? 0 : 1);
}

/** What was pointed at first, then second factors, then the rest; from top to bottom within each. @param {Sighting[]} sightings */
function ordered(sightings) {
  /** @param {Sighting} one */
  const weight = (one) => (one.pointed ? 4 : 0) + (one.code.handle ? 2 : 0) + (one.inView ? 1 : 0);
  return sightings.sort(
    (a, b) => weight(b) - weight(a) || (a.corners[0]?.[1] ?? 0) - (b.corners[0]?.[1] ?? 0),
  );
}
