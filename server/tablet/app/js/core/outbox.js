/**
 * The outbox: operations sealed to the server, in the order of the device. Nothing leaves it without a receipt that
 * names it.
 *
 * `device_seq` is counted in the same transaction that keeps the operation: durable, from 1, without a gap.
 */

import { instant, uuid7 } from './bytes.js';
import { readMeta, unlessFull, written } from './database.js';
import { Refusal, codeOf } from './errors.js';
import { sealedOperation } from './sealing.js';

/** Kinds that the tablet writes by itself. */
const TRACES = new Set(['view', 'purge']);
const TOO_LARGE = 'push_too_large';
/** The server takes 1 MiB in one push. */
export const BATCH_BYTES = 900_000;
const DELIVERIES_KEPT = 200;
/** Of the forms this app shows. */
const FORM_VERSION = 1;
/** Results after which the server has the operation for good (SYNC.md §5). */
const KEPT_BY_SERVER = new Set(['applied', 'merged', 'duplicate', 'conflict', 'quarantined']);

/**
 * @typedef {object} Entry a row of the outbox
 * @property {string} opId
 * @property {number} seq `device_seq`
 * @property {string} kind
 * @property {string} recordId
 * @property {string} authorId
 * @property {string|null} period
 * @property {string} capturedAt
 * @property {number|null} clockOffsetMs
 * @property {string} keyId
 * @property {string} sealed
 * @property {'waiting'|'sending'|'needs_attention'} state
 * @property {string|null} code why it needs attention
 * @property {string|null} field
 */

/**
 * @typedef {object} Work what is to be sealed
 * @property {string} kind
 * @property {string} [recordId] a fresh UUIDv7 where none is given
 * @property {string|null} [period]
 * @property {number|null} [baseVersion]
 * @property {number} [formVersion]
 * @property {object} data
 * @property {string} [replaces] the operation that this one mends
 */

/** @typedef {{op_id: string, result: string, code: string|null, field: string|null}} Receipt */
/** @typedef {{userId: string, token: string}} Author */

export class Outbox {
  /**
   * @param {import('./database.js').Database} database
   * @param {import('./clock.js').Clock} clock
   * @param {import('./platform.js').Platform} platform
   */
  constructor(database, clock, platform) {
    this.database = database;
    this.clock = clock;
    this.platform = platform;
    /** How much is sent in one push; less on a slow line. */
    this.batchBytes = BATCH_BYTES;
  }

  /**
   * Seal work and keep it: on disk when this resolves.
   * @param {import('./device.js').DeviceRecord} device
   * @param {Author} author
   * @param {Work} work
   * @returns {Promise<{opId: string, recordId: string}>}
   * @throws {Refusal} `storage_full` with nothing kept; `seal_key_missing` before the first lease
   */
  async save(device, author, work) {
    const entry = await this.sealed(device, author, work);
    await written(this.database, ['meta', 'outbox'], () => this.add(entry));
    return { opId: entry.opId, recordId: entry.recordId };
  }

  /**
   * Seal work without keeping it; `add` does that, inside a transaction of the caller's on `meta` and `outbox`.
   * @param {import('./device.js').DeviceRecord} device
   * @param {Author} author
   * @param {Work} work
   * @returns {Promise<Omit<Entry, 'seq'>>}
   */
  async sealed(device, author, work) {
    const sealKey = await readMeta(this.database, 'sealKey');
    if (!sealKey) throw new Refusal('seal_key_missing');
    const opId = uuid7(this.clock.now());
    const { kind, recordId = uuid7(this.clock.now()), period = null, replaces } = work;
    const capturedAt = instant(this.platform.now());
    const { countyCode, id: deviceId } = device;
    const envelope = { countyCode, deviceId, opId, authorId: author.userId, kind, recordId };
    const content = {
      author_token: author.token,
      base_version: work.baseVersion ?? null,
      form_version: work.formVersion ?? FORM_VERSION,
      data: work.data,
      ...(replaces ? { replaces } : {}),
    };
    const sealed = await sealedOperation(sealKey, envelope, content);
    const clockOffsetMs = this.clock.offsetMs;
    const state = /** @type {const} */ ('waiting');
    const kept = { opId, kind, recordId, authorId: author.userId, period, capturedAt, clockOffsetMs };
    return { ...kept, keyId: sealKey.id, sealed, state, code: null, field: null };
  }

  /**
   * Number an operation and keep it; only inside a transaction on `meta` and `outbox`.
   * @param {Omit<Entry, 'seq'>} entry
   */
  async add(entry) {
    const counter = await this.database.table('meta').get('deviceSeq');
    const seq = (counter?.value ?? 0) + 1;
    await this.database.table('meta').put({ key: 'deviceSeq', value: seq });
    await this.database.table('outbox').add({ ...entry, seq });
  }

  /** @returns {Promise<Entry[]>} all entries in the order of `device_seq` */
  async entries() {
    return this.database.table('outbox').orderBy('seq').toArray();
  }

  /** @returns {Promise<Entry[]>} what may be sent, in order */
  async toSend() {
    return (await this.entries()).filter((entry) => entry.state !== 'needs_attention');
  }

  /** @returns {Promise<Entry[]>} what no receipt has named */
  async unanswered() {
    return (await this.entries()).filter(({ state, code }) => state !== 'needs_attention' || code === TOO_LARGE);
  }

  /**
   * How much waits; `traces` of it are notes the tablet took itself (views, deletions), no work of a person.
   * @returns {Promise<{waiting: number, traces: number, needAttention: number, oldestAt: string|null}>}
   */
  async counted() {
    const entries = await this.entries();
    const waiting = entries.filter((entry) => entry.state !== 'needs_attention');
    const oldestAt = waiting[0]?.capturedAt ?? null;
    const traces = waiting.filter(({ kind }) => TRACES.has(kind)).length;
    return { waiting: waiting.length, traces, needAttention: entries.length - waiting.length, oldestAt };
  }

  /**
   * Say on the screen what becomes of operations; on a full tablet they are sent without it.
   * @param {string[]} opIds
   * @param {'waiting'|'sending'} state
   */
  async mark(opIds, state) {
    const marked = written(this.database, ['outbox'], async () => {
      const rows = await this.database.table('outbox').bulkGet(opIds);
      const changed = rows.filter((row) => row && row.state !== 'needs_attention').map((row) => ({ ...row, state }));
      await this.database.table('outbox').bulkPut(changed);
    });
    await unlessFull(marked);
  }

  /**
   * Take note of receipts: what the server has for good leaves, and is written down as delivered, in one transaction.
   * Receipts that name nothing waiting here, or with a result we do not know, change nothing. On a full tablet it
   * leaves without the line of its delivery: that is what makes room again.
   * @param {Receipt[]} receipts
   * @returns {Promise<number>} how many left
   */
  async receive(receipts) {
    try {
      return await this.taken(receipts, (receipt) => this.receiveOne(receipt));
    } catch (error) {
      if (codeOf(error) !== 'storage_full') throw error;
      return this.taken(receipts, (receipt) => this.release(receipt));
    }
  }

  /**
   * @param {Receipt[]} receipts
   * @param {(receipt: Receipt) => Promise<boolean>} take whether its entry left
   * @returns {Promise<number>}
   */
  async taken(receipts, take) {
    return written(this.database, ['outbox', 'deliveries'], async () => {
      let left = 0;
      for (const receipt of receipts) left += (await take(receipt)) ? 1 : 0;
      await this.forgetOldDeliveries();
      return left;
    });
  }

  /** @param {Receipt} receipt @returns {Promise<boolean>} */
  async receiveOne(receipt) {
    const entry = await this.database.table('outbox').get(receipt.op_id ?? '');
    if (!entry) return false;
    const { result, code = null, field = null } = receipt;
    if (result === 'rejected') {
      await this.database.table('outbox').put({ ...entry, state: 'needs_attention', code, field });
    }
    if (!(await this.release(receipt))) return false;
    const { opId, kind, recordId, authorId } = entry;
    const deliveredAt = instant(this.clock.now());
    await this.database.table('deliveries').add({ opId, kind, recordId, authorId, result, code, deliveredAt });
    return true;
  }

  /** Let go of what the server has for good. @param {Receipt} receipt @returns {Promise<boolean>} */
  async release({ op_id: opId, result }) {
    if (!KEPT_BY_SERVER.has(result) || !(await this.database.table('outbox').get(opId ?? ''))) return false;
    await this.database.table('outbox').delete(opId);
    return true;
  }

  async forgetOldDeliveries() {
    const deliveries = this.database.table('deliveries');
    const over = (await deliveries.count()) - DELIVERIES_KEPT;
    if (over > 0) await deliveries.bulkDelete(await deliveries.orderBy('at').limit(over).primaryKeys());
  }

  /** Keep an operation that is too large even alone, and say so. @param {string} opId */
  async setAside(opId) {
    await this.receive([{ op_id: opId, result: 'rejected', code: TOO_LARGE, field: null }]);
  }

  /** @returns {Promise<any[]>} the last deliveries, newest first */
  async deliveries() {
    return this.database.table('deliveries').orderBy('at').reverse().limit(DELIVERIES_KEPT).toArray();
  }
}

/**
 * An operation as it is sent; always with the same bytes.
 * @param {Entry} entry
 * @returns {object}
 */
export function asSent(entry) {
  return {
    op_id: entry.opId,
    device_seq: entry.seq,
    kind: entry.kind,
    record_id: entry.recordId,
    author_id: entry.authorId,
    period: entry.period,
    captured_at: entry.capturedAt,
    clock_offset_ms: entry.clockOffsetMs,
    key_id: entry.keyId,
    sealed: entry.sealed,
  };
}
