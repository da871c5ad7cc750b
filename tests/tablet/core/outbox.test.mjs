/** The outbox on the disk: counted without a gap, whole or not at all. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { Refusal } from '../../../server/tablet/app/js/core/errors.js';
import { nextBatch } from '../../../server/tablet/app/js/core/push.js';
import { officeAndTablet, refusal } from './tablets.mjs';

const byPerson = { by: 'person' };
const seqs = (entries) => entries.map(({ seq }) => seq);

/** From now on the store refuses to write to a table, as a full disk does. */
function full(core, name) {
  const table = core.database.table(name);
  const writings = ['creating', 'updating'];
  for (const writing of writings) table.hook(writing, refuse);
  return () => {
    for (const writing of writings) table.hook(writing).unsubscribe(refuse);
  };
}

function refuse() {
  throw new DOMException('the disk is full', 'QuotaExceededError');
}

test('operations saved at one time are numbered from 1 without a gap, and survive a restart', async () => {
  const { tablet } = await officeAndTablet();
  const core = await tablet.ready();
  await Promise.all(Array.from({ length: 12 }, (_, at) => core.save({ kind: 'visit', data: { at } })));
  const again = await tablet.start();
  assert.deepEqual(seqs(await again.outbox()), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test('on a full disk saving is refused with its code, nothing is half written, and no number is lost', async () => {
  const { office, tablet } = await officeAndTablet();
  const core = await tablet.ready();
  await core.save({ kind: 'visit', data: {} });
  const freed = full(core, 'outbox');
  assert.equal((await refusal(core.save({ kind: 'visit', data: {} }))).code, 'storage_full');
  assert.equal(core.status().waiting, 1);
  freed();
  await core.save({ kind: 'visit', data: {} });
  await core.sync(byPerson);
  assert.deepEqual(office.opened.map(({ device_seq }) => device_seq), [1, 2]);
});

test('on a full disk a page of a pull is not taken, position and all, and comes again', async () => {
  const { office, tablet } = await officeAndTablet();
  const core = await tablet.ready();
  office.put('visit', '019a8f00-0000-7000-8000-000000000201', 1, {});
  const freed = full(core, 'records');
  assert.equal((await core.sync(byPerson)).code, 'storage_full');
  assert.equal(await core.database.table('feeds').count(), 0);
  freed();
  assert.equal((await core.sync(byPerson)).pulled, 1);
});

test('on a full disk a record is not shown, for that it was looked at could not be written down', async () => {
  const { office, tablet } = await officeAndTablet();
  const core = await tablet.ready();
  const id = '019a8f00-0000-7000-8000-000000000201';
  office.put('visit', id, 1, {});
  await core.sync(byPerson);
  const freed = full(core, 'outbox');
  assert.equal((await refusal(core.get('visit', id))).code, 'storage_full');
  assert.equal((await refusal(core.get('visit', id))).code, 'storage_full');
  freed();
  assert.deepEqual(await core.get('visit', id), { id });
});

test('on a full disk work is delivered all the same, and what the server has makes room', async () => {
  const { office, tablet } = await officeAndTablet();
  const core = await tablet.ready();
  await core.save({ kind: 'visit', data: {} });
  const freed = ['outbox', 'deliveries', 'meta'].map((table) => full(core, table));
  const round = await core.sync(byPerson);
  assert.deepEqual([round.pushed, (await core.outbox()).length, office.opened.length], [1, 0, 1]);
  for (const free of freed) free();
  assert.deepEqual(await core.deliveries(), []);
  await core.save({ kind: 'visit', data: {} });
  await core.sync(byPerson);
  assert.equal((await core.deliveries()).length, 1);
});

test('the tablet cannot open what it sealed, and keeps no plaintext of it', async () => {
  const { tablet } = await officeAndTablet();
  const core = await tablet.ready();
  await core.save({ kind: 'visit', data: { note: 'canary of the note' } });
  assert.ok(!(await tablet.disk()).includes('canary of the note'));
  assert.equal('sealed' in (await core.outbox())[0], false);
});

test('a page killed while it sent leaves its work waiting', async () => {
  const { tablet } = await officeAndTablet();
  const core = await tablet.ready();
  const { opId } = await core.save({ kind: 'visit', data: {} });
  await core.parts.outbox.mark([opId], 'sending');
  const again = await tablet.start();
  assert.equal((await again.sync(byPerson)).pushed, 1);
});

test('only the last two hundred deliveries are remembered', async () => {
  const { tablet } = await officeAndTablet();
  const core = await tablet.ready();
  for (let at = 0; at < 203; at += 1) await core.save({ kind: 'visit', data: { at } });
  assert.equal((await core.sync(byPerson)).pushed, 203);
  assert.equal((await core.deliveries()).length, 200);
});

test('on a line too slow for a batch, smaller ones are tried', async () => {
  const { office, tablet } = await officeAndTablet();
  const core = await tablet.ready();
  for (let at = 0; at < 40; at += 1) await core.save({ kind: 'visit', data: { note: 'x'.repeat(6000) } });
  const { http } = core.parts;
  const ask = http.ask.bind(http);
  http.ask = (call) => {
    const slow = call.path === '/sync/push' && JSON.stringify(call.body).length > 60_000;
    return slow ? Promise.reject(new Refusal('timed_out')) : ask(call);
  };
  const rounds = [];
  for (let at = 0; at < 4; at += 1) rounds.push((await core.sync(byPerson)).code);
  assert.deepEqual(rounds.slice(0, 2), ['timed_out', 'timed_out']);
  assert.ok(office.opened.length >= 12);
});

test('a batch holds a hundred operations or 900 kB, and one that is larger goes alone', () => {
  const entry = (seq, bytes) => ({ opId: String(seq), seq, sealed: 'x'.repeat(bytes) });
  const many = Array.from({ length: 250 }, (_, at) => entry(at, 10));
  assert.equal(nextBatch(many).length, 100);
  assert.equal(nextBatch([entry(1, 400_000), entry(2, 400_000), entry(3, 400_000)]).length, 2);
  assert.equal(nextBatch([entry(1, 2_000_000), entry(2, 10)]).length, 1);
  assert.deepEqual(nextBatch([]), []);
});
