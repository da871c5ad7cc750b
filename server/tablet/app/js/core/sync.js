/**
 * The engine: one round at a time across the windows of this tablet. Push first, then lease, pull, library, and push
 * again.
 *
 * What starts a round: a person, unlocking, the clock, and the browser's `online` event as a mere hint.
 */

import { readMeta, unlessFull, writeMeta } from './database.js';
import { keepDevice } from './device.js';
import { Refusal, codeOf } from './errors.js';
import { isHalfOver } from './leases.js';
import { ifFree } from './locks.js';
import { Pull } from './pull.js';
import { push } from './push.js';
import { storageState } from './storage.js';
import { NO_AREA, after, isDue, untried } from './waiting.js';
import { APP_VERSION } from './version.js';
import { wipe } from './wipe.js';

const LOCK = 'linli-sync';
/** Without an answer there is no sense in asking for more in the same round. */
const NO_ANSWER = new Set(['unreached', 'timed_out']);

/**
 * @typedef {object} SyncParts
 * @property {import('./platform.js').Platform} platform
 * @property {import('./database.js').Database} database
 * @property {import('./clock.js').Clock} clock
 * @property {import('./http.js').Http} http
 * @property {import('./vault.js').Vault} vault
 * @property {import('./outbox.js').Outbox} outbox
 * @property {import('./records.js').Records} records
 * @property {import('./library.js').Library} library
 * @property {import('./session.js').Session} session
 */

/** @typedef {{ok: boolean, pushed: number, pulled: number, code: string|null}} Round how a round ended */
/** @typedef {import('./waiting.js').SyncState} SyncState */
/** @typedef {Round & {backoffS: number, retryAfterS: number}} Tale a round while it is filled in */

export class Sync {
  /**
   * @param {SyncParts} parts
   * @param {(what: string) => Promise<void>} changed
   */
  constructor(parts, changed) {
    this.parts = parts;
    this.changed = changed;
    this.pull = new Pull(parts);
    this.running = false;
    /** @type {Promise<Round>|null} */
    this.current = null;
    /** @type {SyncState} */
    this.state = untried();
  }

  async load() {
    this.state = (await readMeta(this.parts.database, 'sync')) ?? untried();
  }

  /**
   * One round; who asks while one runs is told how that one ends. A person does not share in a failure, nor in a round
   * that left something waiting: it may have failed before there was a network, or ended its sending before there was
   * her work. So one that began after she asked follows.
   * @param {'person'|'clock'} by
   * @returns {Promise<Round>} `code` says why it is not ok; nothing is thrown
   */
  async run(by) {
    if (!this.current) return this.begin(by);
    const ended = await this.current;
    if (by === 'clock' || (ended.ok && (await this.parts.outbox.toSend()).length === 0)) return ended;
    return this.current ?? this.begin(by);
  }

  /** @param {'person'|'clock'} by @returns {Promise<Round>} */
  async begin(by) {
    if (by === 'clock' && !isDue(this.state, this.moment())) return told('not_due');
    this.current = this.alone().finally(() => { this.current = null; });
    return this.current;
  }

  /** @returns {import('./waiting.js').Moment} */
  moment() {
    return { isOpen: this.parts.vault.opened !== null, nowMs: this.parts.clock.now() };
  }

  /** @returns {Promise<Round>} */
  async alone() {
    return (await ifFree(this.parts.platform, LOCK, () => this.shown())) ?? told('sync_running');
  }

  /** @returns {Promise<Round>} */
  async shown() {
    this.running = true;
    void this.changed('sync');
    try {
      return await this.settled();
    } finally {
      this.running = false;
      await this.changed('sync');
    }
  }

  /** @returns {Promise<Round>} */
  async settled() {
    /** @type {Tale} */
    const round = { ok: true, pushed: 0, pulled: 0, code: null, backoffS: 0, retryAfterS: 0 };
    try {
      await this.round(round);
    } catch (error) {
      fail(round, codeOf(error), error);
    }
    await this.keep(round);
    const { ok, pushed, pulled, code } = round;
    return { ok, pushed, pulled, code };
  }

  /** @param {Tale} round is filled in */
  async round(round) {
    const { device } = this.parts.http;
    if (!device || device.state === 'new') return fail(round, 'device_new');
    if (device.state === 'wiped') return fail(round, 'device_wiped');
    if (device.state === 'pending') await this.standing();
    if (this.parts.http.device.state === 'pending') return fail(round, 'device_pending');
    if (this.isRevoked()) return this.wiped(round);
    await this.pushed(round);
    try {
      await this.received(round);
    } catch (error) {
      if (!mayBeRevoked(error)) throw error;
      await this.standing();
      if (!this.isRevoked()) throw error;
      await this.wiped(round);
    }
  }

  /**
   * Push; where the server answers with a refusal, what can be received is received all the same.
   * @param {any} round
   */
  async pushed(round) {
    try {
      const done = await push(this.parts.http, this.parts.outbox, () => this.changed('outbox'));
      round.pushed += done.pushed;
      round.backoffS = done.backoffS;
    } catch (error) {
      const { status = 0 } = /** @type {any} */ (error);
      if (!(error instanceof Refusal) || NO_ANSWER.has(error.code) || status === 503) throw error;
      fail(round, error.code, error);
    }
  }

  /** @param {Tale} round */
  async received(round) {
    const { vault, session } = this.parts;
    if (!vault.opened) {
      await this.standing();
      return this.isRevoked() ? this.wiped(round) : undefined;
    }
    try {
      await this.leased();
      if (!vault.opened?.storageKey) return fail(round, 'lease_over');
      await this.pulled(round, () => session.bearer());
    } catch (error) {
      if (codeOf(error) !== NO_AREA) throw error;
      await this.pull.leaveAll();
      fail(round, NO_AREA, error);
    }
    await this.pushed(round);
  }

  /** @param {Tale} round @param {() => Promise<string>} bearer */
  async pulled(round, bearer) {
    const { http, library } = this.parts;
    const hooks = {
      first: async (/** @type {any} */ answer) => library.begin(http, await bearer(), answer.library ?? {}),
      told: () => this.changed('records'),
    };
    const { pulled, answer } = await this.pull.run(bearer, await this.health(), hooks);
    round.pulled = pulled;
    round.backoffS = answer.backoff_s ?? 0;
    if (answer.seal_key) await writeMeta(this.parts.database, 'sealKey', answer.seal_key);
    await library.refresh(http, await bearer(), answer.library ?? {});
  }

  /** Renew the lease when half of it is over, or where the author's token or the key lacks. */
  async leased() {
    const { vault, clock, session, http } = this.parts;
    const { userId, authorToken, storageKey } = vault.opened;
    const { lease } = await vault.row(userId);
    if (authorToken && storageKey && !isHalfOver(lease, clock)) return;
    const token = await session.bearer();
    const body = { app_version: APP_VERSION };
    await vault.renew(await http.ask({ method: 'POST', path: '/sync/lease', body, token }));
    await session.settle();
    void this.changed('lease');
  }

  /** @returns {boolean} */
  isRevoked() {
    return this.parts.http.device.state === 'revoked';
  }

  /** Ask how this device stands, and keep the answer. */
  async standing() {
    const { http, database } = this.parts;
    const answer = await http.ask({ method: 'GET', path: '/sync/standing' });
    const state = answer.wipe ? 'revoked' : answer.state;
    if (state !== http.device.state) {
      const device = { ...http.device, state };
      await keepDevice(database, device);
      this.use(device);
    }
    return answer;
  }

  /** @param {import('./device.js').DeviceRecord|null} device from now on */
  use(device) {
    this.parts.http.device = device;
    this.parts.vault.device = device;
    void this.changed('device');
  }

  /** @param {Round} round is told why the tablet is empty, or why not yet */
  async wiped(round) {
    this.parts.session.forget();
    const { code } = await wipe(this.parts);
    fail(round, code ?? 'device_wiped');
  }

  /** @returns {Promise<object>} what the office is told (SYNC.md §4) */
  async health() {
    const { waiting, oldestAt } = await this.parts.outbox.counted();
    const { freeMb, persisted } = await storageState(this.parts.platform);
    return {
      app_version: APP_VERSION,
      waiting,
      oldest_waiting_at: oldestAt,
      clock_offset_ms: this.parts.clock.offsetMs,
      storage_free_mb: freeMb,
      storage_persisted: persisted,
    };
  }

  /** Remember how it went and when to try again. @param {Tale} round */
  async keep(round) {
    this.state = after(this.state, round, this.moment());
    if (this.parts.http.device?.state === 'wiped') return;
    await unlessFull(writeMeta(this.parts.database, 'sync', this.state));
  }

  /** Where the last try got no answer, any hint that there may be a network again is worth one more. */
  hint() {
    if (NO_ANSWER.has(this.state.lastCode)) this.state = { ...this.state, backoffUntilMs: 0, lockedUntilMs: 0 };
  }
}

/** Revoking a tablet ends its sessions, so a 401 to a token asks for the standing too. @param {unknown} error */
function mayBeRevoked(error) {
  const { code, status } = /** @type {any} */ (error);
  return error instanceof Refusal && (status === 401 || ['device_revoked', 'sign_in_needed'].includes(code));
}

/** @param {string} code @returns {Round} */
function told(code) {
  return { ok: false, pushed: 0, pulled: 0, code };
}

/**
 * The first failure of a round is the one that is told.
 * @param {any} round
 * @param {string} code
 * @param {any} [error]
 */
function fail(round, code, error) {
  round.ok = false;
  round.code ??= code;
  round.retryAfterS = Math.max(round.retryAfterS ?? 0, error?.retryAfterS ?? 0);
}
