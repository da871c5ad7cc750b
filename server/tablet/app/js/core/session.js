/**
 * The session at the server, bound to this device. Access tokens live in memory; the refresh token lies sealed in the
 * partition, so that whoever unlocks need not sign in again, and one window at a time uses it.
 */

import { unlessFull, written } from './database.js';
import { Refusal } from './errors.js';
import { open, seal } from './keys.js';
import { exclusively } from './locks.js';

const RENEW_BEFORE_MS = 60_000;

/** @typedef {{userId: string, login: string, access: string, accessUntil: string, refresh: string|null}} Tokens */

export class Session {
  /**
   * @param {import('./platform.js').Platform} platform
   * @param {import('./database.js').Database} database
   * @param {Pick<import('./sync.js').SyncParts, 'http'|'vault'|'clock'>} parts
   */
  constructor(platform, database, { http, vault, clock }) {
    this.platform = platform;
    this.database = database;
    this.http = http;
    this.vault = vault;
    this.clock = clock;
    /** @type {Tokens|null} */
    this.tokens = null;
  }

  /**
   * @param {string} login
   * @param {string} password sent, and not kept
   * @returns {Promise<any>} the server's answer without its tokens
   */
  async signIn(login, password) {
    const answer = await this.http.ask({ method: 'POST', path: '/sessions', body: { login, password } });
    this.take(answer, login);
    const { access_token: _, refresh_token: __, ...told } = answer;
    return told;
  }

  /** Keep the refresh token in the partition, once it is open; on a full tablet it stays in memory. */
  async settle() {
    const { tokens } = this;
    const opened = this.vault.opened;
    if (!tokens?.refresh || !opened?.storageKey || opened.userId !== tokens.userId) return;
    const isKept = await unlessFull(this.keepRefresh(tokens.refresh, opened));
    if (isKept && this.tokens === tokens) this.tokens = { ...tokens, refresh: null };
  }

  /**
   * An access token that is still good for a while.
   * @returns {Promise<string>}
   * @throws {Refusal} `sign_in_needed` where the person must give her password again
   */
  async bearer() {
    const userId = this.vault.opened?.userId ?? this.tokens?.userId;
    if (!userId) throw new Refusal('sign_in_needed');
    if (this.tokens?.userId === userId && this.isFresh(this.tokens)) return this.tokens.access;
    return exclusively(this.platform, 'linli-session', () => this.renewed());
  }

  /** @param {Tokens} tokens @returns {boolean} */
  isFresh(tokens) {
    return Date.parse(tokens.accessUntil) - this.clock.now() > RENEW_BEFORE_MS;
  }

  /** @returns {Promise<string>} */
  async renewed() {
    const opened = this.vault.opened;
    if (!opened?.storageKey) throw new Refusal('sign_in_needed');
    const { refresh } = await this.vault.row(opened.userId);
    if (!refresh) throw new Refusal('sign_in_needed');
    const token = await open(opened.storageKey, [opened.userId, 'refresh'], refresh);
    const answer = await this.refreshed(token, opened.userId);
    // The one before stays good (SYNC.md §2), so on a full tablet it is used again.
    await unlessFull(this.keepRefresh(answer.refresh_token, opened));
    if (this.vault.opened?.userId !== opened.userId) throw new Refusal('locked');
    this.take({ ...answer, refresh_token: null }, '');
    return answer.access_token;
  }

  /**
   * @param {string} token
   * @param {string} userId
   * @returns {Promise<any>}
   */
  async refreshed(token, userId) {
    try {
      return await this.http.ask({ method: 'POST', path: '/sessions/refresh', token });
    } catch (error) {
      if (!(error instanceof Refusal) || /** @type {any} */ (error).status !== 401) throw error;
      if (error.code.startsWith('device_')) throw error;
      await this.database.table('users').update(userId, { refresh: null });
      throw new Refusal('sign_in_needed');
    }
  }

  /**
   * @param {string} token
   * @param {import('./vault.js').Opened} opened
   */
  async keepRefresh(token, { userId, storageKey }) {
    const refresh = await seal(/** @type {CryptoKey} */ (storageKey), [userId, 'refresh'], token);
    await written(this.database, ['users'], () => this.database.table('users').update(userId, { refresh }));
  }

  /** @param {any} answer @param {string} login */
  take(answer, login) {
    const { user_id: userId, access_token: access, access_expires_at: accessUntil, refresh_token: refresh } = answer;
    this.tokens = { userId, login, access, accessUntil, refresh };
  }

  /** Forget the tokens in memory. */
  forget() {
    this.tokens = null;
  }
}
