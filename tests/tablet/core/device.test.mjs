/** The tablet itself: enrolment, check number, proof; and calls that end in time. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { Http } from '../../../server/tablet/app/js/core/http.js';
import { checkNumberOf, countyOf, deviceProof, newDevice } from '../../../server/tablet/app/js/core/device.js';
import { fromBase64Url, fromUtf8, sha256, toBase64Url, toUtf8, uuid7 } from '../../../server/tablet/app/js/core/bytes.js';
import { CODE } from './office.mjs';
import { officeAndTablet, refusal } from './tablets.mjs';

const NOW_MS = Date.parse('2026-11-19T08:30:00.900Z');
const decoded = (part) => JSON.parse(fromUtf8(fromBase64Url(part)));

test('the check number is the first 20 bits of the hash of the point, in seven digits', async () => {
  const jwk = { kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' };
  const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
  assert.equal(await checkNumberOf(key), '0904484');
});

test('a proof says what is sent, where and when, and is signed by the key it names', async () => {
  const device = await newDevice('430999', NOW_MS);
  const body = toUtf8('{"a":1}');
  const [head, claims, signature] = (await deviceProof(device, { method: 'POST', path: '/api/v1/sync/push', body, nowMs: NOW_MS })).split('.');
  assert.deepEqual(decoded(head), { typ: 'dpop+jwt', alg: 'ES256', jwk: device.jwk });
  assert.deepEqual(Object.keys(device.jwk), ['kty', 'crv', 'x', 'y']);
  const { jti, ...told } = decoded(claims);
  const bh = toBase64Url(await sha256(body));
  assert.deepEqual(told, { htm: 'POST', htu: '/api/v1/sync/push', iat: 1795077000, county: '430999', device: device.id, bh });
  assert.match(jti, /^[0-9a-f-]{36}$/);
  const key = await crypto.subtle.importKey('jwk', device.jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
  const how = { name: 'ECDSA', hash: 'SHA-256' };
  assert.ok(await crypto.subtle.verify(how, key, fromBase64Url(signature), toUtf8(`${head}.${claims}`)));
});

test('the signing key cannot be exported', async () => {
  const { privateKey } = await newDevice('430999', NOW_MS);
  await assert.rejects(crypto.subtle.exportKey('pkcs8', privateKey));
});

test('ids are UUIDv7 of their moment', () => {
  const id = uuid7(NOW_MS);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(Number.parseInt(id.replace('-', '').slice(0, 12), 16), NOW_MS);
});

test('enrolment: pending, then active when the office has approved, the same device after a restart', async () => {
  const { office, tablet } = await officeAndTablet();
  const core = await tablet.start();
  assert.equal(core.status().phase, 'new');
  const { checkNumber } = await core.enrol(` ${CODE.toLowerCase()} `);
  assert.match(checkNumber, /^\d{7}$/);
  assert.equal((await core.sync({ by: 'person' })).code, 'device_pending');
  office.state = 'active';
  const again = await tablet.start();
  await again.checkStanding();
  const { phase, countyCode, deviceId } = again.status();
  assert.deepEqual([phase, countyCode, deviceId, again.status().checkNumber], ['active', '430999', office.device, checkNumber]);
});

test('where the answer to enrolment is lost, the same device asks again', async () => {
  const { office, tablet } = await officeAndTablet();
  const core = await tablet.start();
  office.cut = true;
  assert.equal((await refusal(core.enrol(CODE))).code, 'unreached');
  assert.equal(core.status().phase, 'new');
  const first = office.device;
  const again = await tablet.start();
  await again.enrol(CODE);
  assert.deepEqual([again.status().phase, office.device], ['pending', first]);
});

for (const code of ['', '430902', '430902-7K3M', 'https://example.invalid/#enrol=430902-7K3M-9QXA']) {
  test(`a code like "${code}" is refused before anything is sent`, () => {
    assert.throws(() => countyOf(code), { code: 'enrolment_code_malformed' });
  });
}

test('a code the office does not know leaves the tablet new', async () => {
  const { tablet } = await officeAndTablet();
  const core = await tablet.start();
  assert.equal((await refusal(core.enrol('430999-AAAA-AAAA'))).code, 'enrolment_code_unknown');
  assert.equal(core.status().phase, 'new');
});

test('a call that gets no answer ends at its limit', async () => {
  const never = (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const http = new Http({ fetch: never, apiBase: '/api/v1', language: () => null }, { now: () => 0, learn: async () => undefined });
  const error = await refusal(http.ask({ method: 'GET', path: '/sync/standing', limitMs: 20 }));
  assert.deepEqual([error.code, http.reach], ['timed_out', 'unreached']);
});

test('an answer that is no JSON, as of a portal in a guest house, is an answer that cannot be read', async () => {
  const portal = async () => new Response('<html>welcome</html>', { status: 200 });
  const http = new Http({ fetch: portal, apiBase: '/api/v1', language: () => null }, { now: () => 0, learn: async () => undefined });
  assert.equal((await refusal(http.ask({ method: 'GET', path: '/sync/standing' }))).code, 'answer_unreadable');
});

test('large bodies are compressed, and the proof covers what is sent', async () => {
  const { office, tablet } = await officeAndTablet();
  const core = await tablet.ready();
  await core.save({ kind: 'visit', data: { note: 'x'.repeat(5000) } });
  assert.equal((await core.sync({ by: 'person' })).pushed, 1);
  assert.equal(office.calls.find(({ path }) => path === '/sync/push').headers['Content-Encoding'], 'gzip');
});

test('a refusal brings the words of the server in the language that is spoken, for the library comes later', async () => {
  const told = { code: 'sign_in_refused', title: 'Not right.', detail: 'Look again.' };
  const asked = [];
  const refusing = async (_, { headers }) => {
    asked.push(headers['Accept-Language']);
    return new Response(JSON.stringify(told), { status: 401 });
  };
  const http = new Http({ fetch: refusing, apiBase: '/api/v1', language: () => 'en' }, { now: () => 0, learn: async () => undefined });
  const { code, said } = await refusal(http.ask({ method: 'POST', path: '/sessions' }));
  assert.deepEqual([asked, code, said], [['en'], 'sign_in_refused', { title: 'Not right.', detail: 'Look again.' }]);
});
