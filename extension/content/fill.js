// Putting a code into a field so that the page believes it, and reading back what became of it.
(() => {
  const a2f = (globalThis.auto2fa ??= /** @type {Auto2faContent} */ ({}));
  if (a2f.fill) return;

  /** How long a widget gets to take a value over, in milliseconds. */
  const SETTLE_MS = 30;
  /** What pages put between a code's characters: "123 456", "123-456", "(123) 456", "1·2·3·4·5·6", a mask's rest. */
  const SEPARATORS = /[^\p{L}\p{N}]/gu;
  /** Of the element itself: frameworks put a setter of their own on top of it. */
  const setValue = () =>
    /** @type {(this: HTMLInputElement, value: string) => void} */ (
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set
    );
  /** Values that we wrote, so that they are told apart from what the user typed. @type {WeakMap<HTMLInputElement, string>} */
  const written = new WeakMap();
  /** Passwords with a code behind them: a second one is not put behind that. @type {WeakMap<HTMLInputElement, string>} */
  const appended = new WeakMap();
  /** @type {WeakSet<HTMLInputElement>} */
  const typed = new WeakSet();

  /** @typedef {import("../../tests/js/types/content").Field} Field */
  /** @typedef {{ok: boolean, method: "value" | "paste" | "typing" | "none", readBack: string, left: boolean, why: string}} Filled */

  const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

  /** The user pressed keys in this field. @param {HTMLInputElement} input */
  function noteTyped(input) {
    if (input.value) typed.add(input);
    else typed.delete(input);
  }

  /**
   * Whether a field holds something that is not ours. What it came with in the page's markup is not the user's
   * either: portals show a refused code again in the field.
   * @param {Field} field
   */
  function userTyped(field) {
    return field.inputs.some((input) => {
      const value = input.value.replace(/[\s_\-•·*.]/g, "");
      if (value === "" || (!typed.has(input) && input.value === input.defaultValue)) return false;
      return typed.has(input) || written.get(input) !== input.value;
    });
  }

  /** @param {Field} field */
  function read(field) {
    return field.inputs
      .map((input) => input.value)
      .join("")
      .replace(SEPARATORS, "");
  }

  /** Whether the page took the field away or shut it, as pages do that submit by themselves. @param {Field} field */
  function isLeft(field) {
    return field.inputs.every(
      (input) =>
        !input.isConnected || input.disabled || input.readOnly || a2f.dom.visibility(input) === "hidden",
    );
  }

  /** @param {HTMLInputElement} input @param {string} value @param {string} data */
  function write(input, value, data) {
    setValue().call(input, value);
    written.set(input, value);
    typed.delete(input);
    input.dispatchEvent(
      new InputEvent("input", { bubbles: true, composed: true, data, inputType: "insertText" }),
    );
  }

  /** @param {HTMLInputElement} input */
  function remember(input) {
    written.set(input, input.value);
    typed.delete(input);
  }

  /** @param {HTMLInputElement} input @param {string} type @param {string} key */
  function press(input, type, key) {
    const digit = /\d/.test(key);
    return input.dispatchEvent(
      new KeyboardEvent(type, {
        key,
        code: digit ? `Digit${key}` : key.length === 1 ? `Key${key.toUpperCase()}` : key,
        keyCode: key.length === 1 ? key.toUpperCase().charCodeAt(0) : key === "Enter" ? 13 : 8,
        bubbles: true,
        composed: true,
        cancelable: true,
      }),
    );
  }

  /** The box that has the focus, if it is one of the field's. @param {Field} field @returns {HTMLInputElement | null} */
  function focused(field) {
    for (const input of field.inputs) {
      const root = /** @type {Document | ShadowRoot} */ (input.getRootNode());
      if (root.activeElement === input) return input;
    }
    return null;
  }

  /** @param {HTMLInputElement} input @param {string} code @returns {boolean} whether the page handled the paste */
  function paste(input, code) {
    const data = new DataTransfer();
    data.setData("text/plain", code);
    const kind = { bubbles: true, composed: true, cancelable: true };
    let event = new ClipboardEvent("paste", { ...kind, clipboardData: data });
    if (!event.clipboardData?.getData("text/plain")) {
      // Firefox makes the event's data from these members of its own.
      const own = /** @type {any} */ ({ ...kind, dataType: "text/plain", data: code });
      event = new ClipboardEvent("paste", own);
    }
    return !input.dispatchEvent(event);
  }

  /** Waits for the page to work on the value, and says how it stands. @param {Field} field @param {string} code */
  async function settled(field, code) {
    let back = read(field);
    for (let waited = 0; back !== code && waited < 3; waited++) {
      await pause(waited ? SETTLE_MS : 0);
      back = read(field);
      if (isLeft(field)) break;
    }
    return back;
  }

  /**
   * The code as the field's own pattern wants it: some ask for "123 456", and the browser sends nothing else off.
   * @param {HTMLInputElement} input @param {string} code
   */
  function asWanted(input, code) {
    if (!input.pattern) return code;
    const half = Math.ceil(code.length / 2);
    const written = [" ", "-"].map((separator) => code.slice(0, half) + separator + code.slice(half));
    try {
      const pattern = new RegExp(`^(?:${input.pattern})$`, "u");
      return [code, ...written].find((each) => pattern.test(each)) ?? code;
    } catch {
      return code; // no valid pattern: the browser does not heed it either
    }
  }

  /** @param {HTMLInputElement} input @param {string} code */
  function byValue(input, code) {
    input.focus({ preventScroll: true });
    const text = asWanted(input, code);
    write(input, text, text);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** @param {Field} field */
  function clear(field) {
    for (const input of field.inputs) if (input.isConnected && input.value) write(input, "", "");
  }

  /**
   * One character at a time, into the box that the page moved the focus to.
   * @param {Field} field @param {string} code
   */
  async function byTyping(field, code) {
    const { inputs } = field;
    inputs[0]?.focus({ preventScroll: true });
    for (let i = 0; i < code.length; i++) {
      const character = /** @type {string} */ (code[i]);
      const expected = field.segmented ? inputs[i] : inputs[0];
      if (!expected?.isConnected) return;
      // A widget that writes to its focused box has to have the right one focused.
      if (focused(field) !== expected) expected.focus({ preventScroll: true });
      const before = read(field);
      let own = !press(expected, "keydown", character);
      own = !press(expected, "keypress", character) || own;
      own =
        !expected.dispatchEvent(
          new InputEvent("beforeinput", {
            bubbles: true,
            composed: true,
            cancelable: true,
            data: character,
            inputType: "insertText",
          }),
        ) || own;
      // A widget that keeps the browser from typing types by itself, now or when it is drawn anew.
      if (own) await pause(0);
      if (!own || read(field) === before) {
        write(expected, field.segmented ? character : expected.value + character, character);
      }
      press(expected, "keyup", character);
      await pause(0);
    }
    inputs.at(-1)?.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /**
   * Fills and reads back. Nothing that the user typed is overwritten.
   * @param {Field} field @param {string} code
   * @returns {Promise<Filled>}
   */
  async function fill(field, code) {
    const first = /** @type {HTMLInputElement} */ (field.inputs[0]);
    if (userTyped(field)) return { ok: false, method: "none", readBack: "", left: false, why: "userTyped" };
    const tooShort = !field.segmented && first.maxLength > 0 && first.maxLength < code.length;
    if (tooShort || (field.segmented && field.inputs.length !== code.length)) {
      return { ok: false, method: "none", readBack: "", left: false, why: "boxCount" };
    }
    let best = "";
    let changes = 0;
    // A page may submit itself in the middle and empty its boxes: the fullest reading counts, taken before it can.
    // One field that the page empties at once did not take the code: that is seen after the page's own work.
    const note = () => {
      const now = read(field);
      if (now.length >= best.length) best = now;
      changes++;
    };
    /** @type {[Filled["method"], () => void | Promise<void>][]} */
    const ways = field.segmented
      ? [
          [
            "paste",
            () => {
              first.focus({ preventScroll: true });
              paste(first, code);
              for (const input of field.inputs) remember(input);
            },
          ],
          ["typing", () => byTyping(field, code)],
        ]
      : [
          ["value", () => byValue(first, code)],
          [
            "paste",
            () => {
              first.focus({ preventScroll: true });
              paste(first, code);
              remember(first);
            },
          ],
          ["typing", () => byTyping(field, code)],
        ];
    for (const input of field.inputs) input.addEventListener("input", note, field.segmented);
    try {
      for (const [method, act] of ways) {
        best = "";
        if (read(field)) clear(field);
        await act();
        note();
        const back = await settled(field, code);
        for (const input of field.inputs) if (input.isConnected) remember(input);
        if (back === code) return { ok: true, method, readBack: back, left: isLeft(field), why: "" };
        // Emptied again: the page took the code. Another value in its place is no code of ours.
        if ((best === code && back === "") || isLeft(field)) {
          return {
            ok: best === code || changes > 0,
            method,
            readBack: best,
            left: true,
            why: best === code ? "" : "left",
          };
        }
      }
    } finally {
      for (const input of field.inputs) input.removeEventListener("input", note, field.segmented);
    }
    const readBack = read(field);
    clear(field);
    return { ok: false, method: "typing", readBack, left: false, why: "readBack" };
  }

  /**
   * Puts a code behind the password that the user typed, where a portal wants both in one field.
   * @param {Field} field @param {string} code
   * @returns {Promise<Filled>} `readBack` never holds the password
   */
  async function append(field, code) {
    const input = /** @type {HTMLInputElement} */ (field.inputs[0]);
    /** @type {Filled} */
    const not = { ok: false, method: "none", readBack: "", left: false, why: "passwordFirst" };
    const password = input.value;
    if (!password) return not;
    if (appended.get(input) === password) return { ...not, why: "userTyped" };
    input.focus({ preventScroll: true });
    write(input, password + code, code);
    input.dispatchEvent(new Event("change", { bubbles: true }));
    await pause(0);
    if (isLeft(field)) return { ok: true, method: "value", readBack: code, left: true, why: "" };
    if (input.value !== password + code) {
      write(input, password, "");
      return { ...not, why: "readBack" };
    }
    appended.set(input, input.value);
    return { ok: true, method: "value", readBack: code, left: false, why: "" };
  }

  a2f.fill = Object.freeze({ append, fill, noteTyped, userTyped, isLeft, press, read });
})();
