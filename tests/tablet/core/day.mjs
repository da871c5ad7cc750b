/** A whole day of one tablet, from the office's code to its end. After a trouble its worker goes on as people do. */

import assert from 'node:assert/strict';
import { digestOf } from '../../../server/tablet/app/js/core/records.js';
import { AREA, CODE } from './office.mjs';
import { PASSPHRASE } from './tablets.mjs';
import { PARTS_OF_FORMS, Troubled } from './troubled.mjs';

const NEXT_AREA = '430999101001002';
const PEOPLE = [1, 2, 3, 4, 5].map((at) => `019a8f00-0000-7000-8000-00000000020${at}`);
const ENTRY = '019a8f00-0000-7000-8000-000000000301';
const LOGIN = ['worker-a', 'right'];
const HOUR_MS = 3600_000;
const TURNS = 8;
const byPerson = { by: 'person' };

export class Day extends Troubled {
  /** Play it; gives all that must be the same however it went. */
  async play() {
    await this.begin();
    this.morning();
    this.done = new Set();
    const { inside, synced, work, noon, evening } = this;
    for (const part of [inside, synced, work, synced, noon, synced, evening, synced]) await this.carry(() => part.call(this));
    const end = await this.told();
    this.office.state = 'revoked';
    await this.carry(() => this.takenBack());
    assert.ok(this.met, 'the trouble never came');
    return { ...end, wiped: this.office.wiped, phase: this.core.status().phase, left: await this.counts() };
  }

  /** What the office holds when the day begins. */
  morning() {
    const { office } = this;
    office.pageAtMost = 2;
    for (const name of PARTS_OF_FORMS) office.library[name] = ['1', { items: [name] }];
    office.library.leaflets = ['1', { items: ['long'] }];
    PEOPLE.forEach((id, at) => office.put('visit', id, at + 1, { name: `人${at}` }, at < 3 ? AREA : NEXT_AREA));
    office.put('plan_item', ENTRY, 1, { item: { version: 1 } });
  }

  /** Whatever screen is forced upon her, until the tablet is open. */
  async inside() {
    const { core, office } = this;
    for (let turns = 0; turns < TURNS; turns += 1) {
      const { phase, users, locked, needsSetUp } = core.status();
      if (phase === 'active' && !locked) return;
      if (phase === 'new') await core.enrol(CODE);
      else if (phase === 'pending') {
        office.state = 'active';
        await core.checkStanding();
      } else if (needsSetUp) await core.setUp({ method: 'passphrase', passphrase: PASSPHRASE });
      else if (users.length === 0) await core.signIn(...LOGIN);
      else await core.unlock({ userId: users[0].userId, passphrase: PASSPHRASE });
    }
    assert.fail('she never came in');
  }

  /** A round that ends well; where it asks for her password she gives it. */
  async synced() {
    await this.inside();
    const { ok, code } = await this.core.sync(byPerson);
    if (code === 'sign_in_needed') await this.core.signIn(...LOGIN);
    if (!ok) throw Object.assign(new Error(code), { code });
  }

  /** She looks at somebody, and writes down a visit, an emergency and another telephone number. */
  async work() {
    await this.inside();
    await this.once('view', PEOPLE[0], () => this.core.get('visit', PEOPLE[0]));
    await this.save('visit', PEOPLE[0], { outcome: '1' });
    await this.save('safety_event', PEOPLE[4], { facts: '今天下午独自在河边坐了很久。' });
    await this.save('contact', ENTRY, { changes: { phone: { from: '1', to: '2' } } });
  }

  /** Her token and half of her lease are over, a part of the library is new, two changes came, and the disk lost a row. */
  async noon() {
    await this.once('noon', '', async () => {
      const { clock, core, office } = this;
      clock.ms += 38 * HOUR_MS;
      office.library.codes = ['2', { items: ['codes', 'more'] }];
      office.put('visit', PEOPLE[0], 9, { name: '人0', done: true });
      office.remove('visit', PEOPLE[1]);
      await core.database.table('records').where({ userId: core.status().userId, kind: 'plan_item' }).delete();
    });
  }

  /** She writes something down; then the area is no longer hers, and the other one is told anew. */
  async evening() {
    await this.inside();
    await this.save('visit', PEOPLE[2], { outcome: '2' });
    await this.once('evening', '', () => {
      this.office.feed(AREA).state = 'revoked';
      this.office.feed(NEXT_AREA).epoch = '2';
      this.office.put('visit', PEOPLE[1], 3, { name: '人1' }, NEXT_AREA);
    });
  }

  /** The office takes the tablet back: it sends what waits, empties itself, and says so. */
  async takenBack() {
    const { code } = await this.core.sync(byPerson);
    if (code !== 'device_wiped') throw Object.assign(new Error(code), { code });
  }

  /** Save it, unless it is found among what waits or was delivered. */
  async save(kind, recordId, data) {
    await this.once(kind, recordId, () => this.core.save({ kind, recordId, data }));
    await this.noteSaved();
  }

  async once(kind, recordId, act) {
    const name = `${kind} ${recordId}`;
    const isThere = [...this.seen.values()].some((one) => `${one.kind} ${one.recordId}` === name);
    if (!isThere && !this.done.has(name)) await act();
    this.done.add(name);
  }

  /** How the tablet and the office stand, but for ids, moments, and what a new start of the app forgets. */
  async told() {
    const { core, office } = this;
    const { users: [{ userId }, ...others], deviceId, ...status } = core.status();
    assert.deepEqual([others, office.device, status.userId], [[], deviceId, userId]);
    const { phase, locked, writeOnly, needsSetUp, lease, waiting, traces, needAttention, lastCode, syncing } = status;
    const names = [...PARTS_OF_FORMS, 'leaflets'];
    return {
      standing: { phase, locked, writeOnly, needsSetUp, lease, waiting, traces, needAttention, lastCode, syncing },
      held: await Promise.all(['visit', 'plan_item'].map((kind) => core.list(kind))),
      counts: await this.counts(),
      library: await Promise.all(names.map((name) => core.library(name))),
      positions: await this.positions(),
      applied: office.opened.map(({ device_seq, kind, author_id, content }) => [device_seq, kind, author_id === userId, content.data]),
      repaired: this.repaired(),
      receipts: [office.receipts.size, this.receipted.size],
      deliveries: (await core.deliveries()).map(({ kind, result }) => `${kind} ${result}`).sort(),
    };
  }

  /** Where every feed stands; count and digest are the office's. */
  async positions() {
    const { pull } = this.core.engine;
    const reader = this.core.parts.vault.reading();
    const positions = [...(await pull.positions(reader)).values()];
    for (const { areaCode, epoch, seq } of positions) {
      const { held, ...feed } = this.office.feed(areaCode);
      const there = await digestOf([...held.values()].filter(({ op }) => op === 'put'));
      assert.deepEqual(await digestOf(await pull.held(reader, areaCode)), there);
      assert.deepEqual([epoch, seq], [feed.epoch, feed.seq]);
    }
    return positions.map(({ areaCode }) => areaCode).sort();
  }

  /** What was asked to be repaired: what the disk lost, and never what a trouble left half done. */
  repaired() {
    const asked = this.office.calls.filter(({ path }) => path === '/sync/repair').map(({ json }) => json);
    return [...new Set(asked.map(({ area_code: area, held }) => `${area} ${held.length}`))];
  }

  /** How much lies on the disk. */
  async counts() {
    const { tables } = this.core.database;
    const counts = await Promise.all(tables.map(async (table) => [table.name, await table.count()]));
    return Object.fromEntries(counts.filter(([name]) => name !== 'meta'));
  }
}
