// Ties the parts together in one frame: looks, tells the background what is there, and does what it says.
(() => {
  const a2f = globalThis.auto2fa;
  const browser = /** @type {typeof chrome} */ (/** @type {any} */ (globalThis).browser ?? globalThis.chrome);
  // Registered scripts and those run in open tabs may meet in one document: the first that still lives stays.
  if (a2f.main?.alive()) return;
  a2f.main?.stop();

  /** @typedef {import("../../tests/js/types/content").Verdict} Verdict */
  /** @typedef {import("../../tests/js/types/content").PageState} PageState */
  /** @typedef {import("../../tests/js/types/content").Field} Field */

  /** How long after a fill the page is watched for its reaction, in milliseconds. */
  const AFTERMATH_MS = 60_000;
  const MOST_INPUTS = 60;
  /** The least time between two looks at a page whose fields did not change. */
  const REREAD_MS = 150;

  let active = true;
  /** @type {{autoSubmit?: boolean, chooseMethod?: boolean}} */
  let settings = {};
  /** @type {Record<string, unknown>} */
  let taught = {};
  let setupPending = false;
  /** @type {Verdict[]} */
  let verdicts = [];
  /** @type {Verdict | null} */
  let best = null;
  let toldPrompt = "";
  let toldState = "";
  let toldSetup = false;
  let toldName = "";
  let helloSent = false;
  let filledAt = 0;
  let submitted = false;
  let filling = false;
  /** @type {Set<string>} paths on which a method was chosen already */
  const chosen = new Set();
  /** @type {HTMLInputElement | null} */
  let pointed = null;
  /** @type {WeakSet<Element>} */
  const known = new WeakSet();
  let lastLook = 0;
  let again = 0;
  /** @type {AbortController} */
  const listeners = new AbortController();

  /** @param {object} message @returns {Promise<any>} */
  async function tell(message) {
    try {
      return await browser.runtime.sendMessage(message);
    } catch {
      // The extension was reloaded or is waking up; an orphan has nothing left to do.
      if (!alive()) stop();
      return null;
    }
  }

  function alive() {
    return Boolean(browser.runtime?.id) && !listeners.signal.aborted;
  }

  /** @param {Field} field */
  function taughtOf(field) {
    return a2f.teach.match(field, taught);
  }

  /** Whether a full look is due: new inputs, a field that may have come or gone, or texts that may have changed. */
  function worthALook() {
    const inputs = a2f.dom.inputs();
    let fresh = false;
    for (const input of inputs) {
      if (!known.has(input)) {
        known.add(input);
        fresh = true;
      }
    }
    if (fresh || !lastLook) return true;
    if (best || verdicts.length || waiting || filledAt) {
      const since = performance.now() - lastLook;
      if (best?.field.inputs.some((input) => !input.isConnected)) return true;
      if (since >= REREAD_MS) return true;
      again ||= setTimeout(
        () => {
          again = 0;
          watcher.schedule();
        },
        REREAD_MS - since + 5,
      );
    }
    return false;
  }
  let waiting = false;

  function look() {
    if (!active || filling) return;
    if (worthALook()) {
      lastLook = performance.now();
      const seen = a2f.page.look(taughtOf);
      verdicts = seen.verdicts;
      best = seen.best;
      waiting = seen.waiting.length > 0;
      watcher.waitFor(seen.waiting);
      watcher.watchAttributes(waiting || best !== null || filledAt > 0);
      report();
    }
    if (settings.chooseMethod && helloSent) chooseMethod();
  }

  /** @returns {PageState} */
  function state() {
    const prompt = best ? a2f.page.toPrompt(best, a2f.fill.userTyped(best.field)) : null;
    const own = new Set(best?.field.inputs ?? []);
    const password = a2f.dom
      .findAll("input[type=password i]")
      .slice(0, 20)
      .some(
        (input) => !own.has(/** @type {HTMLInputElement} */ (input)) && a2f.dom.visibility(input) === "shown",
      );
    const path = location.pathname + (/^#!?\//.test(location.hash) ? location.hash.split("?")[0] : "");
    const lately = filledAt > 0 && Date.now() - filledAt < AFTERMATH_MS;
    // A page of many inputs with neither prompt nor password is no answer to a code.
    const small = !helloSent && document.getElementsByTagName("input").length < MOST_INPUTS;
    const due = lately || prompt !== null || password || small;
    const { error, errorText } = due
      ? a2f.outcome.read({ prompt: prompt !== null, password })
      : { error: null, errorText: "" };
    return { prompt, password, error, errorText, path };
  }

  /** Tells the background what changed since it was last told. */
  function report() {
    if (!helloSent) return;
    const now = state();
    const key = now.prompt ? `${now.prompt.id}|${now.prompt.kind}` : "";
    if (key !== toldPrompt) {
      const gone = toldPrompt.split("|")[0];
      toldPrompt = key;
      if (now.prompt) void tell({ type: "prompt.found", prompt: now.prompt });
      else void tell({ type: "prompt.gone", id: gone, state: now });
      noticeSetup();
    }
    if (filledAt && Date.now() - filledAt < AFTERMATH_MS) {
      const text = JSON.stringify([key, now.password, now.error, now.errorText, now.path]);
      if (text !== toldState) {
        toldState = text;
        void tell({ type: "page.state", state: now });
      }
    }
  }

  function noticeSetup() {
    if (toldSetup || best?.kind !== "setup") return;
    toldSetup = true;
    const qr = best.evidence.some(({ sign }) => sign === "setupPicture" || sign === "setupLink");
    void tell({ type: "setup.noticed", qr });
  }

  function chooseMethod() {
    const place = location.pathname + location.hash;
    if (chosen.has(place) || filledAt || setupPending) return;
    if (best && ["app", "combined", "setup", "passwordAppend"].includes(best.kind)) return;
    const other = best !== null && ["sms", "email", "recovery"].includes(best.kind);
    const about =
      other ||
      /2fa|mfa|otp|factor|step|verif|challenge|login|signin|auth/i.test(place) ||
      a2f.text.read(document.title).has("twoFactor") ||
      verdicts.length <= 2;
    if (!about) return;
    const found = a2f.method.find(other);
    if (!found) return;
    chosen.add(place);
    a2f.method.choose(found);
    void tell({ type: "method.chosen", text: found.text });
  }

  /** The user name in a login form, told when the form is sent. @param {Element | null} from */
  function tellUsername(from) {
    const form = from?.closest("form");
    const scope = form ?? document;
    const fields = /** @type {HTMLInputElement[]} */ ([
      ...scope.querySelectorAll(
        "input[type=email i],input[autocomplete~=username],input[autocomplete~=email],input[type=text i],input:not([type]),input[type=tel i]",
      ),
    ]).slice(0, 20);
    const own = new Set(best?.field.inputs ?? []);
    const password = scope.querySelector("input[type=password i]");
    for (const field of fields) {
      if (own.has(field) || !field.value || a2f.dom.visibility(field) !== "shown") continue;
      const name = ` ${a2f.text.nameTokens(`${field.name} ${field.id} ${field.autocomplete} ${field.type}`)} `;
      const stated =
        / (user|username|user name|login|email|e mail|mail|account|userid|identifier|customer|kunde|kundennummer|benutzer) /.test(
          name,
        ) || a2f.text.read(a2f.dom.labelOf(field)).has("username");
      if (
        !stated &&
        !(password && password.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_PRECEDING)
      )
        continue;
      if (field.value === toldName) return;
      toldName = field.value;
      void tell({ type: "username", value: field.value.slice(0, 500) });
      return;
    }
  }

  /** @param {{promptId: string, code: string, submit: boolean, remember: boolean}} order */
  async function fill(order) {
    const found =
      verdicts.find(({ id }) => id === order.promptId) ?? (best?.id === order.promptId ? best : null);
    const verdict = found?.field.inputs.every((input) => input.isConnected) ? found : relook(order.promptId);
    if (!verdict) return { ok: false, method: "value", readBack: "", submitted: "none", why: "promptGone" };
    a2f.outcome.mark();
    filledAt = Date.now();
    submitted = false;
    filling = true;
    try {
      if (order.remember) a2f.submit.tickRemember(verdict.block);
      const filled = await a2f.fill.fill(verdict.field, order.code);
      if (!filled.ok) {
        filledAt = 0;
        return {
          ok: false,
          method: filled.method === "none" ? "value" : filled.method,
          readBack: filled.readBack,
          submitted: "none",
          why: filled.why,
        };
      }
      let sent = filled.left || submitted ? "self" : "none";
      if (sent === "none" && order.submit) sent = await a2f.submit.submit(verdict.field, () => submitted);
      return { ok: true, method: filled.method, readBack: filled.readBack, submitted: sent, why: filled.why };
    } finally {
      filling = false;
      lastLook = 0;
      watcher.watchAttributes(true);
      watcher.schedule();
    }
  }

  /** @param {string} id */
  function relook(id) {
    const seen = a2f.page.look(taughtOf);
    verdicts = seen.verdicts;
    best = seen.best;
    return verdicts.find((verdict) => verdict.id === id) ?? null;
  }

  /** What every field was judged to be. */
  function why() {
    relook("");
    return verdicts.map(({ label, kind, score, evidence }) => ({ label, verdict: kind, score, evidence }));
  }

  /** @param {"here" | "nothere"} how */
  function teach(how) {
    relook("");
    const around =
      pointed &&
      verdicts.find(({ field }) => field.inputs.includes(/** @type {HTMLInputElement} */ (pointed)));
    const verdict = around ?? (how === "nothere" || !pointed ? best : null);
    /** @type {Field | null} */
    const field =
      verdict?.field ??
      (pointed?.isConnected ? { inputs: [pointed], segmented: false, covered: false } : null);
    if (!field) return null;
    taught = a2f.teach.add(taught, field, how);
    lastLook = 0;
    watcher.schedule();
    return { taught };
  }

  /** @param {any} message @param {unknown} _sender @param {(answer: unknown) => void} answer */
  function onMessage(message, _sender, answer) {
    if (!active) return false;
    if (message?.type === "fill") {
      void fill(message).then(answer);
      return true;
    }
    if (message?.type === "state") {
      if (!filling) relook("");
      answer(state());
    } else if (message?.type === "why") answer(why());
    else if (message?.type === "teach") answer(teach(message.how));
    return false;
  }

  /** @param {Event} event @returns {Element | null} the innermost element, across open shadow roots */
  function targetOf(event) {
    const at = event.composedPath()[0];
    return at instanceof Element ? at : null;
  }

  /** @param {Event} event */
  function onFocus(event) {
    const at = targetOf(event);
    if (at instanceof HTMLInputElement) pointed = at;
    let fresh = false;
    for (const node of event.composedPath()) {
      if (node instanceof ShadowRoot) {
        watcher.consider(node.host);
        fresh = true;
      }
    }
    if (fresh) watcher.schedule();
  }

  function listen() {
    const options = { capture: true, passive: true, signal: listeners.signal };
    document.addEventListener("focusin", onFocus, options);
    document.addEventListener(
      "contextmenu",
      (event) => {
        const at = targetOf(event);
        const input = at instanceof HTMLLabelElement ? at.control : at;
        if (input instanceof HTMLInputElement) pointed = input;
      },
      options,
    );
    document.addEventListener(
      "input",
      (event) => {
        const at = targetOf(event);
        if (event.isTrusted && at instanceof HTMLInputElement) a2f.fill.noteTyped(at);
      },
      options,
    );
    document.addEventListener(
      "submit",
      (event) => {
        submitted = true;
        if (event.isTrusted) tellUsername(targetOf(event));
      },
      options,
    );
    document.addEventListener(
      "click",
      (event) => {
        const at = targetOf(event);
        if (event.isTrusted && at?.closest("button,input[type=submit],input[type=button],[role=button],a"))
          tellUsername(at);
        watcher.schedule();
      },
      options,
    );
    document.addEventListener(
      "keydown",
      (event) => {
        if (event.isTrusted && event.key === "Enter") tellUsername(targetOf(event));
      },
      options,
    );
    for (const type of ["animationend", "transitionend", "toggle", "load"])
      document.addEventListener(type, () => watcher.schedule(), options);
    for (const type of ["pageshow", "popstate", "hashchange", "load"]) {
      window.addEventListener(type, () => watcher.schedule(), { signal: listeners.signal });
    }
    window.addEventListener(
      "pagehide",
      () => {
        submitted = true;
      },
      { signal: listeners.signal },
    );
    document.addEventListener(
      "visibilitychange",
      () => {
        if (document.hidden) watcher.stop();
        else if (active) watcher.start();
      },
      { signal: listeners.signal },
    );
  }

  function depth() {
    let count = 0;
    for (
      let frame = /** @type {Window} */ (window);
      frame !== frame.parent && count < 32;
      frame = frame.parent
    )
      count++;
    return count;
  }

  function stop() {
    active = false;
    watcher.stop();
    listeners.abort();
    try {
      browser.runtime.onMessage.removeListener(onMessage);
    } catch {
      // The extension is gone, and its listeners with it.
    }
  }

  async function begin() {
    const ancestors = location.ancestorOrigins ? [...location.ancestorOrigins] : null;
    const answer = await tell({ type: "frame.hello", depth: depth(), ancestors, state: state() });
    if (!alive()) return;
    if (!answer?.active) {
      stop();
      return;
    }
    settings = answer.settings ?? {};
    taught = answer.taught ?? {};
    setupPending = Boolean(answer.setupPending);
    helloSent = true;
    if (Object.keys(taught).length) {
      lastLook = 0;
      watcher.schedule();
    }
    report();
    watcher.schedule();
  }

  const watcher = a2f.watch.make(look);
  a2f.main = Object.freeze({ alive, stop });
  listen();
  browser.runtime.onMessage.addListener(onMessage);
  if (!document.hidden) watcher.start();
  void begin();
})();
