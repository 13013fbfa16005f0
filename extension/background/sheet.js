/** A picture for the wizard where the browser does not give one of the view: the page's own pictures, in a row. */

const TILE = 320;
const MOST = 4;
/** CSS pixels around a part of the view: its quiet zone may be outside. */
const AROUND = 16;
/** Device pixels: less holds no code. */
const SMALLEST = 21;
/** Pixels of a side below which half of them are too few. */
const SMALL = 300;
/** The score of a part of the view, which tells it from pictures that the page gave. */
export const OF_VIEW = -1;

/**
 * @param {import("./reading.js").Sighting[]} sightings
 * @returns {Promise<{picture: string, width: number, height: number, corners: Map<import("./reading.js").Sighting,
 *   [number, number][]>}>}
 */
export async function sheetOf(sightings) {
  const sources = [
    ...new Set(sightings.map(({ source }) => source).filter((source) => source !== null)),
  ].slice(0, MOST);
  const canvas = new OffscreenCanvas(TILE * Math.max(1, sources.length), sources.length > 0 ? TILE : 1);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  const corners = new Map();
  for (const [index, source] of sources.entries()) {
    const bitmap = await bitmapOf(source);
    if (!bitmap) continue;
    const scale = TILE / Math.max(bitmap.width, bitmap.height);
    const left = index * TILE + (TILE - bitmap.width * scale) / 2;
    const top = (TILE - bitmap.height * scale) / 2;
    context.drawImage(bitmap, left, top, bitmap.width * scale, bitmap.height * scale);
    for (const sighting of sightings) {
      if (sighting.source !== source) continue;
      corners.set(
        sighting,
        sighting.code.corners.map(
          ([x, y]) => /** @type {[number, number]} */ ([left + x * scale, top + y * scale]),
        ),
      );
    }
  }
  const blob = await canvas.convertToBlob({ type: "image/png" });
  return { picture: await dataUrl(blob), width: canvas.width, height: canvas.height, corners };
}

/**
 * Parts of the picture of the view, as pictures of their own.
 * @param {string} shot data URL
 * @param {{box: import("./looking.js").Box, pointed: boolean}[]} parts in CSS pixels of the tab's view
 * @param {number} scale device pixels a CSS pixel
 * @param {import("./looking.js").Seen["view"]} view
 * @returns {Promise<import("./looking.js").SeenPicture[]>} without those that are out of view
 */
export async function cropsOf(shot, parts, scale, view) {
  const bitmap = await bitmapOf(shot);
  if (!bitmap) return [];
  const [offsetX, offsetY] = [view?.x ?? 0, view?.y ?? 0];
  /** @type {import("./looking.js").SeenPicture[]} */
  const crops = [];
  for (const { box, pointed } of parts) {
    const left = Math.max(0, Math.round((box.x - AROUND - offsetX) * scale));
    const top = Math.max(0, Math.round((box.y - AROUND - offsetY) * scale));
    const right = Math.min(bitmap.width, Math.round((box.x + box.width + AROUND - offsetX) * scale));
    const bottom = Math.min(bitmap.height, Math.round((box.y + box.height + AROUND - offsetY) * scale));
    const [width, height] = [right - left, bottom - top];
    if (width < SMALLEST || height < SMALLEST) continue;
    const canvas = new OffscreenCanvas(width, height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.drawImage(bitmap, left, top, width, height, 0, 0, width, height);
    const placed = {
      x: left / scale + offsetX,
      y: top / scale + offsetY,
      width: width / scale,
      height: height / scale,
    };
    const data = await dataUrl(await canvas.convertToBlob({ type: "image/png" }));
    crops.push({ data, inner: { x: 0, y: 0, width, height }, box: placed, placed, pointed, score: OF_VIEW });
  }
  return crops;
}

/**
 * A picture at half its size: the gaps between round modules close, and what is drawn large is read sooner.
 * @param {import("./looking.js").SeenPicture} picture
 * @returns {Promise<import("./looking.js").SeenPicture | null>} null for one that is small already
 */
export async function halved(picture) {
  const bitmap = await bitmapOf(picture.data);
  if (!bitmap || Math.max(bitmap.width, bitmap.height) < SMALL) return null;
  const canvas = new OffscreenCanvas(Math.round(bitmap.width / 2), Math.round(bitmap.height / 2));
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const { x, y, width, height } = picture.inner;
  const inner = { x: x / 2, y: y / 2, width: width / 2, height: height / 2 };
  return { ...picture, inner, data: await dataUrl(await canvas.convertToBlob({ type: "image/png" })) };
}

/**
 * A picture on the colour that is behind it in the page, with some of that around it.
 * @param {string} source data URL
 * @param {string} colour
 * @returns {Promise<string | null>} null for what the browser cannot read
 */
export async function onPaper(source, colour) {
  const bitmap = await bitmapOf(source);
  if (!bitmap) return null;
  const margin = Math.round(Math.max(bitmap.width, bitmap.height) / 10);
  const canvas = new OffscreenCanvas(bitmap.width + 2 * margin, bitmap.height + 2 * margin);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = colour;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, margin, margin);
  return dataUrl(await canvas.convertToBlob({ type: "image/png" }));
}

/** @param {string} source data URL */
async function bitmapOf(source) {
  try {
    return await createImageBitmap(await (await fetch(source)).blob());
  } catch {
    return null; // a PDF, or a format that only the host can read
  }
}

/** @param {Blob} blob */
async function dataUrl(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 32_768)
    binary += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return `data:${blob.type};base64,${btoa(binary)}`;
}
