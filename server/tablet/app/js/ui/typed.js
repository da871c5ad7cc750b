/** What was typed into a form that keeps no draft, such as a login, for when it is drawn in another language. */

const TYPED = 'input[name]:not([type=radio], [type=checkbox]), textarea[name], select[name]';

/**
 * @param {HTMLElement} place
 * @returns {() => void} fills in again what stands empty; does nothing where another form has come
 */
export function keptTyping(place) {
  const said = new Map(fieldsOf(place).map((field) => [field.name, field.value]));
  return () => {
    for (const field of fieldsOf(place)) field.value ||= said.get(field.name) ?? '';
  };
}

/** @param {HTMLElement} place @returns {HTMLInputElement[]} */
function fieldsOf(place) {
  return [...place.querySelectorAll(TYPED)].map((field) => /** @type {HTMLInputElement} */ (field));
}
