/** Rounds of push and pull: what leaves the outbox and when, what is held, what is repaired, what is deleted. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { AREA } from './office.mjs';
import { officeAndTablet, refusal } from './tablets.mjs';

const VISIT = '019a8f00-0000-7000-8000-000000000201';
const byPerson = { by: 'person' };

async function working() {
  const { clock, office, tablet } = await officeAndTablet();
  const core = await tablet.ready();
  return { clock, office, tablet, core };
}

test('what was saved is sent once, opens at the server with its author, and leaves by its receipt', async () => {
  const { office, core, tablet } = await working();
  const { opId } = await core.save({ kind: 'visit', recordId: VISIT, period: '202611', data: { outcome: '1' } });
  assert.deepEqual(await core.sync(byPerson), { ok: true, pushed: 1, pulled: 0, code: null });
  assert.deepEqual(await core.outbox(), []);
  const [{ content, device_seq, author_id }] = office.opened;
  const author_token = `author-${tablet.userId}`;
  assert.deepEqual(content, { author_token, base_version: null, form_version: 1, data: { outcome: '1' } });
  assert.deepEqual([device_seq, author_id], [1, tablet.userId]);
  const [delivered] = await core.deliveries();
  assert.deepEqual([delivered.opId, delivered.result, delivered.recordId], [opId, 'applied', VISIT]);
});

test('an answer that is lost changes nothing, and the same bytes are sent again', async () => {
  const { office, core } = await working();
  await core.save({ kind: 'visit', recordId: VISIT, data: {} });
  office.cut = true;
  assert.equal((await core.sync(byPerson)).code, 'unreached');
  const [waiting] = await core.outbox();
  assert.equal(waiting.state, 'waiting');
  await core.sync(byPerson);
  const [first, second] = office.calls.filter(({ path }) => path === '/sync/push');
  assert.deepEqual(second.json, first.json);
  assert.equal(office.opened.length, 1);
  assert.deepEqual(await core.outbox(), []);
});

for (const [status, code] of [[401, 'device_unknown'], [403, 'tablet_token_forbidden'], [404, 'not_found'], [500, 'server_fault'], [503, 'database_unavailable']]) {
  test(`a push refused with ${status} leaves the outbox as it was`, async () => {
    const { office, core } = await working();
    await core.save({ kind: 'visit', recordId: VISIT, data: {} });
    office.refusals.set('/sync/push', { status, json: { code } });
    const round = await core.sync(byPerson);
    assert.deepEqual([round.ok, round.code], [false, code]);
    assert.deepEqual((await core.outbox()).map(({ state }) => state), ['waiting']);
  });
}

test('one bad operation holds back no other, stays, and says why', async () => {
  const { office, core } = await working();
  office.results.set('contact', 'rejected');
  await core.save({ kind: 'contact', recordId: VISIT, data: {} });
  await core.save({ kind: 'visit', recordId: VISIT, data: {} });
  const round = await core.sync(byPerson);
  assert.deepEqual([round.ok, round.pushed], [true, 1]);
  assert.deepEqual((await core.outbox()).map(({ kind, state, code }) => [kind, state, code]), [['contact', 'needs_attention', 'some_code']]);
  assert.deepEqual([core.status().waiting, core.status().needAttention], [0, 1]);
});

for (const result of ['merged', 'duplicate', 'conflict', 'quarantined']) {
  test(`an operation that is ${result} is the server's from then on, and the delivery says so`, async () => {
    const { office, core } = await working();
    office.results.set('visit', result);
    await core.save({ kind: 'visit', recordId: VISIT, data: {} });
    await core.sync(byPerson);
    assert.deepEqual(await core.outbox(), []);
    assert.equal((await core.deliveries())[0].result, result);
  });
}

for (const result of ['silence', 'a_word_of_next_year']) {
  test(`without a receipt that is understood (${result}) an operation stays`, async () => {
    const { office, core } = await working();
    office.results.set('visit', result);
    await core.save({ kind: 'visit', recordId: VISIT, data: {} });
    await core.sync(byPerson);
    assert.deepEqual((await core.outbox()).map(({ state }) => state), ['waiting']);
  });
}

test('a push that is too large is halved until it fits', async () => {
  const { office, core } = await working();
  office.pushAtMost = 2;
  for (let at = 0; at < 7; at += 1) await core.save({ kind: 'visit', data: { at } });
  assert.equal((await core.sync(byPerson)).pushed, 7);
  assert.deepEqual(office.opened.map(({ device_seq }) => device_seq), [1, 2, 3, 4, 5, 6, 7]);
});

test('a locked tablet delivers, and takes up nothing', async () => {
  const { office, core } = await working();
  await core.save({ kind: 'visit', recordId: VISIT, data: {} });
  core.lock();
  office.put('visit', VISIT, 1, {});
  assert.deepEqual(await core.sync(byPerson), { ok: true, pushed: 1, pulled: 0, code: null });
  assert.equal(office.calls.filter(({ path }) => path === '/sync/pull').length, 0);
});

test('pages are taken until nothing is left, and the tripwire agrees', async () => {
  const { office, core } = await working();
  office.pageAtMost = 3;
  for (let at = 0; at < 8; at += 1) office.put('visit', `${VISIT.slice(0, -1)}${at}`, at + 1, { due_on: `2026-11-2${9 - at}` });
  assert.equal((await core.sync(byPerson)).pulled, 8);
  const days = (await core.list('visit')).map(({ due_on }) => due_on);
  assert.deepEqual(days, [...days].sort());
  assert.equal(office.calls.filter(({ path }) => path === '/sync/repair').length, 0);
  office.remove('visit', `${VISIT.slice(0, -1)}0`);
  await core.sync(byPerson);
  assert.equal((await core.list('visit')).length, 7);
  const asked = office.calls.filter(({ path }) => path === '/sync/pull').at(-1).json.feeds;
  assert.deepEqual(asked, { [AREA]: { epoch: '1', seq: 8 } });
});

test('what forms are made of comes before the people, whenever the line is cut', async () => {
  const { office, core } = await working();
  office.put('visit', VISIT, 1, {});
  office.cut = '/sync/library/codes';
  assert.equal((await core.sync(byPerson)).code, 'unreached');
  assert.deepEqual([await core.list('visit'), await core.library('codes')], [[], null]);
  assert.equal((await core.sync(byPerson)).pulled, 1);
  assert.deepEqual([(await core.list('visit')).length, await core.library('codes')], [1, { lists: [] }]);
});

test('leaflets come after the people', async () => {
  const { office, core } = await working();
  office.library.leaflets = ['1', { items: [] }];
  office.put('visit', VISIT, 1, {});
  office.cut = '/sync/library/leaflets';
  assert.equal((await core.sync(byPerson)).code, 'unreached');
  assert.equal((await core.list('visit')).length, 1);
});

test('a part of the library that the server refuses keeps nobody back, and is told', async () => {
  const { office, core } = await working();
  office.put('visit', VISIT, 1, {});
  office.refusals.set('/sync/library/codes', { status: 500, json: { code: 'server_fault' } });
  const round = await core.sync(byPerson);
  assert.deepEqual([round.ok, round.code], [false, 'server_fault']);
  assert.equal((await core.list('visit')).length, 1);
});

test('an unknown kind and unknown fields are kept as they came', async () => {
  const { office, core } = await working();
  office.put('song', VISIT, 1, { id: VISIT, tune: ['a', 'b'] });
  await core.sync(byPerson);
  assert.deepEqual(await core.list('song'), [{ id: VISIT, tune: ['a', 'b'] }]);
});

test('what differs from the server is repaired', async () => {
  const { office, core, tablet } = await working();
  office.put('visit', VISIT, 1, { due_on: '2026-11-20' });
  office.put('plan_item', VISIT, 4, { text: 'x' });
  await core.sync(byPerson);
  await core.database.table('records').where({ userId: tablet.userId, kind: 'visit' }).delete();
  await core.sync(byPerson);
  assert.equal((await core.list('visit')).length, 1);
  assert.deepEqual(office.calls.find(({ path }) => path === '/sync/repair').json.held, [['plan_item', VISIT, 4]]);
});

test('a repair that comes in several answers is asked for until it is whole', async () => {
  const { office, core, tablet } = await working();
  const ids = ['1', '2', '3', '4', '5'].map((last) => `${VISIT.slice(0, -1)}${last}`);
  for (const id of ids) office.put('visit', id, 1, {});
  await core.sync(byPerson);
  await core.database.table('records').where({ userId: tablet.userId, kind: 'visit' }).delete();
  office.repairAtMost = 2;
  await core.sync(byPerson);
  const asked = office.calls.filter(({ path }) => path === '/sync/repair').map(({ json }) => json.held.length);
  assert.deepEqual(asked, [0, 2, 4]);
  assert.equal((await core.list('visit')).length, 5);
});

test('where even the repair does not help, the feed is fetched whole the next time', async () => {
  const { office, core } = await working();
  office.put('visit', VISIT, 1, {});
  office.feed(AREA).wrongDigest = '0000000000000001';
  await core.sync(byPerson);
  await core.sync(byPerson);
  const pulls = office.calls.filter(({ path }) => path === '/sync/pull');
  assert.deepEqual(pulls.at(-1).json.feeds, {});
});

test('another epoch clears the feed before its changes are saved', async () => {
  const { office, core } = await working();
  office.put('visit', VISIT, 1, {});
  await core.sync(byPerson);
  const feed = office.feed(AREA);
  feed.epoch = '2';
  feed.held.clear();
  feed.seq = 0;
  office.put('visit', `${VISIT.slice(0, -1)}9`, 1, {});
  await core.sync(byPerson);
  assert.deepEqual((await core.list('visit')).map(({ id }) => id), [`${VISIT.slice(0, -1)}9`]);
});

test('an area that is taken away: work is sent first, its records go, and the deletion is acknowledged', async () => {
  const { office, core } = await working();
  office.put('visit', VISIT, 1, {});
  await core.sync(byPerson);
  office.feed(AREA).state = 'revoked';
  await core.save({ kind: 'visit', recordId: VISIT, data: {} });
  const round = await core.sync(byPerson);
  assert.deepEqual([round.ok, round.pushed], [true, 2]);
  assert.deepEqual(office.opened.map(({ kind }) => kind), ['visit', 'purge']);
  assert.deepEqual(office.opened[1].content.data, { area_code: AREA, epoch: '1', rows: 1 });
  assert.deepEqual(await core.list('visit'), []);
  await core.sync(byPerson);
  assert.equal(office.opened.length, 2);
});

test('invariant: what is opened is written down before it is shown, once for each opening', async () => {
  const { clock, office, core, tablet } = await working();
  office.put('visit', VISIT, 1, { name: '甲' });
  await core.sync(byPerson);
  office.down = true;
  assert.deepEqual(await core.get('visit', VISIT), { id: VISIT, name: '甲' });
  await core.get('visit', VISIT);
  tablet.elapsedMs += 61_000;
  clock.ms += 61_000;
  await core.get('visit', VISIT);
  assert.deepEqual((await core.outbox()).map(({ kind, recordId }) => [kind, recordId]), [['view', VISIT], ['view', VISIT]]);
  office.down = false;
  await core.sync(byPerson);
  const viewed = office.opened.map(({ content }) => content.data);
  assert.deepEqual(viewed[0], { kind: 'visit', viewed_at: '2026-11-19T08:30:00.000+00:00' });
});

test('a revoked tablet sends what waits, deletes everything, and says so', async () => {
  const { office, core, tablet } = await working();
  office.put('visit', VISIT, 1, { name: '王某某' });
  await core.sync(byPerson);
  await core.save({ kind: 'visit', recordId: VISIT, data: {} });
  office.state = 'revoked';
  const round = await core.sync(byPerson);
  assert.equal(round.code, 'device_wiped');
  assert.equal(office.opened.length, 1);
  assert.equal(office.wiped, 1);
  assert.equal(core.status().phase, 'wiped');
  assert.deepEqual((await tablet.disk()).split('\n').map((line) => line.split(' ')[0]), ['meta']);
});

test('a revoked tablet whose work cannot be sent yet deletes what it holds, and keeps the work', async () => {
  const { office, core } = await working();
  office.put('visit', VISIT, 1, {});
  await core.sync(byPerson);
  await core.save({ kind: 'visit', recordId: VISIT, data: {} });
  core.lock();
  office.state = 'revoked';
  office.refusals.set('/sync/push', { status: 500, json: { code: 'server_fault' } });
  await core.sync(byPerson);
  assert.equal(core.status().phase, 'revoked');
  assert.equal(await core.database.table('records').count(), 0);
  assert.equal((await core.outbox()).length, 1);
  assert.equal(office.wiped, null);
  office.refusals.clear();
  await core.sync(byPerson);
  assert.equal(core.status().phase, 'wiped');
  assert.equal(office.opened.length, 1);
});

test('a user with no area left: every feed is deleted and acknowledged, and her work still goes out', async () => {
  const { office, core } = await working();
  office.put('visit', VISIT, 1, {});
  office.put('visit', VISIT.replace('201', '202'), 1, {}, '430999101001002');
  await core.sync(byPerson);
  await core.save({ kind: 'visit', recordId: VISIT, data: {} });
  office.refusals.set('/sync/pull', { status: 403, json: { code: 'role_forbidden' } });
  const round = await core.sync(byPerson);
  assert.deepEqual([round.code, round.pushed, await core.list('visit')], ['role_forbidden', 3, []]);
  assert.deepEqual(office.opened.map(({ kind }) => kind), ['visit', 'purge', 'purge']);
  await core.sync(byPerson);
  assert.equal(office.opened.length, 3);
});

test('a 401 asks how the tablet stands, for revoking it ends its sessions', async () => {
  const { clock, office, core } = await working();
  clock.ms += 3600_000;
  office.state = 'revoked';
  office.refusals.set('/sessions/refresh', { status: 401, json: { code: 'session_ended' } });
  assert.equal((await core.sync(byPerson)).code, 'device_wiped');
});

test('a revoked tablet with work that got no receipt keeps it, and does not say that it is wiped', async () => {
  const { office, core } = await working();
  office.results.set('visit', 'silence');
  await core.save({ kind: 'visit', recordId: VISIT, data: {} });
  office.state = 'revoked';
  assert.equal((await core.sync(byPerson)).code, 'work_waiting');
  assert.deepEqual([(await core.outbox()).length, office.wiped], [1, null]);
});

test('an old app pushes, and is told that it is too old', async () => {
  const { office, core } = await working();
  await core.save({ kind: 'visit', recordId: VISIT, data: {} });
  office.refusals.set('/sync/pull', { status: 403, json: { code: 'app_too_old' } });
  assert.deepEqual(await core.sync(byPerson), { ok: false, pushed: 1, pulled: 0, code: 'app_too_old' });
});

test('the clock starts no round before the server wants one, a person does', async () => {
  const { clock, core } = await working();
  await core.sync(byPerson);
  assert.equal((await core.sync({ by: 'clock' })).code, 'not_due');
  assert.equal((await core.sync(byPerson)).ok, true);
  clock.ms += 361_000;
  assert.equal((await core.sync({ by: 'clock' })).ok, true);
});

test('failures wait longer and longer, and half an hour at most', async () => {
  const { clock, office, core } = await working();
  office.down = true;
  const waits = [];
  for (let at = 0; at < 10; at += 1) {
    await core.sync(byPerson);
    waits.push((Date.parse(core.status().backoffUntil) - clock.ms) / 1000);
  }
  assert.ok(waits[0] >= 24 && waits[0] <= 36);
  assert.ok(waits[3] >= 192 && waits[3] <= 288);
  assert.ok(waits[9] >= 1440 && waits[9] <= 2160);
});

for (const path of ['/sync/push', '/sync/pull']) {
  test(`a tablet that is paused at ${path} keeps its work and waits as long as it is told`, async () => {
    const { clock, office, core } = await working();
    await core.sync(byPerson);
    await core.save({ kind: 'visit', recordId: VISIT, data: {} });
    const paused = { status: 429, json: { code: 'tablet_paused' }, headers: { 'Retry-After': '900' } };
    office.refusals.set(path, paused);
    assert.equal((await core.sync(byPerson)).code, 'tablet_paused');
    assert.equal((await core.outbox()).length, path === '/sync/push' ? 1 : 0);
    office.refusals.clear();
    clock.ms += 899_000;
    core.engine.hint();
    assert.equal((await core.sync({ by: 'clock' })).code, 'not_due');
    clock.ms += 182_000;
    assert.equal((await core.sync({ by: 'clock' })).ok, true);
    assert.deepEqual(await core.outbox(), []);
  });
}

test('a hint of a network is worth one try where nobody was reached, and none where the server asked to wait', async () => {
  const { office, core } = await working();
  office.down = true;
  await core.sync(byPerson);
  core.engine.hint();
  assert.equal((await core.sync({ by: 'clock' })).code, 'unreached');
  office.down = false;
  await core.sync(byPerson);
  core.engine.hint();
  assert.equal((await core.sync({ by: 'clock' })).code, 'not_due');
});

test('what the tablet noted by itself is not counted as work that waits', async () => {
  const { office, core } = await working();
  office.put('visit', VISIT, 1, {});
  await core.sync(byPerson);
  await core.get('visit', VISIT);
  await core.save({ kind: 'visit', recordId: VISIT, data: {} });
  assert.deepEqual([core.status().waiting, core.status().traces], [1, 1]);
});

test('who asks while a round runs is told how that one ends', async () => {
  const { office, core } = await working();
  await core.save({ kind: 'visit', data: {} });
  const both = await Promise.all([core.sync(byPerson), core.sync(byPerson)]);
  assert.deepEqual(both.map(({ ok, pushed }) => [ok, pushed]), [[true, 1], [true, 1]]);
  assert.equal(office.calls.filter(({ path }) => path === '/sync/push').length, 1);
});

test('a person who asks for what she saved after a running round had sent all gets a round that sends it', async () => {
  const { office, core } = await working();
  const { engine } = core;
  const keep = engine.keep.bind(engine);
  let asked;
  engine.keep = async (round) => {
    engine.keep = keep;
    await core.save({ kind: 'visit', data: {} });
    asked = core.sync(byPerson);
    await keep(round);
  };
  assert.deepEqual(await core.sync(byPerson), { ok: true, pushed: 0, pulled: 0, code: null });
  assert.deepEqual([(await asked).pushed, office.opened.length], [1, 1]);
});

for (const by of ['clock', 'person']) {
  test(`a person who asks while a round fails gets one that began afterwards (begun by ${by})`, async () => {
    const { office, core } = await working();
    await core.save({ kind: 'visit', data: {} });
    core.engine.state.backoffUntilMs = 0;
    office.cut = true;
    const [first, hers, herSecond] = await Promise.all([core.sync({ by }), core.sync(byPerson), core.sync(byPerson)]);
    assert.equal(first.code, 'unreached');
    assert.deepEqual([hers.ok, herSecond, (await core.outbox()).length], [true, hers, 0]);
    assert.equal(office.calls.filter(({ path }) => path === '/sync/push').length, 2);
  });
}

test('a round in another window of the tablet is not run twice', async () => {
  const { tablet, core } = await working();
  const other = await tablet.start();
  const both = await Promise.all([core.sync(byPerson), other.sync(byPerson)]);
  assert.deepEqual(both.map(({ code }) => code), [null, 'sync_running']);
});

test('a clock that is a year off is corrected by the server, and evidence keeps the tablet\'s own time', async () => {
  const { office, tablet } = await officeAndTablet();
  tablet.aheadMs = 366 * 86_400_000;
  const core = await tablet.ready();
  assert.equal(core.status().clockOffsetMs, -tablet.aheadMs);
  await core.save({ kind: 'visit', recordId: VISIT, data: {} });
  await core.sync(byPerson);
  const [{ captured_at, clock_offset_ms }] = office.opened;
  assert.deepEqual([captured_at.slice(0, 4), clock_offset_ms], ['2027', -tablet.aheadMs]);
});

test('the rescue file holds the outbox in order, signed over its operations', async () => {
  const { office, core } = await working();
  office.down = true;
  for (let at = 0; at < 3; at += 1) await core.save({ kind: 'visit', data: { at } });
  const file = JSON.parse(await (await core.rescueFile()).blob.text());
  assert.deepEqual(Object.keys(file), ['linli_rescue', 'device_id', 'county_code', 'operations', 'signature']);
  assert.deepEqual(file.operations.map(({ device_seq }) => device_seq), [1, 2, 3]);
  const body = new TextEncoder().encode(JSON.stringify(file.operations));
  assert.equal(await office.proofRefusal('/api/v1/sync/rescue', 'POST', file.signature, body), null);
  assert.equal((await core.outbox()).length, 3);
});

test('everything is deleted by hand only when all work is sent or in a rescue file', async () => {
  const { office, core } = await working();
  office.down = true;
  await core.save({ kind: 'visit', data: {} });
  assert.equal((await refusal(core.deleteEverything())).code, 'work_waiting');
  await core.rescueFile();
  await core.deleteEverything();
  assert.deepEqual([core.status().phase, office.wiped], ['new', null]);
});

for (const refused of [false, true]) {
  test(`a tablet emptied by hand tells the server at once, ${refused ? 'and is as empty where that refuses' : 'and how much it held'}`, async () => {
    const { office, core } = await working();
    if (refused) office.refusals.set('/sync/wiped', { status: 500, json: { code: 'server_fault' } });
    office.put('visit', VISIT, 1, {});
    await core.sync(byPerson);
    const held = (await core.list('visit')).length;
    await core.deleteEverything();
    assert.deepEqual([core.status().phase, office.wiped], ['new', refused ? null : held]);
    assert.equal(office.calls.at(-1).path, '/sync/wiped');
  });
}
