/** An observation as the protocol has it, and as the form's questions have it. */

const PERSON = ['name', 'sex', 'phone', 'address', 'guardian_name', 'guardian_relation'];
const FACT = ['ground', 'fact', 'observed_on', 'source', 'urgent'];

/**
 * The item to send.
 * @param {Record<string, any>} values
 * @returns {Record<string, any>}
 */
export function itemOf(values) {
  const item = { ...picked(values, FACT), urgent: values.urgent === true };
  if (values.who && values.who !== 'new') return { ...item, resident_id: values.who };
  const year = values.birth_year === undefined ? {} : { birth_year: Number(values.birth_year) };
  return { ...item, resident: { ...picked(values, PERSON), ...year } };
}

/**
 * The answers an item was made of.
 * @param {Record<string, any> | undefined} item
 * @returns {Record<string, any>}
 */
export function valuesOf(item) {
  if (!item) return {};
  const { resident = {} } = item;
  const year = resident.birth_year ? { birth_year: String(resident.birth_year) } : {};
  return {
    ...picked(item, FACT),
    ...picked(resident, PERSON),
    ...year,
    ...(item.resident_id && { who: item.resident_id }),
  };
}

/** @param {Record<string, any>} from @param {string[]} names */
function picked(from, names) {
  return Object.fromEntries(
    names.filter((name) => from[name] !== undefined && from[name] !== null).map((name) => [name, from[name]]),
  );
}
