/**
 * The vault: one sealed partition per user, opened by its owner and shut again by itself.
 *
 * While it is open the keys lie in memory, where script can use them and not export them. `lock` drops them all.
 */

import { fromBase64Url, randomBytes } from './bytes.js';
import { written } from './database.js';
import { openForDevice, sealForDevice } from './device.js';
import { Refusal } from './errors.js';
import * as keys from './keys.js';
import { dropEndedShares, isOver, keptLease, shareOf } from './leases.js';
import { makePasskey, passkeySecret } from './passkey.js';
import { TRIES_AT_MOST, countTry, forgive, noTries, told } from './tries.js';

/** @typedef {import('./leases.js').Lease} Lease */
/** @typedef {{method: 'passkey'|'passphrase', passphrase?: string}} Way how a person opens the partition */

/**
 * @typedef {object} Opened
 * @property {string} userId
 * @property {CryptoKey} secret can only derive
 * @property {CryptoKey} workKey
 * @property {CryptoKey|null} storageKey null in write-only mode
 * @property {string|null} authorToken
 */

const PARTITION_TABLES = ['records', 'feeds', 'drafts'];

export class Vault {
  /**
   * @param {import('./platform.js').Platform} platform
   * @param {import('./database.js').Database} database
   * @param {import('./clock.js').Clock} clock
   */
  constructor(platform, database, clock) {
    this.platform = platform;
    this.database = database;
    this.clock = clock;
    /** @type {import('./device.js').DeviceRecord|null} */
    this.device = null;
    /** @type {Opened|null} */
    this.opened = null;
  }

  /**
   * Make a partition under a way of opening it, in place of one that can no longer be opened. Sealed work is not
   * touched.
   * @param {{userId: string, login: string}} user
   * @param {Lease} lease
   * @param {Way} way
   */
  async make(user, lease, way) {
    const { secret, kept } = await this.newSecret(way);
    const share = await keptLease(this.device, lease);
    const { keys: made, wrapped } = await keys.newPartitionKeys(secret, user.userId, fromBase64Url(lease.share));
    const login = await sealForDevice(this.device, user.login);
    const author = await keys.seal(made.workKey, [user.userId, 'author'], lease.author_token);
    const row = { userId: user.userId, login, ...kept, wrapped, author, lease: share, refresh: null, tries: noTries() };
    await written(this.database, ['users', 'meta', ...PARTITION_TABLES], async () => {
      await this.empty(user.userId);
      await this.database.table('users').put(row);
      await this.database.table('meta').put({ key: 'sealKey', value: lease.seal_key });
    });
    this.opened = { userId: user.userId, secret, ...made, authorToken: lease.author_token };
  }

  /**
   * Open a partition. Where the lease has ended it opens for writing only.
   * @param {string} userId
   * @param {string} [passphrase] where the partition is opened by one
   * @returns {Promise<{writeOnly: boolean, code: string|null}>} code: `lease_over` or `clock_put_back`
   * @throws {Refusal} `wrong_passphrase` with `triesLeft` and `waitS`, `partition_wiped`, `passkey_refused`
   */
  async unlock(userId, passphrase) {
    await dropEndedShares(this.database, this.clock);
    const row = await this.row(userId);
    const secret = await this.secretFor(row, passphrase ?? '');
    const share = await shareOf(this.device, row.lease, this.clock);
    const found = await this.keysOf(secret, row, share);
    const authorToken = row.author ? await keys.open(found.workKey, [userId, 'author'], row.author) : null;
    this.opened = { userId, secret, ...found, authorToken };
    if (found.storageKey) return { writeOnly: false, code: null };
    const wrongClock = this.clock.putBack() && !isOver(row.lease, this.clock);
    return { writeOnly: true, code: wrongClock ? 'clock_put_back' : 'lease_over' };
  }

  /** Drop every key. */
  lock() {
    this.opened = null;
  }

  /**
   * Take up a new lease: the share, the author token and the key to seal to; opens the storage key if only the share
   * lacked.
   * @param {Lease} lease
   */
  async renew(lease) {
    const share = await keptLease(this.device, lease);
    const opened = this.opened?.userId === lease.user_id ? this.opened : null;
    const author = opened && (await keys.seal(opened.workKey, [lease.user_id, 'author'], lease.author_token));
    await written(this.database, ['users', 'meta'], async () => {
      const changed = { lease: share, ...(author ? { author } : {}) };
      await this.database.table('users').update(lease.user_id, changed);
      await this.database.table('meta').put({ key: 'sealKey', value: lease.seal_key });
    });
    if (!opened) return;
    const row = await this.row(lease.user_id);
    const found = await this.keysOf(opened.secret, row, fromBase64Url(lease.share));
    if (this.opened === opened) this.opened = { ...opened, ...found, authorToken: lease.author_token };
  }

  /**
   * The keys of a partition. Under another share than before what is held cannot be read ever again: it is deleted, and
   * the partition goes on with a new storage key.
   * @param {CryptoKey} secret
   * @param {any} row
   * @param {Uint8Array<ArrayBuffer>|null} share
   * @returns {Promise<keys.PartitionKeys>}
   */
  async keysOf(secret, row, share) {
    const { userId } = row;
    const found = await keys.openPartitionKeys(secret, userId, share, row.wrapped);
    if (!share || found.storageKey) return found;
    const { storageKey, wrapped } = await keys.newStorageKey(secret, userId, share);
    await written(this.database, ['users', ...PARTITION_TABLES], async () => {
      await this.empty(userId);
      const changed = { wrapped: { ...row.wrapped, storage: wrapped }, refresh: null };
      await this.database.table('users').update(userId, changed);
    });
    return { ...found, storageKey };
  }

  /** Shut what a lease no longer covers. @returns {Promise<boolean>} whether anything was shut */
  async enforceLeases() {
    const ended = await dropEndedShares(this.database, this.clock);
    const opened = this.opened;
    if (!opened?.storageKey) return ended.length > 0;
    if (!ended.includes(opened.userId) && !this.clock.putBack()) return ended.length > 0;
    this.opened = { ...opened, storageKey: null };
    return true;
  }

  /**
   * Open the same partition another way from now on.
   * @param {Way} to
   * @param {string} [passphrase] the present one, where there is one
   * @throws {Refusal} `locked`, `wrong_passphrase`
   */
  async change(to, passphrase) {
    const { userId } = this.reading();
    const row = await this.row(userId);
    const from = await this.secretFor(row, passphrase ?? '');
    const { secret, kept } = await this.newSecret(to);
    const share = await shareOf(this.device, row.lease, this.clock);
    if (!share) throw new Refusal('lease_over');
    const wrapped = await keys.rewrapped({ from, to: secret }, userId, share, row.wrapped);
    await written(this.database, ['users'], () => this.database.table('users').update(userId, { ...kept, wrapped }));
    if (this.opened?.userId === userId) this.opened = { ...this.opened, secret };
  }

  /** @returns {Opened & {storageKey: CryptoKey}} throws `locked` where nothing may be read */
  reading() {
    if (!this.opened?.storageKey) throw new Refusal('locked');
    return /** @type {any} */ (this.opened);
  }

  /** @returns {{userId: string, token: string}} who writes; throws `locked`, `author_token_missing` */
  author() {
    if (!this.opened) throw new Refusal('locked');
    if (!this.opened.authorToken) throw new Refusal('author_token_missing');
    return { userId: this.opened.userId, token: this.opened.authorToken };
  }

  /** @returns {Promise<any[]>} users of this tablet, with their login in plain */
  async users() {
    const rows = await this.database.table('users').toArray();
    return Promise.all(rows.map(async (row) => ({ ...row, login: await openForDevice(this.device, row.login) })));
  }

  /** Delete what a partition holds; inside a transaction. @param {string} userId */
  async empty(userId) {
    for (const table of PARTITION_TABLES) await this.database.table(table).where({ userId }).delete();
  }

  /** @param {string} userId @returns {Promise<any>} throws `partition_missing` */
  async row(userId) {
    const row = await this.database.table('users').get(userId);
    if (!row) throw new Refusal('partition_missing');
    return row;
  }

  /**
   * A new secret, and what must be kept to get it again.
   * @param {Way} way
   * @returns {Promise<{secret: CryptoKey, kept: object}>}
   */
  async newSecret(way) {
    if (way.method === 'passkey') {
      const { place, secret } = await makePasskey(this.platform);
      return { secret: await keys.secretKey(secret), kept: { method: 'passkey', passkey: place, kdf: null } };
    }
    const passphrase = keys.acceptablePassphrase(way.passphrase ?? '');
    const kdf = { salt: randomBytes(16), ...this.platform.argon2 };
    const secret = await keys.secretKey(await keys.stretched(passphrase, kdf));
    return { secret, kept: { method: 'passphrase', passkey: null, kdf } };
  }

  /**
   * The secret of a partition from what the person brings; passphrases are counted.
   * @param {any} row
   * @param {string} passphrase
   * @returns {Promise<CryptoKey>}
   */
  async secretFor(row, passphrase) {
    if (row.method === 'passkey') return keys.secretKey(await passkeySecret(this.platform, row.passkey));
    const tries = await countTry(this.database, row.userId, this.clock.now());
    const secret = await keys.secretKey(await keys.stretched(passphrase, row.kdf));
    if (await this.fits(row, secret)) {
      await forgive(this.database, row.userId);
      return secret;
    }
    if (tries.count < TRIES_AT_MOST) throw new Refusal('wrong_passphrase', told(tries, this.clock.now()));
    await this.forget(row.userId);
    throw new Refusal('partition_wiped');
  }

  /** @param {any} row @param {CryptoKey} secret @returns {Promise<boolean>} */
  async fits(row, secret) {
    try {
      await keys.openPartitionKeys(secret, row.userId, null, row.wrapped);
      return true;
    } catch {
      return false;
    }
  }

  /** Delete a partition with its keys; sealed work stays, for the server alone can open it. @param {string} userId */
  async forget(userId) {
    await written(this.database, ['users', ...PARTITION_TABLES], async () => {
      await this.empty(userId);
      await this.database.table('users').delete(userId);
    });
    if (this.opened?.userId === userId) this.lock();
  }
}
