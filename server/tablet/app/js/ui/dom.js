/**
 * Building the page. Strings become text nodes and attributes here and are never read as markup,
 * so nothing that was typed or received can become an element.
 */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @typedef {Node | string | number | false | null | undefined} Part one thing to put inside an element
 * @typedef {Record<string, any>} Props attributes; `on…` functions listen, `data` and `aria` take objects
 */

/**
 * An HTML element.
 * @param {string} tag
 * @param {Props | null} [props]
 * @param {...(Part | Part[])} children nothing is shown for false, null and undefined
 * @returns {any} the element; its exact type follows from the tag
 */
export function h(tag, props, ...children) {
  return filled(document.createElement(tag), props ?? {}, children);
}

/**
 * An SVG element.
 * @param {string} tag
 * @param {Props | null} [props]
 * @param {...(Part | Part[])} children
 * @returns {SVGElement}
 */
export function svg(tag, props, ...children) {
  return /** @type {SVGElement} */ (filled(document.createElementNS(SVG, tag), props ?? {}, children));
}

/**
 * Put these in place of whatever the element held.
 * @param {Element} element
 * @param {...(Part | Part[])} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...nodesOf(children));
}

/**
 * An id no other element of this page has, for labels and descriptions.
 * @param {string} stem
 * @returns {string}
 */
export function freshId(stem) {
  counted += 1;
  return `${stem}-${counted}`;
}

let counted = 0;

/** @param {Element} element @param {Props} props @param {any[]} children */
function filled(element, props, children) {
  for (const [name, value] of Object.entries(props)) set(element, name, value);
  element.append(...nodesOf(children));
  return element;
}

/** @param {any[]} children @returns {(Node | string)[]} */
function nodesOf(children) {
  return children
    .flat(3)
    .filter((part) => part !== null && part !== undefined && part !== false)
    .map((part) => (part instanceof Node ? part : String(part)));
}

/** @param {Element} element @param {string} name @param {any} value */
function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
  else if (name === 'data' || name === 'aria') {
    for (const [key, said] of Object.entries(value)) set(element, `${name}-${key}`, said);
  } else if (name === 'value') /** @type {any} */ (element).value = value;
  else element.setAttribute(name, value === true && !name.startsWith('aria-') ? '' : String(value));
}
