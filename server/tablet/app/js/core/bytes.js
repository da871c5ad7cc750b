/** Bytes and texts: base64url (RFC 4648 §5, no padding), hexadecimal, UUIDv7 (RFC 9562), SHA-256. */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export function toUtf8(text) {
  return encoder.encode(text);
}

/** @param {BufferSource} bytes @returns {string} throws where the bytes are not UTF-8 */
export function fromUtf8(bytes) {
  return decoder.decode(bytes);
}

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {string} */
export function toBase64Url(bytes) {
  let binary = '';
  for (let start = 0; start < bytes.length; start += 32768) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 32768));
  }
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export function fromBase64Url(text) {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {string} */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {...Uint8Array<ArrayBuffer>} parts @returns {Uint8Array<ArrayBuffer>} */
export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @param {number} count @returns {Uint8Array<ArrayBuffer>} from the browser's generator, good for keys */
export function randomBytes(count) {
  return crypto.getRandomValues(new Uint8Array(count));
}

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {Promise<Uint8Array<ArrayBuffer>>} */
export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/**
 * A new UUIDv7: 48 bits of milliseconds, then random bits.
 * @param {number} nowMs milliseconds since 1970, corrected as well as one can
 * @returns {string}
 */
export function uuid7(nowMs) {
  const bytes = randomBytes(16);
  let rest = Math.max(0, Math.floor(nowMs));
  for (let at = 5; at >= 0; at -= 1) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = toHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * Length-prefixed joining (two bytes each), so that no two lists of parts give the same bytes: what AAD is made of.
 * @param {...string} parts
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bound(...parts) {
  const pieces = parts.map((part) => {
    const bytes = toUtf8(part);
    return joined(Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes);
  });
  return joined(...pieces);
}

/** @param {number} ms milliseconds since 1970 @returns {string} an instant as the protocol writes it, in UTC */
export function instant(ms) {
  return new Date(ms).toISOString().replace('Z', '+00:00');
}
