// Notices when the page changed in a way that matters, at a bounded cost: an observer that only takes notes, a
// cheap check of what changed, and a full look only when the check finds a reason. Checks and looks are paid
// from two accounts of time, so that a storm of insertions cannot delay the look at a prompt.
(() => {
  const a2f = (globalThis.auto2fa ??= /** @type {Auto2faContent} */ ({}));
  if (a2f.watch) return;

  /** What may be saved up, and one part in how many of the time that passes is saved. */
  const CHECKS = { mostMs: 3, share: 300, pauseMs: 400 };
  const LOOKS = { mostMs: 150, share: 15, pauseMs: 300 };
  // The clock runs on while other programs have the processor: no more is charged than the work can have cost.
  const CHECK_MS = 0.3;
  const ELEMENT_MS = 0.001;
  const LOOK_MS = 12;
  /** Most records at once and most added nodes until a check that are noted one by one, and most elements walked in them. */
  const MOST_RECORDS = 20;
  const MOST_ADDED = 100;
  const MOST_WALKED = 2_000;
  /** In a storm of insertions every input is looked through: at most this often, the first time at once. */
  const STORM_PAUSE_MS = 250;
  /** Elements walked at once when watching begins. */
  const WALK_FIRST = 250;
  const WALK_FIRST_OF_BIG = 20;
  const WALK_NEXT = 600;
  /** Plain elements with shadow roots are looked for among the first so many; custom elements everywhere. */
  const WALK_MOST = 1_500;
  const CUSTOM = "//*[contains(local-name(), '-')]";
  /** On a big document all but the first part waits until the page has long been loaded. */
  const BIG_PAUSE_MS = 3_000;
  const SEARCH_PAUSE_MS = 1_000;
  const HOST_AGAIN_MS = [60, 200, 600, 1_500, 4_000];
  const ATTRIBUTES = [
    "class",
    "style",
    "hidden",
    "open",
    "disabled",
    "readonly",
    "type",
    "aria-hidden",
    "inert",
  ];

  const FEW_HOSTS = 40;

  /** @typedef {{mostMs: number, share: number, pauseMs: number}} Terms `pauseMs`: the longest wait */

  /** Time that may be spent. @param {Terms} terms */
  function account({ mostMs, share, pauseMs }) {
    let saved = mostMs;
    let last = performance.now();
    return {
      /** Milliseconds until it is out of debt. */
      wait() {
        const now = performance.now();
        saved = Math.min(mostMs, saved + (now - last) / share);
        last = now;
        return saved > 0 ? 0 : Math.min(pauseMs, -saved * share);
      },
      /** @param {number} start when the work began @param {number} most milliseconds charged at most */
      spend(start, most) {
        saved = Math.max(-mostMs, saved - Math.min(most, performance.now() - start));
      },
    };
  }

  /**
   * @param {{check: (changed: boolean, inputs: HTMLInputElement[] | null) => boolean, look: () => void}} what
   *   `check` is cheap and says whether a full look is due; it is told whether anything but sizes changed, and
   *   the inputs that were added (null: any may be new); neither may throw
   */
  function make({ check, look }) {
    let running = false;
    /** @type {ReturnType<typeof setTimeout> | 0} */
    let scheduled = 0;
    const checks = account(CHECKS);
    const looks = account(LOOKS);
    let attributes = false;
    let changed = false;
    let warm = false;
    /** @type {Set<WeakRef<Element>>} custom elements without a shadow root, yet */
    const hosts = new Set();
    /** @type {Element[]} */
    let added = [];
    /** @type {HTMLInputElement[]} */
    let inputs = [];
    let overflow = false;
    let whole = false;
    let stormAt = -STORM_PAUSE_MS;
    /** @type {TreeWalker | null} */
    let walker = null;
    let walked = 0;
    /** @type {ReturnType<typeof setTimeout> | 0} */
    let search = 0;
    let searchCost = 0;
    /** @type {(Document | ShadowRoot)[]} */
    let observed = [];
    /** @type {HTMLInputElement[]} */
    let awaited = [];

    const observer = new MutationObserver((records) => {
      const start = performance.now();
      note(records);
      // In a storm nothing more is learnt until the next check, which looks at everything.
      if (overflow) observer.disconnect();
      checks.spend(start, CHECK_MS);
      schedule();
    });
    // A field that comes to show by a style of some ancestor changes its size from nothing to something.
    const sizes = new ResizeObserver(plan);

    /** @param {MutationRecord[]} records */
    function note(records) {
      if (records.length > MOST_RECORDS) {
        overflow = true;
        return;
      }
      for (const { addedNodes } of records) {
        for (let i = 0; i < addedNodes.length; i++) {
          const node = addedNodes[i];
          if (node?.nodeType === Node.ELEMENT_NODE) added.push(/** @type {Element} */ (node));
        }
        if (added.length > MOST_ADDED) {
          overflow = true;
          return;
        }
      }
    }

    /**
     * Walks what was added since the last check; too much of it is left to the search of the whole document.
     * @returns {number} how many elements that was
     */
    function takeAdded() {
      let left = overflow ? 0 : MOST_WALKED;
      for (const element of added) if (left > 0) left = consider(element, left);
      added = [];
      if (overflow) {
        stormAt = performance.now();
        observeAll();
      }
      overflow = false;
      if (left > 0) return MOST_WALKED - left;
      whole = true;
      searchSoon(Math.max(SEARCH_PAUSE_MS, searchCost * CHECKS.share));
      return MOST_WALKED;
    }

    /**
     * @param {Element} element @param {number} [most] elements to walk at most
     * @returns {number} how many may still be walked
     */
    function consider(element, most = MOST_WALKED) {
      take(element);
      let left = most - 1;
      for (let child = element.firstElementChild; child && left > 0; child = child.nextElementSibling) {
        left = consider(child, left);
      }
      return left;
    }

    /** @param {Element} element */
    function take(element) {
      if (element.localName === "input") {
        inputs.push(/** @type {HTMLInputElement} */ (element));
        return;
      }
      const shadow = a2f.dom.shadowOf(element);
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
      // To ask for closed ones costs more than a look at a property.
      const few = hosts.size <= FEW_HOSTS;
      for (const reference of hosts) {
        const element = reference.deref();
        if (!element) hosts.delete(reference);
        else if (few ? a2f.dom.shadowOf(element) : element.shadowRoot) {
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
      const big = a2f.dom.hasMore("*", WALK_MOST);
      walkSlice(big ? WALK_FIRST_OF_BIG : WALK_FIRST);
      if (!walker) return;
      setTimeout(walkWhenIdle, big ? BIG_PAUSE_MS : 0);
    }

    function walkWhenIdle() {
      requestIdleCallback(() => walkSlice(WALK_NEXT), { timeout: 2_000 });
    }

    /** @param {number} most elements in this slice; after the last one comes the browser's own search */
    function walkSlice(most) {
      const before = observed.length;
      for (let left = most; walker && running && left > 0; left--) {
        const node = walker.nextNode();
        if (!node || ++walked > WALK_MOST) {
          walker = null;
          if (node) searchSoon(SEARCH_PAUSE_MS);
          break;
        }
        take(/** @type {Element} */ (node));
      }
      if (observed.length > before) schedule();
      if (walker && most === WALK_NEXT) walkWhenIdle();
    }

    /** @param {number} delay */
    function searchSoon(delay) {
      search ||= setTimeout(() => requestIdleCallback(takeCustom, { timeout: 2_000 }), delay);
    }

    /** All custom elements: the browser's own search is several times quicker than a walk. */
    function takeCustom() {
      search = 0;
      if (!running) return;
      const start = performance.now();
      const before = observed.length;
      const found = document.evaluate(CUSTOM, document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
      for (let i = 0; i < found.snapshotLength; i++) take(/** @type {Element} */ (found.snapshotItem(i)));
      searchCost = performance.now() - start;
      if (observed.length > before) schedule();
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
      observeAll();
    }

    function observeAll() {
      const roots = observed;
      observed = [];
      for (const root of roots) observe(root);
    }

    /** @param {HTMLInputElement[]} inputs hidden ones that may come to show */
    function waitFor(inputs) {
      if (inputs.length === awaited.length && inputs.every((input, i) => input === awaited[i])) return;
      awaited = inputs;
      sizes.disconnect();
      for (const input of inputs) sizes.observe(input);
    }

    function schedule() {
      changed = true;
      plan();
    }

    function plan() {
      if (!running || scheduled) return;
      const calm = overflow ? stormAt + STORM_PAUSE_MS - performance.now() : 0;
      scheduled = setTimeout(run, Math.max(checks.wait(), calm));
    }

    function run() {
      scheduled = 0;
      if (!running) return;
      const start = performance.now();
      recheckHosts();
      const size = takeAdded();
      const due = check(changed, whole ? null : inputs);
      inputs = [];
      whole = false;
      changed = false;
      // The first one, all cold, comes but once.
      if (warm) checks.spend(start, CHECK_MS + size * ELEMENT_MS);
      warm = true;
      if (!due || !running) return;
      const wait = looks.wait();
      if (wait > 0) {
        scheduled = setTimeout(run, wait);
        return;
      }
      const begun = performance.now();
      look();
      looks.spend(begun, LOOK_MS);
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
      changed = true;
      whole = true;
      clearTimeout(scheduled);
      run();
    }

    function stop() {
      running = false;
      clearTimeout(scheduled);
      clearTimeout(search);
      scheduled = 0;
      search = 0;
      walker = null;
      added = [];
      inputs = [];
      awaited = [];
      overflow = false;
      observer.disconnect();
      sizes.disconnect();
    }

    return { start, stop, schedule, plan, watchAttributes, waitFor, consider };
  }

  a2f.watch = Object.freeze({ make });
})();
