/**
 * The tablet's clock, corrected by what the server last said, and the latest time ever seen.
 *
 * The offset is server minus tablet. Time that was seen never goes back: a clock put back by more than the leeway is
 * told, and stays told until the server has spoken (trust.md §4.2, "lease").
 */

import { readMeta, unlessFull, writeMeta } from './database.js';

const LEEWAY_MS = 5 * 60_000;
const KEEP_EVERY_MS = 30_000;

/** The corrected clock of this tablet. */
export class Clock {
  /**
   * @param {import('./platform.js').Platform} platform
   * @param {import('./database.js').Database} database
   */
  constructor(platform, database) {
    this.platform = platform;
    this.database = database;
    /** @type {number|null} */
    this.offsetMs = null;
    this.lastSeenMs = 0;
    this.keptMs = 0;
  }

  /** Take up what was learnt before the page was closed. */
  async load() {
    const kept = await readMeta(this.database, 'clock');
    this.offsetMs = kept?.offsetMs ?? null;
    this.lastSeenMs = this.keptMs = kept?.lastSeenMs ?? 0;
    await this.tick();
  }

  /** @returns {number} milliseconds since 1970 as the server would count them, as far as is known */
  now() {
    return this.platform.now() + (this.offsetMs ?? 0);
  }

  /** @returns {boolean} whether somebody has put the clock back since the last contact */
  putBack() {
    return this.now() < this.lastSeenMs - LEEWAY_MS;
  }

  /** Remember that it is at least this late; written at most twice a minute. */
  async tick() {
    this.lastSeenMs = Math.max(this.lastSeenMs, this.now());
    if (this.lastSeenMs - this.keptMs >= KEEP_EVERY_MS) await this.keep();
  }

  /**
   * Learn from an instant of the server's; it overrules everything seen before.
   * @param {string|undefined|null} serverTime
   */
  async learn(serverTime) {
    const server = Date.parse(serverTime ?? '');
    if (Number.isNaN(server)) return;
    const offset = Math.round(server - this.platform.now());
    const moved = this.offsetMs === null || Math.abs(offset - this.offsetMs) > 1000 || this.putBack();
    this.offsetMs = moved ? offset : this.offsetMs;
    this.lastSeenMs = server;
    if (moved || server - this.keptMs >= KEEP_EVERY_MS || server < this.keptMs) await this.keep();
  }

  async keep() {
    this.keptMs = this.lastSeenMs;
    const kept = { offsetMs: this.offsetMs, lastSeenMs: this.lastSeenMs };
    await unlessFull(writeMeta(this.database, 'clock', kept));
  }
}
