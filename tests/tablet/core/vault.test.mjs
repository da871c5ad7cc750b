/** The vault: what lies on the disk, who opens it, when it shuts. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { IDLE_MS } from '../../../server/tablet/app/js/core/autolock.js';
import { upkeep } from '../../../server/tablet/app/js/core/upkeep.js';
import { PASSPHRASE, officeAndTablet, refusal } from './tablets.mjs';

const VISIT = '019a8f00-0000-7000-8000-000000000201';
const DAY_MS = 86_400_000;
const byPerson = { by: 'person' };

async function holding() {
  const { clock, office, tablet } = await officeAndTablet();
  const core = await tablet.ready();
  office.put('visit', VISIT, 1, { name: '王某某', address: '幸福路九号' });
  await core.sync(byPerson);
  return { clock, office, tablet, core, userId: tablet.userId };
}

test('nothing of a person, a draft, a login, an area or a token lies in plain', async () => {
  const { tablet, core } = await holding();
  await core.drafts.put('visit:王某某', { note: '幸福路九号' });
  await core.save({ kind: 'visit', recordId: VISIT, data: { note: '幸福路九号' } });
  const disk = await tablet.disk();
  for (const canary of ['王某某', '幸福路', 'worker-a', '430999101001001', 'author-', 'refresh.', 'access.', PASSPHRASE]) {
    assert.ok(!disk.includes(canary) && !disk.includes(Buffer.from(canary).toString('latin1')), canary);
  }
});

test('locked, nothing can be read, drafted or saved; unlocked, all is there', async () => {
  const { core, userId } = await holding();
  await core.drafts.put('visit:1', { note: 'halb' });
  core.lock();
  for (const ask of [core.list('visit'), core.get('visit', VISIT), core.drafts.get('visit:1'), core.save({ kind: 'visit', data: {} })]) {
    assert.equal((await refusal(ask)).code, 'locked');
  }
  assert.deepEqual([core.status().locked, core.status().userId], [true, null]);
  assert.deepEqual(await core.unlock({ userId, passphrase: PASSPHRASE }), { writeOnly: false, code: null });
  assert.equal((await core.list('visit'))[0].name, '王某某');
  assert.deepEqual(await core.drafts.get('visit:1'), { note: 'halb' });
});

test('a draft put at the moment of locking is kept', async () => {
  const { core, userId } = await holding();
  let put;
  core.addEventListener('locking', () => { put = core.drafts.put('visit:1', { note: 'fast' }); });
  core.lock();
  await put;
  await core.unlock({ userId, passphrase: PASSPHRASE });
  assert.deepEqual(await core.drafts.get('visit:1'), { note: 'fast' });
});

test('wrong passphrases are counted on the disk: pauses from the fifth, the tenth empties the partition and no more', async () => {
  const { clock, office, tablet, core, userId } = await holding();
  office.down = true;
  await core.save({ kind: 'visit', recordId: VISIT, data: {} });
  const seen = [];
  for (let at = 1; at <= 9; at += 1) {
    const again = await tablet.start();
    const error = await refusal(again.unlock({ userId, passphrase: 'wrong wrong wrong' }));
    seen.push([error.code, error.triesLeft, error.waitS]);
    clock.ms += error.waitS * 1000;
  }
  const pauses = [0, 0, 0, 0, 30, 60, 120, 300, 900];
  assert.deepEqual(seen, pauses.map((waitS, at) => ['wrong_passphrase', 9 - at, waitS]));
  const last = await tablet.start();
  assert.equal((await refusal(last.unlock({ userId, passphrase: 'wrong wrong wrong' }))).code, 'partition_wiped');
  assert.deepEqual(last.status().users, []);
  assert.equal(await last.database.table('records').count(), 0);
  assert.equal((await last.outbox()).length, 1);
  office.down = false;
  assert.equal((await last.sync(byPerson)).pushed, 1);
});

test('while a pause lasts even the right passphrase is not tried, and no try is counted', async () => {
  const { clock, core, userId } = await holding();
  core.lock();
  for (let at = 0; at < 5; at += 1) await refusal(core.unlock({ userId, passphrase: 'wrong wrong wrong' }));
  const error = await refusal(core.unlock({ userId, passphrase: PASSPHRASE }));
  assert.deepEqual([error.code, error.paused, error.triesLeft, error.waitS], ['wrong_passphrase', true, 5, 30]);
  clock.ms += 30_000;
  await core.unlock({ userId, passphrase: PASSPHRASE });
  assert.equal(core.status().users[0].triesLeft, 10);
});

test('after the end of the lease the share is gone, what is held stays shut, and work can still be written and sent', async () => {
  const { clock, office, tablet, core, userId } = await holding();
  office.down = true;
  clock.ms += 3 * DAY_MS + 1000;
  await upkeep(core);
  assert.equal(core.status().writeOnly, true);
  const again = await tablet.start();
  assert.equal((await again.database.table('users').get(userId)).lease.share, null);
  assert.deepEqual(await again.unlock({ userId, passphrase: PASSPHRASE }), { writeOnly: true, code: 'lease_over' });
  assert.equal((await refusal(again.list('visit'))).code, 'locked');
  await again.drafts.put('visit:2', { note: 'neu' });
  assert.deepEqual(await again.drafts.get('visit:2'), { note: 'neu' });
  assert.deepEqual((await again.library('crisis_card')).lines, ['12356']);
  await again.save({ kind: 'visit', recordId: VISIT, data: {} });
  office.down = false;
  const round = await again.sync(byPerson);
  assert.deepEqual([round.pushed, round.code], [1, 'sign_in_needed']);
});

test('the next lease opens what was shut, without another passphrase', async () => {
  const { clock, tablet, core, userId } = await holding();
  core.lock();
  clock.ms += 4 * DAY_MS;
  const again = await tablet.start();
  await again.unlock({ userId, passphrase: PASSPHRASE });
  assert.deepEqual(await again.signIn('worker-a', 'right'), { userId, needsSetUp: false });
  assert.equal(again.status().writeOnly, false);
  assert.equal((await again.list('visit'))[0].name, '王某某');
});

test('under another share what was held is gone for good, and the partition goes on', async () => {
  const { office, core, userId } = await holding();
  await core.save({ kind: 'visit', recordId: VISIT, data: {} });
  core.lock();
  office.shares.clear();
  await core.signIn('worker-a', 'right');
  assert.deepEqual(await core.unlock({ userId, passphrase: PASSPHRASE }), { writeOnly: false, code: null });
  assert.deepEqual(await core.list('visit'), []);
  assert.deepEqual([(await core.sync(byPerson)).pushed, (await core.list('visit'))[0].name], [1, '王某某']);
  core.lock();
  assert.equal((await core.unlock({ userId, passphrase: PASSPHRASE })).writeOnly, false);
});

test('a lease is renewed when half of it is over', async () => {
  const { clock, office, core } = await holding();
  const leases = () => office.calls.filter(({ path }) => path === '/sync/lease').length;
  await core.sync(byPerson);
  assert.equal(leases(), 1);
  clock.ms += 1.6 * DAY_MS;
  await core.sync(byPerson);
  assert.equal(leases(), 2);
});

test('a clock put back shuts what is held until the server has spoken', async () => {
  const { office, tablet, core, userId } = await holding();
  office.down = true;
  core.lock();
  tablet.aheadMs = -DAY_MS;
  const again = await tablet.start();
  assert.deepEqual(await again.unlock({ userId, passphrase: PASSPHRASE }), { writeOnly: true, code: 'clock_put_back' });
  office.down = false;
  await again.checkStanding();
  assert.deepEqual(await again.unlock({ userId, passphrase: PASSPHRASE }), { writeOnly: false, code: null });
});

test('a clock put back while it is open shuts it too', async () => {
  const { tablet, core } = await holding();
  tablet.aheadMs = -DAY_MS;
  await core.parts.vault.enforceLeases();
  assert.equal((await refusal(core.list('visit'))).code, 'locked');
});

test('two minutes without a touch lock it, a touch does not, and hiding the page locks at once', async () => {
  const { tablet, core, userId } = await holding();
  tablet.elapsedMs += IDLE_MS - 1;
  core.touch();
  tablet.elapsedMs += IDLE_MS - 1;
  core.autolock.check();
  assert.equal(core.status().locked, false);
  tablet.elapsedMs += 1;
  core.autolock.check();
  assert.equal(core.status().locked, true);
  await core.unlock({ userId, passphrase: PASSPHRASE });
  tablet.document.visibilityState = 'hidden';
  tablet.document.dispatchEvent(new Event('visibilitychange'));
  assert.deepEqual([core.status().locked, core.parts.vault.opened, core.parts.session.tokens], [true, null, null]);
});

test('two users of one tablet see nothing of each other, and each operation names its own author', async () => {
  const { office, tablet, core, userId } = await holding();
  await core.save({ kind: 'visit', recordId: VISIT, data: {} });
  const { userId: other } = await core.signIn('worker-b', 'right');
  await core.setUp({ method: 'passphrase', passphrase: `${PASSPHRASE} b` });
  assert.deepEqual(await core.list('visit'), []);
  await core.save({ kind: 'visit', recordId: VISIT, data: {} });
  assert.deepEqual(core.status().users.map((user) => user.login).sort(), ['worker-a', 'worker-b']);
  await core.sync(byPerson);
  assert.deepEqual(office.opened.map((one) => [one.author_id, one.content.author_token]), [[userId, `author-${userId}`], [other, `author-${other}`]]);
  assert.equal((await refusal(core.unlock({ userId, passphrase: `${PASSPHRASE} b` }))).code, 'wrong_passphrase');
  assert.equal(tablet.userId, userId);
});

test('when the tablet changes hands in the middle of a pull, nothing comes into the wrong partition', async () => {
  const { office, tablet, core, userId } = await holding();
  await core.signIn('worker-b', 'right');
  await core.setUp({ method: 'passphrase', passphrase: `${PASSPHRASE} b` });
  const other = core.status().userId;
  office.put('visit', VISIT.replace('201', '202'), 1, { name: '李某某' });
  const { http, vault } = core.parts;
  const ask = http.ask.bind(http);
  http.ask = async (call) => {
    const answer = await ask(call);
    if (call.path === '/sync/pull') await vault.unlock(userId, PASSPHRASE);
    return answer;
  };
  assert.equal((await core.sync(byPerson)).code, 'locked');
  http.ask = ask;
  assert.deepEqual((await core.list('visit')).map(({ id }) => id), [VISIT]);
  await core.unlock({ userId: other, passphrase: `${PASSPHRASE} b` });
  assert.deepEqual(await core.list('visit'), []);
  assert.notEqual(tablet.userId, other);
});

test('whoever forgot her passphrase signs in and begins anew; her unsent work stays', async () => {
  const { office, core, userId } = await holding();
  await core.save({ kind: 'visit', recordId: VISIT, data: {} });
  core.lock();
  await core.signIn('worker-a', 'right');
  await core.setUp({ method: 'passphrase', passphrase: '另一个 long enough' });
  assert.equal(core.status().userId, userId);
  await core.sync(byPerson);
  assert.equal(office.opened.length, 1);
  assert.equal((await core.list('visit')).length, 1);
});

test('another passphrase from now on: the old one no longer opens, what is held stays', async () => {
  const { core, userId } = await holding();
  assert.equal((await refusal(core.changePassphrase({ passphrase: 'not mine at all', to: { method: 'passphrase', passphrase: 'x'.repeat(12) } }))).code, 'wrong_passphrase');
  await core.changePassphrase({ passphrase: PASSPHRASE, to: { method: 'passphrase', passphrase: '另一个 long enough' } });
  core.lock();
  assert.equal((await refusal(core.unlock({ userId, passphrase: PASSPHRASE }))).code, 'wrong_passphrase');
  await core.unlock({ userId, passphrase: '另一个 long enough' });
  assert.equal((await core.list('visit'))[0].name, '王某某');
});

test('a session that has ended asks for the password, and holds back no work', async () => {
  const { clock, office, core } = await holding();
  clock.ms += 3600_000;
  office.refusals.set('/sessions/refresh', { status: 401, json: { code: 'session_ended' } });
  await core.save({ kind: 'visit', recordId: VISIT, data: {} });
  assert.deepEqual(await core.sync(byPerson), { ok: false, pushed: 1, pulled: 0, code: 'sign_in_needed' });
});

test('the refresh token is used once, from the partition', async () => {
  const { clock, office, core, userId } = await holding();
  clock.ms += 3600_000;
  core.lock();
  await core.unlock({ userId, passphrase: PASSPHRASE });
  assert.equal((await core.sync(byPerson)).ok, true);
  clock.ms += 3600_000;
  assert.equal((await core.sync(byPerson)).ok, true);
  const used = office.calls.filter(({ path }) => path === '/sessions/refresh').map(({ headers }) => headers.Authorization);
  assert.equal(new Set(used).size, 2);
});

test('a tablet locked while its refresh token is put away has no token left in memory', async () => {
  const { core } = await holding();
  const { session } = core.parts;
  await core.signIn('worker-a', 'right');
  session.tokens = { ...session.tokens, refresh: 'refresh.again' };
  const settled = session.settle();
  core.lock();
  await settled;
  assert.equal(session.tokens, null);
});
