/**
 * Which screen is shown, by the address's hash: `#/visit/k3`. What follows the name is a short reference into this
 * page's memory, never a record's id or a name, so neither the address bar nor the history tells of a person.
 */

/** @typedef {{name: string, param: any}} Route */

/** @type {Map<string, any>} */
const held = new Map();
/** @type {Map<string, string>} */
const referenceOf = new Map();
let counted = 0;

/**
 * The address of a screen.
 * @param {string} name
 * @param {any} [param] a record's id, or an object that the screen needs; kept in memory only
 * @returns {string}
 */
export function address(name, param) {
  return param === undefined ? `#/${name}` : `#/${name}/${reference(param)}`;
}

/**
 * Show a screen.
 * @param {string} name
 * @param {any} [param]
 */
export function go(name, param) {
  location.hash = address(name, param);
}

/**
 * The screen the address names; a reference of an earlier start leads to the day.
 * @returns {Route}
 */
export function currentRoute() {
  const [, name = '', ref] = /^#\/([a-z-]*)(?:\/(k\d+))?/.exec(location.hash) ?? [];
  if (ref !== undefined && !held.has(ref)) return { name: 'today', param: undefined };
  return { name: name || 'today', param: ref === undefined ? undefined : held.get(ref) };
}

/** Whether the address brings an enrolment code of the office. @returns {boolean} */
export function bringsCode() {
  return location.hash.startsWith('#enrol=');
}

/** While the tablet is locked no text anybody wrote stays in memory; ids do, so that one comes back to one's form. */
export function forgetTexts() {
  for (const [made, param] of held) if (param?.data !== undefined) held.delete(made);
  for (const [key, made] of referenceOf) if (!held.has(made)) referenceOf.delete(key);
}

/** Forget all references, so that nothing of one user stays in memory for the next. */
export function forgetReferences() {
  held.clear();
  referenceOf.clear();
}

/** @param {any} param */
function reference(param) {
  const key = JSON.stringify(param);
  const known = referenceOf.get(key);
  if (known !== undefined) return known;
  counted += 1;
  const made = `k${counted}`;
  held.set(made, param);
  referenceOf.set(key, made);
  return made;
}
