/**
 * The lease (SYNC.md §3): the server's share, without which nothing held can be opened, and how long it may lie here.
 *
 * The share is deleted when the lease has ended. A clock put back shuts everything until the server has spoken.
 */

import { fromBase64Url } from './bytes.js';
import { written } from './database.js';
import { openForDevice, sealForDevice } from './device.js';

/**
 * @typedef {object} Lease as the server gives it
 * @property {string} user_id
 * @property {string} county_code
 * @property {string} author_token
 * @property {string} share base64url, 32 bytes
 * @property {string} expires_at
 * @property {number} residents_at_most
 * @property {number} days
 * @property {import('./sealing.js').SealKey} seal_key
 */

/**
 * @typedef {{expiresAt: string, days: number, share: Uint8Array<ArrayBuffer>|null}} KeptLease the share is sealed
 */

/**
 * @param {import('./device.js').DeviceRecord} device
 * @param {Lease} lease
 * @returns {Promise<KeptLease>}
 */
export async function keptLease(device, lease) {
  const share = await sealForDevice(device, lease.share);
  return { expiresAt: lease.expires_at, days: lease.days, share };
}

/**
 * The share, if the lease still runs.
 * @param {import('./device.js').DeviceRecord} device
 * @param {KeptLease|null} lease
 * @param {import('./clock.js').Clock} clock
 * @returns {Promise<Uint8Array<ArrayBuffer>|null>}
 */
export async function shareOf(device, lease, clock) {
  if (!lease?.share || isOver(lease, clock) || clock.putBack()) return null;
  return fromBase64Url(await openForDevice(device, lease.share));
}

/**
 * @param {KeptLease|null} lease
 * @param {import('./clock.js').Clock} clock
 * @returns {boolean}
 */
export function isOver(lease, clock) {
  return !lease || !lease.share || clock.now() >= Date.parse(lease.expiresAt);
}

/**
 * Whether half of the lease has passed, so that it is time for another.
 * @param {KeptLease|null} lease
 * @param {import('./clock.js').Clock} clock
 * @returns {boolean}
 */
export function isHalfOver(lease, clock) {
  if (isOver(lease, clock)) return true;
  const wholeMs = Math.max(1, lease.days) * 86_400_000;
  return Date.parse(lease.expiresAt) - clock.now() < wholeMs / 2;
}

/**
 * Delete the shares of leases that have ended.
 * @param {import('./database.js').Database} database
 * @param {import('./clock.js').Clock} clock
 * @returns {Promise<string[]>} whose share was deleted just now
 */
export async function dropEndedShares(database, clock) {
  const rows = await database.table('users').toArray();
  const ended = rows.filter((row) => row.lease?.share && isOver(row.lease, clock)).map((row) => row.userId);
  if (ended.length === 0) return [];
  await written(database, ['users'], async () => {
    for (const userId of ended) {
      await database.table('users').where({ userId }).modify((row) => { row.lease = { ...row.lease, share: null }; });
    }
  });
  return ended;
}

