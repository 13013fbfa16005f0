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
  const MOST_ELEMENTS = 5_000;
  /** The least time between two looks at a page whose fields did not change; it grows while nothing changes. */
  const REREAD_MS = 150;
  const MOST_REREAD_MS = 1_200;
  /** Up to so many inputs every new one is worth a look; above, only those whose attributes speak of a code. */
  const FEW_INPUTS = 40;
  const MOST_WAITING = 30;
  /** Where only the inputs at the end were looked at, all of them are, after this time. */
  const WHOLE_AGAIN_MS = 1_000;
  const LABELS_PAUSE_MS = 1_000;
  /** Time spent on finding a choice of methods is earned first: one part in so many of the time that passes. */
  const METHOD_SHARE = 60;
  const METHOD_PAUSE_MS = 200;
  /** A choice of methods stands on a small page of few fields, or on one whose address speaks of signing in. */
  const MOST_BESIDE = 2;
  const MOST_AROUND = 1_500;
  const SIGN_IN = /2fa|mfa|otp|factor|step|verif|challenge|login|signin|auth/i;
  const APP_KINDS = new Set(["app", "combined", "setup", "passwordAppend"]);
  /** Signs of something on the page that the activation can take over. */
  const HANDED_OUT = new Set(["setupPicture", "setupLink", "setupSecret"]);
  const OTHER_WAYS = new Set(["sms", "email", "recovery"]);
  /** A line to the background that broke is made anew after this time, longer every time that it breaks again. */
  const LINE_AGAIN_MS = 200;
  const MOST_BROKEN = 6;

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
  /** What came with the code that was filled, while its outcome is open. @type {{releaseId: string} | null} */
  let ticket = null;
  /** Held while the background knows something of this page that it must not forget. @type {chrome.runtime.Port | null} */
  let line = null;
  let broken = 0;
  let submitted = false;
  let filling = false;
  /** @type {Set<string>} paths on which a method was chosen already */
  const chosen = new Set();
  /** @type {HTMLInputElement | null} */
  let pointed = null;
  /** @type {WeakSet<Element>} */
  const known = new WeakSet();
  /** Hidden or shut inputs, and how they stood at the last look. @type {Map<HTMLInputElement, string>} */
  let waiting = new Map();
  /** Inputs of a page of many whose labels are still to be asked. @type {HTMLInputElement[]} */
  let labelsDue = [];
  /** The last input of the document and its place, when all inputs were looked at, and since when some were not. */
  /** @type {Element | null} */
  let tail = null;
  let tailAt = -1;
  let wholeAt = 0;
  let partialAt = 0;
  /** A look is due, though it may have to wait for its time. */
  let owed = false;
  let lastLook = 0;
  let rereadMs = REREAD_MS;
  /** The page changed since its texts were read, or since a choice of methods was looked for. */
  let textsDue = true;
  let methodsDue = true;
  let methodAt = 0;
  /** @type {ReturnType<typeof setTimeout> | 0} */
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

  /**
   * Whether inputs came that may matter: on a page of many, only those whose attributes say so.
   * @param {Iterable<HTMLInputElement>} inputs
   */
  function anyFresh(inputs) {
    /** @type {HTMLInputElement[]} */
    const fresh = [];
    for (const input of inputs) {
      if (known.has(input)) continue;
      known.add(input);
      fresh.push(input);
    }
    if (fresh.length === 0) return false;
    if (isFew()) return fresh.some(a2f.dom.takesText);
    // A few are asked for their labels at once, the many of a whole page when it has long been loaded.
    const byLabel = fresh.length <= FEW_INPUTS && labelsDue.length === 0;
    if (!byLabel) askLabelsLater(fresh);
    return a2f.fields.anyHinted(fresh, byLabel);
  }

  /** @param {HTMLInputElement[]} inputs */
  function askLabelsLater(inputs) {
    if (labelsDue.length === 0) {
      setTimeout(() => requestIdleCallback(askLabels, { timeout: 2_000 }), LABELS_PAUSE_MS);
    }
    labelsDue.push(...inputs);
  }

  function askLabels() {
    if (document.hidden) return; // asked when the tab shows again
    const inputs = labelsDue.filter((input) => input.isConnected);
    labelsDue = [];
    if (!active || !a2f.fields.anyHinted(inputs, true)) return;
    owed = true;
    watcher.plan();
  }

  /**
   * The inputs of the document that may be new. On a page of many, where the last one looked at still stands in
   * its place, those behind it are enough for a moment: a storm of insertions mostly adds at the end.
   * @returns {Iterable<HTMLInputElement>}
   */
  function latest() {
    const all = a2f.dom.allInputs();
    if (!(all instanceof HTMLCollection) || all.length <= FEW_INPUTS) return all;
    const now = performance.now();
    const from = tail && all[tailAt] === tail && now - wholeAt < WHOLE_AGAIN_MS ? tailAt + 1 : 0;
    if (from === 0) {
      wholeAt = now;
      partialAt = 0;
    } else {
      partialAt ||= now;
    }
    tailAt = all.length - 1;
    tail = all[tailAt] ?? null;
    /** @type {HTMLInputElement[]} */
    const behind = [];
    for (let i = from; i <= tailAt; i++) behind.push(/** @type {HTMLInputElement} */ (all[i]));
    return behind;
  }

  function isFew() {
    let count = 0;
    for (const input of a2f.dom.allInputs()) {
      if (a2f.dom.takesText(input) && ++count > FEW_INPUTS) return false;
    }
    return true;
  }

  /** Whether a field came to show, or the prompt went away. */
  function shownChanged() {
    if (best?.field.inputs.some((input) => !input.isConnected)) return true;
    const prompt = best?.field.inputs[0];
    if (prompt && a2f.dom.visibility(prompt) === "hidden") return true;
    for (const [input, before] of waiting) if (standing(input) !== before) return true;
    return false;
  }

  /** @param {HTMLInputElement} input */
  function standing(input) {
    return input.disabled || input.readOnly ? "shut" : a2f.dom.visibility(input);
  }

  /**
   * Whether there is something to do: new inputs, a field that came or went, or texts that may have changed.
   * The latter are read again the rarer the longer nothing came of it.
   * @param {boolean} changed whether the page changed since the last check
   * @param {HTMLInputElement[] | null} inputs those that were added; null when any may be new
   */
  function check(changed, inputs) {
    if (!alive()) {
      stop();
      return false;
    }
    if (!active || filling) return false;
    if (changed) {
      textsDue = true;
      methodsDue = true;
    }
    const whole = inputs === null || (partialAt > 0 && performance.now() - partialAt > WHOLE_AGAIN_MS);
    if (anyFresh(whole ? latest() : inputs)) {
      owed = true;
      rereadMs = REREAD_MS;
    }
    if (partialAt > 0) callAgain(partialAt + WHOLE_AGAIN_MS - performance.now());
    owed ||= shownChanged() || rereadDue();
    return owed || methodDue();
  }

  function rereadDue() {
    if (!textsDue || !(best || verdicts.length || waiting.size || filledAt)) return false;
    const left = rereadMs - (performance.now() - lastLook);
    if (left > 0) callAgain(left);
    return left <= 0;
  }

  /** @param {number} delay */
  function callAgain(delay) {
    again ||= setTimeout(() => {
      again = 0;
      watcher.plan();
    }, delay + 5);
  }

  function look() {
    if (owed) lookAtFields();
    if (methodDue()) chooseMethod();
  }

  function lookAtFields() {
    const before = shape();
    owed = false;
    textsDue = false;
    const seen = a2f.page.look(taughtOf);
    lastLook = performance.now();
    verdicts = seen.verdicts;
    best = seen.best;
    const hidden = seen.waiting.slice(0, MOST_WAITING);
    waiting = new Map(hidden.map((input) => [input, standing(input)]));
    watcher.waitFor(hidden);
    watcher.watchAttributes(waiting.size > 0 || best !== null || filledAt > 0);
    rereadMs = lately() || shape() !== before ? REREAD_MS : Math.min(rereadMs * 1.5, MOST_REREAD_MS);
    report();
  }

  /** What a look came to, in short. */
  function shape() {
    return best ? `${best.id}|${best.kind}|${verdicts.length}` : `${verdicts.length}`;
  }

  /** Whether a code was filled not long ago. */
  function lately() {
    return filledAt > 0 && Date.now() - filledAt < AFTERMATH_MS;
  }

  /** @returns {PageState} */
  function state() {
    const prompt = best ? a2f.page.toPrompt(best, a2f.fill.userTyped(best.field)) : null;
    const own = new Set(/** @type {Element[]} */ (best?.field.inputs ?? []));
    const first = !helloSent && prompt === null;
    const small = !first || isSmall();
    const password =
      small &&
      a2f.dom
        .findAll("input[type=password i]")
        .some((input) => !own.has(input) && a2f.dom.visibility(input) === "shown");
    const path = location.pathname + (/^#!?\//.test(location.hash) ? location.hash.split("?")[0] : "");
    const due = lately() || prompt !== null || password || (first && small);
    const block = best && APP_KINDS.has(best.kind) ? best.block : null;
    const { error, errorText } = due
      ? a2f.outcome.read({ prompt: prompt !== null, password, block })
      : { error: null, errorText: "" };
    return { prompt, password, error, errorText, path, loading: document.readyState !== "complete" };
  }

  /** A big page with neither prompt nor password is no answer to a code. */
  function isSmall() {
    return !a2f.dom.hasMore("input", MOST_INPUTS) && !a2f.dom.hasMore("*", MOST_ELEMENTS);
  }

  /** Tells the background what changed since it was last told. */
  function report() {
    if (!helloSent || !(best || toldPrompt || lately())) return;
    const now = state();
    const key = now.prompt ? `${now.prompt.id}|${now.prompt.kind}` : "";
    if (key !== toldPrompt) {
      const gone = toldPrompt.split("|")[0];
      toldPrompt = key;
      if (now.prompt) holdLine();
      if (now.prompt) void tell({ type: "prompt.found", prompt: now.prompt });
      else void tell({ type: "prompt.gone", id: gone, state: now });
    }
    noticeSetup();
    if (lately()) {
      const text = JSON.stringify([key, now.password, now.error, now.errorText, now.path]);
      if (text !== toldState) {
        toldState = text;
        void tell({ type: "page.state", state: now });
      }
    }
  }

  /** Tells whether a set-up page is on show: the picture may come later than the field, and a dialog may close. */
  function noticeSetup() {
    const signs = best?.kind === "setup" ? best.evidence : [];
    const now = signs.some(({ sign }) => HANDED_OUT.has(sign));
    if (now === toldSetup) return;
    toldSetup = now;
    void tell({ type: "setup.noticed", qr: now });
  }

  /** Where a method may be chosen: the page changed, no app prompt is there, and it was not done here before. */
  function methodDue() {
    if (!methodsDue || !settings.chooseMethod || !helloSent || filledAt || setupPending) return false;
    if (best && APP_KINDS.has(best.kind)) return false;
    if (chosen.has(place())) return false;
    if (!methodLikely() && (verdicts.length > MOST_BESIDE || a2f.dom.hasMore("*", MOST_AROUND))) return false;
    const left = methodAt - performance.now();
    if (left > 0) callAgain(left);
    return left <= 0;
  }

  /** Whether the prompt or the address speaks for a choice of methods. */
  function methodLikely() {
    return OTHER_WAYS.has(best?.kind ?? "") || SIGN_IN.test(place());
  }

  function place() {
    return location.pathname + location.hash;
  }

  function chooseMethod() {
    methodsDue = false;
    const start = performance.now();
    const other = OTHER_WAYS.has(best?.kind ?? "");
    const found = a2f.method.find(other, methodLikely());
    const end = performance.now();
    methodAt = end + Math.max(METHOD_PAUSE_MS, (end - start) * METHOD_SHARE);
    if (!found) return;
    chosen.add(place());
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
    // Where a code goes is no user name; a field that was only considered for one may well be.
    const isCode = best !== null && (APP_KINDS.has(best.kind) || OTHER_WAYS.has(best.kind));
    const own = new Set(isCode ? best?.field.inputs : []);
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

  /** @param {{promptId: string, code: string, submit: boolean, remember: boolean, ticket?: {releaseId: string}}} order */
  async function fill(order) {
    const found =
      verdicts.find(({ id }) => id === order.promptId) ?? (best?.id === order.promptId ? best : null);
    const verdict = found?.field.inputs.every((input) => input.isConnected) ? found : relook(order.promptId);
    if (!verdict) return { ok: false, method: "value", readBack: "", submitted: "none", why: "promptGone" };
    a2f.outcome.mark(verdict.block);
    filledAt = Date.now();
    submitted = false;
    filling = true;
    try {
      if (order.remember) a2f.submit.tickRemember(verdict.block);
      const ready = order.submit ? a2f.submit.ready(verdict.field) : null;
      const put = verdict.kind === "passwordAppend" ? a2f.fill.append : a2f.fill.fill;
      const filled = await put(verdict.field, order.code);
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
      ticket = order.ticket ?? null;
      if (sent === "none" && order.submit)
        sent = await a2f.submit.submit(verdict.field, () => submitted, ready);
      return { ok: true, method: filled.method, readBack: filled.readBack, submitted: sent, why: filled.why };
    } finally {
      filling = false;
      owed = true;
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
    owed = true;
    watcher.schedule();
    return { taught };
  }

  /** @param {any} message @param {unknown} _sender @param {(answer: unknown) => void} answer */
  function onMessage(message, _sender, answer) {
    if (!active) return false;
    if (message?.type === "stop") {
      stop();
      return false;
    }
    if (message?.type === "judged") {
      if (ticket?.releaseId === message.releaseId) ticket = null;
      return false;
    }
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
    window.addEventListener(
      "pageshow",
      ({ persisted }) => {
        // Back from the browser's memory of pages left: the background has heard of another page since.
        if (persisted && helloSent) {
          line?.disconnect();
          line = null;
          ticket = null;
          returned();
        }
      },
      { signal: listeners.signal },
    );
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
        else if (active) {
          watcher.start();
          if (labelsDue.length) requestIdleCallback(askLabels, { timeout: 2_000 });
        }
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
    clearTimeout(again);
    line?.disconnect();
    line = null;
    watcher.stop();
    listeners.abort();
    try {
      browser.runtime.onMessage.removeListener(onMessage);
    } catch {
      // The extension is gone, and its listeners with it.
    }
  }

  /** The background may die in the middle of a wait, with all that it knew: then this line breaks. */
  function holdLine() {
    if (line || !alive()) return;
    const held = browser.runtime.connect({ name: "prompt" });
    line = held;
    const since = performance.now();
    held.onDisconnect.addListener(() => {
      void browser.runtime.lastError;
      if (line !== held) return;
      line = null;
      broken = performance.now() - since > 10_000 ? 1 : broken + 1;
      if (broken <= MOST_BROKEN) setTimeout(returned, LINE_AGAIN_MS * 2 ** (broken - 1));
    });
  }

  /** The background forgot this page, or this page comes back after others: it is told anew what is there. */
  function returned() {
    if (!active) return;
    if (!alive()) {
      stop();
      return;
    }
    // Nothing is told before the hello: from a page that it does not know, the background hears nothing.
    helloSent = false;
    toldPrompt = "";
    toldState = "";
    toldSetup = false;
    owed = true;
    void begin(true);
  }

  async function begin(again = false) {
    const ancestors = location.ancestorOrigins ? [...location.ancestorOrigins] : null;
    const answer = await tell({
      type: "frame.hello",
      depth: depth(),
      ancestors,
      state: state(),
      again,
      ticket: lately() ? ticket : null,
    });
    if (!alive()) return;
    if (!answer) {
      // No answer is no "no": the background may just be dying or waking up.
      if (++broken <= MOST_BROKEN) setTimeout(() => void begin(again), LINE_AGAIN_MS * 2 ** broken);
      return;
    }
    if (!answer.active) {
      stop();
      return;
    }
    settings = answer.settings ?? {};
    taught = answer.taught ?? {};
    setupPending = Boolean(answer.setupPending);
    helloSent = true;
    a2f.setup?.start();
    if (Object.keys(taught).length) {
      owed = true;
    }
    report();
    watcher.schedule();
    // On pages that a prompt may come up on, the word lists are ready before it does.
    if (isSmall()) requestIdleCallback(makeReady, { timeout: 2_000 });
  }

  function makeReady() {
    if (active && !document.hidden) a2f.meaning.read(`${document.title} code`);
  }

  const watcher = a2f.watch.make({ check, look });
  a2f.main = Object.freeze({ alive, stop });
  listen();
  browser.runtime.onMessage.addListener(onMessage);
  // The background looks up the portal while the fields are looked at.
  void begin();
  if (!document.hidden) watcher.start();
})();
