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
  const POINTED = 100;
  /** Score of what has a code's shape and size. */
  const LIKELY = 6;
  const NAMED = /qr|otp|2fa|mfa|totp|barcode|authenticat|secret|two.?factor/i;
  /** Style properties in which a picture may hide. */
  const IMAGES = ["background-image", "content", "mask-image", "border-image-source"];
  const URLS = /url\("((?:[^"\\]|\\.)*)"\)/g;
  /** Of the pictures that one element's style shows. */
  const MOST_STYLED = 4;
  /** Larger elements show decoration. */
  const MOST_STYLED_PX = 4000;
  const PICTURE_FILE = /\.(svg|png|gif|jpe?g|webp|avif|bmp|pdf)([?#]|$)/i;

  /** @typedef {import("../../../tests/js/types/capture").Candidate} Candidate */
  /** @typedef {import("../../../tests/js/types/capture").Picture} Picture */
  /** @typedef {import("../../../tests/js/types/capture").FrameAnswer} FrameAnswer */
  /** @typedef {import("../../../tests/js/types/capture").Box} Box */
  /** @typedef {{kind: Candidate["kind"], src: string}} What */

  /** @param {Element} element @param {string} src @param {Box} box @param {boolean} pointed */
  function score(element, src, box, pointed) {
    const ratio = Math.min(box.width, box.height) / Math.max(box.width, box.height);
    const longer = Math.max(box.width, box.height);
    const names = `${element.id} ${element.getAttribute("class") ?? ""} ${element.getAttribute("alt") ?? ""} ${src.slice(0, 200)}`;
    const inView =
      box.x < innerWidth && box.y < innerHeight && box.x + box.width > 0 && box.y + box.height > 0;
    return (
      (pointed ? POINTED : 0) +
      (ratio > 0.75 ? 4 : ratio < 0.4 ? -2 : 0) +
      (longer >= 80 ? 2 : 0) +
      (NAMED.test(names) ? 3 : 0) +
      (inView ? 1 : 0)
    );
  }

  /** @param {Element} element @returns {What[]} pictures that its style shows */
  function stylePictures(element) {
    /** @type {What[]} */
    const found = [];
    for (const pseudo of [null, "::before", "::after"]) {
      const style = getComputedStyle(element, pseudo);
      for (const name of IMAGES) {
        const value = style.getPropertyValue(name);
        if (!value.includes("url(")) continue;
        for (const [, url = ""] of value.matchAll(URLS)) {
          const src = url.replace(/\\(.)/g, "$1");
          if (found.length < MOST_STYLED && !src.startsWith("#"))
            found.push({ kind: name === "mask-image" ? "mask" : "style", src });
        }
      }
    }
    return found;
  }

  /** Long addresses are compared by their ends. @param {string} src */
  function short(src) {
    return src.length > 600 ? src.slice(0, 300) + src.slice(-300) : src;
  }

  /** @param {Element} element @param {Box} box @returns {What[]} */
  function kindsOf(element, box) {
    if (element instanceof HTMLImageElement)
      return [{ kind: "image", src: element.currentSrc || element.src }];
    if (element instanceof HTMLInputElement)
      return element.type === "image" ? [{ kind: "style", src: element.src }] : [];
    if (element instanceof HTMLCanvasElement) return [{ kind: "canvas", src: "" }];
    if (element instanceof HTMLVideoElement) return [{ kind: "video", src: "" }];
    if (element instanceof SVGSVGElement) return element.ownerSVGElement ? [] : [{ kind: "vector", src: "" }];
    // What a drawing takes from elsewhere is not in the copy of it.
    if (element instanceof SVGImageElement) {
      const src = element.href.baseVal;
      return src.startsWith("data:") ? [] : [{ kind: "style", src: new URL(src, document.baseURI).href }];
    }
    if (!(element instanceof HTMLElement)) return [];
    if (element instanceof HTMLObjectElement || element instanceof HTMLEmbedElement) {
      const src = element instanceof HTMLObjectElement ? element.data : element.src;
      const isPicture = /^image\/|^application\/pdf$/.test(element.type) || PICTURE_FILE.test(src);
      return isPicture ? [{ kind: "style", src }] : [];
    }
    if (a2f.grids.isGrid(element)) return [{ kind: "grid", src: "" }];
    if (a2f.grids.isBlocks(element)) return [{ kind: "blocks", src: "" }];
    if (box.width < SMALLEST_PX || box.height < SMALLEST_PX) return [];
    return box.width <= MOST_STYLED_PX && box.height <= MOST_STYLED_PX ? stylePictures(element) : [];
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
    if (kind === "video") {
      const video = /** @type {HTMLVideoElement} */ (element);
      const size = { width: video.videoWidth, height: video.videoHeight };
      return size.width > 0 && size.height > 0 ? a2f.draw.picture(video, size, colour) : null;
    }
    // Nothing is asked of the server here: a second request may make a second secret.
    if ((kind === "style" || kind === "mask") && !/^(data|blob):/.test(src)) return null;
    const image = kind === "image" ? /** @type {HTMLImageElement} */ (element) : await a2f.draw.loaded(src);
    if (!image.complete || image.naturalWidth === 0) return null;
    const vector = /^data:image\/svg|\.svgz?([?#]|$)/i.test(src.slice(0, 2000));
    const scale = vector ? 800 / Math.max(image.naturalWidth, image.naturalHeight) : 1;
    const size = { width: image.naturalWidth * scale, height: image.naturalHeight * scale };
    if (kind === "mask") return a2f.draw.mask(image, size, element);
    return a2f.draw.picture(image, size, colour);
  }

  /**
   * The pointer may have gone on to another picture; the caret tells which one was clicked.
   * @param {Candidate[]} candidates
   * @returns {Box | null} of the one that was clicked instead
   */
  function follow(candidates) {
    const pointed = candidates.filter((one) => one.pointed);
    if (pointed.length === 0 || pointed.some(({ box }) => a2f.where.hasCaret(box) !== false)) return null;
    const others = candidates.filter(({ box, score }) => score >= LIKELY && a2f.where.hasCaret(box) === true);
    const [only, ...more] = others;
    if (!only || more.length > 0) return null;
    for (const one of pointed) Object.assign(one, { pointed: false, score: one.score - POINTED });
    Object.assign(only, { pointed: true, score: only.score + POINTED });
    return only.box;
  }

  /** @returns {Promise<FrameAnswer>} */
  async function collect() {
    const start = performance.now();
    const over = await a2f.where.pointedAt();
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
      // The elements inside one that was read hold parts of it.
      const bare = found?.text.replace(/[\s-]/g, "") ?? "";
      if (found && !texts.some(({ text }) => text.replace(/[\s-]/g, "").includes(bare))) {
        const hidden = !a2f.where.isShown(element);
        if (!hidden || a2f.texts.isBehind(element))
          texts.push({
            ...found,
            hidden,
            box: a2f.where.textBox(element),
            pointed: a2f.where.isPointed(element, over),
          });
      }
      for (const what of kindsOf(element, box)) {
        // Cells may flow out of their table: its own box says nothing.
        const small = box.width < SMALLEST_PX || box.height < SMALLEST_PX;
        if ((small && what.kind !== "grid") || !a2f.where.isShown(element)) continue;
        // The body of a table is the table.
        const last = candidates.at(-1);
        if (what.kind === "grid" && last?.kind === "grid" && last.element.contains(element)) continue;
        const pointed = (wanted !== "" && short(what.src) === wanted) || a2f.where.isPointed(element, over);
        candidates.push({ ...what, element, box, pointed, score: score(element, what.src, box, pointed) });
      }
    }
    const followed = wanted === "" ? follow(candidates) : null;
    candidates.sort((a, b) => b.score - a.score);
    const { pictures, urls } = await draw(candidates.slice(0, MOST_PICTURES + MOST_URLS), start);
    if (document.contentType === "application/pdf")
      urls.push({ url: location.href, box: null, colour: "#ffffff", pointed: true });
    const overBox = followed ?? (over && a2f.where.boxOf(over));
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
        const placed =
          made.covers ?? (kind === "style" || kind === "mask" ? null : a2f.where.innerBox(element));
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
