// Notices when the page changed in a way that matters, at a bounded cost: one observer that only raises a flag,
// one look at a time, and the longer a look takes the rarer it comes.
(() => {
  const a2f = (globalThis.auto2fa ??= /** @type {Auto2faContent} */ ({}));
  if (a2f.watch) return;

  /** Of the time, one part in this many may go into looks; what is not used is saved up, to a limit. */
  const SHARE = 60;
  const MOST_SAVED_MS = 12;
  const MOST_PAUSE_MS = 1_000;
  /** Above this many records at once, added nodes are not walked; the idle search for shadow roots finds them. */
  const STORM = 200;
  const WALK_SLICE_MS = 1;
  const WALK_FIRST = 600;
  /** Plain elements with shadow roots are looked for among the first so many; custom elements everywhere. */
  const WALK_MOST = 1_500;
  const CUSTOM = "//*[contains(local-name(), '-')]";
  const HOST_AGAIN_MS = [60, 200, 600, 1_500, 4_000];
  const ATTRIBUTES = ["class", "style", "hidden", "open", "disabled", "readonly", "type", "aria-hidden"];

  /**
   * @param {() => void} look called when something may have changed; must not throw
   */
  function make(look) {
    let running = false;
    let scheduled = 0;
    let lastEnd = 0;
    let saved = MOST_SAVED_MS;
    let attributes = false;
    /** @type {Set<WeakRef<Element>>} custom elements without a shadow root, yet */
    const hosts = new Set();
    /** @type {TreeWalker | null} */
    let walker = null;
    let walked = 0;
    /** @type {(Document | ShadowRoot)[]} */
    let observed = [];
    const observer = new MutationObserver((records) => {
      if (records.length <= STORM)
        for (const record of records) for (const node of record.addedNodes) consider(node);
      else if (!walker) startWalk();
      schedule();
    });
    // A field that comes to show by a style of some ancestor changes its size from nothing to something.
    const sizes = new ResizeObserver(() => schedule());

    /** @param {Node} node */
    function consider(node) {
      if (!(node instanceof Element)) return;
      take(node);
      if (!node.firstElementChild) return;
      const inside = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT);
      for (let i = 0; i < WALK_FIRST && inside.nextNode(); i++)
        take(/** @type {Element} */ (inside.currentNode));
    }

    /** @param {Element} element */
    function take(element) {
      const shadow = element.shadowRoot;
      if (shadow) {
        if (a2f.dom.addShadowRoot(shadow)) {
          observe(shadow);
          for (const child of shadow.children) consider(child);
        }
      } else if (element.localName.includes("-")) {
        hosts.add(new WeakRef(element));
      }
    }

    /** Custom elements get their shadow root when their script arrives; nothing tells us. */
    function recheckHosts() {
      let found = false;
      for (const reference of hosts) {
        const element = reference.deref();
        if (!element) hosts.delete(reference);
        else if (element.shadowRoot) {
          hosts.delete(reference);
          take(element);
          found = true;
        }
      }
      return found;
    }

    function startWalk() {
      walker = document.createTreeWalker(document, NodeFilter.SHOW_ELEMENT);
      walked = 0;
      walkSlice(WALK_FIRST);
    }

    /** @param {number} [most] elements in this slice */
    function walkSlice(most) {
      const start = performance.now();
      const before = observed.length;
      while (walker && running) {
        const node = walker.nextNode();
        if (!node || ++walked > WALK_MOST) {
          walker = null;
          takeCustom();
          break;
        }
        take(/** @type {Element} */ (node));
        if (most !== undefined ? --most <= 0 : walked % 64 === 0 && performance.now() - start > WALK_SLICE_MS)
          break;
      }
      if (observed.length > before) schedule();
      if (walker) requestIdleCallback(() => walkSlice(), { timeout: 2_000 });
    }

    /** The browser's own search is several times quicker than a walk. */
    function takeCustom() {
      const found = document.evaluate(CUSTOM, document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
      for (let i = 0; i < found.snapshotLength; i++) take(/** @type {Element} */ (found.snapshotItem(i)));
    }

    /** @param {Document | ShadowRoot} root */
    function observe(root) {
      if (!running) return;
      observed.push(root);
      /** @type {MutationObserverInit} */
      const what = { childList: true, subtree: true };
      if (attributes) what.attributeFilter = ATTRIBUTES;
      observer.observe(root, what);
    }

    /** Attributes are watched only while a field is there that they could bring to show or take away. @param {boolean} wanted */
    function watchAttributes(wanted) {
      if (wanted === attributes) return;
      attributes = wanted;
      observer.disconnect();
      const roots = observed;
      observed = [];
      for (const root of roots) observe(root);
    }

    /** @param {HTMLInputElement[]} inputs hidden ones that may come to show */
    function waitFor(inputs) {
      sizes.disconnect();
      for (const input of inputs.slice(0, 30)) sizes.observe(input);
    }

    function schedule() {
      if (!running || scheduled) return;
      saved = Math.min(MOST_SAVED_MS, saved + (performance.now() - lastEnd) / SHARE);
      lastEnd = performance.now();
      scheduled = setTimeout(run, saved > 0 ? 0 : Math.min(MOST_PAUSE_MS, -saved * SHARE));
    }

    function run() {
      scheduled = 0;
      if (!running) return;
      const start = performance.now();
      recheckHosts();
      look();
      saved -= performance.now() - start;
    }

    function start() {
      if (running) return;
      running = true;
      observed = [];
      for (const root of a2f.dom.roots()) observe(root);
      startWalk();
      for (const delay of HOST_AGAIN_MS) {
        setTimeout(() => {
          if (running && hosts.size && recheckHosts()) schedule();
        }, delay);
      }
      run();
    }

    function stop() {
      running = false;
      clearTimeout(scheduled);
      scheduled = 0;
      walker = null;
      observer.disconnect();
      sizes.disconnect();
    }

    return { start, stop, schedule, watchAttributes, waitFor, consider };
  }

  a2f.watch = Object.freeze({ make });
})();
