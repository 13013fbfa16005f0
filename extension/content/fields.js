// Candidate fields of a document: single inputs and rows of boxes that together take one code.
(() => {
  const a2f = (globalThis.auto2fa ??= /** @type {Auto2faContent} */ ({}));
  if (a2f.fields) return;

  /** Above this many inputs only those whose own attributes speak of a code are looked at more closely. */
  const MANY = 40;
  const HINT =
    /otp|totp|2fa|mfa|tfa|two.?f|factor|one.?time|code|token|pin\b|tan\b|auth|verif|challenge|kod|codigo|código|codice|コード|码|碼|코드|인증|код|passw|captcha/i;
  const ATTRIBUTES = [
    "autocomplete",
    "name",
    "id",
    "placeholder",
    "aria-label",
    "data-testid",
    "formcontrolname",
    "wire:model",
    "ng-model",
    "v-model",
    "x-model",
    "title",
    "class",
  ];
  const BOX_MAX_WIDTH = 100;
  /** Boxes that nobody gave a width are as wide as the browser makes every field. */
  const SINGLE_MAX_WIDTH = 260;
  const NUMBER = /\d/;
  const NUMBERS = /\d+/g;

  /** Whether an input's own attributes could be those of a code field: cheap, reads no layout. @param {HTMLInputElement} input */
  function hinted(input) {
    const before = hints.get(input);
    if (before !== undefined) return before;
    const now = readHint(input);
    // On a page of few fields attributes that scripts set later are worth reading again.
    if (remember) hints.set(input, now);
    return now;
  }

  /** @type {WeakMap<HTMLInputElement, boolean>} */
  const hints = new WeakMap();
  let remember = false;

  /** @param {HTMLInputElement} input */
  function readHint(input) {
    if (input.maxLength === 1) return true;
    if (input.inputMode === "numeric" && input.maxLength >= 4 && input.maxLength <= 10) return true;
    for (const name of ATTRIBUTES) {
      const value = input.getAttribute(name);
      if (value && HINT.test(value)) return true;
    }
    const label = labelBeside(input);
    return label !== null && HINT.test((label.textContent ?? "").slice(0, 120));
  }

  /**
   * The label around a field or next to it, without a search of the document for the one that names its id.
   * @param {HTMLInputElement} input @returns {Element | null}
   */
  function labelBeside(input) {
    /** @type {Element | null} */
    let at = input;
    for (let level = 0; at && level < 4; level++) {
      if (at.tagName === "LABEL") return at;
      if (level < 2) {
        for (const beside of [at.previousElementSibling, at.nextElementSibling])
          if (beside?.tagName === "LABEL") return beside;
      }
      at = at.parentElement;
    }
    return null;
  }

  /**
   * Whether any of many inputs may take a code.
   * @param {HTMLInputElement[]} inputs
   * @param {boolean} byLabel whether their labels are asked as well, which takes longer than all the rest
   */
  function anyHinted(inputs, byLabel) {
    // One test of everything that they say spares most pages of many inputs a test of each. Rows of a table say
    // the same but for their numbers: once is enough.
    /** @type {Map<string, string>} name and placeholder */
    const rows = new Map();
    const distinct = inputs.filter((input) => {
      const { name, placeholder } = input;
      const row = NUMBER.test(name) ? name.replace(NUMBERS, "2") : name;
      if (row && rows.get(row) === placeholder) return false;
      rows.set(row, placeholder);
      return true;
    });
    const said = new Set(distinct.map((input) => input.outerHTML));
    const labels = !byLabel
      ? []
      : inputs.length > MANY
        ? a2f.dom.findAll("label")
        : inputs.map(labelBeside).filter((label) => label !== null);
    for (const label of labels) said.add((label.textContent ?? "").replace(NUMBERS, "2"));
    const markup = [...said].join(" ");
    const likely = /maxlength|inputmode/.test(markup) || HINT.test(markup);
    // A row's label may speak where those of its like do not.
    const spoken = labels.length ? inputs : distinct;
    if (likely && spoken.some((input) => hinted(input) && a2f.dom.takesText(input))) return true;
    return inputs.some((input) => wanted(input) && a2f.dom.takesText(input));
  }

  /** Whether the user pointed at this field before. @type {(input: HTMLInputElement) => boolean} */
  let wanted = () => false;

  /** @param {HTMLInputElement} input */
  function usable(input) {
    return !input.disabled && !input.readOnly;
  }

  /** @param {HTMLInputElement} input */
  function couldBeBox(input) {
    const longest = input.maxLength;
    return longest === 1 || longest === -1 || (longest >= 4 && longest <= 10);
  }

  /** @param {HTMLInputElement} input whether it says itself that it takes one character */
  function isSingle(input) {
    return input.maxLength === 1 || /^\[?(\\d|0-9|\\d\{1\}|\[0-9\])\]?(\{1\}|\*)?$/.test(input.pattern);
  }

  /**
   * Rows of equally small inputs side by side.
   * @param {HTMLInputElement[]} inputs shown inputs in document order
   * @returns {HTMLInputElement[][]} groups of 4 to 10
   */
  function boxRows(inputs) {
    /** @type {HTMLInputElement[][]} */
    const rows = [];
    /** @type {HTMLInputElement[]} */
    let run = [];
    /** @type {DOMRect | null} */
    let last = null;
    const close = () => {
      if (run.length >= 4 && run.length <= 10 && looksLikeBoxes(run)) rows.push(run);
      run = [];
      last = null;
    };
    for (const input of inputs) {
      const box = input.getBoundingClientRect();
      const widest = isSingle(input) ? SINGLE_MAX_WIDTH : BOX_MAX_WIDTH;
      const small = box.width > 0 && box.width <= widest && box.height <= 140 && couldBeBox(input);
      if (!small) {
        close();
        continue;
      }
      const previous = run[run.length - 1];
      const fits =
        last &&
        previous &&
        previous.type === input.type &&
        Math.abs(last.top - box.top) < 12 &&
        Math.abs(last.width - box.width) <= last.width * 0.3 + 2 &&
        box.left - last.right < 80 &&
        box.left > last.left - 1;
      if (!fits) close();
      run.push(input);
      last = box;
    }
    close();
    return rows;
  }

  /**
   * Small inputs in a row are boxes only if each takes one character, or their names and labels say code:
   * a week of working hours looks the same.
   * @param {HTMLInputElement[]} run
   */
  function looksLikeBoxes(run) {
    const single = run.filter(isSingle).length;
    if (single >= run.length - 1) return true;
    if (run.slice(1).some((input) => input.maxLength > 1 && input.maxLength !== run.length)) return false;
    // Numbered names are one name: box-1, box-2.
    const labels = new Set(
      run.map((input) =>
        (input.getAttribute("name") || input.getAttribute("aria-label") || input.id).replace(/\d+/g, ""),
      ),
    );
    const about = run.some((input) => a2f.dom.asksForCode(input) || hinted(input));
    if (about) return true;
    // Nothing at all on any of them, and nothing that tells them apart: drawn as boxes by script.
    return labels.size <= 1 && run.every((input) => input.step === "" || input.type === "text");
  }

  /** @typedef {import("../../tests/js/types/content").Field} Field */

  /**
   * @param {Iterable<HTMLInputElement>} all text-like inputs in document order
   * @param {(input: HTMLInputElement) => boolean} taught whether the user pointed at a field before
   * @returns {{fields: Field[], waiting: HTMLInputElement[]}} fields on show, and those that may come to show
   */
  function collect(all, taught) {
    wanted = taught;
    /** @type {HTMLInputElement[]} */
    const shown = [];
    /** @type {HTMLInputElement[]} */
    const covered = [];
    /** @type {HTMLInputElement[]} */
    const waiting = [];
    const list = [...all];
    const few = list.length <= MANY;
    remember = !few;
    for (const input of list) {
      if (!few && !hinted(input) && !wanted(input)) continue;
      const state = a2f.dom.visibility(input);
      if (state === "hidden" || !usable(input)) waiting.push(input);
      else if (state === "covered") covered.push(input);
      else shown.push(input);
    }
    const rows = boxRows(shown);
    const boxed = new Set(rows.flat());
    /** @type {Field[]} */
    const fields = rows.map((inputs) => ({ inputs, segmented: true, covered: false }));
    for (const input of shown)
      if (!boxed.has(input)) fields.push({ inputs: [input], segmented: false, covered: false });
    for (const input of covered) {
      // A trap for robots is covered too: only a field that says it takes a code is believed.
      const stated =
        a2f.dom.asksForCode(input) || (hinted(input) && input.maxLength >= 4 && input.maxLength <= 10);
      if (stated && input.getAttribute("aria-hidden") !== "true")
        fields.push({ inputs: [input], segmented: false, covered: true });
      else waiting.push(input);
    }
    return { fields, waiting };
  }

  /**
   * Number of digits that a field takes, where it says so.
   * @param {Field} field
   * @returns {number | null}
   */
  function digitsOf(field) {
    const input = /** @type {HTMLInputElement} */ (field.inputs[0]);
    if (field.segmented) return field.inputs.length;
    const stated = Number(input.dataset.digits ?? input.dataset.length ?? 0);
    if (stated >= 4 && stated <= 10) return stated;
    const pattern = /(?:\\d|\[0-9\]|\[\\d\])\{(\d+)\}\$?$/.exec(input.pattern);
    if (pattern) return Number(pattern[1]);
    if (input.minLength >= 4 && input.minLength <= 10 && input.minLength === input.maxLength)
      return input.minLength;
    if (input.maxLength >= 6 && input.maxLength <= 8) return input.maxLength;
    if (/^9+$/.test(input.max) && input.max.length >= 4 && input.max.length <= 10) return input.max.length;
    return null;
  }

  a2f.fields = Object.freeze({ collect, digitsOf, hinted, anyHinted });
})();
