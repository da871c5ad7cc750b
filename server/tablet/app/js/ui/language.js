/** What is said on the screens: Chinese first, English second, switched at once. No other module holds words. */

import { en } from '../texts/en.js';
import { zh } from '../texts/zh.js';

/** @typedef {'zh' | 'en'} Language */

const KEPT = 'linli-language';
const TEXTS = { zh, en };

/** @type {Language} */
let spoken = keptLanguage();
/** @type {Set<() => void>} */
const listeners = new Set();

/** @returns {Language} the language spoken now */
export function language() {
  return spoken;
}

/**
 * Speak this language from now on, also after a new start. A language is no secret: it is kept in the clear.
 * @param {Language} wanted
 */
export function speak(wanted) {
  spoken = wanted;
  document.documentElement.lang = wanted === 'zh' ? 'zh-CN' : 'en';
  try {
    localStorage.setItem(KEPT, wanted);
  } catch {
    // A browser that keeps nothing speaks Chinese at its next start.
  }
  for (const listener of listeners) listener();
}

/**
 * Call this whenever another language is chosen.
 * @param {() => void} listener
 */
export function onLanguage(listener) {
  listeners.add(listener);
}

/**
 * The sentence of this key, its `{names}` filled in. English forms of one and many stand as `one item|{n} items`.
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const text = TEXTS[spoken][key] ?? TEXTS.zh[key] ?? key;
  return fillIn(numbered(text, values.n), values);
}

/**
 * Whether there is a sentence of this key.
 * @param {string} key
 */
export function hasText(key) {
  return key in TEXTS.zh;
}

/**
 * A text with its `{names}` filled in; a name without a value is left out.
 * @param {string} text
 * @param {Record<string, unknown>} values
 * @returns {string}
 */
export function fillIn(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
}

/** @param {string} text @param {unknown} n */
function numbered(text, n) {
  const [one, many] = text.split('|');
  return many === undefined || n === 1 ? one : many;
}

/** @returns {Language} */
function keptLanguage() {
  try {
    return localStorage.getItem(KEPT) === 'en' ? 'en' : 'zh';
  } catch {
    return 'zh';
  }
}
