/**
 * The end of a tablet: what is held is deleted at once, what waits is pushed, the rest is deleted, and the server is
 * told.
 *
 * Each step is kept on disk, so that a tablet switched off half way goes on where it was.
 */

import { readMeta, written } from './database.js';
import { Refusal, codeOf } from './errors.js';
import { push } from './push.js';

/** Nobody is kept waiting for the last word of a tablet. */
const TOLD_LIMIT_MS = 5000;
const HELD = ['users', 'records', 'feeds', 'drafts', 'library'];

/**
 * @param {import('./sync.js').SyncParts} parts
 * @returns {Promise<{code: string|null}>} null when the server has been told; else why not yet
 */
export async function wipe({ database, http, outbox, vault }) {
  vault.lock();
  await deleteHeld(database);
  try {
    await push(http, outbox, () => undefined);
    if ((await outbox.unanswered()).length > 0) return { code: 'work_waiting' };
    const rows = (await readMeta(database, 'wipedRows')) ?? 0;
    await http.ask({ method: 'POST', path: '/sync/wiped', body: { rows } });
  } catch (error) {
    return { code: codeOf(error) };
  }
  const gone = { ...http.device, state: /** @type {const} */ ('wiped'), privateKey: null, sealKey: null };
  await written(database, database.tables, async () => {
    await deleteAll(database);
    await database.table('meta').put({ key: 'device', value: gone });
  });
  http.device = vault.device = gone;
  return { code: null };
}

/**
 * Delete partitions, records, drafts and library, and count the records.
 * @param {import('./database.js').Database} database
 */
async function deleteHeld(database) {
  await written(database, [...HELD, 'meta'], async () => {
    const before = (await database.table('meta').get('wipedRows'))?.value ?? 0;
    const rows = before + (await database.table('records').count());
    await database.table('meta').put({ key: 'wipedRows', value: rows });
    for (const table of HELD) await database.table(table).clear();
  });
}

/** Delete all there is; inside `written` on every table. @param {import('./database.js').Database} database */
async function deleteAll(database) {
  for (const table of database.tables) await table.clear();
}

/**
 * Delete everything because a person wants it; not while there is work that is neither sent nor in a rescue file. Then
 * the server is told, if there is a network at this moment: the key is gone, so it cannot be told later.
 * @param {import('./sync.js').SyncParts} parts
 * @throws {Refusal} `work_waiting`, with nothing deleted
 */
export async function deleteByHand({ database, http, vault }) {
  const rows = await database.table('records').count();
  await deleteUnlessWaiting(database);
  vault.lock();
  if (!['active', 'revoked'].includes(http.device?.state)) return;
  const call = { method: /** @type {const} */ ('POST'), path: '/sync/wiped', body: { rows }, limitMs: TOLD_LIMIT_MS };
  await http.ask(call).catch(() => undefined);
}

/** @param {import('./database.js').Database} database */
async function deleteUnlessWaiting(database) {
  await written(database, database.tables, async () => {
    const rescued = (await database.table('meta').get('rescuedSeq'))?.value ?? 0;
    const unsaved = await database.table('outbox').where('seq').above(rescued).count();
    if (unsaved > 0) throw new Refusal('work_waiting', { waiting: unsaved });
    await deleteAll(database);
  });
}
