/**
 * The three libraries the core stands on, named in one place: dexie (IndexedDB), @hpke/core (RFC 9180), hash-wasm
 * (Argon2id).
 *
 * `tools/front_end.sh` copies them from npm, by the lock file, to where these paths lead.
 */
export { Dexie } from '../../vendor/dexie.mjs';
export { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '../../vendor/hpke.js';
export { argon2id } from '../../vendor/argon2.js';
