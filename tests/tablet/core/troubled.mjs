/**
 * A tablet that meets one trouble, and what must hold at every moment of its life: before each request, and after each
 * transaction on its disk.
 *
 * A trouble is `{of, at, power}`: the request numbered `at` does not arrive (`arriving`) or loses its answer (`answer`);
 * transaction `at` is the last before the power goes (`commit`) or finds the disk full (`write`), which with `stays` lasts
 * until the person is told or done. With `power` the page ends there, and the app is opened anew on the same disk.
 */

import assert from 'node:assert/strict';
import { officeAndTablet } from './tablets.mjs';

/** What forms are made of: it is held wherever people are. */
export const PARTS_OF_FORMS = ['codes', 'words', 'texts', 'crisis_card', 'sweeps', 'areas'];
const KEPT_BY_OFFICE = new Set(['applied', 'merged', 'duplicate', 'conflict', 'quarantined']);
const TRACES = new Set(['view', 'purge']);
const TRIES = 4;

// A page without power leaves the time limits of its requests behind: they must not hold up the end of the tests.
const { setTimeout: started } = globalThis;
globalThis.setTimeout = (...asked) => started(...asked).unref();

class PowerLost extends Error {}

/** Web locks, which end with their page. */
class Locks {
  constructor() {
    this.ends = new Map();
  }

  async request(name, ...rest) {
    const before = this.ends.get(name);
    const run = rest.at(-1);
    if (before && rest[0].ifAvailable) return run(null);
    const turn = Promise.resolve(before).then(() => run({ name }));
    const end = turn.catch(() => undefined).then(() => this.ends.get(name) === end && this.ends.delete(name));
    this.ends.set(name, end);
    return turn;
  }
}

export class Troubled {
  constructor(trouble = { of: 'none', at: -1 }) {
    this.trouble = trouble;
    this.met = trouble.of === 'none';
    this.requests = [];
    this.commits = 0;
    this.isFull = false;
    /** Every operation that was ever in the outbox, by id. */
    this.seen = new Map();
    /** Whose receipt has come. */
    this.receipted = new Set();
    /** What a person was told is saved. */
    this.saved = new Set();
  }

  async begin() {
    Object.assign(this, await officeAndTablet());
    await this.start();
  }

  /** The app is opened, or opened again on the same disk. */
  async start() {
    this.core?.database.close();
    const page = (this.page = {});
    this.core = await this.tablet.start({ fetch: (...call) => this.line(page, ...call), locks: new Locks() });
    this.core.addEventListener('change', () => { if (page === this.page) this.tells(this.core.status()); });
    const { database } = this.core;
    const transaction = database.transaction.bind(database);
    database.transaction = (mode, tables, write) => this.committed(page, write, (work) => transaction(mode, tables, work));
  }

  /** Do it until it is done; after its one trouble everything goes well. */
  async carry(act) {
    for (let tries = 0; tries < TRIES; tries += 1) {
      try {
        const lost = new Promise((_, lose) => { this.losePower = () => lose(new PowerLost()); });
        await Promise.race([act(), lost]).finally(() => { this.isFull = false; });
        return await this.holds('at rest');
      } catch (error) {
        if (error instanceof PowerLost) await this.start();
        else if (!isTold(error)) throw error;
        await this.holds('after the trouble');
      }
    }
    return assert.fail('what failed once failed again and again');
  }

  /** One request. */
  async line(page, path, init) {
    if (page !== this.page) return forever();
    await this.holds(`before ${path}`);
    const here = this.isHere(this.requests.push(`${init.method} ${path}`) - 1, 'arriving', 'answer');
    if (here && this.trouble.of === 'arriving') return this.lost();
    const answer = await this.office.fetch(path, init);
    if (here) return this.lost();
    if (path.endsWith('/sync/push')) await this.noteReceipts(answer.clone());
    return answer;
  }

  /** One transaction. */
  async committed(page, write, transact) {
    if (page !== this.page) return forever();
    const here = this.isHere(this.commits, 'commit', 'write');
    this.commits += 1;
    if (this.isFull || (here && this.trouble.of === 'write')) return transact(() => this.fills(write));
    const result = await transact(write);
    await this.holds(`after write ${this.commits}`);
    return here ? this.lost() : result;
  }

  /** All is written, and then there is no room for it. */
  async fills(write) {
    this.met = true;
    this.isFull = this.trouble.stays ?? false;
    await write();
    throw new DOMException('the disk is full', 'QuotaExceededError');
  }

  isHere(at, ...of) {
    return !this.met && this.trouble.at === at && of.includes(this.trouble.of);
  }

  lost() {
    this.met = true;
    if (!this.trouble.power) throw new TypeError('the line is cut');
    this.page = null;
    this.losePower();
    return forever();
  }

  async noteReceipts(answer) {
    for (const { op_id, result } of (await answer.json()).receipts ?? []) {
      if (KEPT_BY_OFFICE.has(result)) this.receipted.add(op_id);
    }
  }

  /** What lies on the disk at this moment is whole. */
  async holds(when) {
    const tables = ['records', 'library', 'outbox', 'users'].map((name) => this.core.database.table(name));
    const [records, library, outbox, users] = await Promise.all(tables.map((table) => table.toArray()));
    const parts = new Set(library.map(({ owner, name }) => `${owner} ${name}`));
    for (const userId of new Set(records.map((row) => row.userId))) {
      const lacks = PARTS_OF_FORMS.filter((name) => !parts.has(`device ${name}`) && !parts.has(`${userId} ${name}`));
      assert.deepEqual(lacks, [], `${when}: people are held, and what their forms are made of is not`);
      assert.ok(users.some((row) => row.userId === userId), `${when}: what is held is nobody's`);
    }
    const waiting = new Set(outbox.map(({ opId }) => opId));
    for (const [opId, { kind }] of this.seen) {
      assert.ok(waiting.has(opId) || this.receipted.has(opId), `${when}: a ${kind} left the outbox without a receipt`);
    }
    for (const entry of outbox) this.seen.set(entry.opId, entry);
  }

  /** What a person was told is saved is told to wait until its receipt is here. */
  tells({ waiting, needAttention, phase }) {
    const still = [...this.saved].filter((opId) => !this.receipted.has(opId)).length;
    assert.ok(phase === 'wiped' || waiting + needAttention >= still, `it says that ${waiting} wait, and ${still} do`);
  }

  async noteSaved() {
    for (const { opId, kind } of await this.core.outbox()) if (!TRACES.has(kind)) this.saved.add(opId);
  }
}

const forever = () => new Promise(() => undefined);

/** Whether a person is told of it, and may try again; anything else is a fault. */
function isTold({ code }) {
  return typeof code === 'string' && code === code.toLowerCase() && code !== 'tablet_fault';
}
