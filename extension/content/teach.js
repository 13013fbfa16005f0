// What the user taught about a site's fields: marks that find a field again, and the matching of fields to them.
(() => {
  const a2f = (globalThis.auto2fa ??= /** @type {Auto2faContent} */ ({}));
  if (a2f.teach) return;

  /** Most marks kept per site and list. */
  const MOST = 16;

  /** @typedef {import("../../tests/js/types/content").Field} Field */
  /** @typedef {{name: string, id: string, type: string, autocomplete: string, label: string, boxes: number, path: string}} Mark */
  /** @typedef {{here?: Mark[], nothere?: Mark[]}} Taught */

  /** Ids that a framework counts up say nothing the next time. @param {string} id */
  function stable(id) {
    return id.replace(/\d+/g, "#").slice(0, 100);
  }

  /** @param {Field} field @returns {Mark} */
  function markOf(field) {
    const input = /** @type {HTMLInputElement} */ (field.inputs[0]);
    return {
      name: stable(input.name),
      id: stable(input.id),
      type: input.type,
      autocomplete: input.autocomplete,
      label: a2f.text.fold(a2f.dom.tidy(`${a2f.dom.labelOf(input)} ${input.placeholder}`, 100)),
      boxes: field.segmented ? field.inputs.length : 0,
      path: location.pathname.replace(/\d+/g, "#").slice(0, 200),
    };
  }

  /** @param {Mark} mark @param {Mark} other */
  function same(mark, other) {
    if (mark.type !== other.type || mark.boxes > 0 !== other.boxes > 0) return false;
    const named = mark.name !== "" || mark.id !== "";
    if (named && (mark.name !== other.name || mark.id !== other.id)) return false;
    if (mark.label !== other.label) return false;
    // With neither name nor label, the page is all there is to go by.
    return named || mark.label !== "" || mark.path === other.path;
  }

  /** What costs nothing to compare: a page may have hundreds of fields. @param {Field} field @param {Mark} mark */
  function alike(field, mark) {
    const input = /** @type {HTMLInputElement} */ (field.inputs[0]);
    return input.type === mark.type && stable(input.name) === mark.name && stable(input.id) === mark.id;
  }

  /** @param {Field} field @param {Taught} taught @returns {"here" | "nothere" | null} */
  function match(field, taught) {
    const here = taught.here?.filter((mark) => alike(field, mark)) ?? [];
    const nothere = taught.nothere?.filter((mark) => alike(field, mark)) ?? [];
    if (!here.length && !nothere.length) return null;
    const mark = markOf(field);
    if (here.some((each) => same(each, mark))) return "here";
    if (nothere.some((each) => same(each, mark))) return "nothere";
    return null;
  }

  /**
   * @param {Taught} taught what is known so far @param {Field} field @param {"here" | "nothere"} how
   * @returns {Taught} with this field added
   */
  function add(taught, field, how) {
    const mark = markOf(field);
    const without = (/** @type {Mark[] | undefined} */ list) =>
      (list ?? []).filter((each) => !same(each, mark));
    const next = { here: without(taught.here), nothere: without(taught.nothere) };
    next[how] = [mark, ...next[how]].slice(0, MOST);
    return next;
  }

  a2f.teach = Object.freeze({ match, add });
})();
