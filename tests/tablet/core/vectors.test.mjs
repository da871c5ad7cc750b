/** The published vectors, and the other half of what Python opens (`test_core_in_node.py`). */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fromBase64Url, fromUtf8, toHex, toUtf8 } from '../../../server/tablet/app/js/core/bytes.js';
import { checkNumberOf } from '../../../server/tablet/app/js/core/device.js';
import { digestOf } from '../../../server/tablet/app/js/core/records.js';
import { infoOf, padded } from '../../../server/tablet/app/js/core/sealing.js';
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '../../../server/tablet/app/js/core/vendor.js';

const folder = new URL('../../../mobile_api_spec/vectors/', import.meta.url);
/** Numbers too large for JavaScript stay texts: only their digits are hashed. */
const read = (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8').replace(/(\s)(\d{16,})(?=\s)/g, '$1"$2"'));
const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const { opens, refuses, seal_key } = read('operations.json');

const envelopeOf = (one) => ({
  countyCode: one.county_code, deviceId: one.device_id, opId: one.op_id, authorId: one.author_id, kind: one.kind, recordId: one.record_id,
});

async function openedBy(operation, sealed) {
  const bytes = fromBase64Url(sealed);
  const recipientKey = await suite.kem.deserializePrivateKey(Uint8Array.from(Buffer.from(seal_key.private_key, 'hex')).buffer);
  const info = infoOf(envelopeOf(operation)).buffer;
  const recipient = await suite.createRecipientContext({ recipientKey, enc: bytes.slice(0, 65).buffer, info });
  return new Uint8Array(await recipient.open(bytes.slice(65).buffer));
}

for (const { name, operation, info, plaintext, padded_bytes, sealed } of opens) {
  test(`operations: ${name}`, async () => {
    assert.equal(fromUtf8(infoOf(envelopeOf(operation))), info);
    const bytes = padded(JSON.parse(plaintext));
    assert.deepEqual([bytes.length, fromUtf8(bytes).trimEnd()], [padded_bytes, plaintext]);
    assert.equal(toHex(await openedBy(operation, sealed)), toHex(bytes));
  });
}

for (const { name, operation, sealed } of refuses) {
  test(`operations that do not open: ${name}`, async () => {
    await assert.rejects(openedBy(operation, sealed));
  });
}

for (const { name, held, count, digest } of read('sync/digests.json').cases) {
  test(`digests: ${name}`, async () => {
    assert.deepEqual(await digestOf(held.map(([kind, id, version]) => ({ kind, id, version }))), { count, digest });
  });
}

for (const { name, jwk, check_number } of read('sync/check-numbers.json').cases) {
  test(`check numbers: ${name}`, async () => {
    const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
    assert.equal(await checkNumberOf(key), check_number);
  });
}

test('padding fills whole blocks and never none', () => {
  for (const length of [1, 247, 248, 249, 600]) {
    const bytes = padded({ a: 'x'.repeat(length) });
    assert.equal(bytes.length % 256, 0);
    assert.ok(bytes.length >= toUtf8(JSON.stringify({ a: 'x'.repeat(length) })).length);
  }
});
