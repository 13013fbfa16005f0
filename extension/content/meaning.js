// What two words say when they stand close together: languages bend words in more ways than lists of phrases can
// hold ("kod weryfikacyjny", "kodu do weryfikacji"), but the stems stay, and so does their nearness.
(() => {
  const a2f = globalThis.auto2fa;
  if (a2f.meaning) return;

  /**
   * A category that follows from two others: the first at most so many words before or behind the second, or
   * only before it, or both in one and the same compound word.
   * @type {{category: string, one: string, other: string, distance: number, ordered?: boolean, joined?: boolean}[]}
   */
  const PAIRS = [
    { category: "otp", one: "code", other: "verifying", distance: 2 },
    { category: "otp", one: "code", other: "oneTime", distance: 2 },
    { category: "otp", one: "password", other: "oneTime", distance: 2 },
    { category: "recovery", one: "backup", other: "code", distance: 2 },
    { category: "twoFactor", one: "two", other: "factor", distance: 1, ordered: true },
    // "Open the app on your phone", "the code that the app shows": an app that is named no further.
    { category: "appThing", one: "program", other: "open", distance: 4 },
    { category: "appThing", one: "program", other: "generated", distance: 4 },
    { category: "appThing", one: "program", other: "code", distance: 4 },
    { category: "appThing", one: "gadget", other: "made", distance: 4 },
    // "Authentication app", and "Verificeringsapp" in one word.
    { category: "appThing", one: "program", other: "verifying", distance: 3, joined: true },
    { category: "appThing", one: "program", other: "twoFactor", distance: 3, joined: true },
    { category: "appThing", one: "program", other: "oneTime", distance: 3, joined: true },
    // "SMS code", "code from the e-mail".
    { category: "smsNamed", one: "sms", other: "code", distance: 1 },
    { category: "smsCode", one: "code", other: "sms", distance: 3, ordered: true },
    { category: "emailNamed", one: "email", other: "code", distance: 1 },
    { category: "emailCode", one: "code", other: "email", distance: 4, ordered: true },
    // "You will get a message with a code".
    { category: "sent", one: "message", other: "code", distance: 4 },
    { category: "sent", one: "check", other: "email", distance: 3 },
    { category: "captcha", one: "characters", other: "picture", distance: 4 },
    { category: "cvv", one: "card", other: "backside", distance: 4 },
  ];

  /**
   * @param {string} text
   * @returns {Findings} as `text.read`, with the categories that follow from pairs of words
   */
  function read(text) {
    const plain = a2f.text.read(text);
    /** @type {Map<string, Found[]>} */
    const derived = new Map();
    for (const { category, one, other, distance, ordered, joined = false } of PAIRS) {
      for (const a of plain.all(one)) {
        const b = plain.all(other).find(({ at, length }) => {
          const apart = at - a.at;
          if (apart === 0) return joined;
          return ordered
            ? apart > 0 && apart <= distance
            : apart > 0
              ? apart <= distance
              : -apart <= distance + length - 1;
        });
        if (!b) continue;
        const found = derived.get(category) ?? [];
        const text = a.at < b.at ? `${a.text} … ${b.text}` : `${b.text} … ${a.text}`;
        found.push({ category, at: Math.min(a.at, b.at), length: 1, text });
        derived.set(category, found);
      }
    }
    if (!derived.size) return plain;
    const all = (/** @type {string} */ category) => [
      ...plain.all(category),
      ...(derived.get(category) ?? []),
    ];
    return Object.freeze({
      text: plain.text,
      all,
      has: (/** @type {string} */ category) => plain.has(category) || derived.has(category),
      first: (/** @type {string} */ category) => all(category)[0]?.text ?? "",
      near: (/** @type {string} */ one, /** @type {string} */ other, /** @type {number} */ distance) => {
        for (const a of all(one)) {
          for (const b of all(other)) {
            if (Math.abs(a.at - b.at) <= distance) return `${a.text} … ${b.text}`;
          }
        }
        return "";
      },
    });
  }

  a2f.meaning = Object.freeze({ read });
})();
