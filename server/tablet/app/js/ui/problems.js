/** What went wrong, in two sentences: what is the matter, and what to do now. */

import { partOf } from './library.js';
import { fillIn, hasText, language, t } from './language.js';

/** @typedef {{what: string, todo: string}} Problem */

/**
 * The two sentences for a refusal, from this app's own texts or the server's.
 * @param {any} core
 * @param {any} error what was thrown, or `{code, …}` of a receipt or a review
 * @returns {Promise<Problem>}
 */
export async function problemOf(core, error) {
  const code = codeOf(error);
  if (hasText(`problem.${code}`)) {
    return { what: t(`problem.${code}`, error), todo: t(`problem.${code}.todo`, error) };
  }
  // The server's answer knows the values that its own texts leave room for, and comes before the library does.
  if (error?.said) return { what: error.said.title, todo: error.said.detail };
  const text = refusal(await partOf(core, 'texts'), code);
  if (text !== null) return { what: filled(text.what, error), todo: filled(text.todo, error) };
  return { what: t('problem.unknown', { code }), todo: t('problem.unknown.todo') };
}

/**
 * What cannot be done without a network says so, rather than that it goes out by itself.
 * @template T
 * @param {Promise<T>} asked
 * @returns {Promise<T>}
 */
export async function withTheNetwork(asked) {
  try {
    return await asked;
  } catch (error) {
    const { code } = /** @type {any} */ (error);
    throw ['unreached', 'timed_out'].includes(code) ? { code: 'network_needed' } : error;
  }
}

/** A wrong passphrase is another thing while a pause lasts. @param {any} error @returns {string} */
function codeOf(error) {
  if (error?.code === 'wrong_passphrase' && error.waitS > 0) return 'passphrase_wait';
  return typeof error?.code === 'string' ? error.code : 'unexpected';
}

/**
 * A receipt does not bring every value: brackets that stay empty are left out.
 * @param {string} text
 * @param {any} error
 */
function filled(text, error) {
  return fillIn(text, error).replace(/\s*[（(]\s*[）)]/g, '');
}

/** The server's own words for a code. @param {any} texts @param {string} code @returns {Problem | null} */
function refusal(texts, code) {
  const said = texts?.items[code]?.[language()];
  return said ? { what: said.title, todo: said.todo } : null;
}
