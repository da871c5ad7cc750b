/**
 * What a written fact or note is held to, told as one types. The rules and the words come from the server
 * (library `words`), which judges again; without them only the lengths are told.
 * The folding is that of `server/domain/word_lists.py`.
 */

/**
 * @typedef {{
 *   fact?: {minimum: number, maximum: number}, note?: {maximum: number},
 *   forbidden?: string[], entries?: [string, string, string[]][], traditional?: Record<string, string>
 * }} Words
 * @typedef {{code: string, values?: Record<string, number>, stops: boolean}} Remark
 */

const DISGUISES = /[.·•・‧∙●○*_\-~|/\\+^=#`'\p{Zs}\p{Zl}\p{Zp}\p{Cc}\p{Cf}\p{Mn}]/gu;
const FACT = { minimum: 20, maximum: 500 };
const NOTE = { maximum: 500 };

/**
 * The text as it is stored: runs of blanks are one blank, none at the ends.
 * @param {string} text
 */
export function tidy(text) {
  return text.trim().replace(/\s+/gu, ' ');
}

/**
 * How many characters count.
 * @param {string} text
 */
export function lengthOf(text) {
  return [...tidy(text).normalize('NFKC')].length;
}

/**
 * Everything to be said of a fact; what `stops` is refused by the server, the rest is looked at by a person.
 * @param {string} text
 * @param {Words} words
 * @returns {Remark[]}
 */
export function remarksOnFact(text, words) {
  const { minimum, maximum } = words.fact ?? FACT;
  const length = lengthOf(text);
  const found = categoriesIn(text, words);
  const remarks = [];
  if (length < minimum) remarks.push(stop('fact_too_short', { length, minimum }));
  if (length > maximum) remarks.push(stop('fact_too_long', { length, maximum }));
  if (found.has('diagnosis')) remarks.push(stop('fact_diagnosis'));
  if (found.has('character') && !found.has('act')) remarks.push(stop('fact_character'));
  if ((words.forbidden ?? []).some((category) => found.has(category))) {
    remarks.push({ code: 'fact_forbidden', stops: false });
  }
  return remarks;
}

/**
 * Everything to be said of a note; all of it is refused.
 * @param {string} text
 * @param {Words} words
 * @returns {Remark[]}
 */
export function remarksOnNote(text, words) {
  const { maximum } = words.note ?? NOTE;
  const length = lengthOf(text);
  const found = categoriesIn(text, words);
  const remarks = [];
  if (length > maximum) remarks.push(stop('note_too_long', { length, maximum }));
  if (found.has('diagnosis')) remarks.push(stop('note_diagnosis'));
  if (found.has('character') && !found.has('act')) remarks.push(stop('note_character'));
  if ((words.forbidden ?? []).some((category) => found.has(category))) remarks.push(stop('note_forbidden'));
  return remarks;
}

/**
 * The categories with a word in the text, outside that word's exceptions.
 * @param {string} text
 * @param {Words} words
 * @returns {Set<string>}
 */
export function categoriesIn(text, words) {
  const table = words.traditional ?? {};
  const folded = fold(text, table);
  const counts = (words.entries ?? []).filter(([, word, exceptions]) => stands(folded, word, exceptions, table));
  return new Set(counts.map(([category]) => category));
}

/** @param {string} text @param {Record<string, string>} table */
function fold(text, table) {
  const plain = [...text.normalize('NFKC').toLowerCase()].map((char) => table[char] ?? char).join('');
  return plain.replace(DISGUISES, '');
}

/** @param {string} folded @param {string} word @param {string[]} exceptions @param {Record<string, string>} table */
function stands(folded, word, exceptions, table) {
  const places = spans(fold(word, table), folded);
  if (places.length === 0) return false;
  const allowed = exceptions.flatMap((phrase) => spans(fold(phrase, table), folded));
  return places.some(([from, to]) => !allowed.some(([start, end]) => start <= from && to <= end));
}

/** @param {string} phrase @param {string} text @returns {[number, number][]} */
function spans(phrase, text) {
  /** @type {[number, number][]} */
  const found = [];
  for (let at = text.indexOf(phrase); phrase !== '' && at >= 0; at = text.indexOf(phrase, at + 1)) {
    found.push([at, at + phrase.length]);
  }
  return found;
}

/** @param {string} code @param {Record<string, number>} [values] @returns {Remark} */
function stop(code, values) {
  return { code, values, stops: true };
}
