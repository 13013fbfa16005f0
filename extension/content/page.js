// One look at the whole document: every field judged, the prompt chosen.
(() => {
  const a2f = (globalThis.auto2fa ??= /** @type {Auto2faContent} */ ({}));
  if (a2f.page) return;

  /** Most fields judged in full in one look. */
  const MOST_JUDGED = 24;
  /** Up to this many fields on show, all of them are judged; above it only those with a hint in their attributes. */
  const FEW = 12;
  /** Kinds that a code may be asked for, best first when scores are alike. */
  const CODE_KINDS = ["app", "combined", "setup", "passwordAppend"];
  /** Other kinds that are reported, so that the popup can say what kind of prompt it is. */
  const TOLD_KINDS = [
    "sms",
    "email",
    "recovery",
    "tan",
    "pin",
    "captcha",
    "coupon",
    "cvv",
    "postal",
    "order",
    "invite",
    "device",
    "other",
  ];

  /** @typedef {import("../../tests/js/types/content").Field} Field */
  /** @typedef {import("../../tests/js/types/content").Verdict} Verdict */
  /** @typedef {import("../../tests/js/types/content").Prompt} Prompt */

  /** Headings and title: what the page says it is about. */
  function pageFindings() {
    const parts = [document.title];
    for (const heading of a2f.dom.findAll("h1,h2,h3,h4,h5,h6,legend,[role=heading]").slice(0, 12)) {
      if (a2f.dom.isRendered(heading)) parts.push(a2f.dom.tidy(heading.textContent));
    }
    return a2f.meaning.read(parts.join(" . "));
  }

  /** @param {HTMLInputElement} input @param {HTMLInputElement[]} all */
  function isOnly(input, all) {
    const { form } = input;
    const others = all.filter(
      (other) => other !== input && other.form === form && !other.disabled && !other.readOnly,
    );
    return !others.some((other) => a2f.dom.visibility(other) === "shown");
  }

  /** A name for a field that survives its being rendered anew. @param {Field} field @param {number} index */
  function idOf(field, index) {
    const input = /** @type {HTMLInputElement} */ (field.inputs[0]);
    const text = [
      input.name,
      input.id,
      input.type,
      input.autocomplete,
      input.placeholder,
      field.inputs.length,
      index,
    ].join("|");
    let hash = 5381;
    for (let i = 0; i < text.length; i++) hash = ((hash * 33) ^ text.charCodeAt(i)) >>> 0;
    return `f${hash.toString(36)}`;
  }

  /** @param {HTMLInputElement} input whether it may take a code of its own, so that the words around it are its */
  function isRival(input) {
    if (input.type === "password") return false;
    if (input.type !== "tel" && !/phone|mobile/i.test(`${input.name} ${input.id}`)) return true;
    const words = a2f.meaning.read(`${a2f.dom.labelOf(input)} ${input.placeholder}`);
    return !(words.has("phone") || words.has("sms")) || words.has("code") || words.has("otp");
  }

  /**
   * @param {(field: Field) => "here" | "nothere" | null} taughtOf
   * @returns {{verdicts: Verdict[], best: Verdict | null, waiting: HTMLInputElement[], codeLike: boolean}}
   */
  function look(taughtOf) {
    const all = a2f.dom.inputs();
    const isTaught = (/** @type {Field} */ field) => taughtOf(field) === "here";
    const { fields, waiting } = a2f.fields.collect(all, (input) =>
      isTaught({ inputs: [input], segmented: false, covered: false }),
    );
    /** @type {Verdict[]} */
    const verdicts = [];
    const hinted = fields.filter(
      (field) => field.segmented || field.inputs.some(a2f.fields.hinted) || isTaught(field),
    );
    const many =
      hinted.length > MOST_JUDGED
        ? [...hinted].sort((a, b) => Number(isTaught(b)) - Number(isTaught(a)))
        : hinted;
    const judged = (fields.length <= FEW ? fields : many).slice(0, MOST_JUDGED);
    if (judged.length) {
      const page = pageFindings();
      judged.forEach((field, index) => {
        const rivals = new Set(
          hinted
            .filter((other) => other !== field && isRival(/** @type {HTMLInputElement} */ (other.inputs[0])))
            .flatMap((other) => other.inputs),
        );
        const only =
          !field.segmented &&
          all.length <= 60 &&
          isOnly(/** @type {HTMLInputElement} */ (field.inputs[0]), all);
        const verdict = a2f.verdict.judge(field, { rivals, page, taught: taughtOf(field), only });
        verdicts.push({ ...verdict, id: idOf(field, index) });
      });
    }
    return { verdicts, best: choose(verdicts), waiting, codeLike: hinted.length > 0 };
  }

  /** The field to report: one that takes an app's code, or else the best of the other kinds. @param {Verdict[]} verdicts */
  function choose(verdicts) {
    const codes = verdicts.filter(({ kind }) => CODE_KINDS.includes(kind)).sort((a, b) => b.score - a.score);
    if (codes[0]) return codes[0];
    const told = verdicts.filter(
      ({ kind, evidence }) => TOLD_KINDS.includes(kind) && evidence.some(({ weight }) => weight > 0),
    );
    return told.sort((a, b) => codeness(b) - codeness(a))[0] ?? null;
  }

  /** @param {Verdict} verdict */
  function codeness(verdict) {
    return verdict.evidence.reduce((sum, { weight }) => sum + Math.max(0, weight), 0);
  }

  /** @param {Verdict} verdict @param {boolean} userTyped @returns {Prompt} */
  function toPrompt(verdict, userTyped) {
    const { id, kind, score, field, evidence } = verdict;
    return {
      id: id ?? "",
      kind,
      score,
      userTyped,
      evidence,
      digits: a2f.fields.digitsOf(field),
      segmented: field.segmented,
    };
  }

  a2f.page = Object.freeze({ look, toPrompt });
})();
