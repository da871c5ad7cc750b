/** Arriving: a tablet is taken in by the office, a person signs in on it. Both need the network. */

import { countyOf, keepDevice, newDevice } from './device.js';
import { Refusal } from './errors.js';
import { askToPersist } from './storage.js';
import { APP_VERSION } from './version.js';

/** States in which a tablet may ask to be taken in: before it was, and after its end. */
const MAY_ASK = ['new', 'pending', 'wiped'];

/**
 * Ask to be taken in with the office's code. The keys are kept before the question goes out, so that the same question
 * can be asked again where the answer was lost: the server answers it alike.
 * @param {import('./sync.js').SyncParts} parts
 * @param {(device: import('./device.js').DeviceRecord) => void} use
 * @param {string} code
 * @returns {Promise<{checkNumber: string}>}
 * @throws {Refusal} `enrolment_code_malformed`, `device_enrolled`, and what the server says
 */
export async function enrol({ platform, database, http, clock }, use, code) {
  const asked = code.trim().toUpperCase();
  const countyCode = countyOf(asked);
  const before = http.device;
  if (before && !MAY_ASK.includes(before.state)) throw new Refusal('device_enrolled');
  await askToPersist(platform);
  const device = before?.privateKey ? { ...before, countyCode } : await newDevice(countyCode, clock.now());
  await keepDevice(database, device);
  use(device);
  await http.ask({ method: 'POST', path: '/devices', body: { id: device.id, code: asked, app_version: APP_VERSION } });
  const pending = { ...device, state: /** @type {const} */ ('pending') };
  await keepDevice(database, pending);
  use(pending);
  return { checkNumber: device.checkNumber };
}

/**
 * Sign in, and bring the lease; where the person has a partition here it is renewed at once.
 * @param {import('./sync.js').SyncParts} parts
 * @param {string} login
 * @param {string} password
 * @returns {Promise<{lease: import('./leases.js').Lease, needsSetUp: boolean}>}
 * @throws {Refusal} `password_must_change`, which is done at a desk, and what the server says
 */
export async function signIn({ database, http, session, vault }, login, password) {
  const told = await session.signIn(login, password);
  if (vault.opened && vault.opened.userId !== told.user_id) vault.lock();
  if (told.must_change_password) throw new Refusal('password_must_change');
  const token = await session.bearer();
  const lease = await http.ask({ method: 'POST', path: '/sync/lease', body: { app_version: APP_VERSION }, token });
  const needsSetUp = !(await database.table('users').get(lease.user_id));
  if (!needsSetUp) await vault.renew(lease);
  await session.settle();
  return { lease, needsSetUp };
}
