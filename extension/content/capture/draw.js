// Draws what holds a code onto a canvas of our own, which is never put into the page: enlarged where a module is
// a pixel, with a margin where the code has no quiet zone, on the colour that is behind it in the page.
(() => {
  const a2f = (globalThis.auto2faCapture ??= /** @type {Auto2faCapture} */ ({}));
  if (a2f.draw) return;

  /** Sides below this are enlarged by a whole number, so that every module has some pixels. */
  const SMALL = 320;
  /** Longest side of what may be one code, in pixels. */
  const LONGEST = 1000;
  /** Of other pictures, in which a code may be small. */
  const LONGEST_OTHER = 1900;
  const SQUARE = 0.75;
  const MARGIN = 0.1;
  /** Share of a side that is inside the first module of every code that a page may show. */
  const CORNER = 0.01;
  const VECTOR = 800;
  /** Pixels of an edge that may differ on a picture with a quiet zone: the scaling's rounding, dust. */
  const UNEVEN = 0.03;
  /** Difference of two colours, all three channels together, from which they are two colours. */
  const UNLIKE = 90;
  const XHTML = "http://www.w3.org/1999/xhtml";
  const MOST_SVG_NODES = 20_000;
  const MOST_BROUGHT = 50;
  /** A reference inside the page: `href="#id"`, or `url(#id)` with quotes as a serialized style has them. */
  const USED = /href="#([^"]+)"|url\((?:&quot;|["'])?#([^"')&]+)/g;
  const STYLES = [
    "fill",
    "fill-opacity",
    "fill-rule",
    "stroke",
    "stroke-width",
    "opacity",
    "display",
    "visibility",
  ];
  /** Attributes that a look comes from, with those that selectors go by. */
  const LOOKS_FROM = [
    "id",
    "class",
    "style",
    "fill",
    "stroke",
    "opacity",
    "fill-opacity",
    "visibility",
    "display",
  ];

  /** @typedef {import("../../../tests/js/types/capture").Drawn} Drawn */

  /**
   * @param {number} width
   * @param {number} height
   * @param {string} colour
   */
  function canvasOf(width, height, colour) {
    // By its name space: the document may be a drawing itself.
    const canvas = /** @type {HTMLCanvasElement} */ (document.createElementNS(XHTML, "canvas"));
    canvas.width = width;
    canvas.height = height;
    const context = /** @type {CanvasRenderingContext2D} */ (
      canvas.getContext("2d", { willReadFrequently: true })
    );
    context.fillStyle = colour;
    context.fillRect(0, 0, width, height);
    return { canvas, context };
  }

  /**
   * The colour for the margin: where the edge is even, it is a quiet zone and goes on; else the code begins at the
   * edge, with a dark corner of its own, and needs the opposite.
   * @param {CanvasRenderingContext2D} context
   * @param {number} at left and top of the drawing
   * @param {number} width
   * @param {number} height
   */
  function marginColour(context, at, width, height) {
    const edges = /** @type {const} */ ([
      [at, at, width, 1],
      [at, at + height - 1, width, 1],
      [at, at, 1, height],
      [at + width - 1, at, 1, height],
    ]);
    // Not the very corner: where modules are round, paper shows there.
    const inset = at + Math.floor(Math.min(width, height) * CORNER);
    const [red = 0, green = 0, blue = 0] = context.getImageData(inset, inset, 1, 1).data;
    let [all, other] = [0, 0];
    for (const [x, y, across, down] of edges) {
      const { data } = context.getImageData(x, y, across, down);
      for (let i = 0; i + 2 < data.length; i += 4) {
        const [r = 0, g = 0, b = 0] = data.subarray(i, i + 3);
        all++;
        if (Math.abs(r - red) + Math.abs(g - green) + Math.abs(b - blue) > UNLIKE) other++;
      }
    }
    if (other <= UNEVEN * all) return `rgb(${red} ${green} ${blue})`;
    return red * 0.3 + green * 0.59 + blue * 0.11 > 127 ? "#000000" : "#ffffff";
  }

  /**
   * @param {CanvasImageSource} source
   * @param {{width: number, height: number}} size its own pixels
   * @param {string} colour behind it
   * @returns {Drawn} throws a SecurityError when the page itself may not read the picture
   */
  function picture(source, size, colour) {
    const longer = Math.max(size.width, size.height);
    const shorter = Math.min(size.width, size.height);
    const most = shorter / longer >= SQUARE ? LONGEST : LONGEST_OTHER;
    const scale = longer < SMALL ? Math.ceil(SMALL / longer) : Math.min(1, most / longer);
    const width = Math.max(1, Math.round(size.width * scale));
    const height = Math.max(1, Math.round(size.height * scale));
    const margin = Math.round(Math.max(width, height) * MARGIN);
    const { canvas, context } = canvasOf(width + 2 * margin, height + 2 * margin, colour);
    context.imageSmoothingEnabled = scale < 1;
    context.imageSmoothingQuality = "high";
    context.drawImage(source, margin, margin, width, height);
    context.fillStyle = marginColour(context, margin, width, height);
    context.fillRect(0, 0, canvas.width, margin);
    context.fillRect(0, margin + height, canvas.width, margin);
    context.fillRect(0, margin, margin, height);
    context.fillRect(margin + width, margin, margin, height);
    return { data: encoded(canvas), inner: { x: margin, y: margin, width, height } };
  }

  /**
   * What a mask leaves of an element: its own colour where the mask is opaque, what is behind it elsewhere.
   * @param {CanvasImageSource} source
   * @param {{width: number, height: number}} size
   * @param {Element} element
   * @returns {Drawn}
   */
  function mask(source, size, element) {
    const { canvas, context } = canvasOf(size.width, size.height, "#000000");
    const colour = getComputedStyle(element).backgroundColor;
    const above = a2f.where.above(element);
    const paper = above ? a2f.where.behind(above) : "#ffffff";
    context.fillStyle = a2f.where.isClear(colour) ? "#000000" : colour;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.globalCompositeOperation = "destination-in";
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    return picture(canvas, canvas, paper);
  }

  /** @param {HTMLCanvasElement} canvas */
  function encoded(canvas) {
    return canvas.width * canvas.height > 2_000_000
      ? canvas.toDataURL("image/jpeg", 0.92)
      : canvas.toDataURL("image/png");
  }

  /** @param {string} src @returns {Promise<HTMLImageElement>} */
  async function loaded(src) {
    const image = new Image();
    // Not `decode()`: that waits for the next frame, and in a tab behind another there is none.
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = () => reject(new Error("not a picture"));
      image.src = src;
    });
    return image;
  }

  /**
   * A drawing that stands in the page itself, with the colours that style sheets give it.
   * @param {SVGSVGElement} svg
   * @returns {Promise<Drawn | null>}
   */
  async function vector(svg) {
    const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
    const originals = [svg, ...svg.querySelectorAll("*")];
    const copies = [copy, ...copy.querySelectorAll("*")];
    if (originals.length > MOST_SVG_NODES) return null;
    // Siblings that are alike look alike: a code has a thousand of them.
    /** @type {Map<string, string>} */
    const looks = new Map();
    originals.forEach((original, index) => {
      if (index === 0 || original.closest("defs, metadata, title, desc")) return;
      const kin = originals.indexOf(/** @type {Element} */ (original.parentNode), Math.max(0, index - 2000));
      const key = [
        kin,
        original.tagName,
        ...LOOKS_FROM.map((name) => original.getAttribute(name) ?? ""),
      ].join("|");
      let look = looks.get(key);
      if (look === undefined) {
        const style = getComputedStyle(original);
        look = STYLES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";");
        looks.set(key, look);
      }
      copies[index]?.setAttribute("style", look);
    });
    const style = getComputedStyle(svg);
    copy.setAttribute("style", STYLES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";"));
    bringUsed(svg, copy);
    const { width, height } = svg.getBoundingClientRect();
    const scale = VECTOR / Math.max(width, height);
    if (!copy.hasAttribute("viewBox")) {
      copy.setAttribute(
        "viewBox",
        `0 0 ${svg.width.baseVal.value || width} ${svg.height.baseVal.value || height}`,
      );
    }
    const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
    copy.setAttribute("width", String(size.width));
    copy.setAttribute("height", String(size.height));
    copy.removeAttribute("class");
    const text = new XMLSerializer().serializeToString(copy);
    const image = await loaded(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`);
    return picture(image, size, a2f.where.behind(svg));
  }

  /**
   * What a drawing uses of other drawings in the page (symbols, patterns, gradients, clips) comes along, and what
   * those use in their turn.
   * @param {SVGSVGElement} svg @param {SVGSVGElement} copy
   */
  function bringUsed(svg, copy) {
    const root = /** @type {Document | ShadowRoot} */ (svg.getRootNode());
    const brought = new Set();
    /** @type {Element[]} */
    const open = [svg];
    for (let from = open.pop(); from && brought.size < MOST_BROUGHT; from = open.pop()) {
      const markup = from === svg ? copy.outerHTML : from.outerHTML;
      for (const [, a, b] of markup.matchAll(USED)) {
        const id = a ?? b ?? "";
        const target = root.getElementById?.(id);
        if (!target || brought.has(id) || svg.contains(target)) continue;
        brought.add(id);
        copy.prepend(target.cloneNode(true));
        open.push(target);
      }
    }
  }

  a2f.draw = Object.freeze({ canvasOf, picture, mask, vector, loaded });
})();
