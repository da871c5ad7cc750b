/** Days, times and months as people say them, in China's time whatever the tablet's own clock is set to. */

import { language, t } from './language.js';

const ZONE = 'Asia/Shanghai';

/**
 * The calendar day in China of an instant, as `2026-11-22`.
 * @param {Date | string | number} instant
 * @returns {string}
 */
export function dayOf(instant) {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(new Date(instant));
}

/**
 * Today in China, the clock corrected by what the server last said.
 * @param {{clockOffsetMs?: number | null}} status
 * @returns {string}
 */
export function today(status) {
  return dayOf(Date.now() + (status.clockOffsetMs ?? 0));
}

/**
 * A day as it is said: 11月22日, 22 November.
 * @param {string} day `2026-11-22`
 * @returns {string}
 */
export function sayDay(day) {
  const options = /** @type {const} */ ({ month: 'long', day: 'numeric', timeZone: 'UTC' });
  return new Intl.DateTimeFormat(locale(), options).format(new Date(`${day}T00:00:00Z`));
}

/**
 * A day with its weekday.
 * @param {string} day
 * @returns {string}
 */
export function sayLongDay(day) {
  const options = /** @type {const} */ ({ month: 'long', day: 'numeric', weekday: 'long', timeZone: 'UTC' });
  return new Intl.DateTimeFormat(locale(), options).format(new Date(`${day}T00:00:00Z`));
}

/**
 * An instant with day and time, in China.
 * @param {string | number | null | undefined} instant
 * @returns {string} a word of its own where there is none
 */
export function sayTime(instant) {
  if (instant === null || instant === undefined) return t('time.never');
  const options = /** @type {const} */ ({
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    timeZone: ZONE,
  });
  return new Intl.DateTimeFormat(locale(), options).format(new Date(instant));
}

/**
 * A month: 2026年11月, November 2026.
 * @param {string} period `202611`
 * @returns {string}
 */
export function sayPeriod(period) {
  const options = /** @type {const} */ ({ year: 'numeric', month: 'long', timeZone: 'UTC' });
  const day = new Date(`${period.slice(0, 4)}-${period.slice(4, 6)}-01T00:00:00Z`);
  return new Intl.DateTimeFormat(locale(), options).format(day);
}

/**
 * What an `<input type="datetime-local">` shows for an instant, in China's time.
 * @param {number} instant milliseconds
 * @returns {string} `2026-11-22T14:05`
 */
export function localInput(instant) {
  return new Date(instant + 8 * 3_600_000).toISOString().slice(0, 16);
}

/**
 * The instant such an input means, as the protocol writes it.
 * @param {string} text `2026-11-22T14:05`, China's time
 * @returns {string | null} null where nothing whole was entered
 */
export function instantOfInput(text) {
  const at = new Date(`${text}:00+08:00`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/**
 * Days from one day to another; negative where the second is earlier.
 * @param {string} from
 * @param {string} to
 */
export function daysBetween(from, to) {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

function locale() {
  return language() === 'zh' ? 'zh-CN' : 'en-GB';
}
