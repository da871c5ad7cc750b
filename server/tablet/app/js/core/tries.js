/**
 * Wrong passphrases: counted on disk before each try, so that closing the page forgives none (trust.md §4.2, AUTH-2).
 *
 * Four may fail freely, from the fifth on the pauses grow, the tenth empties the partition.
 */

import { written } from './database.js';
import { Refusal } from './errors.js';

export const TRIES_AT_MOST = 10;
/** Pause in seconds after the so-many-th wrong try. */
const PAUSE_S = new Map([[5, 30], [6, 60], [7, 120], [8, 300], [9, 900]]);

/** @typedef {{count: number, untilMs: number}} Tries */

/** @returns {Tries} none yet */
export function noTries() {
  return { count: 0, untilMs: 0 };
}

/**
 * Seconds still to wait. A clock that was put back cannot make it longer than the pause itself.
 * @param {Tries} tries
 * @param {number} nowMs
 * @returns {number}
 */
export function waitOf(tries, nowMs) {
  const pause = PAUSE_S.get(tries.count) ?? 0;
  return Math.min(pause, Math.max(0, Math.ceil((tries.untilMs - nowMs) / 1000)));
}

/**
 * Count a try as failed before it is made; `forgive` takes it back when it succeeds.
 * @param {import('./database.js').Database} database
 * @param {string} userId
 * @param {number} nowMs
 * @returns {Promise<Tries>}
 * @throws {Refusal} `wrong_passphrase` with `paused`, while a pause lasts: nothing is tried then
 */
export async function countTry(database, userId, nowMs) {
  return written(database, ['users'], async () => {
    const row = await database.table('users').get(userId);
    const waitS = waitOf(row.tries, nowMs);
    if (waitS > 0) throw new Refusal('wrong_passphrase', { paused: true, ...told(row.tries, nowMs) });
    const count = row.tries.count + 1;
    const tries = { count, untilMs: nowMs + (PAUSE_S.get(count) ?? 0) * 1000 };
    await database.table('users').put({ ...row, tries });
    return tries;
  });
}

/**
 * @param {import('./database.js').Database} database
 * @param {string} userId
 */
export async function forgive(database, userId) {
  await written(database, ['users'], () => database.table('users').update(userId, { tries: noTries() }));
}

/**
 * @param {Tries} tries
 * @param {number} nowMs
 * @returns {{triesLeft: number, waitS: number}}
 */
export function told(tries, nowMs) {
  return { triesLeft: Math.max(0, TRIES_AT_MOST - tries.count), waitS: waitOf(tries, nowMs) };
}
