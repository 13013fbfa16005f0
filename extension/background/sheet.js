/** A picture for the wizard where the browser does not give one of the view: the page's own pictures, in a row. */

const TILE = 320;
const MOST = 4;

/**
 * @param {import("./reading.js").Sighting[]} sightings
 * @returns {Promise<{picture: string, corners: Map<import("./reading.js").Sighting, [number, number][]>}>}
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
  return { picture: await dataUrl(blob), corners };
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
