/**
 * Passkeys with the PRF extension of WebAuthn (Level 3, §10.1.4): the authenticator gives 32 secret bytes after asking
 * its user.
 *
 * The passkey proves nothing to the server; it only opens the partition. Names in it are neutral.
 */

import { randomBytes } from './bytes.js';
import { Refusal } from './errors.js';

const LIMIT_MS = 60_000;

/** @typedef {{credentialId: Uint8Array<ArrayBuffer>, salt: Uint8Array<ArrayBuffer>}} PasskeyPlace */

/**
 * Make a passkey and get its secret.
 * @param {import('./platform.js').Platform} platform
 * @returns {Promise<{place: PasskeyPlace, secret: Uint8Array<ArrayBuffer>}>}
 * @throws {Refusal} `passkey_unsupported` where there is no PRF, `passkey_refused` where the person said no
 */
export async function makePasskey(platform) {
  if (!platform.credentials) throw new Refusal('passkey_unsupported');
  const salt = randomBytes(32);
  /** @type {any} */
  const made = await asked(() => platform.credentials.create({ publicKey: creation(platform.rpId, salt) }));
  const prf = made.getClientExtensionResults().prf;
  if (!prf?.enabled && !prf?.results?.first) throw new Refusal('passkey_unsupported');
  const place = { credentialId: new Uint8Array(made.rawId), salt };
  const first = prf.results?.first;
  return { place, secret: first ? new Uint8Array(first) : await passkeySecret(platform, place) };
}

/**
 * @param {import('./platform.js').Platform} platform
 * @param {PasskeyPlace} place
 * @returns {Promise<Uint8Array<ArrayBuffer>>} 32 bytes
 * @throws {Refusal} `passkey_unsupported`, `passkey_refused`
 */
export async function passkeySecret(platform, { credentialId, salt }) {
  if (!platform.credentials) throw new Refusal('passkey_unsupported');
  const publicKey = {
    challenge: randomBytes(32),
    rpId: platform.rpId,
    allowCredentials: [{ type: /** @type {const} */ ('public-key'), id: credentialId }],
    userVerification: /** @type {const} */ ('required'),
    timeout: LIMIT_MS,
    extensions: /** @type {any} */ ({ prf: { eval: { first: salt } } }),
  };
  /** @type {any} */
  const got = await asked(() => platform.credentials.get({ publicKey }));
  const first = got.getClientExtensionResults().prf?.results?.first;
  if (!first) throw new Refusal('passkey_unsupported');
  return new Uint8Array(first);
}

/**
 * @param {string} rpId
 * @param {Uint8Array<ArrayBuffer>} salt
 * @returns {PublicKeyCredentialCreationOptions}
 */
function creation(rpId, salt) {
  return {
    rp: { id: rpId, name: 'Linli' },
    user: { id: randomBytes(32), name: 'Linli', displayName: 'Linli' },
    challenge: randomBytes(32),
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }, { type: 'public-key', alg: -257 }],
    authenticatorSelection: { userVerification: 'required', residentKey: 'preferred' },
    attestation: 'none',
    timeout: LIMIT_MS,
    extensions: /** @type {any} */ ({ prf: { eval: { first: salt } } }),
  };
}

/**
 * @template T
 * @param {() => Promise<T|null>} ask
 * @returns {Promise<T>}
 */
async function asked(ask) {
  try {
    const answer = await ask();
    if (answer) return answer;
  } catch (error) {
    const name = /** @type {{name?: string}} */ (error).name;
    if (name === 'NotSupportedError' || name === 'SecurityError') throw new Refusal('passkey_unsupported');
  }
  throw new Refusal('passkey_refused');
}
