// Codes made of table cells, of boxes or of block characters: read from their colours, where pixels would show gaps
// or only a part.
(() => {
  const a2f = (globalThis.auto2faCapture ??= /** @type {Auto2faCapture} */ ({}));
  if (a2f.grids) return;

  /** The smallest QR code has 21 × 21 modules; a third of them dark is the least that a drawing needs boxes for. */
  const FEWEST = 140;
  const MOST = 40_000;
  const MODULE_PX = 6;
  const LONGEST = 1600;
  /** Positions closer than this are the same column: browsers round. */
  const SAME_PX = 0.4;
  const BLOCKS = /[█▀▄]/g;

  /** @typedef {import("../../../tests/js/types/capture").Drawn} Drawn */
  /** @typedef {import("../../../tests/js/types/capture").Box} Box */

  /** @param {Element} element @param {Box} box */
  function isGrid(element, box) {
    if (element.tagName !== "TABLE" && element.childElementCount < 21) return false;
    if (Math.min(box.width, box.height) < 0.8 * Math.max(box.width, box.height)) return false;
    const count = element.getElementsByTagName("*").length;
    return count >= FEWEST && count <= MOST && (element.textContent ?? "").trim().length < 10;
  }

  /** @param {Element} element @returns {Drawn | null} */
  function grid(element) {
    const around = a2f.where.boxOf(element);
    /** @type {{box: Box, colour: string, leaf: boolean}[]} */
    const parts = [];
    for (const part of element.getElementsByTagName("*")) {
      const { backgroundColor, visibility } = getComputedStyle(part);
      if (visibility === "hidden") continue;
      parts.push({ box: a2f.where.boxOf(part), colour: backgroundColor, leaf: part.childElementCount === 0 });
    }
    const leaves = parts.filter(({ leaf, box }) => leaf && box.width > 0 && box.height > 0);
    if (leaves.length < FEWEST) return null;
    const pitch = Math.min(step(leaves.map(({ box }) => box.x)), step(leaves.map(({ box }) => box.y)));
    if (!Number.isFinite(pitch)) return null;
    const scale = Math.min(MODULE_PX / pitch, LONGEST / Math.max(around.width, around.height));
    const [width, height] = [Math.round(around.width * scale), Math.round(around.height * scale)];
    const { canvas, context } = a2f.draw.canvasOf(width, height, a2f.where.behind(element));
    for (const { box, colour, leaf } of parts) {
      if (a2f.where.isClear(colour)) continue;
      // A gap between cells is none of the code: a cell goes on to where the next begins.
      const grown = leaf ? { width: full(box.width, pitch), height: full(box.height, pitch) } : box;
      context.fillStyle = colour;
      const [left, top] = [Math.round((box.x - around.x) * scale), Math.round((box.y - around.y) * scale)];
      const right = Math.round((box.x - around.x + grown.width) * scale);
      const bottom = Math.round((box.y - around.y + grown.height) * scale);
      context.fillRect(left, top, right - left, bottom - top);
    }
    return a2f.draw.picture(canvas, { width, height }, a2f.where.behind(element));
  }

  /** @param {number} length @param {number} pitch */
  function full(length, pitch) {
    return Math.ceil(length / pitch - 0.2) * pitch;
  }

  /** The distance from one column to the next. @param {number[]} places */
  function step(places) {
    const sorted = [...places].sort((a, b) => a - b);
    let least = Number.POSITIVE_INFINITY;
    for (let i = 1; i < sorted.length; i++) {
      const gap = sorted[i] - sorted[i - 1];
      if (gap > SAME_PX && gap < least) least = gap;
    }
    return least;
  }

  /** @param {Element} element */
  function isBlocks(element) {
    if (!/^(PRE|CODE|SAMP|TT)$/.test(element.tagName)) return false;
    return ((element.textContent ?? "").match(BLOCKS)?.length ?? 0) >= FEWEST;
  }

  /** A code in block characters: a character is one module wide and two high. @param {Element} element @returns {Drawn} */
  function blocks(element) {
    const lines = (element.textContent ?? "")
      .split("\n")
      .filter((line) => line.length > 0)
      .slice(0, 200);
    const columns = Math.min(400, Math.max(...lines.map((line) => [...line].length)));
    const paper = a2f.where.behind(element);
    const { canvas, context } = a2f.draw.canvasOf(columns * 4, lines.length * 8, paper);
    context.fillStyle = getComputedStyle(element).color;
    lines.forEach((line, row) => {
      [...line].slice(0, columns).forEach((sign, column) => {
        if (sign === "█" || sign === "▀") context.fillRect(column * 4, row * 8, 4, 4);
        if (sign === "█" || sign === "▄") context.fillRect(column * 4, row * 8 + 4, 4, 4);
      });
    });
    return a2f.draw.picture(canvas, canvas, paper);
  }

  a2f.grids = Object.freeze({ isGrid, grid, isBlocks, blocks });
})();
