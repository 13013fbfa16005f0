// The evidence table: what each sign weighs for (+) or against (-) "this field takes an authenticator-app
// code", and which other kind of field a sign against it speaks for. Data only; the rules read it by name.
(() => {
  const a2f = (globalThis.auto2fa ??= /** @type {Auto2faContent} */ ({}));
  if (a2f.signs) return;

  /** @type {Record<string, {weight: number, kind?: string}>} */
  const signs = {
    // What the field says of itself in its attributes.
    autocompleteCode: { weight: 30 },
    nameApp: { weight: 50 },
    nameTwoFactor: { weight: 38 },
    nameOtp: { weight: 25 },
    nameCode: { weight: 14 },
    classOtp: { weight: 10 },
    classTwoFactor: { weight: 25 },
    // What a person reads on the field.
    labelApp: { weight: 55 },
    labelTwoFactor: { weight: 38 },
    labelOtp: { weight: 35 },
    labelCode: { weight: 16 },
    labelDigits: { weight: 15 },
    // Shape.
    boxes: { weight: 44 },
    fewBoxes: { weight: 24 },
    codeLength: { weight: 14 },
    numeric: { weight: 8 },
    placeholderDigits: { weight: 12 },
    onlyField: { weight: 8 },
    onlyUnlabelled: { weight: 12 },
    oneTimeAtLogin: { weight: 25 },
    // The block around it, the page, the address.
    nearApp: { weight: 36 },
    nearAppThing: { weight: 30 },
    nearTwoFactor: { weight: 28 },
    nearOtp: { weight: 18 },
    nearDigits: { weight: 10 },
    nearCode: { weight: 6 },
    pageTwoFactor: { weight: 15 },
    pathTwoFactor: { weight: 15 },
    formTwoFactor: { weight: 15 },
    formOtp: { weight: 12 },
    actionRecovery: { weight: 10 },
    rememberDevice: { weight: 8 },
    nearLogin: { weight: 15 },
    recoveryBeside: { weight: 20 },
    setupPage: { weight: 35 },
    // The user's own word.
    taughtHere: { weight: 200 },
    taughtNotHere: { weight: -400 },
    optOut: { weight: -150, kind: "other" },
    // Codes that come by another way.
    nameSms: { weight: -75, kind: "sms" },
    nameEmail: { weight: -75, kind: "email" },
    labelSms: { weight: -75, kind: "sms" },
    labelEmail: { weight: -75, kind: "email" },
    sentSms: { weight: -80, kind: "sms" },
    sentEmail: { weight: -80, kind: "email" },
    sentSomehow: { weight: -80, kind: "sms" },
    maskedPhone: { weight: -65, kind: "sms" },
    maskedEmail: { weight: -45, kind: "email" },
    nearSms: { weight: -30, kind: "sms" },
    nearEmail: { weight: -20, kind: "email" },
    smsCode: { weight: -80, kind: "sms" },
    emailCode: { weight: -80, kind: "email" },
    resend: { weight: -25, kind: "sms" },
    resendOnly: { weight: -25 },
    nameRecovery: { weight: -80, kind: "recovery" },
    labelRecovery: { weight: -90, kind: "recovery" },
    nearRecovery: { weight: -55, kind: "recovery" },
    asksRecovery: { weight: -90, kind: "recovery" },
    nearAccount: { weight: -35, kind: "email" },
    nearAccountPhone: { weight: -35, kind: "sms" },
    addressShown: { weight: -25, kind: "email" },
    longCode: { weight: -60, kind: "recovery" },
    appInstead: { weight: -25, kind: "sms" },
    // Fields of another kind.
    labelCaptcha: { weight: -110, kind: "captcha" },
    labelCoupon: { weight: -110, kind: "coupon" },
    labelPostal: { weight: -110, kind: "postal" },
    labelCvv: { weight: -110, kind: "cvv" },
    labelTan: { weight: -110, kind: "tan" },
    labelPin: { weight: -60, kind: "pin" },
    labelInvite: { weight: -100, kind: "invite" },
    labelOrder: { weight: -100, kind: "order" },
    labelSearch: { weight: -80, kind: "search" },
    labelDevice: { weight: -110, kind: "device" },
    labelApiToken: { weight: -100, kind: "other" },
    labelSecret: { weight: -90, kind: "other" },
    labelPhone: { weight: -80, kind: "phone" },
    labelUsername: { weight: -80, kind: "other" },
    labelPassword: { weight: -90, kind: "password" },
    labelPersonal: { weight: -70, kind: "other" },
    labelAmount: { weight: -70, kind: "other" },
    labelConfig: { weight: -90, kind: "other" },
    labelHardwareKey: { weight: -80, kind: "other" },
    nameCaptcha: { weight: -110, kind: "captcha" },
    nameCoupon: { weight: -100, kind: "coupon" },
    namePostal: { weight: -110, kind: "postal" },
    nameCvv: { weight: -110, kind: "cvv" },
    nameSite: { weight: -120, kind: "other" },
    nameTan: { weight: -90, kind: "tan" },
    namePin: { weight: -35, kind: "pin" },
    nameInvite: { weight: -80, kind: "invite" },
    nameOrder: { weight: -80, kind: "order" },
    nameSearch: { weight: -80, kind: "search" },
    nameDevice: { weight: -100, kind: "device" },
    nameSecret: { weight: -70, kind: "other" },
    namePhone: { weight: -70, kind: "phone" },
    nameUsername: { weight: -60, kind: "other" },
    namePassword: { weight: -60, kind: "password" },
    namePersonal: { weight: -60, kind: "other" },
    emailBeside: { weight: -80, kind: "email" },
    captchaPicture: { weight: -60, kind: "captcha" },
    captchaWithLogin: { weight: -45, kind: "captcha" },
    phoneBeside: { weight: -80, kind: "sms" },
    nearCaptcha: { weight: -60, kind: "captcha" },
    sumShown: { weight: -110, kind: "captcha" },
    nearCoupon: { weight: -45, kind: "coupon" },
    nearCvv: { weight: -70, kind: "cvv" },
    nearPayment: { weight: -60, kind: "cvv" },
    nearTan: { weight: -80, kind: "tan" },
    nearPin: { weight: -55, kind: "pin" },
    nearInvite: { weight: -35, kind: "invite" },
    nearJoin: { weight: -60, kind: "invite" },
    nearOrder: { weight: -35, kind: "order" },
    nearDevice: { weight: -70, kind: "device" },
    actionSearch: { weight: -60, kind: "search" },
    nearHardwareKey: { weight: -50, kind: "other" },
    autocompleteOther: { weight: -120, kind: "other" },
    disablesTwoFactor: { weight: -60, kind: "other" },
    tooLong: { weight: -40, kind: "other" },
    leastLong: { weight: -100, kind: "recovery" },
    tooShort: { weight: -60 },
    fewDigits: { weight: -50, kind: "sms" },
    cardBeside: { weight: -110, kind: "cvv" },
    // A code, but nothing on the page says of which kind.
    unsure: { weight: -46 },
    table: { weight: -40, kind: "other" },
    // Other data beside a mention of the second factor, as account pages have it.
    labelOther: { weight: -40, kind: "other" },
    otherValue: { weight: -100, kind: "other" },
    // What turns an app-code field into one of its relatives; these weigh nothing on the sum.
    combined: { weight: 0 },
    passwordAppend: { weight: 0 },
    setupPicture: { weight: 0 },
    setupLink: { weight: 0 },
    setupSecret: { weight: 0 },
    setupWords: { weight: 0 },
  };

  /** Names and ids, after being taken apart into lower-case words. Order: the first that matches counts. @type {[string, RegExp][]} */
  const names = [
    [
      "nameApp",
      /\b(totp\w*|\w*totp|authenticator\w*|gauth|ga code|google ?auth\w*|g ?auth ?code|authy|app ?code)\b/,
    ],
    [
      "nameTwoFactor",
      /\b(tfa|\w*2 ?fa|\w*mfa|two ?fa\w*|two ?factor\w*|2 factor|second ?factor|multi ?factor\w*|two ?step\w*|2 ?step|2 sv|twofa\w*|mfacode|tfacode)\b/,
    ],
    [
      "nameOtp",
      /\b(otp\w*|\w*otp|hotp|otc|one ?time ?(code|password|passcode|token|pin)|onetime\w*|verif(y|ication)? ?(code|token|pin|number)|verificationcode|auth(entication|orization)? ?(code|token|pin)|security ?code|pass ?code|challenge ?(code|response)|confirm(ation)? ?code|login ?code|access ?code|second ?password|dynamic ?code|verification key|one code|sec ?code)\b/,
    ],
    [
      "nameCode",
      /\b(code|codes|token|pin|challenge|auth ?\d?|digit|digits|verification|verify|verifier|response|confirmation|answer|kod|kode|codigo|codice)\b/,
    ],
    [
      "nameRecovery",
      /\b(recovery\w*|backup\w*|rescue|scratch|emergency|static ?(code|token)|lookup ?secret|rc)\b/,
    ],
    ["nameSms", /\b(sms\w*|phone ?(code|otp|token|verification|pin)|mobile ?(code|otp)|text ?message)\b/],
    [
      "nameEmail",
      /\b(e ?mail ?(code|otp|token|verification|pin)|mail ?(code|otp|token)|emailcode|emailotp)\b/,
    ],
    [
      "nameCaptcha",
      /\b(\w*captcha\w*|\w*capcha\w*|human|spam|vcode ?img|image ?code|kaptcha|checkcode|seccode ?verify)\b/,
    ],
    [
      "nameCoupon",
      /\b(coupon\w*|voucher\w*|promo\w*|discount\w*|gift ?(card|code)?|giftcard\w*|redeem\w*|referral\w*|rebate|reward\w*)\b/,
    ],
    ["namePostal", /\b(postal\w*|post ?code\w*|zip|zip ?code\w*|plz|postleitzahl|cep|cap)\b/],
    [
      "nameCvv",
      /\b(cvv\w*|cvc\w*|csc|cid|cc ?\w*(security|verif|cvv|cvc|cid|csc)\w*|card ?(security|verification) ?\w*|security ?digits)\b/,
    ],
    ["nameSite", /\b(google|bing|yandex|baidu|site|domain)( site)? verif\w*/],
    ["nameTan", /\b(tan|mtan|itan|pushtan|chiptan|smstan|tan ?nummer)\b/],
    ["namePin", /\b(pin ?code|pincode|pin)\b/],
    [
      "nameInvite",
      /\b(invite\w*|invitation\w*|license\w*|licence\w*|serial\w*|activation ?key|room|meeting\w*|join ?code|product ?key)\b/,
    ],
    [
      "nameOrder",
      /\b(order\w*|invoice\w*|tracking\w*|booking\w*|reservation\w*|reference\w*|article\w*|sku|product ?\w*|item\w*|shipment\w*|case ?(id|number))\b/,
    ],
    ["nameSearch", /\b(search\w*|query|filter\w*|keyword\w*|lookup(?! ?secret)|suche?)\b/],
    ["nameDevice", /\b(user ?code|device ?(user ?)?code|usercode|devicecode|pairing ?code)\b/],
    [
      "nameSecret",
      /\b(secret\w*|api ?key|private ?key|seed|secret ?key|access ?token|api ?token|webhook\w*|uri)\b/,
    ],
    ["namePhone", /\b(phone|telephone|mobile|tel|msisdn|cell|phone ?number|mobile ?number|fax)\b/],
    [
      "nameUsername",
      /\b(user ?name|username|login|email|e mail|mail|userid|user ?id|account ?(name|id)?|identity|identifier|customer ?(id|no|number))\b/,
    ],
    ["namePassword", /\b(password|passwd|pwd|passphrase|current password|new password|user password)\b/],
    [
      "namePersonal",
      /\b(first ?name|last ?name|full ?name|company|street|city|country|state|vat\w*|tax\w*|iban|bic|birth\w*|age|comment\w*|title|description|subject|message|label|user ?label|algorithm|issuer|interval|device ?name|amount|quantity|qty|price|day|month|year|hour\w*|currency|language|website|url|name|period|digits ?length|dial ?code|area ?code|expiry\w*)\b/,
    ],
  ];

  /** Own words of other kinds, in order; `strict` counts even when the label also reads like a code. @type {[string, string, boolean][]} */
  const labels = [
    ["labelRecovery", "recovery", true],
    ["labelCaptcha", "captcha", true],
    ["labelCoupon", "coupon", true],
    ["labelPostal", "postal", true],
    ["labelCvv", "cvv", true],
    ["labelDevice", "device", true],
    ["labelConfig", "config", true],
    ["labelApiToken", "apiToken", false],
    ["labelInvite", "invite", true],
    ["labelOrder", "order", true],
    ["labelSecret", "secret", false],
    ["labelPin", "pin", false],
    ["labelHardwareKey", "hardwareKey", false],
    ["labelPhone", "phone", false],
    ["labelSearch", "search", false],
    ["labelUsername", "username", false],
    ["labelPassword", "password", false],
    ["labelAmount", "amount", false],
    ["labelPersonal", "personal", false],
  ];

  /** Marks by which pages keep password managers away from a field. @type {[string, RegExp][]} */
  const optOutMarks = [
    ["data-auto2fa-ignore", /^(?!false$)/],
    ["data-1p-ignore", /^(?!false$)/],
    ["data-op-ignore", /^(?!false$)/],
    ["data-lpignore", /^true$/],
    ["data-bwignore", /^(?!false$)/],
    ["data-protonpass-ignore", /^(?!false$)/],
    ["data-form-type", /^other$/],
  ];

  /** Sums from which a field counts, and the letters from which a label is no label but a sentence. */
  const limits = Object.freeze({ prompt: 50, cap: 120, codeLike: 30, setup: 40, label: 80 });

  a2f.signs = Object.freeze({ table: Object.freeze(signs), names, labels, optOutMarks, limits });
})();
