/** The focus of whoever works with keys or a screen reader, kept where a screen is drawn again under it. */

const KEYS = ['href', 'name', 'value', 'data-act'];

/**
 * What has the focus inside a place, so that its like can be given it after the place was filled anew.
 * @param {HTMLElement} place
 * @returns {() => void} gives the focus back; does nothing where it was elsewhere, or its like is gone
 */
export function keptFocus(place) {
  const held = document.activeElement;
  if (!(held instanceof HTMLElement) || !place.contains(held)) return () => {};
  const alike = selector(held);
  const nth = [...place.querySelectorAll(alike)].indexOf(held);
  return () => {
    const again = /** @type {HTMLElement | undefined} */ (place.querySelectorAll(alike)[nth]);
    again?.focus({ preventScroll: true });
  };
}

/** What an element is and says of itself; ids and words may change with every drawing. @param {HTMLElement} element */
function selector(element) {
  const said = KEYS.filter((key) => element.hasAttribute(key));
  const parts = said.map((key) => `[${key}="${CSS.escape(/** @type {string} */ (element.getAttribute(key)))}"]`);
  return element.tagName.toLowerCase() + parts.join('');
}
