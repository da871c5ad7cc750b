/** What the server gave every tablet: code lists, sweeps, own areas, the crisis card. No person is in any of it. */

import { language } from './language.js';

/** Shown where the card has not come yet: the country's own three numbers. */
const NATIONAL = [
  { code: '12356', number: '12356' },
  { code: '110', number: '110' },
  { code: '120', number: '120' },
];

/**
 * The rows of a part of the library; none where it has not come yet.
 * @param {any} core
 * @param {string} name
 * @returns {Promise<any[]>}
 */
export async function rowsOf(core, name) {
  return (await partOf(core, name))?.items ?? [];
}

/**
 * A part of the library, or nothing where it has not come yet.
 * @param {any} core
 * @param {string} name
 * @returns {Promise<any>}
 */
export async function partOf(core, name) {
  try {
    return (await core.library(name)) ?? null;
  } catch {
    return null;
  }
}

/**
 * Code lists, ready to be asked for words.
 * @param {any} core
 */
export async function codesOf(core) {
  return new Codes((await partOf(core, 'codes'))?.lists ?? {});
}

/** Words for codes in the language spoken now. */
export class Codes {
  /** @param {Record<string, any[]>} lists */
  constructor(lists) {
    this.lists = lists;
  }

  /**
   * The word of a code; the code itself where the list does not know it.
   * @param {string} list
   * @param {string | null | undefined} code
   * @returns {string}
   */
  say(list, code) {
    if (code === null || code === undefined) return '';
    const entry = (this.lists[list] ?? []).find((one) => one.code === String(code));
    return entry === undefined ? String(code) : this.word(entry);
  }

  /**
   * What may be chosen on this day, in the list's order.
   * @param {string} list
   * @param {string} day
   * @param {string[]} [without] codes that are not offered here
   * @returns {{code: string, text: string}[]}
   */
  choices(list, day, without = []) {
    return (this.lists[list] ?? [])
      .filter((one) => !without.includes(one.code))
      .filter((one) => (one.valid_from ?? '') <= day && day <= (one.valid_to || '9999'))
      .map((one) => ({ code: one.code, text: this.word(one) }));
  }

  /** @param {{zh: string, en: string}} entry */
  word(entry) {
    return entry[language()] || entry.zh;
  }
}

/**
 * The numbers to call in an emergency, whatever has come of the library.
 * @param {any} core
 * @returns {Promise<{code: string, number: string, zh?: string, en?: string, hours_zh?: string, hours_en?: string}[]>}
 */
export async function crisisNumbers(core) {
  const rows = await rowsOf(core, 'crisis_card');
  const missing = NATIONAL.filter((one) => !rows.some((row) => row.number === one.number));
  return [...rows, ...missing];
}
