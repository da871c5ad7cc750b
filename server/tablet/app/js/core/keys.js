/**
 * The keys of one user's partition, how they are wrapped, and sealing under them.
 *
 * Two random AES-256 keys per partition: the **storage key** seals records and drafts, the **work key** seals the
 * author token. What the person brings (passkey PRF output, or Argon2id of the passphrase) is the *secret*. The storage
 * key is wrapped under HKDF-SHA256(secret, salt = the server's lease share): without the share it cannot be opened
 * (trust.md §1.6). The work key is wrapped without the share, so that work can be written and sent after the lease has
 * ended. In use no key can be exported.
 */

import { bound, fromUtf8, joined, randomBytes, toUtf8 } from './bytes.js';
import { Refusal } from './errors.js';
import { argon2id } from './vendor.js';

const AES = { name: 'AES-GCM', length: 256 };
const NONCE_BYTES = 12;
const NO_SHARE = new Uint8Array(32);
export const PASSPHRASE_AT_LEAST = 10;

/** @typedef {{storageKey: CryptoKey|null, workKey: CryptoKey}} PartitionKeys */
/** @typedef {{storage: Uint8Array<ArrayBuffer>, work: Uint8Array<ArrayBuffer>}} WrappedKeys */

/**
 * Hold a passphrase to the rule: ten characters or more, and never digits alone.
 * @param {string} passphrase
 * @returns {string} normalised (NFKC, no space around it)
 * @throws {Refusal} `passphrase_too_short`, `passphrase_only_digits`
 */
export function acceptablePassphrase(passphrase) {
  const text = passphrase.normalize('NFKC').trim();
  if ([...text].length < PASSPHRASE_AT_LEAST) throw new Refusal('passphrase_too_short');
  if (/^[\d\s\-.]+$/.test(text)) throw new Refusal('passphrase_only_digits');
  return text;
}

/**
 * Argon2id (RFC 9106) of a passphrase.
 * @param {string} passphrase
 * @param {{salt: Uint8Array<ArrayBuffer>, memoryKib: number, passes: number, lanes: number}} how as it was kept
 * @returns {Promise<Uint8Array<ArrayBuffer>>} 32 bytes
 */
export async function stretched(passphrase, { salt, memoryKib, passes, lanes }) {
  const password = passphrase.normalize('NFKC').trim();
  const how = { memorySize: memoryKib, iterations: passes, parallelism: lanes };
  return argon2id({ password, salt, ...how, hashLength: 32, outputType: 'binary' });
}

/**
 * The secret as a key that can only derive; the bytes given are overwritten.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<CryptoKey>}
 */
export async function secretKey(bytes) {
  const key = await crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveKey']);
  bytes.fill(0);
  return key;
}

/**
 * @param {CryptoKey} secret
 * @param {string} userId
 * @param {Uint8Array<ArrayBuffer>|null} share null for the wrap that opens without it
 * @returns {Promise<CryptoKey>} a key that only wraps and unwraps
 */
async function wrappingKey(secret, userId, share) {
  const info = bound('linli-tablet-wrap-1', share ? 'storage' : 'work', userId);
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: share ?? NO_SHARE, info };
  return crypto.subtle.deriveKey(derivation, secret, AES, false, ['wrapKey', 'unwrapKey']);
}

/**
 * Make a partition's keys and wrap them.
 * @param {CryptoKey} secret
 * @param {string} userId
 * @param {Uint8Array<ArrayBuffer>} share
 * @returns {Promise<{keys: PartitionKeys, wrapped: WrappedKeys}>}
 */
export async function newPartitionKeys(secret, userId, share) {
  const storage = await crypto.subtle.generateKey(AES, true, ['encrypt', 'decrypt']);
  const work = await crypto.subtle.generateKey(AES, true, ['encrypt', 'decrypt']);
  const wrapped = await wrapBoth(secret, userId, share, { storage, work });
  return { keys: await openPartitionKeys(secret, userId, share, wrapped), wrapped };
}

/**
 * @param {CryptoKey} secret
 * @param {string} userId
 * @param {Uint8Array<ArrayBuffer>} share
 * @param {{storage: CryptoKey, work: CryptoKey}} keys that may be exported
 * @returns {Promise<WrappedKeys>}
 */
async function wrapBoth(secret, userId, share, keys) {
  const storage = await wrap(keys.storage, await wrappingKey(secret, userId, share), userId, 'storage');
  const work = await wrap(keys.work, await wrappingKey(secret, userId, null), userId, 'work');
  return { storage, work };
}

/**
 * Open a partition's keys; without a share, or with another than they were wrapped under, the storage key stays shut.
 * @param {CryptoKey} secret
 * @param {string} userId
 * @param {Uint8Array<ArrayBuffer>|null} share
 * @param {WrappedKeys} wrapped
 * @returns {Promise<PartitionKeys>}
 * @throws {Refusal} `secret_wrong`
 */
export async function openPartitionKeys(secret, userId, share, wrapped) {
  const workKey = await unwrap(wrapped.work, await wrappingKey(secret, userId, null), userId, 'work');
  if (!workKey) throw new Refusal('secret_wrong');
  if (!share) return { storageKey: null, workKey };
  const under = await wrappingKey(secret, userId, share);
  return { storageKey: await unwrap(wrapped.storage, under, userId, 'storage'), workKey };
}

/**
 * A storage key under a share that is not the one before: the server destroys a share when somebody leaves the field.
 * @param {CryptoKey} secret
 * @param {string} userId
 * @param {Uint8Array<ArrayBuffer>} share
 * @returns {Promise<{storageKey: CryptoKey|null, wrapped: Uint8Array<ArrayBuffer>}>}
 */
export async function newStorageKey(secret, userId, share) {
  const made = await crypto.subtle.generateKey(AES, true, ['encrypt', 'decrypt']);
  const under = await wrappingKey(secret, userId, share);
  const wrapped = await wrap(made, under, userId, 'storage');
  return { storageKey: await unwrap(wrapped, under, userId, 'storage'), wrapped };
}

/**
 * Wrap the same keys under another secret.
 * @param {{from: CryptoKey, to: CryptoKey}} secrets
 * @param {string} userId
 * @param {Uint8Array<ArrayBuffer>} share
 * @param {WrappedKeys} wrapped
 * @returns {Promise<WrappedKeys>}
 * @throws {Refusal} `secret_wrong`
 */
export async function rewrapped({ from, to }, userId, share, wrapped) {
  const storage = await unwrap(wrapped.storage, await wrappingKey(from, userId, share), userId, 'storage', true);
  const work = await unwrap(wrapped.work, await wrappingKey(from, userId, null), userId, 'work', true);
  if (!storage || !work) throw new Refusal('secret_wrong');
  return wrapBoth(to, userId, share, { storage, work });
}

/**
 * @param {CryptoKey} key
 * @param {CryptoKey} under
 * @param {...string} where what the wrap is bound to
 * @returns {Promise<Uint8Array<ArrayBuffer>>} nonce and ciphertext
 */
async function wrap(key, under, ...where) {
  const iv = randomBytes(NONCE_BYTES);
  const cipher = { name: 'AES-GCM', iv, additionalData: bound('linli-tablet-key-1', ...where) };
  return joined(iv, new Uint8Array(await crypto.subtle.wrapKey('raw', key, under, cipher)));
}

/**
 * @param {Uint8Array<ArrayBuffer>} wrapped
 * @param {CryptoKey} under
 * @param {string} userId
 * @param {string} use
 * @param {boolean} [exportable] only while keys are wrapped anew
 * @returns {Promise<CryptoKey|null>} null where the key does not open it
 */
async function unwrap(wrapped, under, userId, use, exportable = false) {
  const additionalData = bound('linli-tablet-key-1', userId, use);
  const cipher = { name: 'AES-GCM', iv: wrapped.subarray(0, NONCE_BYTES), additionalData };
  const bytes = wrapped.subarray(NONCE_BYTES);
  try {
    return await crypto.subtle.unwrapKey('raw', bytes, under, cipher, AES, exportable, ['encrypt', 'decrypt']);
  } catch {
    return null;
  }
}

/**
 * Seal a value as JSON, bound to where it lies: moved to another place it does not open.
 * @param {CryptoKey} key
 * @param {string[]} place partition, table, ids
 * @param {unknown} value
 * @returns {Promise<Uint8Array<ArrayBuffer>>} nonce and ciphertext
 */
export async function seal(key, place, value) {
  const iv = randomBytes(NONCE_BYTES);
  const cipher = { name: 'AES-GCM', iv, additionalData: bound('linli-tablet-1', ...place) };
  return joined(iv, new Uint8Array(await crypto.subtle.encrypt(cipher, key, toUtf8(JSON.stringify(value)))));
}

/**
 * @param {CryptoKey} key
 * @param {string[]} place as it was sealed
 * @param {Uint8Array<ArrayBuffer>} sealed
 * @returns {Promise<any>}
 * @throws {Refusal} `tablet_seal_broken`
 */
export async function open(key, place, sealed) {
  const additionalData = bound('linli-tablet-1', ...place);
  const cipher = { name: 'AES-GCM', iv: sealed.subarray(0, NONCE_BYTES), additionalData };
  try {
    return JSON.parse(fromUtf8(await crypto.subtle.decrypt(cipher, key, sealed.subarray(NONCE_BYTES))));
  } catch {
    throw new Refusal('tablet_seal_broken');
  }
}
