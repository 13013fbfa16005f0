// Notices that a page hands out a second factor where no field of this frame says so: the code in a frame or a table
// of its own, the field on the next page. Looks after a page has loaded and after a person has done something, a few
// times each; between them it costs nothing.
(() => {
  const a2f = globalThis.auto2fa;
  // Registered scripts and those run in open tabs may meet in one document: the first that still lives stays.
  if (a2f.setup?.alive()) return;
  a2f.setup?.stop();
  const browser = /** @type {typeof chrome} */ (/** @type {any} */ (globalThis).browser ?? globalThis.chrome);

  /** When to look, in milliseconds after the page has loaded, or after a click, a key or a change of address. */
  const AFTER_MS = [300, 1_200, 4_000];
  /** Time spent on looking is earned first: one part in so many of the time that passes. */
  const SHARE = 100;
  /** Nobody sets up a second factor on a larger page; there only plain pictures are looked at, and not while it loads. */
  const MOST_ELEMENTS = 12_000;
  const BIG_AFTER_MS = 3_000;
  /** Up to so many elements a page is read without any picture on it: it may hand out a key alone. */
  const MOST_READ = 3_000;
  /** How long a page that is busy may put a look off, in milliseconds. */
  const BUSY_MS = 3_000;
  /** A page with less time to spare than this is busy: one that rests has 50 ms. */
  const CALM_MS = 20;
  const BUSY_AGAIN_MS = 400;
  const MOST_DRAWN = 300;
  const MOST_BOXES = 4_000;
  const MOST_HOSTS = 200;
  const MOST_MODULES = 40_000;
  /** Elements of which the smallest code (21 × 21 modules) can be made: a box for each dark one at least. */
  const FEWEST = 140;
  const FEWEST_ROWS = 21;
  const SMALLEST_PX = 72;
  const LARGEST_PX = 800;
  const PLAIN = ["img", "canvas", "svg"];
  const DRAWN = "img,canvas,svg,table,iframe,object,embed,video,input[type=image],[class*=qr i],[id*=qr i]";
  const HELD_ELSEWHERE = new Set(["IFRAME", "OBJECT", "EMBED", "VIDEO", "INPUT"]);
  const CUSTOM = "//*[contains(local-name(), '-')]";
  const TEXT = { chars: 6_000, nodes: 1_500 };

  const loadedAt = performance.now();
  let earnedAt = 0;
  let told = "";
  let started = false;
  /** @type {Set<ReturnType<typeof setTimeout>>} */
  const timers = new Set();
  const listeners = new AbortController();

  /** Custom elements' shadows, which a page's own script may have closed. @returns {(Document | ShadowRoot)[]} */
  function roots() {
    const found = new Set(a2f.dom.roots());
    const open = /** @type {any} */ (browser).dom?.openOrClosedShadowRoot;
    const hosts = document.evaluate(CUSTOM, document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
    for (let i = 0; i < Math.min(MOST_HOSTS, hosts.snapshotLength); i++) {
      const host = hosts.snapshotItem(i);
      if (!(host instanceof HTMLElement)) continue;
      const shadow = host.shadowRoot ?? open?.(host) ?? /** @type {any} */ (host).openOrClosedShadowRoot;
      if (shadow) found.add(shadow);
    }
    return [...found];
  }

  function isBig() {
    return a2f.dom.hasMore("*", MOST_ELEMENTS);
  }

  /** @param {{width: number, height: number}} box */
  function isSquare({ width, height }) {
    const [less, more] = [Math.min(width, height), Math.max(width, height)];
    return less >= SMALLEST_PX && more <= LARGEST_PX && less >= more * 0.8;
  }

  /** How surely the page shows a QR code: 2 it is one, 1 something of its shape, 0 nothing. @param {boolean} big @returns {0 | 1 | 2} */
  function picture(big) {
    /** @type {0 | 1 | 2} */
    let best = 0;
    // Names alone are counted by the browser several times quicker than a query is answered.
    const lists = big
      ? PLAIN.map((tag) => document.getElementsByTagName(tag))
      : roots().map((root) => root.querySelectorAll(DRAWN));
    for (const list of lists) {
      let count = 0;
      for (const element of list) {
        if (++count > MOST_DRAWN) break;
        if (!isSquare(element.getBoundingClientRect()) || !a2f.dom.isRendered(element)) continue;
        const sure = HELD_ELSEWHERE.has(element.tagName) ? 1 : a2f.kinds.isQr(element);
        if (sure === 2) return 2;
        if (sure > best) best = sure;
      }
    }
    return best;
  }

  /** What boxes cover, from the first to the last: what holds them may be as wide as the page. @param {HTMLCollectionOf<Element>} parts */
  function between(parts) {
    const [first, last] = [leaf(parts[0]), leaf(parts[parts.length - 1])];
    if (!first || !last) return { width: 0, height: 0 };
    const [from, to] = [first.getBoundingClientRect(), last.getBoundingClientRect()];
    return { width: to.right - from.left, height: to.bottom - from.top };
  }

  /** @param {Element | undefined} element */
  function leaf(element) {
    let at = element;
    while (at?.firstElementChild) at = at.firstElementChild;
    return at;
  }

  /** Whether the page shows a code made of boxes. */
  function isBuilt() {
    let count = 0;
    for (const element of document.querySelectorAll("div,section,figure,tbody,table,span,p")) {
      if (++count > MOST_BOXES) return false;
      if (element.childElementCount < FEWEST_ROWS) continue;
      const parts = element.getElementsByTagName("*");
      if (parts.length < FEWEST || parts.length > MOST_MODULES || !isSquare(between(parts))) continue;
      if ((element.textContent ?? "").trim().length < 10 && a2f.dom.isRendered(element)) return true;
    }
    return false;
  }

  /**
   * What the page says: that an authenticator is set up here ("sets"), and that something is to be scanned.
   * @returns {{sets: boolean, scan: boolean}}
   */
  function words() {
    const { text, links } = a2f.dom.surroundings(document.body, new Set(), TEXT);
    const said = a2f.meaning.read(`${document.title} . ${text}`);
    const factor = said.has("app") || said.has("twoFactor") || said.has("otp");
    const scan = said.has("scan");
    const enrols =
      said.near("enrol", "twoFactor", 6) || said.near("enrol", "app", 6) || said.near("enrol", "otp", 5);
    return { sets: links.length > 0 || Boolean(enrols) || (factor && (scan || said.has("secret"))), scan };
  }

  function look() {
    const start = performance.now();
    if (!alive()) {
      stop();
      return;
    }
    if (document.hidden || !document.body) return;
    if (start < earnedAt) {
      lookAfter(earnedAt - start);
      return;
    }
    let qr = picture(isBig());
    // A frame may hold the code alone; what it is for is said around it.
    const said =
      qr > 0 || (window === window.top && !a2f.dom.hasMore("*", MOST_READ))
        ? words()
        : { sets: false, scan: false };
    if (qr < 2 && (said.sets || window !== window.top) && isBuilt()) qr = 2;
    earnedAt = performance.now() + (performance.now() - start) * SHARE;
    const now = JSON.stringify([qr, said.sets, said.scan, location.href]);
    if (now === told) return;
    if (told === "" && qr === 0 && !said.sets) return;
    told = now;
    void browser.runtime.sendMessage({ type: "setup.seen", qr, ...said }).catch(() => {});
  }

  function lookSoon() {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    for (const delay of AFTER_MS) lookAfter(delay);
  }

  /** @param {number} delay @param {number} [latest] when a page that is busy has put it off for long enough */
  function lookAfter(delay, latest = 0) {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!latest && performance.now() < loadedAt + BIG_AFTER_MS && isBig()) return;
      latest ||= performance.now() + BUSY_MS;
      requestIdleCallback(
        (idle) => {
          const busy = !idle.didTimeout && idle.timeRemaining() < CALM_MS;
          if (busy && performance.now() < latest) lookAfter(BUSY_AGAIN_MS, latest);
          else look();
        },
        { timeout: BUSY_MS },
      );
    }, delay);
    timers.add(timer);
  }

  function alive() {
    return Boolean(browser.runtime?.id) && !listeners.signal.aborted;
  }

  function stop() {
    for (const timer of timers) clearTimeout(timer);
    listeners.abort();
  }

  function start() {
    if (started) return;
    started = true;
    const options = { capture: true, passive: true, signal: listeners.signal };
    document.addEventListener("click", ({ isTrusted }) => isTrusted && lookSoon(), options);
    document.addEventListener(
      "keydown",
      ({ isTrusted, key }) => isTrusted && key === "Enter" && lookSoon(),
      options,
    );
    for (const type of ["load", "pageshow", "popstate", "hashchange"])
      window.addEventListener(type, lookSoon, { signal: listeners.signal });
    document.addEventListener("visibilitychange", () => !document.hidden && lookSoon(), options);
    lookSoon();
  }

  browser.runtime.onMessage.addListener((message) => {
    if (message?.type === "stop") stop();
  });
  a2f.setup = Object.freeze({ alive, start, stop });
  // On linked portals the other scripts hear first whether they are welcome.
  if (!a2f.main) start();
})();
