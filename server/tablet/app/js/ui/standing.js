/** What waits, what was delivered, how near the lease's end is: the words for it, the same on every screen. */

import { t } from './language.js';

/**
 * One line for the top of every screen. It never says that all is delivered while something waits.
 * @param {any} status
 * @returns {{tone: string, text: string}}
 */
export function standingLine(status) {
  if (status.waiting > 0 && status.syncing)
    return { tone: 'sending', text: t('standing.sending', { n: status.waiting }) };
  if (status.waiting > 0) return { tone: 'waiting', text: t('standing.waiting', { n: status.waiting }) };
  if (status.needAttention > 0)
    return { tone: 'attention', text: t('standing.attention', { n: status.needAttention }) };
  if (status.syncing) return { tone: 'sending', text: t('standing.asking') };
  return { tone: 'delivered', text: t('standing.none') };
}

/**
 * The word for where an operation of the outbox stands.
 * @param {string} state
 * @returns {{tone: string, text: string}}
 */
export function operationWord(state) {
  const tones = /** @type {Record<string, string>} */ ({
    draft: 'draft',
    waiting: 'waiting',
    sending: 'sending',
    delivered: 'delivered',
    needs_attention: 'attention',
  });
  return { tone: tones[state] ?? 'quiet', text: t(`state.${state}`) };
}

/** Kinds that tell of a look or a deletion: they wait like the others, but nobody wrote them. */
const SILENT = ['view', 'purge'];

/**
 * Whether somebody wrote this, rather than the tablet by itself.
 * @param {{kind: string}} row
 */
export function isWritten(row) {
  return !SILENT.includes(row.kind);
}

/**
 * What was written and waits in the outbox, by the record it is about; the newest of each.
 * @param {any} core
 * @returns {Promise<Map<string, any>>}
 */
export async function waitingByRecord(core) {
  const rows = (await core.outbox()).filter(isWritten);
  return new Map(rows.map((/** @type {any} */ row) => [row.recordId, row]));
}
