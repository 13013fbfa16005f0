// Where a portal first offers a choice of methods, its authenticator app is chosen.
(() => {
  const a2f = (globalThis.auto2fa ??= /** @type {Auto2faContent} */ ({}));
  if (a2f.method) return;

  const CHOICES =
    "button,a,[role=button],[role=link],[role=option],[role=radio],[role=menuitem],label,li[onclick],div[onclick],li[tabindex],div[tabindex]";
  const MOST_CHOICES = 200;
  /** On a page that nothing else speaks for. */
  const MOST_ANYWHERE = 40;
  const LONGEST = 140;

  /** @param {Element} choice @returns {HTMLInputElement | null} the radio button of a label */
  function radioOf(choice) {
    const control = choice instanceof HTMLLabelElement ? choice.control : null;
    return control instanceof HTMLInputElement && control.type === "radio" ? control : null;
  }

  /**
   * The choice that leads to an app's code: on a page that offers several methods, or beside a prompt of
   * another kind ("use your authenticator app instead").
   * @param {boolean} otherPrompt a prompt for a code of another kind is on show
   * @param {boolean} likely something speaks for such a page
   * @returns {{choice: Element, text: string} | null}
   */
  function find(otherPrompt, likely) {
    /** @type {{choice: Element, text: string}[]} */
    const apps = [];
    let others = 0;
    const all = a2f.dom.findAll(CHOICES);
    if (all.length > (likely ? MOST_CHOICES : MOST_ANYWHERE)) return null;
    for (const choice of all) {
      const text = a2f.dom.tidy(choice.textContent || choice.getAttribute("aria-label"), LONGEST + 1);
      if (!text || text.length > LONGEST) continue;
      if (choice instanceof HTMLLabelElement && !radioOf(choice)) continue;
      const words = a2f.text.read(text);
      const isApp =
        words.has("app") &&
        !words.has("enrol") &&
        !words.has("lost") &&
        !words.has("disable") &&
        !words.has("remember");
      const isOther =
        words.has("sms") || words.has("email") || words.has("recovery") || words.has("hardwareKey");
      if (!isApp && !isOther) continue;
      if (!a2f.dom.isRendered(choice)) continue;
      if (isApp && !isOther) apps.push({ choice, text });
      else if (isOther) others++;
    }
    // A label inside a button, a link inside a list item: the innermost says it once.
    const distinct = apps.filter(
      ({ choice }) => !apps.some((other) => other.choice !== choice && choice.contains(other.choice)),
    );
    if (distinct.length !== 1) return null;
    const [app] = distinct;
    if (!app) return null;
    if (otherPrompt) return app;
    const words = a2f.text.read(
      a2f.dom.surroundings(document.body, new Set(), { chars: 3000, nodes: 800 }).text + document.title,
    );
    const about = words.has("choose") || words.has("twoFactor");
    return others > 0 && about ? app : null;
  }

  /** @param {{choice: Element, text: string}} found */
  function choose(found) {
    const radio = radioOf(found.choice);
    /** @type {HTMLElement} */ (radio ?? found.choice).click();
    if (!radio) return;
    const button = a2f.submit.buttonFor({ inputs: [radio], segmented: false, covered: false });
    if (button) /** @type {HTMLElement} */ (button).click();
  }

  a2f.method = Object.freeze({ find, choose });
})();
