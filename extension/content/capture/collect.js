// Goes over the page once and hands back, as data alone, what may hold a second factor. The last of these scripts:
// its value is the answer to the background.
(() => {
  const a2f = (globalThis.auto2faCapture ??= /** @type {Auto2faCapture} */ ({}));
  if (Object.hasOwn(a2f, "collect")) return;

  const TIME_MS = 250;
  const MOST_PICTURES = 12;
  const MOST_URLS = 8;
  const MOST_TEXTS = 12;
  const SMALLEST_PX = 24;
  const MOST_BYTES = 6_000_000;
  const NAMED = /qr|otp|2fa|mfa|totp|barcode|authenticat|secret|two.?factor/i;
  /** Style properties in which a picture may hide. */
  const IMAGES = ["background-image", "content", "mask-image", "border-image-source"];

  /** @typedef {import("../../../tests/js/types/capture").Candidate} Candidate */
  /** @typedef {import("../../../tests/js/types/capture").Picture} Picture */
  /** @typedef {import("../../../tests/js/types/capture").FrameAnswer} FrameAnswer */
  /** @typedef {import("../../../tests/js/types/capture").Box} Box */

  /** @param {Element} element @param {string} src @param {Box} box @param {boolean} pointed */
  function score(element, src, box, pointed) {
    const ratio = Math.min(box.width, box.height) / Math.max(box.width, box.height);
    const longer = Math.max(box.width, box.height);
    const names = `${element.id} ${element.getAttribute("class") ?? ""} ${element.getAttribute("alt") ?? ""} ${src.slice(0, 200)}`;
    const inView =
      box.x < innerWidth && box.y < innerHeight && box.x + box.width > 0 && box.y + box.height > 0;
    return (
      (pointed ? 100 : 0) +
      (ratio > 0.75 ? 4 : ratio < 0.4 ? -2 : 0) +
      (longer >= 80 ? 2 : 0) +
      (NAMED.test(names) ? 3 : 0) +
      (inView ? 1 : 0)
    );
  }

  /** @param {Element} element @returns {string[]} addresses of pictures that its style shows */
  function stylePictures(element) {
    const found = [];
    for (const pseudo of [null, "::before", "::after"]) {
      const style = getComputedStyle(element, pseudo);
      for (const name of IMAGES) {
        const value = style.getPropertyValue(name);
        if (!value.includes("url(")) continue;
        const url = /url\("((?:[^"\\]|\\.)*)"\)/.exec(value);
        if (url?.[1]) found.push(url[1].replace(/\\(.)/g, "$1"));
      }
    }
    return found;
  }

  /** Long addresses are compared by their ends. @param {string} src */
  function short(src) {
    return src.length > 600 ? src.slice(0, 300) + src.slice(-300) : src;
  }

  /**
   * @param {Element} element
   * @param {Box} box
   * @returns {{kind: Candidate["kind"], src: string} | null}
   */
  function kindOf(element, box) {
    if (element instanceof HTMLImageElement) return { kind: "image", src: element.currentSrc || element.src };
    if (element instanceof HTMLInputElement)
      return element.type === "image" ? { kind: "style", src: element.src } : null;
    if (element instanceof HTMLCanvasElement) return { kind: "canvas", src: "" };
    if (element instanceof SVGSVGElement) return element.ownerSVGElement ? null : { kind: "vector", src: "" };
    if (!(element instanceof HTMLElement)) return null;
    if (element instanceof HTMLObjectElement || element instanceof HTMLEmbedElement) {
      const src = element instanceof HTMLObjectElement ? element.data : element.src;
      return /^image\//.test(element.type) || /\.(svg|png|gif|jpe?g|webp)([?#]|$)/i.test(src)
        ? { kind: "style", src }
        : null;
    }
    if (a2f.grids.isGrid(element)) return { kind: "grid", src: "" };
    if (a2f.grids.isBlocks(element)) return { kind: "blocks", src: "" };
    if (box.width < SMALLEST_PX || box.height < SMALLEST_PX) return null;
    const [src] = box.width <= 2000 && box.height <= 2000 ? stylePictures(element) : [];
    return src ? { kind: "style", src } : null;
  }

  /** @param {Candidate} candidate @returns {Promise<import("../../../tests/js/types/capture").Drawn | null>} */
  async function drawn({ element, kind, src }) {
    const colour = a2f.where.behind(element);
    if (kind === "vector") return a2f.draw.vector(/** @type {SVGSVGElement} */ (element));
    if (kind === "grid") return a2f.grids.grid(element);
    if (kind === "blocks") return a2f.grids.blocks(element);
    if (kind === "canvas") {
      const canvas = /** @type {HTMLCanvasElement} */ (element);
      return canvas.width > 0 && canvas.height > 0 ? a2f.draw.picture(canvas, canvas, colour) : null;
    }
    // Nothing is asked of the server here: a second request may make a second secret.
    if (kind === "style" && !/^(data|blob):/.test(src)) return null;
    const image = kind === "image" ? /** @type {HTMLImageElement} */ (element) : await a2f.draw.loaded(src);
    if (!image.complete || image.naturalWidth === 0) return null;
    const vector = /^data:image\/svg|\.svgz?([?#]|$)/i.test(src.slice(0, 2000));
    const scale = vector ? 800 / Math.max(image.naturalWidth, image.naturalHeight) : 1;
    const size = { width: image.naturalWidth * scale, height: image.naturalHeight * scale };
    return a2f.draw.picture(image, size, colour);
  }

  /** @returns {Promise<FrameAnswer>} */
  async function collect() {
    const start = performance.now();
    const over = a2f.where.hovered();
    const wanted = a2f.pointedSrc ?? "";
    a2f.pointedSrc = "";
    /** @type {Candidate[]} */
    const candidates = [];
    /** @type {FrameAnswer["texts"]} */
    const texts = [];
    for (const element of a2f.where.elements()) {
      if (performance.now() - start > TIME_MS) break;
      const box = a2f.where.boxOf(element);
      const found = texts.length < MOST_TEXTS ? a2f.texts.textOf(element) : null;
      if (found && a2f.where.isShown(element) && !texts.some(({ text }) => text === found.text)) {
        texts.push({ ...found, box, pointed: a2f.where.isPointed(element, over) });
      }
      const kind = kindOf(element, box);
      // Cells may flow out of their table: its own box says nothing.
      const small = box.width < SMALLEST_PX || box.height < SMALLEST_PX;
      if (!kind || (small && kind.kind !== "grid") || !a2f.where.isShown(element)) continue;
      // The body of a table is the table.
      if (
        kind.kind === "grid" &&
        candidates.at(-1)?.kind === "grid" &&
        candidates.at(-1)?.element.contains(element)
      )
        continue;
      const pointed = (wanted !== "" && short(kind.src) === wanted) || a2f.where.isPointed(element, over);
      candidates.push({ ...kind, element, box, pointed, score: score(element, kind.src, box, pointed) });
    }
    candidates.sort((a, b) => b.score - a.score);
    const { pictures, urls } = await draw(candidates.slice(0, MOST_PICTURES + MOST_URLS), start);
    if (document.contentType === "application/pdf")
      urls.push({ url: location.href, box: null, colour: "#ffffff", pointed: true });
    const overBox = over && a2f.where.boxOf(over);
    return {
      view: {
        width: innerWidth,
        height: innerHeight,
        zoom: visualViewport?.scale ?? 1,
        x: visualViewport?.offsetLeft ?? 0,
        y: visualViewport?.offsetTop ?? 0,
      },
      offset: a2f.where.offset(),
      over: overBox,
      overFrame:
        over instanceof HTMLIFrameElement || over instanceof HTMLFrameElement
          ? a2f.where.innerBox(over)
          : null,
      pictures,
      urls,
      texts,
    };
  }

  /** @param {Candidate[]} candidates @param {number} start */
  async function draw(candidates, start) {
    /** @type {Picture[]} */
    const pictures = [];
    /** @type {FrameAnswer["urls"]} */
    const urls = [];
    let bytes = 0;
    for (const candidate of candidates) {
      if (performance.now() - start > 2 * TIME_MS) break;
      const { element, kind, src, box, pointed, score } = candidate;
      /** @type {import("../../../tests/js/types/capture").Drawn | null} */
      let made = null;
      try {
        if (pictures.length < MOST_PICTURES) made = await drawn(candidate);
      } catch {
        // Another site's picture, which the page may not read either, or a broken one: pixels are left.
      }
      if (made && bytes + made.data.length <= MOST_BYTES) {
        bytes += made.data.length;
        const placed = made.covers ?? (kind === "style" ? null : a2f.where.innerBox(element));
        pictures.push({ ...made, box, placed, pointed, score });
      } else if (/^(https?|file):/.test(src) && urls.length < MOST_URLS) {
        urls.push({ url: src, box, colour: a2f.where.behind(element), pointed });
      }
    }
    return { pictures, urls };
  }

  a2f.collect = collect;
})();
globalThis.auto2faCapture.collect();
