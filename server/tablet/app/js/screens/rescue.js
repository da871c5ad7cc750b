/** Saving what waits to a file: sealed as it stands, to be brought to the office. */

import { h } from '../ui/dom.js';
import { t } from '../ui/language.js';

/** Opids that were in the last file saved; deleting is allowed when all that waits is among them. */
let saved = new Set();

/**
 * Offer the file to the browser's own saving.
 * @param {import('../ui/app.js').View} view
 */
export async function saveRescue(view) {
  const rows = await view.core.outbox();
  const { name, blob } = await view.core.rescueFile();
  const url = URL.createObjectURL(blob);
  const link = h('a', { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
  saved = new Set(rows.map((/** @type {any} */ row) => row.opId));
  view.say(t('sync.rescue_saved', { name }));
}

/**
 * Whether everything that waits stands in a file saved since this start.
 * @param {any} core
 * @returns {Promise<boolean>}
 */
export async function isRescued(core) {
  const rows = await core.outbox();
  return rows.every((/** @type {any} */ row) => saved.has(row.opId));
}
