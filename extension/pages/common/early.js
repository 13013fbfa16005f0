/**
 * Asks what the page shows first, before the page's modules are loaded: the answers are on their way meanwhile, and
 * `call` in api.js takes them. A classic script, since modules run late.
 */
(() => {
  const all = /** @type {any} */ (globalThis);
  const { runtime } = /** @type {typeof chrome} */ (all.browser ?? all.chrome);
  const named = new URLSearchParams(location.search).get("tab");
  const capture = /^#capture=([\w-]+)$/.exec(location.hash);
  /** @type {Record<string, [string, object][]>} */
  const questions = {
    "popup.html": [["ext.state", named ? { tabId: Number(named) } : {}]],
    "portals.html": [
      ...(capture ? /** @type {[string, object][]} */ ([["ext.captured", { captureId: capture[1] }]]) : []),
      ["portals.list", { offset: 0, limit: 60 }],
      ["portals.list", { offset: 60, limit: 20_000 }],
    ],
  };
  /** @type {Map<string, Promise<any>>} */
  const answers = new Map();
  for (const [verb, params] of questions[location.pathname.replace(/^.*\//, "")] ?? []) {
    const answer = runtime.sendMessage({ type: "api", verb, params });
    answer.catch(() => {}); // told to who takes it
    answers.set(JSON.stringify([verb, params]), answer);
  }
  all.early = answers;
})();
