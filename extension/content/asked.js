// What a page asks for, told from what it offers in its place: "Enter your code. Lost your phone? Use a recovery
// code". Pages name every way that they know; the one that is asked for comes with the first sentence that asks.
(() => {
  const a2f = globalThis.auto2fa;
  if (a2f.asked) return;

  /** @typedef {"app" | "recovery" | "sms" | "email"} Way */

  /** Words by which a way is named. @type {[Way | "key", string[]][]} */
  const NAMED = [
    ["app", ["app", "appThing"]],
    ["recovery", ["recovery"]],
    ["sms", ["sms", "smsNamed", "smsCode"]],
    ["email", ["email", "emailNamed", "emailCode"]],
    ["key", ["hardwareKey"]],
  ];
  /** Words of an offer, wherever they stand in a sentence. */
  const OFFERS = ["offered", "lost"];
  const ANY_CODE = ["code", "otp", "digits"];
  const CODES = [...ANY_CODE, "recovery", "app", "appThing"];
  /** Ends of sentences, and of blocks, which `dom.surroundings` puts on lines of their own. */
  const END = /(?<=[.!?…;|•·](?=\s|$)|[。！？；｜])\s*|\n+| [-–—] /u;
  const WORD = /[\p{L}\p{N}]+/gu;
  const EAST_ASIAN = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
  /** Japanese and Korean. */
  const VERB_LAST = /[\u3040-\u30ff\uac00-\ud7af]/;
  /** How many words behind its verb the code that is asked for may be named. */
  const FAR = 12;
  const STOPPED = /[.!?:…。！？：]\s*$/;
  const QUESTION = /[?？]\s*$/;
  /** How many words behind "instead of" the way may stand. */
  const REACH = 6;
  const MOST_SENTENCES = 40;

  /** @typedef {{way: Way | "key", at: number, end: number}} Hit */
  /**
   * `offer`: whether what it names is offered; `led`: told from its verb alone; `strong`: in so many words ("instead").
   * @typedef {{text: string, words: Findings, hits: Hit[], offer: boolean, led: boolean, strong: boolean}} Sentence
   */

  /** Phrases of one category, without those that are part of a longer one of another: "instead", "instead of". @param {Findings} words @param {string} category @param {string} longer */
  function alone(words, category, longer) {
    const others = words.all(longer);
    return words
      .all(category)
      .filter((hit) => !others.some((other) => other.at === hit.at && other.length > hit.length));
  }

  /** @param {Findings} words @returns {Hit[]} in the order of the text */
  function waysIn(words) {
    let hits = NAMED.flatMap(([way, categories]) =>
      categories.flatMap((category) =>
        words.all(category).map(({ at, length }) => ({ way, at, end: at + length - 1 })),
      ),
    );
    // "Instead of the app's code": what is named next is not asked for.
    for (const { at } of alone(words, "insteadOf", "instead")) {
      const next = hits.filter((hit) => hit.at > at && hit.at - at <= REACH).sort((x, y) => x.at - y.at)[0];
      if (next)
        hits = hits.filter((hit) => hit.way !== next.way || hit.at < next.at || hit.at > next.at + REACH);
    }
    return hits.sort((x, y) => x.at - y.at);
  }

  /** Whether a sentence begins or ends with a verb of offering: "Use a backup code", "Authenticator-App verwenden". @param {string} text @param {Findings} words */
  function leads(text, words) {
    const all = words.all("leads");
    if (!all.length) return false;
    // Places in texts of these scripts are counted in pairs of letters.
    const short = EAST_ASIAN.test(text);
    const last = short ? (text.replace(/\s/g, "").length >> 1) - 4 : (text.match(WORD)?.length ?? 0) - 1;
    return all.some(({ at, length }) => at <= (short ? 1 : 2) || at + length - 1 >= last);
  }

  /** @param {string} text @param {number} index @returns {Sentence} */
  function sentence(text, index) {
    const words = a2f.meaning.read(text);
    const strong = alone(words, "instead", "insteadOf").length > 0;
    const compares = alone(words, "insteadOf", "instead").length > 0;
    const resends = words.has("resend") && !strong;
    // A heading that says "Use a backup code" offers nothing.
    const led = index > 0 && !compares && !resends && !words.has("typed") && leads(text, words);
    // "Or use a recovery code" is a sentence of its own on some pages.
    const verbs = words.all("leads");
    const or =
      !words.has("typed") &&
      words.all("or").some(({ at, length }) => at === 0 || verbs.some((verb) => verb.at === at + length));
    const said = strong || or || (!compares && words.has("otherMethod")) || OFFERS.some(words.has);
    return { text, words, hits: waysIn(words), offer: said || led, led: led && !said, strong };
  }

  /**
   * The way of a sentence that asks for a code; "any" when it names none, or several joined by "or"; null when it
   * does not ask.
   * @param {Sentence} sentence @returns {Way | "key" | "any" | null}
   */
  function wayOf({ words, hits, offer, strong }) {
    if (strong) return null;
    const [verb] = words.all("typed");
    const codes = ANY_CODE.some(words.has);
    const sent = words.has("sent");
    const delivered = hits.find(isDelivery);
    if (verb && (hits.length || codes)) {
      if (joined(words, hits)) return "any";
      const first = objectOf(verb, hits, words.text);
      if (!first) return "any";
      if (first === delivered) return sent || named(words) ? first.way : "any";
      // "Enter the code that we sent by SMS to use the app."
      if (first.way === "app" && delivered && words.near("sent", "sms", 3)) return delivered.way;
      // "One of the codes that you noted when you set up your app."
      if (
        first.way === "app" &&
        words.all("enrol").some(({ at }) => first.at - at >= 1 && first.at - at <= 4)
      )
        return "any";
      return first.way;
    }
    if (sent && !offer && (hits.length || codes || words.has("message"))) {
      if (joined(words, hits)) return "any";
      return delivered?.way ?? hits[0]?.way ?? (words.has("phone") ? "sms" : null);
    }
    return words.has("open") && hits[0]?.way === "app" ? "app" : null;
  }

  /**
   * What is to be typed in: the next way behind the verb, or the last before it where verbs stand at the end.
   * @param {Found} verb @param {Hit[]} hits @param {string} text
   */
  function objectOf(verb, hits, text) {
    const before = hits.filter(({ at }) => at <= verb.at).at(-1);
    if (VERB_LAST.test(text)) return before;
    return hits.find(({ at }) => at > verb.at && at - verb.at <= FAR) ?? before;
  }

  /** @param {Hit} hit */
  function isDelivery({ way }) {
    return way === "sms" || way === "email";
  }

  /** @param {Findings} words whether a code is called one of text messages or e-mails */
  function named(words) {
    return ["smsNamed", "smsCode", "emailNamed", "emailCode"].some(words.has);
  }

  /** Whether "or" stands between codes of two kinds. @param {Findings} words @param {Hit[]} hits */
  function joined(words, hits) {
    const places = words.all("or");
    if (!places.length) return false;
    const apart = (/** @type {{at: number}} */ x, /** @type {{at: number}} */ y) =>
      places.some(({ at }) => at >= Math.min(x.at, y.at) && at <= Math.max(x.at, y.at));
    const recovery = hits.filter(({ way }) => way === "recovery");
    const codes = [...ANY_CODE, "twoFactor"]
      .flatMap((category) => words.all(category))
      .filter(({ at, length }) => !recovery.some((hit) => at <= hit.end && at + length > hit.at));
    if (recovery.some((one) => codes.some((other) => apart(one, other)))) return true;
    return hits.some((one) => hits.some((other) => one.way !== other.way && apart(one, other)));
  }

  /**
   * @param {string} raw the text around a field
   * @param {Findings} words what it was read as
   * @returns {{raw: string, words: Findings, way: Way | "key" | "any" | "", sure: boolean, conditional: boolean, bare: boolean}} the
   *   text without what it offers in place of the code that it asks for; the way that it asks for, and whether it
   *   does so in a sentence or heading of its own; whether that sentence is for when another way is lost; whether it
   *   stands behind others without a full stop, as links do
   */
  function read(raw, words) {
    const none = { raw, words, way: /** @type {""} */ (""), sure: false, conditional: false, bare: false };
    if (!NAMED.some(([, categories]) => categories.some(words.has)) || !CODES.some(words.has)) return none;
    const texts = raw.split(END).filter((text) => text.trim());
    if (texts.length > MOST_SENTENCES) return none;
    const sentences = texts.map(sentence);
    const asking = sentences.find(
      (each, index) => wayOf(each) !== null && (each.words.has("typed") || !isAnswer(sentences[index - 1])),
    );
    spreadOffers(sentences, asking);
    const plain = asking ?? sentences.find((each) => !each.offer && each.hits.length > 0);
    /** @type {Way | "key" | "any" | ""} */
    let way = asking ? (wayOf(asking) ?? "") : (plain?.hits[0]?.way ?? "");
    if (asking && way === "any" && isOfRecovery(sentences.slice(0, sentences.indexOf(asking))))
      way = "recovery";
    const sure = Boolean(asking) || (Boolean(plain) && plain === sentences[0]);
    const conditional = Boolean(asking && (asking.offer || followsQuestion(sentences, asking)));
    const bare = Boolean(asking && asking !== sentences[0] && !STOPPED.test(asking.text));
    const elsewhere = way === "app" || way === "recovery";
    const kept = sentences.filter((each) => {
      if (each === plain || !each.offer || !each.hits.length) return true;
      // "Send a code to your e-mail" may be how the code comes that an unclear page asks for.
      return each.led && !elsewhere && each.hits.every(isDelivery);
    });
    const left = withApp(sentences, kept);
    if (left.length === sentences.length) return { raw, words, way, sure, conditional, bare };
    const text = left.map((each) => each.text).join("\n");
    return { raw: text, words: a2f.meaning.read(text), way, sure, conditional, bare };
  }

  /** Whether what follows is the answer to a question of an offer: "Lost your phone?" @param {Sentence | undefined} before */
  function isAnswer(before) {
    return Boolean(before?.offer && QUESTION.test(before.text));
  }

  /** Whether a sentence answers a question that is no heading: "Not at hand? Type in a recovery code". @param {Sentence[]} sentences @param {Sentence} sentence */
  function followsQuestion(sentences, sentence) {
    const at = sentences.indexOf(sentence) - 1;
    return at > 0 && QUESTION.test(sentences[at]?.text ?? "");
  }

  /**
   * "Lost your phone? Use a recovery code": the answer is an offer as the question is; and so is all that stands
   * under "choose another option".
   * @param {Sentence[]} sentences @param {Sentence | undefined} asking
   */
  function spreadOffers(sentences, asking) {
    const from = asking ? sentences.indexOf(asking) : 0;
    let listed = false;
    sentences.forEach((each, index) => {
      const before = sentences[index - 1];
      const answers = index > from && isAnswer(before);
      if ((answers || listed) && each !== asking) {
        each.offer = true;
        each.led = false;
      }
      listed ||= index > 0 && !each.hits.length && each.words.has("otherMethod");
    });
  }

  /**
   * Whether what stands in front of "enter the code" names recovery codes, and nothing else.
   * @param {Sentence[]} before
   */
  function isOfRecovery(before) {
    // "Backup codes will be shown in the end" asks for none.
    const plain = before.filter(({ offer, words }, index) => !offer && (index === 0 || words.has("leads")));
    const hits = plain.flatMap((each) => each.hits);
    return (
      hits.length > 0 &&
      hits.every(({ way }) => way === "recovery") &&
      !plain.some(({ words }) => words.has("or"))
    );
  }

  /**
   * An app that is offered, not in so many words in place of something else, counts where no other way is left:
   * "Use your authenticator to get a code".
   * @param {Sentence[]} all @param {Sentence[]} kept
   */
  function withApp(all, kept) {
    const other = kept.some(({ hits, words }) => words.has("sent") || hits.some(({ way }) => way !== "app"));
    if (other || all.some(({ words }) => words.has("resend"))) return kept;
    const apps = (/** @type {Sentence} */ { strong, hits }) =>
      !strong && hits.length > 0 && hits.every(({ way }) => way === "app");
    return all.filter((each) => kept.includes(each) || apps(each));
  }

  a2f.asked = Object.freeze({ read });
})();
