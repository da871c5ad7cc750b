/**
 * Pulling (SYNC.md §4): pages of changes, each saved with its feed's position in one transaction; tripwire and repair.
 */

import { uuid7 } from './bytes.js';
import { written } from './database.js';
import { Refusal } from './errors.js';
import { open, seal } from './keys.js';
import { digestOf } from './records.js';

const LIMIT = 500;
const PAGES_AT_MOST = 400;
const REPAIR_AT_MOST = 20_000;
const LIMIT_MS = 60_000;
const NO_FEED = { state: 'revoked', seq: 0, more: false, reset: false, count: 0, digest: '' };
const TABLES = ['records', 'feeds', 'meta', 'outbox'];

/** @typedef {{feedId: string, areaCode: string, epoch: string, seq: number}} Position */
/**
 * @typedef {{
 *   area_code: string, epoch: string, state: string, seq: number, more: boolean, reset: boolean,
 *   count: number, digest: string
 * }} FeedLine
 */
/** @typedef {{area_code: string, kind: string, id: string, op: 'put'|'remove', version: number, data: any}} Change */
/** @typedef {{userId: string, storageKey: CryptoKey}} Reader */

/**
 * @typedef {object} Parts
 * @property {import('./database.js').Database} database
 * @property {import('./http.js').Http} http
 * @property {import('./vault.js').Vault} vault
 * @property {import('./outbox.js').Outbox} outbox
 * @property {import('./records.js').Records} records
 * @property {import('./clock.js').Clock} clock
 */

export class Pull {
  /** @param {Parts} parts */
  constructor(parts) {
    /** @type {Parts} */
    this.parts = parts;
  }

  /**
   * Pull until nothing is left.
   * @param {() => Promise<string>} bearer
   * @param {object} health what the office is told about this tablet
   * @param {{first: (answer: any) => Promise<void>, told: () => void}} hooks `first` ends before the first page is
   *   saved; `told` is called whenever something was saved
   * @returns {Promise<{pulled: number, answer: any}>} the last page's answer
   * @throws {import('./errors.js').Refusal} what was saved before stays saved
   */
  async run(bearer, health, { first, told }) {
    const reader = this.parts.vault.reading();
    let pulled = 0;
    for (let page = 1; ; page += 1) {
      const body = { device_id: this.parts.http.device.id, limit: LIMIT, feeds: await this.asked(reader), health };
      const call = { method: /** @type {const} */ ('POST'), path: '/sync/pull', body, limitMs: LIMIT_MS };
      const answer = await this.parts.http.ask({ ...call, token: await bearer() });
      if (page === 1) await first(answer);
      this.refuseUnlessOpen(reader);
      await this.apply(reader, answer);
      pulled += answer.changes.length;
      if (answer.changes.length > 0) told();
      if (page < PAGES_AT_MOST && answer.feeds.some((/** @type {FeedLine} */ feed) => feed.more)) continue;
      pulled += await this.mend(reader, bearer, answer.feeds);
      return { pulled, answer };
    }
  }

  /** @param {Reader} reader @returns {Promise<Record<string, {epoch: string, seq: number}>>} */
  async asked(reader) {
    const positions = [...(await this.positions(reader)).values()];
    return Object.fromEntries(positions.map(({ areaCode, epoch, seq }) => [areaCode, { epoch, seq }]));
  }

  /** @param {Reader} reader @returns {Promise<Map<string, Position>>} by area code */
  async positions({ userId, storageKey }) {
    const rows = await this.parts.database.table('feeds').where({ userId }).toArray();
    const opened = await Promise.all(rows.map(async ({ feedId, sealed }) => {
      const position = await open(storageKey, [userId, 'feeds', feedId], sealed);
      return { feedId, ...position };
    }));
    return new Map(opened.map((position) => [position.areaCode, position]));
  }

  /**
   * Save one page: data and positions together, or nothing of it.
   * @param {Reader} reader
   * @param {{feeds: FeedLine[], changes: Change[]}} page
   */
  async apply(reader, page) {
    const known = await this.positions(reader);
    const living = page.feeds.filter((feed) => feed.state !== 'revoked');
    const gone = page.feeds.filter((feed) => feed.state === 'revoked' && known.has(feed.area_code));
    const places = new Map(living.map((feed) => [feed.area_code, known.get(feed.area_code)?.feedId ?? this.freshId()]));
    const puts = await this.sealedPuts(reader, places, page.changes);
    const removes = page.changes.filter(({ op, area_code: area }) => op === 'remove' && places.has(area));
    const feeds = await Promise.all(living.map((feed) => this.sealedFeed(reader, places.get(feed.area_code), feed)));
    const acknowledged = await Promise.all(gone.map((feed) => this.purgeOf(reader, known.get(feed.area_code))));
    const cleared = living.filter((feed) => feed.reset).map((feed) => places.get(feed.area_code));
    const dropped = gone.map((feed) => known.get(feed.area_code).feedId);
    await written(this.parts.database, TABLES, async () => {
      for (const feedId of [...cleared, ...dropped]) await this.clear(reader.userId, feedId);
      await this.table('records').bulkPut(puts);
      await this.table('records').bulkDelete(
        removes.map(({ area_code: area, kind, id }) => [reader.userId, places.get(area), kind, id]),
      );
      await this.table('feeds').bulkPut(feeds);
      await this.table('feeds').bulkDelete(dropped);
      for (const entry of acknowledged) await this.parts.outbox.add(entry);
    });
  }

  /**
   * @param {Reader} reader
   * @param {Map<string, string>} places feed ids by area code
   * @param {Change[]} changes
   */
  async sealedPuts(reader, places, changes) {
    const puts = changes.filter(({ op, area_code: area }) => op === 'put' && places.has(area));
    return Promise.all(puts.map((change) => this.parts.records.sealed(reader, places.get(change.area_code), change)));
  }

  /** @param {Reader} reader @param {string} feedId @param {FeedLine} feed */
  async sealedFeed({ userId, storageKey }, feedId, { area_code: areaCode, epoch, seq }) {
    return { feedId, userId, sealed: await seal(storageKey, [userId, 'feeds', feedId], { areaCode, epoch, seq }) };
  }

  /** The operation that acknowledges a deletion (§5, `purge`). @param {Reader} reader @param {Position} position */
  async purgeOf(reader, { feedId, areaCode, epoch }) {
    const rows = (await this.parts.records.ofFeed(reader.userId, feedId)).length;
    const data = { area_code: areaCode, epoch, rows };
    this.refuseUnlessOpen(reader);
    return this.parts.outbox.sealed(this.parts.http.device, this.parts.vault.author(), { kind: 'purge', data });
  }

  /** Delete every feed that is held, and acknowledge each: the user has no area left. */
  async leaveAll() {
    if (!this.parts.vault.opened?.storageKey) return;
    const reader = this.parts.vault.reading();
    const held = [...(await this.positions(reader)).values()];
    const feeds = held.map(({ areaCode, epoch }) => ({ ...NO_FEED, area_code: areaCode, epoch }));
    await this.apply(reader, { feeds, changes: [] });
  }

  /**
   * Compare what is held with what the server says, feed by feed, and repair what differs.
   * @param {Reader} reader
   * @param {() => Promise<string>} bearer
   * @param {FeedLine[]} feeds
   * @returns {Promise<number>} changes taken
   */
  async mend(reader, bearer, feeds) {
    let taken = 0;
    for (const feed of feeds) {
      if (feed.state === 'revoked' || feed.more || (await this.agrees(reader, feed))) continue;
      taken += await this.repair(reader, bearer, feed.area_code);
    }
    return taken;
  }

  /** @param {Reader} reader @param {FeedLine} feed @returns {Promise<boolean>} */
  async agrees(reader, feed) {
    const held = await digestOf(await this.held(reader, feed.area_code));
    return held.count === feed.count && held.digest === feed.digest;
  }

  /**
   * @param {Reader} reader
   * @param {() => Promise<string>} bearer
   * @param {string} area
   * @returns {Promise<number>}
   */
  async repair(reader, bearer, area) {
    const rows = (await this.held(reader, area)).slice(0, REPAIR_AT_MOST);
    const held = rows.map(({ kind, id, version }) => [kind, id, version]);
    const body = { device_id: this.parts.http.device.id, area_code: area, held };
    const call = { method: /** @type {const} */ ('POST'), path: '/sync/repair', body, limitMs: LIMIT_MS };
    const { feed, changes } = await this.parts.http.ask({ ...call, token: await bearer() });
    this.refuseUnlessOpen(reader);
    await this.apply(reader, { feeds: [feed], changes });
    // Each answer that brings a record leaves fewer to bring.
    if (feed.more && changes.some(({ op }) => op === 'put')) {
      return changes.length + (await this.repair(reader, bearer, area));
    }
    if (feed.state !== 'revoked' && !(await this.agrees(reader, feed))) await this.startOver(reader, area);
    return changes.length;
  }

  /** Give a feed up, so that the next pull brings it whole. @param {Reader} reader @param {string} area */
  async startOver(reader, area) {
    const position = (await this.positions(reader)).get(area);
    if (!position) return;
    await written(this.parts.database, ['records', 'feeds'], async () => {
      await this.clear(reader.userId, position.feedId);
      await this.table('feeds').delete(position.feedId);
    });
  }

  /** @param {Reader} reader @param {string} area */
  async held(reader, area) {
    const position = (await this.positions(reader)).get(area);
    return position ? this.parts.records.ofFeed(reader.userId, position.feedId) : [];
  }

  /**
   * Go on only while the same person has it open: what is another's must not come into her partition.
   * @param {Reader} reader
   */
  refuseUnlessOpen({ userId }) {
    if (this.parts.vault.reading().userId !== userId) throw new Refusal('locked');
  }

  /** Inside a transaction. @param {string} userId @param {string} feedId */
  async clear(userId, feedId) {
    await this.table('records').where({ userId, feedId }).delete();
  }

  /** @param {string} name */
  table(name) {
    return this.parts.database.table(name);
  }

  freshId() {
    return uuid7(this.parts.clock.now());
  }
}
