/**
 * The rescue file (SYNC.md §8): the outbox as it is, sealed, for an office to take in where a tablet cannot send.
 */

import { toUtf8 } from './bytes.js';
import { deviceProof } from './device.js';
import { asSent } from './outbox.js';

/**
 * @param {import('./device.js').DeviceRecord} device
 * @param {import('./outbox.js').Entry[]} entries in the order of `device_seq`
 * @param {{nowMs: number, apiBase: string}} when
 * @returns {Promise<{name: string, text: string}>}
 */
export async function rescueText(device, entries, { nowMs, apiBase }) {
  const operations = entries.map(asSent);
  const body = toUtf8(JSON.stringify(operations));
  const signature = await deviceProof(device, { method: 'POST', path: `${apiBase}/sync/rescue`, body, nowMs });
  const head = { linli_rescue: 1, device_id: device.id, county_code: device.countyCode };
  const day = new Date(nowMs).toISOString().slice(0, 10);
  const name = `linli-rescue-${device.checkNumber}-${day}.json`;
  return { name, text: JSON.stringify({ ...head, operations, signature }) };
}
