/**
 * The records of a partition: sealed one by one, opened to be shown. Versions, kinds and ids lie in plain for the
 * tripwire.
 */

import { sha256, toHex, toUtf8 } from './bytes.js';
import { Refusal } from './errors.js';
import { open, seal } from './keys.js';

/** What a list is sorted by: the first of these days or moments that a record tells, then its id. */
const SORTED_BY = ['due_on', 'due_to', 'period', 'captured_at', 'occurred_at', 'created_at'];

/**
 * @typedef {{
 *   userId: string, feedId: string, kind: string, id: string, version: number, sealed: Uint8Array<ArrayBuffer>
 * }} RecordRow
 */

export class Records {
  /**
   * @param {import('./database.js').Database} database
   * @param {import('./vault.js').Vault} vault
   */
  constructor(database, vault) {
    this.database = database;
    this.vault = vault;
  }

  /**
   * Every record of a kind, opened and sorted.
   * @param {string} kind
   * @returns {Promise<any[]>} throws `locked`
   */
  async list(kind) {
    const { userId, storageKey } = this.vault.reading();
    const rows = await this.database.table('records').where({ userId, kind }).toArray();
    const opened = await Promise.all(newest(rows).map((row) => opensRow(storageKey, row)));
    return opened.sort(inOrder);
  }

  /**
   * @param {string} kind
   * @param {string} id
   * @returns {Promise<any>} throws `locked`, `record_missing`
   */
  async find(kind, id) {
    const { userId, storageKey } = this.vault.reading();
    const [row] = newest(await this.database.table('records').where({ userId, kind, id }).toArray());
    if (!row) throw new Refusal('record_missing');
    return opensRow(storageKey, row);
  }

  /**
   * Seal what a `put` brought.
   * @param {{userId: string, storageKey: CryptoKey}} opened
   * @param {string} feedId
   * @param {{kind: string, id: string, version: number, data: any}} change
   * @returns {Promise<RecordRow>}
   */
  async sealed({ userId, storageKey }, feedId, { kind, id, version, data }) {
    const row = { userId, feedId, kind, id, version };
    return { ...row, sealed: await seal(storageKey, placeOf(row), data) };
  }

  /** @param {string} userId @param {string} feedId @returns {Promise<RecordRow[]>} */
  async ofFeed(userId, feedId) {
    return this.database.table('records').where({ userId, feedId }).toArray();
  }
}

/**
 * The tripwire of SYNC.md §4: count, and XOR over the first eight bytes of SHA-256 of `kind:id:version`.
 * @param {{kind: string, id: string, version: number}[]} rows
 * @returns {Promise<{count: number, digest: string}>}
 */
export async function digestOf(rows) {
  const sum = new Uint8Array(8);
  const hashes = await Promise.all(rows.map(({ kind, id, version }) => sha256(toUtf8(`${kind}:${id}:${version}`))));
  for (const hash of hashes) sum.forEach((_, at) => { sum[at] ^= hash[at]; });
  return { count: rows.length, digest: toHex(sum) };
}

/** @param {Omit<RecordRow, 'sealed'>} row @returns {string[]} */
function placeOf({ userId, feedId, kind, id, version }) {
  return [userId, 'records', feedId, kind, id, String(version)];
}

/** @param {CryptoKey} key @param {RecordRow} row @returns {Promise<any>} */
async function opensRow(key, row) {
  return { id: row.id, ...(await open(key, placeOf(row), row.sealed)) };
}

/**
 * One row per record: while it moves from one feed to another it may lie in both.
 * @param {RecordRow[]} rows
 * @returns {RecordRow[]}
 */
function newest(rows) {
  /** @type {Map<string, RecordRow>} */
  const found = new Map();
  for (const row of rows) {
    if ((found.get(row.id)?.version ?? -1) < row.version) found.set(row.id, row);
  }
  return [...found.values()];
}

/** @param {any} one @param {any} other @returns {number} */
function inOrder(one, other) {
  return `${sortKey(one)} ${one.id}` < `${sortKey(other)} ${other.id}` ? -1 : 1;
}

/** @param {any} data @returns {string} */
function sortKey(data) {
  const told = { ...data, ...data.item };
  const name = SORTED_BY.find((key) => typeof told[key] === 'string');
  return name ? told[name] : '~';
}
