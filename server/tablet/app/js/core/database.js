/**
 * The tablet's IndexedDB: one database, a partition per user by `userId`.
 *
 * In plain lie only ids, kinds, counters and the envelope of operations as the wire shows it; all else is sealed
 * (`keys.js`). Transactions are durable on disk before they resolve (`durability: 'strict'`).
 */

import { Refusal, codeOf, isStorageFull } from './errors.js';
import { Dexie } from './vendor.js';

/** @typedef {import('./platform.js').Platform} Platform */
/** @typedef {import('../../vendor/dexie.mjs').Dexie} Database */

/** Primary key first, then indexes. `feeds.feedId` is a local random id: which area a feed is of stays sealed. */
const TABLES = {
  meta: 'key',
  users: 'userId',
  records: '[userId+feedId+kind+id], [userId+feedId], [userId+kind], [userId+kind+id], userId',
  feeds: 'feedId, userId',
  drafts: '[userId+key], userId',
  library: '[owner+name], owner',
  outbox: 'opId, &seq, state, authorId',
  deliveries: '++at, opId',
};

/**
 * Open the database, making it where there is none.
 * @param {Platform} platform
 * @returns {Promise<Database>}
 */
export async function openDatabase(platform) {
  const database = new Dexie(platform.databaseName, {
    indexedDB: platform.indexedDB,
    IDBKeyRange: platform.IDBKeyRange,
    chromeTransactionDurability: 'strict',
  });
  database.version(1).stores(TABLES);
  await database.open();
  return database;
}

/**
 * Write in one transaction: all of it is on disk when this resolves, or none of it.
 * @template T
 * @param {Database} database
 * @param {(string|import('../../vendor/dexie.mjs').Table)[]} tables
 * @param {() => Promise<T>} write waits for nothing but this database
 * @returns {Promise<T>}
 * @throws {Refusal} `storage_full`
 */
export async function written(database, tables, write) {
  try {
    return await database.transaction('rw', tables, write);
  } catch (error) {
    throw isStorageFull(error) ? new Refusal('storage_full') : error;
  }
}

/**
 * One value of the table `meta`.
 * @param {Database} database
 * @param {string} key
 * @returns {Promise<any>} undefined where there is none
 */
export async function readMeta(database, key) {
  return (await database.table('meta').get(key))?.value;
}

/**
 * @param {Database} database
 * @param {string} key
 * @param {unknown} value
 */
export async function writeMeta(database, key, value) {
  await written(database, ['meta'], () => database.table('meta').put({ key, value }));
}

/**
 * Wait for a note that may be missed: on a full tablet it is not taken, so that what frees the tablet goes on.
 * @param {Promise<unknown>} note
 * @returns {Promise<boolean>} whether it was taken
 */
export async function unlessFull(note) {
  try {
    await note;
    return true;
  } catch (error) {
    if (codeOf(error) !== 'storage_full') throw error;
    return false;
  }
}
