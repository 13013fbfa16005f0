// Makes huge photos smaller before they are sent. A QR code stays readable as long as each of its modules keeps
// a few pixels: a code that fills an eighth of the picture's width has 375 pixels at 3000, over 4 a module for
// the largest second-factor codes. Should the computer still find no code, the original is sent.

const HUGE_SIDE = 4000;
const HUGE_BYTES = 4 * 1024 * 1024;
const SIDE = 3000;
const QUALITY = 0.92;

/**
 * @typedef {{bytes: Blob, shrunk: boolean, shown: boolean}} Photo
 * `shown`: the browser can display it
 */

/**
 * @param {File} file
 * @returns {Promise<Photo|null>} null when it is not a picture
 */
export async function prepare(file) {
  /** @type {ImageBitmap} */
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    // Some browsers cannot decode what their own camera writes (HEIC); the computer can.
    const named = file.type.startsWith("image/") || /\.(heic|heif|avif|jxl|tiff?)$/i.test(file.name);
    const decodable = /^image\/(jpeg|png|gif|webp|bmp)$/.test(file.type);
    return named && !decodable ? { bytes: file, shrunk: false, shown: false } : null;
  }
  try {
    const side = Math.max(bitmap.width, bitmap.height);
    if (side <= HUGE_SIDE && file.size <= HUGE_BYTES) {
      return { bytes: file, shrunk: false, shown: true };
    }
    const smaller = await redraw(bitmap, Math.min(1, SIDE / side));
    return smaller && smaller.size < file.size
      ? { bytes: smaller, shrunk: true, shown: true }
      : { bytes: file, shrunk: false, shown: true };
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
