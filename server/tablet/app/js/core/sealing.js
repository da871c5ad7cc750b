/**
 * Sealing an operation to the server (SYNC.md §5): HPKE base mode, padded, bound to its envelope. The tablet cannot
 * open it.
 */

import { fromBase64Url, joined, toBase64Url, toUtf8 } from './bytes.js';
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from './vendor.js';

const PADDED_TO = 256;
const SPACE = 0x20;
const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/**
 * @typedef {object} Envelope what lies in plain around an operation, and what the seal is bound to
 * @property {string} countyCode
 * @property {string} deviceId
 * @property {string} opId
 * @property {string} authorId
 * @property {string} kind
 * @property {string} recordId
 */

/** @typedef {{id: string, public_key: string}} SealKey as the lease gives it */

/**
 * The HPKE `info` of an operation.
 * @param {Envelope} envelope
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function infoOf({ countyCode, deviceId, opId, authorId, kind, recordId }) {
  return toUtf8(['linli-operation-1', countyCode, deviceId, opId, authorId, kind, recordId].join('\n'));
}

/**
 * JSON in UTF-8, filled with spaces up to a multiple of 256 bytes, so that lengths tell little.
 * @param {object} content
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function padded(content) {
  const json = toUtf8(JSON.stringify(content));
  const bytes = new Uint8Array(Math.ceil(json.length / PADDED_TO) * PADDED_TO).fill(SPACE);
  bytes.set(json);
  json.fill(0);
  return bytes;
}

/**
 * @param {SealKey} sealKey
 * @param {Envelope} envelope
 * @param {object} content `{author_token, base_version, form_version, data}`
 * @returns {Promise<string>} `enc ‖ ciphertext`, base64url
 */
export async function sealedOperation(sealKey, envelope, content) {
  const recipientPublicKey = await suite.kem.deserializePublicKey(fromBase64Url(sealKey.public_key).buffer);
  const sender = await suite.createSenderContext({ recipientPublicKey, info: infoOf(envelope).buffer });
  const plain = padded(content);
  const ciphertext = await sender.seal(plain.buffer);
  plain.fill(0);
  return toBase64Url(joined(new Uint8Array(sender.enc), new Uint8Array(ciphertext)));
}
