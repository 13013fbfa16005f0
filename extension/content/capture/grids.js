// Codes made of table cells, of boxes or of block characters: read from their colours, where pixels would show gaps
// or only a part.
(() => {
  const a2f = (globalThis.auto2faCapture ??= /** @type {Auto2faCapture} */ ({}));
  if (a2f.grids) return;

  /** The smallest QR code has 21 × 21 modules; a third of them dark is the least that a drawing needs boxes for. */
  const FEWEST = 140;
  const MOST = 40_000;
  const MODULE_PX = 6;
  const FEWEST_MODULES = 21;
  /** The largest code (177 modules), with a quiet zone drawn in cells as well. */
  const MOST_MODULES = 200;
  /** Positions closer than this are the same column: browsers round. */
  const SAME_PX = 0.4;
  const BLOCKS = /[█▀▄]/g;

  /** @typedef {import("../../../tests/js/types/capture").Drawn} Drawn */
  /** @typedef {import("../../../tests/js/types/capture").Box} Box */

  /** @param {Element} element */
  function isGrid(element) {
    if (element.tagName !== "TABLE" && element.childElementCount < FEWEST_MODULES) return false;
    const count = element.getElementsByTagName("*").length;
    return count >= FEWEST && count <= MOST && (element.textContent ?? "").trim().length < 10;
  }

  /** @param {Element} element @returns {Drawn | null} */
  function grid(element) {
    /** @type {{box: Box, colour: string, leaf: boolean}[]} */
    const parts = [];
    for (const part of element.getElementsByTagName("*")) {
      const { backgroundColor, visibility } = getComputedStyle(part);
      if (visibility === "hidden") continue;
      parts.push({ box: a2f.where.boxOf(part), colour: backgroundColor, leaf: part.childElementCount === 0 });
    }
    const leaves = parts.filter(({ leaf, box }) => leaf && box.width > 0 && box.height > 0);
    if (leaves.length < FEWEST) return null;
    const xs = extent(leaves.map(({ box }) => [box.x, box.width]));
    const ys = extent(leaves.map(({ box }) => [box.y, box.height]));
    if (!xs || !ys || Math.abs(xs.count - ys.count) > 2) return null;
    const paper = a2f.where.behind(element);
    const size = { width: xs.count * MODULE_PX, height: ys.count * MODULE_PX };
    const { canvas, context } = a2f.draw.canvasOf(size.width, size.height, paper);
    for (const { box, colour } of parts) {
      if (a2f.where.isClear(colour)) continue;
      const [left, right] = modules(box.x, box.width, xs);
      const [top, bottom] = modules(box.y, box.height, ys);
      context.fillStyle = colour;
      context.fillRect(
        left * MODULE_PX,
        top * MODULE_PX,
        (right - left) * MODULE_PX,
        (bottom - top) * MODULE_PX,
      );
    }
    return {
      ...a2f.draw.picture(canvas, size, paper),
      covers: { x: xs.start, y: ys.start, width: xs.length, height: ys.length },
    };
  }

  /**
   * Where the modules are along one axis.
   * @param {[number, number][]} places start and length of every cell
   */
  function extent(places) {
    const start = Math.min(...places.map(([at]) => at));
    const length = Math.max(...places.map(([at, size]) => at + size)) - start;
    const count = Math.round(length / step(places.map(([at]) => at)));
    return count >= FEWEST_MODULES && count <= MOST_MODULES
      ? { start, length, count, pitch: length / count }
      : null;
  }

  /**
   * The modules that a box covers. A gap between cells is none of the code: a cell goes on to where the next begins.
   * @param {number} at
   * @param {number} size
   * @param {{start: number, pitch: number}} axis
   * @returns {[number, number]} the first, and the one after the last
   */
  function modules(at, size, { start, pitch }) {
    const first = Math.round((at - start) / pitch);
    return [first, Math.max(first + (size > 0 ? 1 : 0), Math.round((at + size - start) / pitch))];
  }

  /** The distance from one column to the next. @param {number[]} places */
  function step(places) {
    const sorted = [...places].sort((a, b) => a - b);
    let least = Number.POSITIVE_INFINITY;
    for (let i = 1; i < sorted.length; i++) {
      const gap = (sorted[i] ?? 0) - (sorted[i - 1] ?? 0);
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
