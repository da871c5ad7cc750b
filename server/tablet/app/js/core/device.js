/**
 * The tablet itself: its id, its signing key that cannot be exported, its check number, and the proof of SYNC.md §2.
 */

import { fromUtf8, randomBytes, sha256, toBase64Url, toUtf8, uuid7 } from './bytes.js';
import { readMeta, writeMeta } from './database.js';
import { Refusal } from './errors.js';

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };

/**
 * @typedef {object} DeviceRecord
 * @property {string} id UUIDv7
 * @property {string} countyCode
 * @property {'new'|'pending'|'active'|'revoked'|'wiped'} state `new` until the server has its key
 * @property {string} checkNumber
 * @property {CryptoKey|null} privateKey null once wiped
 * @property {{kty: string, crv: string, x: string, y: string}} jwk
 * @property {CryptoKey|null} sealKey AES-GCM, cannot be exported by script
 */

/**
 * @param {import('./database.js').Database} database
 * @returns {Promise<DeviceRecord|null>}
 */
export async function loadDevice(database) {
  return (await readMeta(database, 'device')) ?? null;
}

/**
 * @param {import('./database.js').Database} database
 * @param {DeviceRecord|null} device
 */
export async function keepDevice(database, device) {
  await writeMeta(database, 'device', device);
}

/**
 * A new device with new keys, not yet kept.
 * @param {string} countyCode six digits
 * @param {number} nowMs
 * @returns {Promise<DeviceRecord>}
 */
export async function newDevice(countyCode, nowMs) {
  const pair = await crypto.subtle.generateKey(ECDSA, false, ['sign', 'verify']);
  const { kty, crv, x, y } = /** @type {any} */ (await crypto.subtle.exportKey('jwk', pair.publicKey));
  const sealKey = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const checkNumber = await checkNumberOf(pair.publicKey);
  const id = uuid7(nowMs);
  return { id, countyCode, state: 'new', checkNumber, privateKey: pair.privateKey, jwk: { kty, crv, x, y }, sealKey };
}

/**
 * The first 20 bits of the SHA-256 of the 65-byte point, as seven digits.
 * @param {CryptoKey} publicKey
 * @returns {Promise<string>}
 */
export async function checkNumberOf(publicKey) {
  const digest = await sha256(new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)));
  return String((digest[0] << 12) | (digest[1] << 4) | (digest[2] >> 4)).padStart(7, '0');
}

/**
 * The county that an enrolment code names.
 * @param {string} code `430902-7K3M-9QXA`
 * @returns {string}
 * @throws {Refusal} `enrolment_code_malformed`
 */
export function countyOf(code) {
  const found = /^(\d{6})-[0-9A-Z]{4}-[0-9A-Z]{4}$/.exec(code);
  if (!found) throw new Refusal('enrolment_code_malformed');
  return found[1];
}

/**
 * A proof that this device sends this body to this address now (RFC 9449 with the claims of SYNC.md §2).
 * @param {DeviceRecord} device
 * @param {{method: string, path: string, body: Uint8Array<ArrayBuffer>, nowMs: number}} call `path` without host
 *   and query, `body` as sent
 * @returns {Promise<string>} a compact JWS
 */
export async function deviceProof(device, { method, path, body, nowMs }) {
  if (!device.privateKey) throw new Refusal('device_wiped');
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: device.jwk };
  const claims = {
    jti: crypto.randomUUID(),
    htm: method,
    htu: path,
    iat: Math.floor(nowMs / 1000),
    county: device.countyCode,
    device: device.id,
    bh: toBase64Url(await sha256(body)),
  };
  const signed = `${part(header)}.${part(claims)}`;
  const signature = await crypto.subtle.sign(SIGNING, device.privateKey, toUtf8(signed));
  return `${signed}.${toBase64Url(new Uint8Array(signature))}`;
}

/** @param {object} value @returns {string} */
function part(value) {
  return toBase64Url(toUtf8(JSON.stringify(value)));
}

/**
 * Seal something small under the device's own key: it opens without a person, so it guards against a glance at the
 * files and against mixing up, not against a thief of the whole profile, who has the key too.
 * @param {DeviceRecord} device
 * @param {unknown} value
 * @returns {Promise<Uint8Array<ArrayBuffer>>} nonce and ciphertext
 */
export async function sealForDevice(device, value) {
  const nonce = randomBytes(12);
  const plain = toUtf8(JSON.stringify(value));
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, keyOf(device), plain);
  return new Uint8Array([...nonce, ...new Uint8Array(sealed)]);
}

/**
 * @param {DeviceRecord} device
 * @param {Uint8Array<ArrayBuffer>} sealed
 * @returns {Promise<any>}
 */
export async function openForDevice(device, sealed) {
  const cipher = { name: 'AES-GCM', iv: sealed.subarray(0, 12) };
  return JSON.parse(fromUtf8(await crypto.subtle.decrypt(cipher, keyOf(device), sealed.subarray(12))));
}

/** @param {DeviceRecord} device @returns {CryptoKey} */
function keyOf(device) {
  if (!device.sealKey) throw new Refusal('device_wiped');
  return device.sealKey;
}
