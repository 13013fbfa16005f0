// From evidence to a kind: an app code, one of its relatives (combined, setup, appended to a password), or
// something else entirely.
(() => {
  const a2f = (globalThis.auto2fa ??= /** @type {Auto2faContent} */ ({}));
  if (a2f.kinds) return;

  const { table, limits } = a2f.signs;
  const SECRET_TEXT =
    /(?<![A-Za-z0-9])(?:[A-Z2-7]{16,}|(?:[A-Z2-7]{4}[ -]){3,}[A-Z2-7]{1,4}|[a-z2-7]{32}|(?:[a-z2-7]{4} ){3,}[a-z2-7]{4})(?![A-Za-z0-9])/;
  /** What a page that hands out a secret has answered: "code" is that secret's code. */
  const OPEN = ["unsure", "captchaWithLogin"];
  const QR_NAME = /qr|barcode|otpauth|totp/i;

  /** @typedef {import("../../tests/js/types/content").Field} Field */
  /** @typedef {import("../../tests/js/types/content").Evidence} Evidence */
  /**
   * @typedef {{field: Field, book: {items: Evidence[], add: (sign: string, detail: string) => void, has: (sign: string) => boolean, drop: (sign: string) => void},
   *   own: Findings, near: Findings, page: Findings, way: string, actions: Findings, block: Element,
   *   around: {text: string, graphics: Element[], links: string[]}}} Case
   */

  /** Whether a drawing is made of straight black and white modules. @param {CanvasImageSource} source */
  function isModules(source) {
    const side = 96;
    const canvas = new OffscreenCanvas(side, side);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) return false;
    try {
      context.fillStyle = "#fff";
      context.fillRect(0, 0, side, side);
      context.imageSmoothingEnabled = false;
      context.drawImage(source, 0, 0, side, side);
      const { data } = context.getImageData(0, 0, side, side);
      let pure = 0;
      let dark = 0;
      let changes = 0;
      for (let i = 0, before = 0; i < data.length; i += 4) {
        const light = ((data[i] ?? 0) + (data[i + 1] ?? 0) + (data[i + 2] ?? 0)) / 3;
        if (light < 70 || light > 185) pure++;
        const now = light < 128 ? 1 : 0;
        dark += now;
        if (now !== before) changes++;
        before = now;
      }
      const pixels = side * side;
      return pure > pixels * 0.8 && dark > pixels * 0.2 && dark < pixels * 0.75 && changes > side * 9;
    } catch {
      return false; // A picture of another origin: its pixels are not ours to read.
    }
  }

  /** @param {Element} svg */
  function isModuleSvg(svg) {
    if (svg.querySelectorAll("rect,use,circle").length > 100) return true;
    let straight = 0;
    for (const path of svg.querySelectorAll("path")) {
      const d = path.getAttribute("d") ?? "";
      if (/^[MmHhVvLlZz\d\s,.-]*$/.test(d)) straight += d.length;
    }
    return straight > 800;
  }

  /**
   * How surely a picture is a QR code: 2 by its name or its modules, 1 by its shape alone, 0 not at all.
   * @param {Element} graphic @returns {0 | 1 | 2}
   */
  function isQr(graphic) {
    const box = graphic.getBoundingClientRect();
    if (box.width < 72 || box.height < 72 || box.width > 800) return 0;
    if (Math.abs(box.width - box.height) > box.width * 0.15) return 0;
    const named = ["src", "alt", "class", "id", "aria-label", "title", "data-testid"].some((name) => {
      const value = graphic.getAttribute(name) ?? "";
      return QR_NAME.test(value.startsWith("data:") ? "" : value.slice(0, 400));
    });
    if (named) return 2;
    if (graphic.tagName === "TABLE") return graphic.querySelectorAll("td").length > 400 ? 2 : 0;
    if (graphic.tagName.toLowerCase() === "svg") return isModuleSvg(graphic) ? 2 : 0;
    if (graphic instanceof HTMLCanvasElement) return graphic.width > 0 && isModules(graphic) ? 2 : 1;
    if (graphic instanceof HTMLImageElement && graphic.complete && isModules(graphic)) return 2;
    return box.width >= 120 ? 1 : 0;
  }

  /**
   * Whether the page around the field hands out a new secret. Looked for in a wider block than the field's
   * own: the picture often stands in another column.
   * @param {Case} c
   */
  function readSetup(c) {
    const main = c.block.closest("dialog,[role=dialog],[aria-modal=true]") ?? document.body;
    const wide = a2f.dom.surroundings(main, new Set(c.field.inputs), { chars: 4000, nodes: 1200 });
    const text = a2f.meaning.read(wide.text);
    let sum = 0;
    const ranked = wide.graphics
      .map((graphic) => ({ graphic, sure: isQr(graphic) }))
      .sort((x, y) => y.sure - x.sure);
    const best = ranked[0]?.sure ? ranked[0] : null;
    const grid = best?.sure === 2 ? null : gridQr(main);
    const picture = grid ?? best?.graphic;
    const sure = grid !== null || best?.sure === 2;
    const scans = text.has("scan");
    if (wide.links.length || c.around.links.length) {
      c.book.add("setupLink", "otpauth");
      sum += 40;
    }
    if (picture) {
      c.book.add("setupPicture", picture.tagName.toLowerCase());
      sum += sure ? 40 : scans || text.has("secret") || text.has("enrol") ? 25 : 10;
    }
    // A picture that stands in a frame of its own, which is not ours to look into.
    else if ((scans || text.has("secret")) && squareFrame()) {
      c.book.add("setupPicture", "iframe");
      sum += 25;
    }
    const secret = SECRET_TEXT.test(wide.text.replaceAll("\n", "")) || secretInInput();
    if (secret) {
      c.book.add("setupSecret", "");
      sum += 30;
    }
    if (scans || text.has("secret")) {
      c.book.add("setupWords", text.first("scan") || text.first("secret"));
      sum += scans ? 25 : 15;
    } else if (enrolNear(text)) {
      c.book.add("setupWords", enrolNear(text));
    }
    if (enrolNear(text)) sum += 20;
    if (c.page.near("enrol", "twoFactor", 4) || c.page.near("enrol", "app", 4)) sum += 20;
    // "Enter the code to finish setting up", and a button that says "Enable".
    const factor = c.near.has("app") || c.near.has("twoFactor");
    if (factor && c.near.has("enrol") && c.actions.has("enrol") && !c.near.has("account")) {
      c.book.add("setupWords", c.actions.first("enrol"));
      sum += 40;
    }
    // "Enter the code to finish setting up": the picture stood on the step before.
    if (factor && c.near.has("setupStep")) {
      c.book.add("setupWords", c.near.first("setupStep"));
      sum += 40;
    }
    return sum;
  }

  /** Words of setting up close to words of second factors. @param {Findings} text */
  function enrolNear(text) {
    return text.near("enrol", "twoFactor", 6) || text.near("enrol", "app", 6) || text.near("enrol", "otp", 5);
  }

  function squareFrame() {
    return a2f.dom.findAll("iframe,object,embed").some((frame) => {
      const { width, height } = frame.getBoundingClientRect();
      const square = Math.abs(width - height) <= width * 0.25;
      return width >= 100 && width <= 500 && square && a2f.dom.isRendered(frame);
    });
  }

  /** A QR code drawn with hundreds of small elements. @param {Element} main */
  function gridQr(main) {
    for (const candidate of main.querySelectorAll("[class*=qr i],[id*=qr i]")) {
      const box = candidate.getBoundingClientRect();
      if (
        box.width >= 72 &&
        Math.abs(box.width - box.height) <= box.width * 0.2 &&
        a2f.dom.isRendered(candidate)
      ) {
        if (!candidate.querySelector("input")) return candidate;
      }
    }
    return null;
  }

  /** A key shown for copying inside a read-only or disabled input. */
  function secretInInput() {
    return a2f.dom
      .findAll("input[readonly],input[disabled],textarea[readonly]")
      .slice(0, 20)
      .some((input) => SECRET_TEXT.test(/** @type {HTMLInputElement} */ (input).value));
  }

  /**
   * Whether a label names a code apart from the recovery code: "single-use recovery codes" and "2FA reset code" name
   * one thing, "authentication code / recovery code" two.
   * @param {Findings} own
   */
  function otherCode(own) {
    const recovery = own.all("recovery");
    if (/[/|·]/.test(own.text) && (own.has("twoFactor") || own.has("app"))) return true;
    return [...own.all("app"), ...own.all("otp")].some(
      ({ at, length, text }) =>
        !text.includes("…") &&
        !recovery.some((each) => each.at <= at + length && at <= each.at + each.length + 1),
    );
  }

  /** One field for an app code or a recovery code. @param {Case} c @returns {string} */
  function combinedWords(c) {
    const codes = c.own.has("app") || c.own.has("otp") || c.own.has("twoFactor");
    // A short label that names both takes both; in a sentence they may be two ways, unless joined by "or".
    const short = c.own.text.length <= limits.label;
    if (c.own.has("recovery") && ((otherCode(c.own) && short) || c.own.has("or")))
      return c.own.first("recovery");
    if (c.own.has("password") && c.own.has("or") && (c.own.has("code") || codes))
      return c.own.first("password");
    // A label that names one thing only says so, whatever the page says of others: "recovery code", "password".
    const code = codes || c.own.has("code");
    if (short && ((c.own.has("recovery") && !otherCode(c.own)) || (c.own.has("password") && !code)))
      return "";
    if (c.way === "recovery") return "";
    for (const or of c.near.all("or")) {
      const code = [
        ...c.near.all("app"),
        ...c.near.all("otp"),
        ...c.near.all("code"),
        ...c.near.all("twoFactor"),
      ];
      const left = code.some((hit) => or.at - hit.at >= 0 && or.at - hit.at <= 9);
      const right = a2f.verdict
        .asked(c.near, "recovery")
        .find((hit) => hit.at - or.at > 0 && hit.at - or.at <= 6);
      if (left && right) return right.text;
      const leftRecovery = a2f.verdict
        .asked(c.near, "recovery")
        .find((hit) => or.at - hit.at > 0 && or.at - hit.at <= 6);
      const rightCode = code.some((hit) => hit.at - or.at > 0 && hit.at - or.at <= 6);
      if (leftRecovery && rightCode) return leftRecovery.text;
    }
    return "";
  }

  /** A password field that wants the code behind the password. @param {Case} c @returns {string} */
  function appendWords(c) {
    const input = /** @type {HTMLInputElement} */ (c.field.inputs[0]);
    if (input.type !== "password") return "";
    const codes = c.own.has("otp") || c.own.has("code") || c.own.has("app") || c.own.has("twoFactor");
    const joined = c.own.has("and") || /\+|&/.test(c.own.text);
    return c.own.has("password") && codes && joined ? c.own.first("password") : "";
  }

  /**
   * @param {Case} c
   * @returns {string} kind
   */
  function decide(c) {
    const append = appendWords(c);
    if (append) {
      c.book.add("passwordAppend", append);
      return "passwordAppend";
    }
    // A field of its own for the recovery code: this one is for the app's.
    const stated = ["app", "otp", "twoFactor", "recovery"].some(c.own.has);
    const apart =
      c.book.has("labelCoupon") ||
      (c.book.has("recoveryBeside") && !c.own.has("recovery")) ||
      // Named for recovery codes, and nothing on the field that says more.
      (c.book.has("nameRecovery") && !stated);
    const combined = apart ? "" : combinedWords(c);
    if (combined) {
      // What speaks against a pure app field speaks for this one: it takes both.
      for (const item of c.book.items) {
        if (
          /(Recovery|labelPassword|namePassword|tooLong|sentSomehow|resend)$/.test(item.sign) &&
          item.weight < 0
        )
          item.weight = 0;
      }
    }
    let total = a2f.verdict.sum(c.book.items);
    const open = OPEN.filter(c.book.has);
    const setup = total > 10 || open.length ? readSetup(c) : 0;
    if (setup >= limits.setup && open.length) {
      for (const sign of open) c.book.drop(sign);
      total = a2f.verdict.sum(c.book.items);
    }
    // On a page that hands out a secret, a field for "the code" is for that secret's code.
    const coded =
      c.own.has("code") || c.own.has("digits") || c.book.has("nameCode") || c.book.has("autocompleteCode");
    if (
      total < limits.prompt &&
      setup >= limits.setup &&
      coded &&
      !c.book.items.some(({ weight }) => weight <= -60)
    ) {
      c.book.add("setupPage", "");
      total = a2f.verdict.sum(c.book.items);
    }
    if (total >= limits.prompt) {
      if (setup >= limits.setup) return "setup";
      if (combined) {
        c.book.add("combined", combined);
        return "combined";
      }
      return "app";
    }
    /** @type {Map<string, number>} */
    const sums = new Map();
    for (const { sign, weight } of c.book.items) {
      const kind = table[sign]?.kind;
      // What is written on the field tells its kind before what is written around it.
      const share = sign.startsWith("label") ? 1.5 : 1;
      if (kind && weight < 0) sums.set(kind, (sums.get(kind) ?? 0) - weight * share);
    }
    const best = [...sums].sort((a, b) => b[1] - a[1])[0];
    return best && best[1] >= 20 ? best[0] : "unknown";
  }

  a2f.kinds = Object.freeze({ decide, isQr });
})();
