// Makes huge photos smaller before they are sent. A QR code stays readable as long as each of its modules keeps
// a few pixels: a code that fills an eighth of the picture's width has 375 pixels at 3000, over 4 a module for
// the largest second-factor codes. Should the computer still find no code, a larger version is sent: the
// original, or, where that is over the limit, the largest one below it.

/** Above what cameras of 12 megapixels write (4032 × 3024, 4080 × 3072): those go as they are. */
const HUGE_SIDE = 4200;
const HUGE_BYTES = 5 * 1024 * 1024;
const SIDE = 3000;
const QUALITY = 0.92;
/** Longer sides to try where the original is over the limit, in this order. */
const LARGER = [8000, 6000, 4500];

/**
 * @typedef {{bytes: Blob, larger: (() => Promise<Blob|null>)|null, shown: boolean}} Photo
 * `larger`: makes the version to send when no code was found in `bytes`; `shown`: the browser can display it
 */

/**
 * @param {File} file
 * @param {number} maxBytes
 * @returns {Promise<Photo|null>} null when it is not a picture
 */
export async function prepare(file, maxBytes) {
  /** @type {ImageBitmap} */
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    // Some browsers cannot decode what their own camera writes (HEIC); the computer can.
    const named = file.type.startsWith("image/") || /\.(heic|heif|avif|jxl|tiff?)$/i.test(file.name);
    const decodable = /^image\/(jpeg|png|gif|webp|bmp)$/.test(file.type);
    return named && !decodable ? { bytes: file, larger: null, shown: false } : null;
  }
  try {
    const side = Math.max(bitmap.width, bitmap.height);
    if (side <= HUGE_SIDE && file.size <= HUGE_BYTES) {
      return { bytes: file, larger: null, shown: true };
    }
    const smaller = await redraw(bitmap, Math.min(1, SIDE / side));
    return smaller && smaller.size < file.size
      ? { bytes: smaller, larger: () => largest(file, maxBytes), shown: true }
      : { bytes: file, larger: null, shown: true };
  } finally {
    bitmap.close();
  }
}

/**
 * @param {File} file
 * @param {number} maxBytes
 * @returns {Promise<Blob|null>}
 */
async function largest(file, maxBytes) {
  if (file.size <= maxBytes) {
    return file;
  }
  const bitmap = await createImageBitmap(file);
  try {
    for (const side of LARGER) {
      const scale = side / Math.max(bitmap.width, bitmap.height);
      const drawn = scale <= 1 ? await redraw(bitmap, scale) : null;
      if (drawn && drawn.size <= maxBytes) {
        return drawn;
      }
    }
    return null;
  } finally {
    bitmap.close();
  }
}

/**
 * @param {ImageBitmap} bitmap
 * @param {number} scale
 * @returns {Promise<Blob|null>}
 */
function redraw(bitmap, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  if (!context) {
    return Promise.resolve(null);
  }
  // JPEG has no transparency: a code on a transparent ground would turn black on black.
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}
