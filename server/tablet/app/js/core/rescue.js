/**
 * The rescue file (SYNC.md §8): the outbox as it is, sealed, for an office to take in where a tablet cannot send.
 */

import { toUtf8 } from './bytes.js';
import { writeMeta } from './database.js';
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

/**
 * The file as the browser saves it. What is in it may be deleted by hand from then on.
 * @param {import('./sync.js').SyncParts} parts
 * @returns {Promise<{name: string, blob: Blob}>}
 */
export async function rescueFile({ platform, database, http, outbox, clock }) {
  const entries = await outbox.entries();
  const { name, text } = await rescueText(http.device, entries, { nowMs: clock.now(), apiBase: platform.apiBase });
  await writeMeta(database, 'rescuedSeq', entries.at(-1)?.seq ?? 0);
  return { name, blob: new Blob([text], { type: 'application/json' }) };
}
