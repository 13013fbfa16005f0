// The verdict on one field: evidence collected from its attributes, labels, block and page, added up.
(() => {
  const a2f = (globalThis.auto2fa ??= /** @type {Auto2faContent} */ ({}));
  if (a2f.verdict) return;

  const { table, names, labels, optOutMarks, limits } = a2f.signs;
  const NAME_ATTRIBUTES = [
    "name",
    "id",
    "data-testid",
    "formcontrolname",
    "wire:model",
    "ng-model",
    "v-model",
    "x-model",
    "data-test",
    "data-cy",
  ];
  const MASKED_EMAIL = /[\w.*•·]*[*•·]{2,}[\w.*•·]*@[\w.*•·-]+/;
  const PLAIN_EMAIL = /[\w.+-]+@[\w-]+(\.[\w-]+)+/;
  const MASKED_PHONE = /(\+?\d{0,3}[\s(-]*)?[*•·xX#]{2,}[\s*•·xX#()-]*\d{2,4}(?!\d)/;
  const PLAIN_PHONE = /\+\d[\d\s()-]{7,}\d/;
  const TAN = /(?<![A-Za-z])(?:push|chip|photo|sms|m|i|QR-?|app)?TAN(?![a-z])/;
  const TWO_FACTOR_PATH =
    /(2fa|mfa|totp|otp|tfa|two-?_?factor|second-?_?factor|2-?step|two-?step|authenticator|twofactor)/i;
  /** A pattern that letters fit as well. */
  const LETTERS_TOO = /A-Z|a-z|\\w/;
  /** Codes of eight and more letters are kept on paper, not shown by apps. */
  const LONG_CODE =
    /\b(?:8|9|[1-3]\d)[ -]?(?:char|zeichen|caract|caratter|znak|tecken|tegn|teken|karakter|символ|文字|位字符)/;
  const CARD_FIELD =
    / (?:card ?(?:number|no|num|holder)|cardnumber|cc ?(?:number|num|exp\w*)|ccnumber|exp(?:iry|iration)? ?(?:date|month|year)|expirationdate) /;
  const PHONE_WORD =
    /phone|telef|telep|handy|rufnummer|mobil|cellul|portable|numer|number|номер|телефон|手机|手機|電話|휴대폰/;
  const SUM = /(?<![\d.])\d{1,2} ?[+×*−-] ?\d{1,2} ?= ?(?:\?|$|_|…)/;
  /** Words for programs of any kind. */
  const ANY_PROGRAM =
    /^(?!.*(?:auth|aut[eo]n|totp|otp|2fa|token|[ck]od|fa[ck]tor))(?:\S+ ){0,2}(?:apps?|appli[ck]a\S*|apli[ck]a\S*|anwendung\S*|приложени\S*|uygulama\S*)$/;
  /** What every login form has: no word of an account that is only made. */
  const FORGOT =
    /forg[oe]t|vergess|oubli|olvid|dimentic|vergeten|zapomn|zapomen|esquec|glom|glem|unoht|unut|забы|забу|忘|잊/;
  const RECOVERY_PATH =
    /recovery-?_?codes?|backup-?_?(?:codes?|tokens?)|scratch|(?:2fa|mfa|otp|factor)[\w/-]*(?:recovery|backup)/i;
  /** Words of a button that leads elsewhere, or does more than confirm. */
  const SAYS_ELSE = ["instead", "enrol", "otherMethod", "lost", "disable", "sms", "email", "recovery"];
  /** "Don't ask for the code for two weeks." */
  const NO_CODE_AGAIN = /^don t (?:ask (?:me )?for|require|challenge)/;
  const PINS = ["labelPin", "nearPin"];
  const TOKEN = /^(?:tok|jeton|токен|トークン|令牌|토큰)/;
  const MOST_FORMLESS = 10;
  const LAYOUT = /\b(?:form|input|text|mat|el) (?:item|field|control|group|input|box)s? /g;
  const WRITTEN = /^(?:text|email|password|tel|number|search|url)$/;
  const SAMPLE_DIGITS = /^(?:e\.?g\.?:?\s*)?(?:[0-9](?:[\s-]?[0-9]){5,7}|([_•·*X#0-])(?:\s?\1){5,7})$/i;

  /** @typedef {import("../../tests/js/types/content").Field} Field */
  /** @typedef {import("../../tests/js/types/content").Evidence} Evidence */
  /** @typedef {{items: Evidence[], add: (sign: string, detail: string) => void, has: (sign: string) => boolean, detail: (sign: string) => string, drop: (sign: string) => void}} Ledger */

  /** What Ark UI's and Chakra UI's boxes call themselves, whatever code they are for. */
  const WIDGETS_WORDS = /^pin code \d+ of \d+$/i;

  /** Without any of these a page only says "some code". */
  const TELLING = [
    "nameApp",
    "nameTwoFactor",
    "labelApp",
    "labelTwoFactor",
    "nearApp",
    "nearAppThing",
    "nearTwoFactor",
    "pageTwoFactor",
    "pathTwoFactor",
    "formTwoFactor",
    "classTwoFactor",
    "nearLogin",
    "oneTimeAtLogin",
    "actionRecovery",
    "recoveryBeside",
  ];

  /** Nor with a label like "code" and none of these: games, meetings and parcels have codes too. */
  const BESIDES = ["nameOtp", "classOtp", "boxes", "taughtHere"];

  /** What a field says of itself that speaks for a code. */
  const OF_ITSELF = [
    "autocompleteCode",
    "nameApp",
    "nameTwoFactor",
    "nameOtp",
    "nameCode",
    "classOtp",
    "classTwoFactor",
    "labelApp",
    "labelTwoFactor",
    "labelOtp",
    "labelCode",
    "labelDigits",
    "boxes",
    "fewBoxes",
    "codeLength",
    "placeholderDigits",
    "oneTimeAtLogin",
    "taughtHere",
  ];
  /** A refused code may be shown again; a mask has no letters. */
  const NO_CODE = /\p{L}|^\P{N}*(?:\p{N}\P{N}*){1,3}$/u;

  /** Names that count for nothing where the page speaks of an authenticator app. */
  const OUTRANKED = [
    "nameDevice",
    "nameOrder",
    "nameInvite",
    "nameSearch",
    "namePersonal",
    "namePin",
    "labelPin",
  ];

  /** Nor these, where the field's own label does. */
  const NAMED_OTHERWISE = ["nameTan", "nameCvv", "namePostal", "nameCoupon", "namePin", "nameSecret"];

  /** @returns {Ledger} */
  function ledger() {
    /** @type {Evidence[]} */
    const items = [];
    const seen = new Set();
    return {
      items,
      add(sign, detail) {
        const entry = table[sign];
        if (!entry || seen.has(sign)) return;
        seen.add(sign);
        items.push({ sign, weight: entry.weight, detail: detail.slice(0, 80) });
      },
      has: (sign) => seen.has(sign),
      detail: (sign) => items.find((item) => item.sign === sign)?.detail ?? "",
      drop(sign) {
        const at = items.findIndex((item) => item.sign === sign);
        if (at >= 0) items.splice(at, 1);
        seen.delete(sign);
      },
    };
  }

  /**
   * Words on the field: labels and placeholder of every box, read once.
   * @param {Field} field
   */
  function ownText(field) {
    const parts = new Set();
    for (const input of field.inputs.slice(0, 2)) {
      const label = a2f.dom.labelOf(input);
      if (!WIDGETS_WORDS.test(label)) parts.add(label);
      parts.add(a2f.dom.tidy(input.placeholder));
      parts.add(a2f.dom.tidy(input.title));
    }
    return [...parts].filter(Boolean).join(" · ");
  }

  /** @param {Field} field */
  function nameText(field) {
    const input = /** @type {HTMLInputElement} */ (field.inputs[0]);
    const values = NAME_ATTRIBUTES.map((name) => input.getAttribute(name) ?? "");
    // What component libraries put in front of every field's name says nothing of this one.
    const plain = values.map((value) => a2f.text.nameTokens(value).replace(LAYOUT, ""));
    return ` ${[...new Set(plain.filter(Boolean))].join(" | ")} `;
  }

  /** @param {Ledger} book @param {Field} field @param {Findings} own */
  function readAttributes(book, field, own) {
    const input = /** @type {HTMLInputElement} */ (field.inputs[0]);
    const autocomplete = input.getAttribute("autocomplete")?.toLowerCase() ?? "";
    if (/\bone-time-code\b/.test(autocomplete)) book.add("autocompleteCode", autocomplete);
    else if (
      /\b(username|email|tel|cc-[a-z-]+|postal-code|street-address|given-name|family-name|organization|new-password|bday|country|name)\b/.test(
        autocomplete,
      )
    ) {
      book.add("autocompleteOther", autocomplete);
      if (/cc-csc/.test(autocomplete)) book.add("nameCvv", autocomplete);
      if (/postal-code/.test(autocomplete)) book.add("namePostal", autocomplete);
    }
    const name = nameText(field);
    // A field's visible words outrank its name: fields called "secret" take codes, and the other way round.
    const stated = own.has("app") || own.has("otp") || own.has("twoFactor") || own.has("digits");
    let positive = false;
    for (const [sign, pattern] of names) {
      const hit = pattern.exec(name);
      if (!hit) continue;
      const against = (table[sign]?.weight ?? 0) < 0;
      if (!against) {
        if (positive) continue;
        positive = true;
      } else {
        const strict = /^name(Recovery|Sms|Email|Captcha|Coupon|Postal|Cvv|Tan|Site)$/.test(sign);
        if (!strict && (stated || book.has("nameApp") || book.has("nameTwoFactor") || book.has("nameOtp")))
          continue;
        if (/^name(Username|Password)$/.test(sign) && book.has("nameCode")) continue;
        if (sign === "nameSecret" && own.has("code") && !own.has("secret")) continue;
        if (sign === "nameCaptcha" && stated && !/captcha/.test(hit[0])) continue;
      }
      book.add(sign, hit[0].trim());
    }
    // "wp-2fa-email-code": what kind of second factor it is comes behind.
    if (book.has("nameSms") || book.has("nameEmail"))
      for (const sign of ["nameTwoFactor", "nameOtp", "nameCode"]) book.drop(sign);
    const factor = /(?:^|[\s_-])(totp|2fa|tfa|mfa|two-?factor|authenticator)(?![a-z])/i.exec(input.className);
    if (factor) book.add("classTwoFactor", factor[1] ?? "");
    else if (/\b(otp|one-?time|authcode|verification-?code)/i.test(input.className))
      book.add("classOtp", input.className);
    const marked = input.getAttributeNames().find((attribute) => /^data-.*\b(?:otp|totp)\b/.test(attribute));
    if (marked) book.add("classOtp", marked);
    // Widget libraries put these marks on each box to keep icons out of it, while the first box asks for a code
    // to be filled in: only our own mark, or one on a field that does not ask, says no.
    const asks = field.segmented && field.inputs.some(a2f.dom.asksForCode);
    for (const [mark, value] of optOutMarks) {
      if (asks && mark !== "data-auto2fa-ignore") continue;
      const at = field.inputs.find(
        (each) => each.hasAttribute(mark) && value.test(each.getAttribute(mark) ?? ""),
      );
      if (at) book.add("optOut", mark);
    }
  }

  /** @param {Ledger} book @param {Field} field */
  function readShape(book, field) {
    const input = /** @type {HTMLInputElement} */ (field.inputs[0]);
    if (field.segmented) {
      book.add(field.inputs.length >= 6 ? "boxes" : "fewBoxes", `${field.inputs.length}`);
    } else {
      const digits = a2f.fields.digitsOf(field);
      if (digits && digits >= 6) book.add("codeLength", `${digits}`);
      else if (digits === 4 || (input.maxLength >= 2 && input.maxLength <= 4))
        book.add("tooShort", `${input.maxLength}`);
      // 128 and 255 are what a column holds, not what a code needs.
      if (input.maxLength > 24 && input.maxLength < 100) book.add("tooLong", `${input.maxLength}`);
      if (input.minLength > 12) book.add("leastLong", `${input.minLength}`);
      const least = /\{(\d+)(?:,\d*)?\}/.exec(input.pattern);
      if (least && Number(least[1]) > 10) book.add("leastLong", input.pattern);
    }
    if (
      input.inputMode === "numeric" ||
      input.type === "number" ||
      input.type === "tel" ||
      (/\\d|0-9/.test(input.pattern) && !LETTERS_TOO.test(input.pattern))
    ) {
      book.add("numeric", input.inputMode || input.type);
    }
    if (SAMPLE_DIGITS.test(input.placeholder.trim())) book.add("placeholderDigits", input.placeholder);
  }

  /** @param {Ledger} book @param {Findings} own @param {string} raw */
  function readLabel(book, own, raw) {
    if (own.has("app")) book.add("labelApp", own.first("app"));
    if (own.has("twoFactor")) book.add("labelTwoFactor", own.first("twoFactor"));
    if (own.has("otp")) book.add("labelOtp", own.first("otp"));
    else if (own.has("code")) book.add("labelCode", own.first("code"));
    if (own.has("digits")) book.add("labelDigits", own.first("digits"));
    if (LONG_CODE.test(own.text)) book.add("longCode", LONG_CODE.exec(own.text)?.[0] ?? "");
    const coded = own.has("code") || own.has("otp") || own.has("digits");
    const codeLike = own.has("app") || own.has("otp") || own.has("twoFactor") || own.has("digits");
    if (TAN.test(raw) || own.has("tan")) book.add("labelTan", own.first("tan") || "TAN");
    if (own.has("sms") && !own.has("app")) book.add("labelSms", own.first("sms"));
    if (own.has("email") && !own.has("app") && (own.has("code") || own.has("otp")))
      book.add("labelEmail", own.first("email"));
    for (const [sign, category, strict] of labels) {
      if (!own.has(category)) continue;
      if (category === "config" && (own.has("otp") || own.has("code"))) continue;
      if (category === "recovery" && namedLater(own)) continue;
      // "A name for your authenticator".
      const plain = category === "personal" && !coded;
      if (
        !strict &&
        !plain &&
        (category === "secret" ? own.has("code") || own.has("otp") || own.has("digits") : true) &&
        (codeLike || (category === "personal" && own.has("code") && !longerThanCode(own, category)))
      )
        continue;
      book.add(sign, own.first(category));
    }
  }

  /** Whether a sentence on the field speaks of another code first: "… your verification code. Use a recovery code". @param {Findings} own */
  function namedLater(own) {
    const at = own.all("recovery")[0]?.at ?? 0;
    const first = [...own.all("app"), ...own.all("otp"), ...own.all("digits")];
    return own.text.length > limits.label && first.some((hit) => hit.at < at);
  }

  /** Whether a word of the category is a phrase of its own with "code" in it ("country code"). @param {Findings} own @param {string} category */
  function longerThanCode(own, category) {
    return own.all(category).some((hit) => hit.length > 1);
  }

  /** Ways that pages offer in place of the one they ask for. */
  const WAYS = ["app", "appThing", "recovery", "sms", "email", "hardwareKey", "twoFactor"];

  /**
   * Words of a category, without those that are offered in place of what the page asks for: "use TOTP instead".
   * @param {Findings} text @param {string} category
   */
  function asked(text, category) {
    const hits = text.all(category);
    const compared = text.all("insteadOf");
    const places = text.all("instead").filter(({ at }) => !compared.some((other) => other.at === at));
    if (!hits.length || !places.length) return hits;
    const ways = WAYS.flatMap((way) => text.all(way));
    const end = (/** @type {Found} */ hit) => hit.at + hit.length - 1;
    const offered = places.flatMap(({ at }) => {
      const before = ways.filter((way) => end(way) < at && at - end(way) <= 3);
      return before.sort((x, y) => end(y) - end(x)).slice(0, 1);
    });
    return hits.filter((hit) => !offered.some((way) => hit.at <= end(way) && end(hit) >= way.at));
  }

  /** @param {Findings} text @returns {string} an app word that is not about a lost app, nor offered instead */
  function appWord(text) {
    for (const hit of asked(text, "app")) {
      const lost = text.all("lost").some((other) => hit.at - other.at >= 0 && hit.at - other.at <= 7);
      if (!lost) return hit.text;
    }
    return "";
  }

  /** @param {Findings} text words of sending, without "check your app" */
  function sentWord(text) {
    const apps = [...text.all("app"), ...text.all("program")];
    const hit = text.all("sent").find((sent) => {
      const look = sent.text.startsWith("check");
      return !look || !apps.some(({ at }) => at > sent.at && at - sent.at <= 6);
    });
    return hit?.text ?? "";
  }

  /**
   * @param {Ledger} book @param {Findings} own
   * @param {ReturnType<typeof a2f.asked.read>} ask the text around the field, without what it offers instead
   * @param {Findings} whole all of that text
   * @param {Findings} actions
   */
  function readBlock(book, own, { words: near, raw, way, sure: asks, conditional, bare }, whole, actions) {
    // A code that was sent to a shown address stays one, though the text offers the app as another way.
    const addressed =
      near.has("sent") && (MASKED_EMAIL.test(raw) || MASKED_PHONE.test(raw) || PLAIN_EMAIL.test(raw));
    const elsewhere = (way === "sms" || way === "email" || way === "recovery") && !own.has("app");
    const word = addressed || elsewhere ? "" : appWord(near);
    // "Enter the code that we sent by SMS to use the application": the program that one signs in to.
    const app = ANY_PROGRAM.test(word) && near.near("sent", "sms", 3) ? "" : word;
    if (app) book.add("nearApp", app);
    else if ((near.has("appThing") && !elsewhere) || own.has("appThing"))
      book.add("nearAppThing", own.first("appThing") || near.first("appThing"));
    if (near.has("login")) book.add("nearLogin", near.first("login"));
    if (near.has("twoFactor")) book.add("nearTwoFactor", near.first("twoFactor"));
    if (near.has("otp") && !own.has("otp")) book.add("nearOtp", near.first("otp"));
    else if (near.has("code") && !own.has("code")) book.add("nearCode", near.first("code"));
    if (near.has("digits") && !own.has("digits")) book.add("nearDigits", near.first("digits"));
    const appSaid = own.has("app") || Boolean(app);
    const appHere = appSaid || book.has("nameApp");
    // Pages that send codes often keep the field's name of the app's page: what is said outranks what is named.
    readDelivery(book, own, near, raw, appSaid);
    if (appSaid) for (const sign of OUTRANKED) book.drop(sign);
    if (own.has("app")) for (const sign of NAMED_OTHERWISE) book.drop(sign);
    // Templates are shared: "sms_code" where the page asks for the app's code, and says nothing of messages.
    if (way === "app" && asks && appSaid && !["sms", "email", "sent", "resend"].some(whole.has))
      for (const sign of ["nameSms", "nameEmail"]) book.drop(sign);
    const told =
      appSaid || near.has("twoFactor") || (near.has("sent") && (near.has("sms") || near.has("email")));
    if (told && !/captcha|human|spam/.test(book.detail("nameCaptcha"))) book.drop("nameCaptcha");
    // Some languages call a passcode a password.
    const named = book.has("nameApp") || book.has("nameTwoFactor");
    if (named && (appSaid || near.has("twoFactor"))) book.drop("labelPassword");
    if ((near.has("fewDigits") || own.has("fewDigits")) && !own.has("app"))
      book.add("fewDigits", own.first("fewDigits") || near.first("fewDigits"));
    const factorHere = appHere || near.has("twoFactor") || own.has("twoFactor") || book.has("nameTwoFactor");
    if (near.has("account") && !factorHere) {
      const phone = near.all("account").find(({ text }) => PHONE_WORD.test(text));
      book.add(phone ? "nearAccountPhone" : "nearAccount", phone?.text ?? near.first("account"));
    }
    if (!appHere && LONG_CODE.test(near.text)) book.add("longCode", LONG_CODE.exec(near.text)?.[0] ?? "");
    if (SUM.test(raw)) book.add("sumShown", SUM.exec(raw)?.[0] ?? "");
    if (near.has("payment") && !factorHere) book.add("nearPayment", near.first("payment"));
    // "Get a new code from your app."
    const spoken = appSaid ? "" : near.first("resend") || (way ? "" : whole.first("resend"));
    const again = actions.first("resend") || spoken;
    if (again) {
      book.add("resend", again);
      // An app's code cannot be sent again.
      if (!appHere && !book.has("nearAppThing")) book.add("resendOnly", again);
    }
    // "Lost your device? Use a recovery code" is another way on a page that asks for the second factor's code.
    const otherwise = factorHere && near.near("lost", "recovery", 16) && !own.has("lost");
    const recovery = asked(near, "recovery")[0];
    if (recovery && !appHere && !book.has("nearAppThing") && !sure(own) && !otherwise)
      book.add("nearRecovery", recovery.text);
    // "If you lost your phone, type in a recovery code", under a label that says "authentication code".
    const coded = own.has("otp") || own.has("twoFactor") || own.has("digits");
    // So does "Enter a recovery code" without a full stop, which is a link, under one that leaves no doubt.
    const link = bare && sure(own) && near.has("twoFactor") && !whole.has("app") && !own.has("recovery");
    const either = link || (conditional && coded);
    if (way === "recovery" && asks && !own.has("app") && !either)
      book.add("asksRecovery", near.first("recovery"));
    // "Decrypt this PGP message": a challenge that no app answers.
    if (near.has("cipher") && !appHere) book.add("nearCipher", near.first("cipher"));
    if (near.has("captcha")) book.add("nearCaptcha", near.first("captcha"));
    if (near.has("coupon") && !appHere && !near.has("twoFactor"))
      book.add("nearCoupon", near.first("coupon"));
    if (near.has("cvv") && !appHere && !near.has("twoFactor")) book.add("nearCvv", near.first("cvv"));
    if (!appHere && (TAN.test(raw) || near.has("tan"))) book.add("nearTan", near.first("tan") || "TAN");
    if (near.has("device") && !appHere && !near.has("twoFactor"))
      book.add("nearDevice", near.first("device"));
    const codes = [own, near].some((text) => text.has("code") || text.has("otp") || text.has("digits"));
    if (
      near.has("pin") &&
      !appHere &&
      !book.has("sentSms") &&
      !book.has("sentEmail") &&
      !near.has("otp") &&
      (!near.has("twoFactor") || !(codes || own.has("twoFactor")))
    )
      book.add("nearPin", near.first("pin"));
    if (near.has("invite") && !appHere && !near.has("twoFactor"))
      book.add("nearInvite", near.first("invite"));
    if (near.has("order") && !appHere && !near.has("twoFactor")) book.add("nearOrder", near.first("order"));
    if (near.has("hardwareKey") && !appHere && !own.has("otp") && !own.has("code"))
      book.add("nearHardwareKey", near.first("hardwareKey"));
    if ((near.has("join") || actions.has("join")) && !factorHere && !near.has("otp"))
      book.add("nearJoin", near.first("join") || actions.first("join"));
    // "The code that you got from a friend."
    if (book.has("nearJoin")) book.drop("sentSomehow");
    // Recovery codes are kept by the user: one that was sent, and can be sent again, only bears the name.
    const delivered = book.has("sentSms") || book.has("sentEmail");
    if (delivered && book.has("resend") && !own.has("recovery"))
      for (const sign of ["nearRecovery", "asksRecovery"]) book.drop(sign);
    if (actions.has("search") && !factorHere && !near.has("otp"))
      book.add("actionSearch", actions.first("search"));
    if (actions.has("recovery")) book.add("actionRecovery", actions.first("recovery"));
    if (actions.has("app") && !appHere) book.add("appInstead", actions.first("app"));
    if (near.has("remember")) book.add("rememberDevice", near.first("remember"));
  }

  /**
   * Codes that were sent: by text message, by e-mail, or somehow.
   * @param {Ledger} book @param {Findings} own @param {Findings} near @param {string} raw
   * @param {boolean} appHere
   */
  function readDelivery(book, own, near, raw, appHere) {
    const sentSms = near.near("sent", "sms", 14) || own.near("sent", "sms", 14);
    const sentEmail = near.near("sent", "email", 14) || own.near("sent", "email", 14);
    const maskedEmail = MASKED_EMAIL.exec(raw)?.[0];
    const maskedPhone = maskedEmail ? undefined : MASKED_PHONE.exec(raw)?.[0];
    if (maskedEmail) book.add("maskedEmail", maskedEmail);
    if (appHere) return;
    if (maskedPhone) book.add("maskedPhone", maskedPhone);
    if (sentSms) book.add("sentSms", sentSms);
    if (sentEmail) book.add("sentEmail", sentEmail);
    const sent = sentWord(near) || sentWord(own);
    if (sent && !sentSms && !sentEmail) {
      if (maskedEmail || PLAIN_EMAIL.test(raw)) book.add("sentEmail", maskedEmail ?? "@");
      else if (maskedPhone || PLAIN_PHONE.test(raw)) book.add("sentSms", maskedPhone ?? "+");
      else book.add("sentSomehow", sent);
    }
    // A PIN that was sent is a code like any other.
    if (book.has("sentSms") || book.has("sentEmail")) for (const sign of PINS) book.drop(sign);
    // Words of two labels may stand side by side: "e-mail" and "code" alone say little on a page of two factors.
    const close = !near.has("twoFactor");
    const smsCode = near.first("smsCode") || (close && near.first("smsNamed"));
    const emailCode = near.first("emailCode") || (close && near.first("emailNamed"));
    if (smsCode) book.add("smsCode", smsCode);
    else if (emailCode && !near.has("username")) book.add("emailCode", emailCode);
    if (near.has("sms")) book.add("nearSms", near.first("sms"));
    // An address shown on a page of two factors is that of the account.
    const account = near.has("username") || (near.has("twoFactor") && !near.has("sent"));
    if (near.has("email") && !account) book.add("nearEmail", near.first("email"));
  }

  /**
   * What else the same form asks for or holds: a telephone number already given, or an address without a
   * password, is where the code goes to.
   * @param {Ledger} book @param {Field} field @param {Findings} own @param {Findings} near @param {boolean} nearApp
   */
  function readForm(book, field, own, near, nearApp) {
    const { form } = /** @type {HTMLInputElement} */ (field.inputs[0]);
    // Without a form, a page of few fields is one form.
    const all = form ? [...form.elements] : [...a2f.dom.allInputs()];
    if (!form && all.length > MOST_FORMLESS) return;
    const action = form?.getAttribute("action") ?? "";
    const sentTo = TWO_FACTOR_PATH.exec(action);
    if (sentTo) book.add(/^otp$/i.test(sentTo[0]) ? "formOtp" : "formTwoFactor", sentTo[0]);
    const others = all.filter(
      (other) =>
        other instanceof HTMLInputElement &&
        other.type !== "hidden" &&
        !field.inputs.includes(other) &&
        a2f.dom.isRendered(other),
    );
    const remember = all.find((other) => other instanceof HTMLInputElement && other.type === "checkbox");
    const remembers = remember
      ? a2f.meaning.read(a2f.dom.labelOf(/** @type {HTMLInputElement} */ (remember)))
      : null;
    const passwords = others.filter((other) => /** @type {HTMLInputElement} */ (other).type === "password");
    const password = passwords.length > 0;
    const appHere =
      nearApp || own.has("app") || own.has("twoFactor") || book.has("nameApp") || book.has("nameTwoFactor");
    // A form whose only button says "Sign up" makes an account, which has no second factor yet.
    const buttons = all.filter((other) =>
      /^(?:submit|image)$/.test(/** @type {HTMLInputElement} */ (other).type),
    );
    const made = buttons.length === 1 && !appHere && !book.has("nearTwoFactor") && accountMade(buttons[0]);
    if (made) book.add("nearAccount", made);
    for (const other of /** @type {HTMLInputElement[]} */ (others)) {
      const name = ` ${a2f.text.nameTokens(`${other.name} | ${other.id}`)} `;
      const shut = other.readOnly || other.disabled;
      if (
        (other.type === "tel" ||
          / (phone|mobile|tel|telephone|phone number) /.test(name) ||
          saysPhone(other)) &&
        (shut || (!password && !appHere))
      ) {
        book.add("phoneBeside", other.name || other.type);
      }
      if (CARD_FIELD.test(name) || /^cc-(number|exp)/.test(other.autocomplete))
        book.add("cardBeside", other.name);
      const known = shut && book.has("nearTwoFactor");
      if (other.type === "email" && !password && !appHere && !known)
        book.add("emailBeside", other.name || other.type);
    }
    // "Sign in with your authenticator", on the one button that there is.
    const byApp = buttons.length === 1 ? a2f.meaning.read(textOf(buttons[0])) : null;
    if (byApp?.has("app") && !SAYS_ELSE.some(byApp.has)) {
      book.drop("appInstead");
      book.add("nearApp", byApp.first("app"));
    }
    // Asked for at a second step: at the first, it stands beside a password.
    if (remembers?.has("remember") && !password) book.add("rememberDevice", remembers.first("remember"));
    if (RECOVERY_PATH.test(action) && !own.has("app") && !own.has("digits"))
      book.add("asksRecovery", RECOVERY_PATH.exec(action)?.[0] ?? "");
    if (passwords.length === 1 && FORGOT.test(book.detail("nearAccount"))) book.drop("nearAccount");
    if (!password || appHere) return;
    // A new password, typed twice, is set with a code that was sent; a one-time code next to the one password of
    // a login comes from an app, since nothing can have been sent yet; "security code" there is a picture's.
    if (passwords.length > 1) book.add("nearAccount", "password");
    else if (own.has("oneTime")) book.add("oneTimeAtLogin", own.first("oneTime"));
    else if ((own.has("otp") || own.has("code")) && NO_CODE_AGAIN.test(book.detail("rememberDevice")))
      book.add("oneTimeAtLogin", book.detail("rememberDevice"));
    // A second secret beside the password, that is neither it nor a PIN.
    else if (isSecond(field, own)) book.add("oneTimeAtLogin", own.first("otp") || own.first("code"));
    else if (
      (own.text ? own : near).has("unsureCode") &&
      !book.has("autocompleteCode") &&
      !book.has("nearTwoFactor")
    )
      book.add("captchaWithLogin", own.first("unsureCode"));
  }

  /** @param {Element | undefined} button @returns {string} its words of making an account */
  function accountMade(button) {
    return a2f.meaning.read(textOf(button)).first("account");
  }

  /** @param {Element | undefined} button */
  function textOf(button) {
    return `${button?.textContent ?? ""} ${/** @type {HTMLInputElement} */ (button)?.value ?? ""}`;
  }

  /** @param {Field} field @param {Findings} own */
  function isSecond(field, own) {
    const input = /** @type {HTMLInputElement} */ (field.inputs[0]);
    const other = ["password", "pin", "captcha", "unsureCode", "recovery", "secret"].some(own.has);
    return input.type === "password" && (own.has("otp") || own.has("code")) && !other;
  }

  /** Whether a field without a name is the only one beside an address and a password. @param {Field} field */
  function besideLogin(field) {
    const input = /** @type {HTMLInputElement} */ (field.inputs[0]);
    if (field.segmented || input.name || !input.form || input.type === "password") return false;
    const others = [...input.form.elements].filter(
      (other) => other instanceof HTMLInputElement && other !== input && WRITTEN.test(other.type),
    );
    const types = others.map((other) => /** @type {HTMLInputElement} */ (other).type).sort();
    return types.length === 2 && types[0] === "email" && types[1] === "password";
  }

  /** @param {HTMLInputElement} input whether its label asks for a telephone number */
  function saysPhone(input) {
    if (input.type !== "text" || input.maxLength === 1) return false;
    const words = a2f.meaning.read(`${a2f.dom.labelOf(input)} ${input.placeholder}`);
    return (words.has("phone") || words.has("sms")) && !words.has("code") && !words.has("otp");
  }

  /** A second field for a recovery code: then this one is for the code that it stands in for. @param {Ledger} book @param {Set<Element>} rivals */
  function readRivals(book, rivals) {
    const recovery = names.find(([sign]) => sign === "nameRecovery")?.[1];
    for (const rival of rivals) {
      const { name, id } = /** @type {HTMLInputElement} */ (rival);
      const hit = recovery?.exec(a2f.text.nameTokens(`${name} | ${id}`));
      if (!hit) continue;
      book.add("recoveryBeside", hit[0]);
      // What the page says of recovery codes it says of that field.
      for (const sign of ["nearRecovery", "asksRecovery"]) book.drop(sign);
    }
  }

  /** A strip of letters drawn beside the field. @param {Ledger} book @param {Field} field */
  function readPictures(book, field) {
    let row = a2f.dom.parentOf(/** @type {HTMLInputElement} */ (field.inputs[0]));
    for (let level = 0; row && level < 2; level++, row = a2f.dom.parentOf(row)) {
      if (row.matches("form,body,main,dialog")) return;
      for (const picture of row.querySelectorAll("img,canvas")) {
        const { width, height } = picture.getBoundingClientRect();
        if (
          width >= 70 &&
          width <= 400 &&
          height >= 20 &&
          height <= 130 &&
          width / height >= 1.7 &&
          width / height <= 7
        ) {
          book.add("captchaPicture", picture.getAttribute("alt") ?? "");
          return;
        }
      }
    }
  }

  /** @param {Ledger} book @param {Findings} own @param {Findings} page */
  function readPage(book, own, page) {
    if (page.has("hardwareKey") && !page.has("twoFactor") && !appWord(page) && !own.has("app"))
      book.add("nearHardwareKey", page.first("hardwareKey"));
    if (page.has("twoFactor") || appWord(page))
      book.add("pageTwoFactor", page.first("twoFactor") || page.first("app"));
    const path = TWO_FACTOR_PATH.exec(location.pathname + location.hash);
    if (path) book.add("pathTwoFactor", path[0]);
    const recovery = RECOVERY_PATH.exec(location.pathname + location.hash);
    if (recovery && !own.has("app") && !own.has("digits") && !book.has("nearApp"))
      book.add("asksRecovery", recovery[0]);
  }

  /**
   * A field among others that says nothing of codes: an account page speaks of the second factor, and its fields
   * take names and numbers.
   * @param {Ledger} book @param {Field} field @param {string} label @param {boolean} only
   */
  function readOther(book, field, label, only) {
    const { defaultValue } = /** @type {HTMLInputElement} */ (field.inputs[0]);
    if (NO_CODE.test(defaultValue)) book.add("otherValue", defaultValue);
    const factorPage = book.has("pathTwoFactor") || book.has("formTwoFactor") || book.has("formOtp");
    if (label && !only && !factorPage) book.add("labelOther", label);
  }

  /**
   * @param {Field} field
   * @param {Context} context
   * @typedef {{rivals: Set<Element>, page: Findings, taught: "here" | "nothere" | null, only: boolean}} Context
   * @returns {import("../../tests/js/types/content").Verdict}
   */
  function judge(field, context) {
    const book = ledger();
    const ownRaw = ownText(field);
    const ownWords = a2f.meaning.read(ownRaw);
    // A label may be all that the page says.
    const own = ownRaw.length > limits.label ? a2f.asked.read(ownRaw, ownWords).words : ownWords;
    const { block, around } = a2f.dom.blockOf(field.inputs, context.rivals, 900);
    const described = a2f.dom.referenced(
      /** @type {HTMLInputElement} */ (field.inputs[0]),
      "aria-describedby",
    );
    const nearText = `${around.text}\n${described}`;
    const whole = a2f.meaning.read(nearText);
    const ask = a2f.asked.read(nearText, whole);
    const { raw: nearRaw, words: near } = ask;
    const actions = a2f.meaning.read(around.actions.join(" . "));

    if (context.taught === "here") book.add("taughtHere", "");
    if (context.taught === "nothere") book.add("taughtNotHere", "");
    readLabel(book, own, ownRaw);
    readAttributes(book, field, own);
    readShape(book, field);
    if (context.only) book.add("onlyField", "");
    readBlock(book, own, ask, whole, actions);
    readForm(book, field, own, near, book.has("nearApp"));
    if (!own.has("app") && !book.has("nameApp")) readPictures(book, field);
    readPage(book, own, context.page);
    if (!OF_ITSELF.some(book.has)) readOther(book, field, ownRaw, context.only);
    // A page about the second factor with one field: it needs no label.
    if (context.only && !ownRaw && (book.has("pageTwoFactor") || book.has("nearTwoFactor")))
      book.add("onlyUnlabelled", "");
    // So does one with no name either, beside the fields of the login that it is the second step of.
    else if (!ownRaw && book.has("pageTwoFactor") && book.has("nearTwoFactor") && besideLogin(field))
      book.add("onlyUnlabelled", "");
    if (near.has("disable") || actions.has("disable"))
      book.add("disablesTwoFactor", near.first("disable") || actions.first("disable"));

    // A generous bound means little on a field that says itself what it is for, where nothing speaks of longer codes.
    if (book.has("autocompleteCode") && ![own, near, actions].some((text) => text.has("recovery")))
      book.drop("tooLong");
    if (!own.has("recovery")) readRivals(book, context.rivals);
    // A "token" that is to be filled in is one of a device or an app; a "code" may be anything.
    const token = book.has("autocompleteCode") && own.all("code").some(({ text }) => TOKEN.test(text));
    const bare = !token && !field.covered && !own.has("otp") && !sure(near) && !BESIDES.some(book.has);
    if ((bare || saysLittle(field, own, near)) && !TELLING.some(book.has)) {
      book.add("unsure", own.first("otp") || own.first("code"));
      const address = (own.has("code") || own.has("otp")) && PLAIN_EMAIL.exec(nearRaw)?.[0];
      if (address) book.add("addressShown", address);
    }

    const kind = a2f.kinds.decide({
      field,
      book,
      own,
      near,
      page: context.page,
      way: ask.way,
      actions,
      block,
      around,
    });
    const score = sum(book.items);
    return { field, kind, score, evidence: book.items, label: ownRaw || nameText(field).trim(), block };
  }

  /**
   * Whether a label names codes of every kind alike: "verification code", or "OTP" and no more.
   * @param {Field} field @param {Findings} own @param {Findings} near
   */
  function saysLittle(field, own, near) {
    if (field.segmented) return field.inputs.length < 6 || near.has("email") || near.has("sms");
    // What stands above a field without a label is its label.
    const label = own.text ? own : near;
    const bare = label.has("otp") && label.all("otp").every(({ text }) => /^otps?$/.test(text));
    return own.has("unsureCode") || bare;
  }

  /** Whether a text speaks of one-time codes, and not only of "verification codes", as parcels have them. @param {Findings} text */
  function sure(text) {
    const unsure = new Set(text.all("unsureCode").map(({ at }) => at));
    return text.all("otp").some((hit) => !unsure.has(hit.at) && !hit.text.includes("…"));
  }

  /** Signs for are capped, so that a veto keeps its force. @param {Evidence[]} items */
  function sum(items) {
    let positive = 0;
    let negative = 0;
    for (const { weight } of items) {
      if (weight > 0) positive += weight;
      else negative += weight;
    }
    const taught = items.some((item) => item.sign === "taughtHere");
    return taught ? positive + Math.max(negative, -60) : Math.min(positive, limits.cap) + negative;
  }

  a2f.verdict = Object.freeze({ judge, sum, asked });
})();
