/** Keys of a partition: what opens them and what does not; seals that know where they belong. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { randomBytes, toHex } from '../../../server/tablet/app/js/core/bytes.js';
import * as keys from '../../../server/tablet/app/js/core/keys.js';
import { refusal } from './tablets.mjs';

const USER = '019a8f00-0000-7000-8000-0000000000a1';
const bytes = () => randomBytes(32);

async function made() {
  const [raw, share] = [bytes(), bytes()];
  const secret = await keys.secretKey(raw.slice());
  return { raw, share, secret, ...(await keys.newPartitionKeys(secret, USER, share)) };
}

test('the same secret and share open both keys again', async () => {
  const { raw, share, keys: first, wrapped } = await made();
  const sealed = await keys.seal(first.storageKey, [USER, 'records', 'x'], { name: '甲' });
  const again = await keys.openPartitionKeys(await keys.secretKey(raw), USER, share, wrapped);
  assert.deepEqual(await keys.open(again.storageKey, [USER, 'records', 'x'], sealed), { name: '甲' });
});

test('without the share, or with another, the work key opens and the storage key stays shut', async () => {
  const { secret, wrapped } = await made();
  for (const share of [null, bytes()]) {
    const { storageKey, workKey } = await keys.openPartitionKeys(secret, USER, share, wrapped);
    assert.deepEqual([storageKey, workKey.type], [null, 'secret']);
  }
});

test('another secret, or another user, opens nothing', async () => {
  const { secret, share, wrapped } = await made();
  const other = await keys.secretKey(bytes());
  assert.equal((await refusal(keys.openPartitionKeys(other, USER, share, wrapped))).code, 'secret_wrong');
  const another = USER.replace('a1', 'a2');
  assert.equal((await refusal(keys.openPartitionKeys(secret, another, share, wrapped))).code, 'secret_wrong');
});

test('keys in use cannot be exported, and the secret given is overwritten', async () => {
  const { keys: inUse } = await made();
  for (const key of [inUse.storageKey, inUse.workKey]) {
    assert.equal(key.extractable, false);
    await assert.rejects(crypto.subtle.exportKey('raw', key));
  }
  const given = bytes();
  await keys.secretKey(given);
  assert.deepEqual(given, new Uint8Array(32));
});

test('wrapped anew, the old secret opens nothing and the new one the same keys', async () => {
  const { secret, share, keys: first, wrapped } = await made();
  const to = await keys.secretKey(bytes());
  const again = await keys.rewrapped({ from: secret, to }, USER, share, wrapped);
  const sealed = await keys.seal(first.storageKey, ['x'], 1);
  assert.equal((await refusal(keys.openPartitionKeys(secret, USER, share, again))).code, 'secret_wrong');
  assert.equal(await keys.open((await keys.openPartitionKeys(to, USER, share, again)).storageKey, ['x'], sealed), 1);
});

test('a seal opens only where it was made', async () => {
  const { keys: { storageKey } } = await made();
  const sealed = await keys.seal(storageKey, [USER, 'records', 'visit', '1'], {});
  for (const place of [[USER, 'records', 'visit', '2'], [USER, 'records', 'visit1', ''], [USER, 'drafts', 'visit', '1']]) {
    assert.equal((await refusal(keys.open(storageKey, place, sealed))).code, 'tablet_seal_broken');
  }
});

for (const [given, code] of [['kurz', 'passphrase_too_short'], ['九个字的密码太短了', 'passphrase_too_short'], ['1234567890', 'passphrase_only_digits'], ['2026-11-19 08', 'passphrase_only_digits']]) {
  test(`a passphrase like ${given.length} letters of ${code} is refused`, () => {
    assert.throws(() => keys.acceptablePassphrase(given), { code });
  });
}

test('a passphrase typed in full-width letters is the same passphrase', async () => {
  const how = { salt: new Uint8Array(16), memoryKib: 64, passes: 1, lanes: 1 };
  assert.deepEqual(await keys.stretched('ａｂｃdefghij', how), await keys.stretched(' abcdefghij ', how));
});

test('Argon2id gives what the cryptography package of Python gives', async () => {
  const how = { salt: new TextEncoder().encode('somesalt12345678'), memoryKib: 64, passes: 2, lanes: 1 };
  const found = await keys.stretched('password10', how);
  assert.equal(toHex(found), 'd6ad110b17ca5e88bb3747f54106fc558dc3f748b4a205d44859b9fae771850f');
});
