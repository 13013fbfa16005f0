/** Reads what was seen in a page: the picture of its view and the pictures and texts in it, made into one list. */

import { ask } from "./host.js";
import { cropsOf, halved, OF_VIEW, onPaper } from "./sheet.js";

/** Enough for a picture of one code as it is. */
const QUICK_MS = 50;
/** For the whole view, when the page's own pictures may have the code too. */
const VIEW_MS = 150;
/** When nothing was found that quickly, and something has a code's shape. */
const LONG_VIEW_MS = 1500;
/** By when a page in which nothing has that is to be answered for, and what its view gets at the least. */
const ANSWER_MS = 1500;
const LEAST_VIEW_MS = 300;
const LONG_MS = 600;
/** Score (content/capture/collect.js) of what has a code's shape and size. */
const LIKELY = 6;
const FETCHED_MS = 2000;
const MOST_QUICK = 16;
const MOST_EARLY = 3;
const MOST_LONG = 3;
const MOST_FETCHED = 4;
const MOST_TEXTS = 6;
/** More bare keys than this are a list of recovery codes. */
const MOST_KEYS = 2;
const MOST_CROPS = 4;
/** Share of the view above which a part of it is no closer look. */
const MOST_CROPPED = 0.6;
/** How much larger than a code the thing under the pointer may be to mean it. */
const POINTED_LARGER = 9;

/**
 * @typedef {import("./types.js").FoundCode} FoundCode
 * @typedef {import("./looking.js").Seen} Seen
 * @typedef {import("./looking.js").SeenPicture} SeenPicture
 * @typedef {import("./looking.js").SeenText} SeenText
 * @typedef {import("./looking.js").SeenUrl} SeenUrl
 * @typedef {import("./looking.js").Box} Box
 *
 * @typedef {[number, number]} Point
 * @typedef {{width: number, height: number}} Size
 *
 * @typedef {object} Sighting
 * @property {FoundCode} code
 * @property {Point[]} corners in CSS pixels of the view; empty where not known
 * @property {boolean} inView seen in the picture of the view
 * @property {boolean} pointed
 * @property {string | null} source the picture that holds it, where it is not the view's
 */

/**
 * The picture of the view and the page's own pictures are read side by side, each as soon as it is there.
 * @param {Promise<string | null>} shooting data URL of the view
 * @param {Promise<Seen>} looking
 * @param {(one: SeenUrl) => Promise<string | null>} fetchPicture
 * @returns {Promise<{codes: Sighting[], scale: number, size: Size, conflict: boolean}>} `size` of the picture of the
 *   view; `conflict`: the page gives a key that is not its QR code's
 */
export async function readAll(shooting, looking, fetchPicture) {
  const start = Date.now();
  /** @type {Sighting[]} */
  const sightings = [];
  /** Pictures on which everything was tried. @type {Set<string>} */
  const done = new Set();
  let scale = 1;
  /** @type {Size} */
  let size = { width: 0, height: 0 };
  /** @param {number} budgetMs */
  const decoded = async (budgetMs) => {
    const image = await shooting;
    return image ? ask("qr.decode", { image, budgetMs }) : null;
  };
  const early = decoded(VIEW_MS);
  early.catch(() => {}); // told below
  const seen = await looking;
  /** @param {Promise<any>} reading */
  const view = async (reading) => {
    const answer = await reading;
    if (!answer) return;
    const { codes, width, height } = answer;
    size = { width, height };
    scale = scaleOf(width, seen.view);
    sightings.push(...codes.map((/** @type {FoundCode} */ code) => inView(code, scale, seen)));
  };
  /** @param {SeenPicture} picture @param {number} budgetMs */
  const picture = async (picture, budgetMs) => {
    if (done.has(picture.data)) return;
    const { codes, exhausted } = await ask("qr.decode", { image: picture.data, budgetMs });
    if (!exhausted && codes.length === 0) done.add(picture.data);
    sightings.push(...codes.map((/** @type {FoundCode} */ code) => inPicture(code, picture)));
  };
  const found = () => sightings.some(isFactor);
  const sure = seen.texts.filter((text) => text.sure || text.pointed).slice(0, MOST_TEXTS);
  const quick = seen.pictures.slice(0, MOST_QUICK);
  // What was pointed at is among the likeliest: the other pictures of a page need not be waited for.
  const first = quick.some(({ pointed }) => pointed) ? MOST_EARLY : MOST_QUICK;
  const [keys] = await Promise.all([
    keysIn(seen.texts.filter((text) => !text.sure && !text.pointed && !text.hidden)),
    view(early),
    ...quick.slice(0, first).map((one) => picture(one, QUICK_MS).catch(unreadable)),
    ...sure.map((one) => fromText(one).then((found) => void (found && sightings.push(found)))),
  ]);
  if (!found()) await allOf(quick.slice(first).map((one) => () => picture(one, QUICK_MS).catch(unreadable)));
  const shot = await shooting;
  const pointedRead = () => sightings.some(({ pointed }) => pointed);
  const missed = quick.filter((one) => one.pointed && !pointedRead());
  const longer = async () => {
    if (found() && missed.length === 0) return;
    const tried = (missed.length > 0 && found() ? missed : quick).slice(0, MOST_LONG);
    const halves = (await Promise.all(tried.map(halved))).filter((one) => one !== null);
    await allOf([...halves, ...tried].map((one) => () => picture(one, LONG_MS).catch(unreadable)));
  };
  const closer = async () => {
    if (!shot || (found() && (!seen.over || pointedRead()))) return;
    // What the page does not give away is still on the screen: another site's frame, a canvas that may not be read.
    const boxes = cropped(seen, found());
    const crops = boxes.length > 0 ? await cropsOf(shot, boxes, scale, seen.view) : [];
    await allOf(crops.map((one) => () => picture(one, LONG_MS).catch(unreadable)));
  };
  await allOf([longer, closer]);
  if (!found()) await fetched(seen, fetchPicture, picture, () => sightings.length);
  if (!found()) {
    const likely = quick.filter((one) => one.pointed || one.score >= LIKELY).slice(0, 1);
    const left = Math.max(LEAST_VIEW_MS, start + ANSWER_MS - Date.now());
    const worthIt = likely.length > 0 || seen.urls.length > 0;
    await allOf([
      () => view(decoded(worthIt ? LONG_VIEW_MS : left)),
      ...likely.map((one) => () => picture(one, LONG_VIEW_MS).catch(unreadable)),
    ]);
  }
  if (!found()) {
    sightings.push(...keys);
    if (!found()) sightings.push(...(await keysIn(seen.texts.filter(({ hidden, sure }) => hidden && !sure))));
    return { codes: ordered(merged(sightings)), scale, size, conflict: false };
  }
  const [codes, conflict] = compared(merged(sightings), keys);
  return { codes: ordered(codes), scale, size, conflict };
}

/** The bare keys of a page; none when there are so many that they are something else. @param {SeenText[]} texts */
async function keysIn(texts) {
  if (texts.length > MOST_KEYS) return [];
  return (await Promise.all(texts.map(fromText))).filter((one) => one !== null);
}

/**
 * The parts of the view to look at closely: what the pointer is over, and pictures that the page did not give.
 * @param {Seen} seen
 * @param {boolean} pointedOnly
 * @returns {{box: Box, pointed: boolean}[]}
 */
function cropped({ over, urls, view }, pointedOnly) {
  const most = view ? view.width * view.height * MOST_CROPPED : 0;
  const boxes = [
    ...(over ? [{ box: over, pointed: true }] : []),
    ...(pointedOnly ? [] : urls.flatMap(({ box, pointed }) => (box ? [{ box, pointed }] : []))),
  ];
  return boxes.filter(({ box }) => box.width * box.height <= most).slice(0, MOST_CROPS);
}

/**
 * The page's codes beside its key in letters: the same secret, or a contradiction that the person should know of.
 * @param {Sighting[]} codes
 * @param {Sighting[]} keys
 * @returns {[Sighting[], boolean]}
 */
function compared(codes, keys) {
  const factors = codes.filter((one) => isFactor(one) && one.code.kind !== "migration");
  const [links, pictures] = [factors.filter(isText), factors.filter((one) => !isText(one))];
  const marks = new Set(factors.map(({ code }) => code.mark));
  const other = keys.filter(({ code }) => !marks.has(code.mark));
  const differ = other.length === 1 && keys.length === 1 && factors.length === 1;
  for (const { code } of keys) if (!differ || !other.some((one) => one.code === code)) giveUp(code);
  const linked = links.length === 1 && pictures.length === 1;
  return [differ ? [...codes, ...other] : codes, differ || linked];
}

/** @param {Sighting} sighting */
function isText({ code }) {
  return code.engine === "page";
}

/** It expires by itself as well. @param {FoundCode} code */
function giveUp({ handle }) {
  if (handle) void ask("enrol.cancel", { handle }).catch(() => {});
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
function inPicture(code, { data, inner, box, placed, pointed, score }) {
  const corners = placed
    ? code.corners.map(
        ([x, y]) =>
          /** @type {Point} */ ([
            placed.x + ((x - inner.x) / inner.width) * placed.width,
            placed.y + ((y - inner.y) / inner.height) * placed.height,
          ]),
      )
    : cornersOf(box);
  const ofView = score === OF_VIEW;
  return { code, corners, inView: ofView, pointed, source: ofView ? null : data };
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
    if (left.code.handle !== kept.code.handle) giveUp(left.code);
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
