/** Tablets for tests: a store of their own that survives a restart of the page, a clock that can be moved, no timers. */

import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { openCore } from '../../../server/tablet/app/js/core/index.js';
import { CODE, Office } from './office.mjs';

export const PASSPHRASE = '三月的风 and rain';

export class Tablet {
  constructor(office) {
    this.office = office;
    this.indexedDB = new IDBFactory();
    this.aheadMs = 0;
    this.elapsedMs = 0;
    this.document = new EventTarget();
  }

  /** The page is opened, or opened again. */
  async start(instead = {}) {
    this.core = await openCore({
      indexedDB: this.indexedDB,
      IDBKeyRange,
      fetch: this.office.fetch,
      now: () => this.office.now() + this.aheadMs,
      elapsed: () => this.elapsedMs,
      document: this.document,
      argon2: { memoryKib: 64, passes: 1, lanes: 1 },
      timers: false,
      ...instead,
    });
    return this.core;
  }

  async enrolled() {
    const core = await this.start();
    await core.enrol(CODE);
    this.office.state = 'active';
    await core.checkStanding();
    return core;
  }

  /** Taken in, signed in, set up with a passphrase, and open. */
  async ready(login = 'worker-a') {
    const core = await this.enrolled();
    const { userId } = await core.signIn(login, 'right');
    await core.setUp({ method: 'passphrase', passphrase: PASSPHRASE });
    this.userId = userId;
    return core;
  }

  /** Every row of the store as it lies there, as text. */
  async disk() {
    const parts = [];
    for (const table of this.core.database.tables) {
      for (const row of await table.toArray()) parts.push(`${table.name} ${spelled(row)}`);
    }
    return parts.join('\n');
  }
}

/** An office whose clock a test moves, and a tablet before it. */
export async function officeAndTablet() {
  const clock = { ms: Date.parse('2026-11-19T08:30:00Z') };
  const office = await new Office(() => clock.ms).begin();
  return { clock, office, tablet: new Tablet(office) };
}

/** The code that a promise is refused with. */
export async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('was not refused');
}

function spelled(value) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (value && typeof value === 'object') return Object.entries(value).map(([key, one]) => `${key}=${spelled(one)}`).join(' ');
  return String(value);
}
