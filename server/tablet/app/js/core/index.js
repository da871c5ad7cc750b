/**
 * The core of the tablet, as the screens see it: `openCore()`.
 *
 * A `change` event says that anything shown may have changed (`detail.what`); a `locking` event comes just before the
 * keys are dropped, while drafts can still be put. Whatever is refused is thrown as `Refusal` with a stable `code`.
 */

import { enrol, signIn } from './arrival.js';
import { Clock } from './clock.js';
import { openDatabase } from './database.js';
import { loadDevice } from './device.js';
import { Drafts } from './drafts.js';
import { Refusal, codeOf } from './errors.js';
import { Http } from './http.js';
import { Library } from './library.js';
import { located } from './locate.js';
import { Outbox } from './outbox.js';
import { thisPlatform } from './platform.js';
import { Records } from './records.js';
import { rescueFile } from './rescue.js';
import { Session } from './session.js';
import { keepShell } from './shell.js';
import { Sync } from './sync.js';
import { startUpkeep } from './upkeep.js';
import { Vault } from './vault.js';
import { statusOf } from './status.js';
import { Views } from './views.js';
import { deleteByHand } from './wipe.js';

export { Refusal } from './errors.js';
export { APP_VERSION } from './version.js';

const CHANNEL = 'linli-tablet';

/** The seam between core and screens. */
export class Core extends EventTarget {
  /**
   * @param {import('./platform.js').Platform} platform
   * @param {import('./database.js').Database} database
   */
  constructor(platform, database) {
    super();
    this.platform = platform;
    this.database = database;
    const clock = new Clock(platform, database);
    const http = new Http(platform, clock);
    const vault = new Vault(platform, database, clock);
    const outbox = new Outbox(database, clock, platform);
    const records = new Records(database, vault);
    const library = new Library(database, vault);
    const session = new Session(platform, database, { http, vault, clock });
    /** @type {import('./sync.js').SyncParts} */
    this.parts = { platform, database, clock, http, vault, outbox, records, library, session };
    this.engine = new Sync(this.parts, (what) => this.tell(what));
    this.views = new Views(this.parts);
    /** Drafts of forms: `get(key)`, `put(key, data)`, `drop(key)`. */
    this.drafts = new Drafts(database, vault);
    /** @type {import('./leases.js').Lease|null} fetched at sign-in, for a partition that is still to be made */
    this.freshLease = null;
    /** @type {any} */
    this.snapshot = null;
    /** @type {{touch: () => void, check: () => void}|null} */
    this.autolock = null;
    this.turn = 0;
    this.shownTurn = 0;
    this.channel = platform.timers && globalThis.BroadcastChannel ? new BroadcastChannel(CHANNEL) : null;
  }

  /** @returns {any} how the tablet stands, at once; see `status.js` for what is in it */
  status() {
    return this.snapshot;
  }

  /**
   * Read the standing anew and tell the screens.
   * @param {string} what
   * @param {boolean} [elsewhere] told by another window
   */
  async tell(what, elsewhere = false) {
    const turn = ++this.turn;
    const snapshot = await statusOf(this.parts, this.engine, this.freshLease);
    if (turn > this.shownTurn) [this.snapshot, this.shownTurn] = [snapshot, turn];
    this.dispatchEvent(new CustomEvent('change', { detail: { what } }));
    if (!elsewhere) this.channel?.postMessage({ what });
  }

  /**
   * Ask to be taken in with the office's code.
   * @param {string} code
   * @returns {Promise<{checkNumber: string}>}
   */
  async enrol(code) {
    const told = await enrol(this.parts, (device) => this.engine.use(device), code);
    await this.tell('device');
    return told;
  }

  /** @returns {Promise<any>} the server's answer on how this device stands */
  async checkStanding() {
    if (!this.parts.http.device) throw new Refusal('device_new');
    const answer = await this.engine.standing();
    await this.tell('device');
    return answer;
  }

  /**
   * Sign in at the server, and bring the lease.
   * @param {string} login
   * @param {string} password
   * @returns {Promise<{userId: string, needsSetUp: boolean}>} throws `password_must_change`, for that is done at a desk
   */
  async signIn(login, password) {
    const { lease, needsSetUp } = await signIn(this.parts, login, password).catch((error) => {
      if (codeOf(error) === 'device_revoked') void this.sync({ by: 'person' });
      throw error;
    });
    this.freshLease = lease;
    await this.tell('session');
    return { userId: lease.user_id, needsSetUp };
  }

  /**
   * Make the partition of whoever has just signed in; in place of one that she can no longer open. Unsent work stays.
   * @param {{method: 'passkey'|'passphrase', passphrase?: string}} way
   */
  async setUp(way) {
    const { session, vault } = this.parts;
    if (!session.tokens || this.freshLease?.user_id !== session.tokens.userId) throw new Refusal('sign_in_needed');
    await vault.make({ userId: session.tokens.userId, login: session.tokens.login }, this.freshLease, way);
    this.freshLease = null;
    await session.settle();
    await this.unlocked('person');
  }

  /**
   * @param {{userId: string, passphrase?: string}} who
   * @returns {Promise<{writeOnly: boolean, code: string|null}>} `code` says why only writing is possible
   */
  async unlock({ userId, passphrase }) {
    const { session, vault } = this.parts;
    if (session.tokens && session.tokens.userId !== userId) session.forget();
    try {
      const found = await vault.unlock(userId, passphrase);
      await session.settle();
      await this.unlocked('clock');
      return found;
    } catch (error) {
      await this.tell('locked');
      throw error;
    }
  }

  /**
   * Who unlocks and is no longer looking is locked out again.
   * @param {'person'|'clock'} by who asks for the round after it
   */
  async unlocked(by) {
    if (this.platform.document?.visibilityState === 'hidden') {
      this.lock();
      throw new Refusal('locked');
    }
    this.autolock?.touch();
    await this.tell('unlocked');
    this.engine.hint();
    if (this.platform.timers) void this.sync({ by });
  }

  /** Drop all keys and tokens; screens hear `locking` before and `change` after. */
  lock() {
    this.dispatchEvent(new CustomEvent('locking'));
    this.parts.vault.lock();
    this.parts.session.forget();
    this.freshLease = null;
    this.views.forget();
    this.shownTurn = ++this.turn;
    this.snapshot = { ...this.snapshot, locked: true, userId: null, writeOnly: false };
    this.dispatchEvent(new CustomEvent('change', { detail: { what: 'locked' } }));
    void this.tell('locked');
  }

  /** Somebody is there. */
  touch() {
    this.autolock?.touch();
  }

  /** @param {string} kind @returns {Promise<any[]>} */
  async list(kind) {
    return this.parts.records.list(kind);
  }

  /**
   * Open one record; that it was looked at is written down before it is shown.
   * @param {string} kind
   * @param {string} id
   */
  async get(kind, id) {
    const data = await this.parts.records.find(kind, id);
    if (await this.views.note(kind, id)) await this.tell('outbox');
    return data;
  }

  /**
   * Seal work for the server; on disk when it resolves.
   * @param {import('./outbox.js').Work} work
   * @returns {Promise<{opId: string, recordId: string}>}
   */
  async save(work) {
    const { outbox, http, vault } = this.parts;
    const kept = await outbox.save(http.device, vault.author(), work);
    await this.tell('outbox');
    return kept;
  }

  /** @returns {Promise<any[]>} what has not been delivered, in order, without its sealed content */
  async outbox() {
    const entries = await this.parts.outbox.entries();
    return entries.map(({ sealed: _, ...entry }) => entry);
  }

  /** @returns {Promise<any[]>} of the last 200 those of whoever has unlocked, newest first */
  async deliveries() {
    const userId = this.parts.vault.opened?.userId;
    return (await this.parts.outbox.deliveries()).filter(({ authorId }) => authorId === userId);
  }

  /** @returns {Promise<any[]>} own operations that need attention */
  async reviews() {
    return this.list('review');
  }

  /** @param {{by: 'person'|'clock'}} [how] @returns {Promise<import('./sync.js').Round>} */
  async sync({ by } = { by: 'person' }) {
    return this.engine.run(by);
  }

  /** @returns {Promise<{name: string, blob: Blob}>} the outbox, sealed as it is, for the office */
  async rescueFile() {
    return rescueFile(this.parts);
  }

  /** @param {string} name @returns {Promise<any>} */
  async library(name) {
    return this.parts.library.read(name);
  }

  /** @param {{passphrase?: string, to: import('./vault.js').Way}} change `passphrase` is the present one */
  async changePassphrase({ passphrase, to }) {
    await this.parts.vault.change(to, passphrase);
    await this.tell('unlocked');
  }

  /** Delete everything; refused while work waits that no rescue file holds. */
  async deleteEverything() {
    await deleteByHand(this.parts);
    this.lock();
    this.engine.use(null);
    await this.engine.load();
    await this.tell('wiped');
  }

  /** @returns {Promise<any>} `{areaCode, name, …}` or `{code}` */
  async locate() {
    try {
      const { http, session } = this.parts;
      const { area_code: areaCode, ...rest } = await located(this.platform, http, await session.bearer());
      return { areaCode, ...rest };
    } catch (error) {
      if (error instanceof Refusal) return { code: error.code };
      throw error;
    }
  }
}

/**
 * Open the core on this tablet's store.
 * @param {Partial<import('./platform.js').Platform>} [instead] for tests
 * @returns {Promise<Core>}
 */
export async function openCore(instead = {}) {
  const platform = thisPlatform(instead);
  const core = new Core(platform, await openDatabase(platform));
  const { clock, http, vault } = core.parts;
  await clock.load();
  http.device = vault.device = await loadDevice(core.database);
  await core.engine.load();
  await vault.enforceLeases();
  await core.tell('opened', true);
  core.autolock = startUpkeep(core);
  if (platform.timers) void keepShell(core).catch(() => undefined);
  return core;
}
