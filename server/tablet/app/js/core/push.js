/**
 * Pushing (SYNC.md §5): the outbox in the order of `device_seq`, in batches; a batch that is too large is halved.
 *
 * The device key suffices, so this also runs while the tablet is locked.
 */

import { Refusal, codeOf } from './errors.js';
import { BATCH_BYTES, asSent } from './outbox.js';

const OPERATIONS_AT_MOST = 100;
/** On a line so slow that a batch did not get through in time, batches shrink down to this. */
const BYTES_AT_LEAST = 8000;
const LIMIT_MS = 60_000;

/** @typedef {import('./outbox.js').Entry} Entry */
/** @typedef {{pushed: number, backoffS: number}} Pushed */

/**
 * Send whatever waits.
 * @param {import('./http.js').Http} http
 * @param {import('./outbox.js').Outbox} outbox
 * @param {() => void} told called whenever something was delivered
 * @returns {Promise<Pushed>}
 * @throws {Refusal} whatever the server or the network says; the outbox is as it was
 */
export async function push(http, outbox, told) {
  const done = { pushed: 0, backoffS: 0 };
  /** @type {Set<string>} */
  const tried = new Set();
  for (;;) {
    const waiting = (await outbox.toSend()).filter((entry) => !tried.has(entry.opId));
    const batch = nextBatch(waiting, outbox.batchBytes);
    if (batch.length === 0) return done;
    for (const { opId } of batch) tried.add(opId);
    await sendMarked(http, outbox, batch, done);
    told();
  }
}

/**
 * @param {Entry[]} entries
 * @param {number} [bytesAtMost]
 * @returns {Entry[]} the first of them that fit one push; one at least
 */
export function nextBatch(entries, bytesAtMost = BATCH_BYTES) {
  let bytes = 0;
  const fits = entries.slice(0, OPERATIONS_AT_MOST).findIndex((entry, at) => {
    bytes += JSON.stringify(asSent(entry)).length + 1;
    return at > 0 && bytes > bytesAtMost;
  });
  return entries.slice(0, fits === -1 ? OPERATIONS_AT_MOST : fits);
}

/**
 * @param {import('./http.js').Http} http
 * @param {import('./outbox.js').Outbox} outbox
 * @param {Entry[]} batch
 * @param {Pushed} done is counted on
 */
async function sendMarked(http, outbox, batch, done) {
  const opIds = batch.map((entry) => entry.opId);
  await outbox.mark(opIds, 'sending');
  try {
    await send(http, outbox, batch, done);
  } finally {
    await outbox.mark(opIds, 'waiting');
  }
}

/**
 * @param {import('./http.js').Http} http
 * @param {import('./outbox.js').Outbox} outbox
 * @param {Entry[]} batch
 * @param {Pushed} done
 */
async function send(http, outbox, batch, done) {
  const body = { device_id: http.device.id, operations: batch.map(asSent) };
  try {
    const answer = await http.ask({ method: 'POST', path: '/sync/push', body, limitMs: LIMIT_MS });
    outbox.batchBytes = Math.min(BATCH_BYTES, outbox.batchBytes * 2);
    done.pushed += await outbox.receive(answer.receipts ?? []);
    done.backoffS = answer.backoff_s ?? 0;
  } catch (error) {
    if (codeOf(error) === 'timed_out') outbox.batchBytes = Math.max(BYTES_AT_LEAST, outbox.batchBytes / 4);
    if (!(error instanceof Refusal) || /** @type {any} */ (error).status !== 413) throw error;
    if (batch.length === 1) return outbox.setAside(batch[0].opId);
    const middle = Math.ceil(batch.length / 2);
    await send(http, outbox, batch.slice(0, middle), done);
    await send(http, outbox, batch.slice(middle), done);
  }
}
