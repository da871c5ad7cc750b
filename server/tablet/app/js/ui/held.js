/** What this tablet holds for its user; nothing while it may only be written on. */

/**
 * The records of a kind.
 * @param {{core: any, status: any}} view
 * @param {string} kind
 * @returns {Promise<any[]>}
 */
export async function held(view, kind) {
  return view.status.writeOnly ? [] : view.core.list(kind);
}

/**
 * What needs the attention of whoever works here: sent back, doubted, or refused. `count` leaves out what only waits
 * for others.
 * @param {{core: any, status: any}} view
 * @returns {Promise<{reviews: any[], observations: any[], rejected: any[], count: number}>}
 */
export async function needingAttention(view) {
  const [reviews, noted, outbox] = await Promise.all([
    held(view, 'review').then((rows) => unmended(view, rows)),
    held(view, 'observation').then((rows) => unmended(view, rows)),
    view.core.outbox(),
  ]);
  const observations = noted.filter((/** @type {any} */ row) => row.state === 'returned');
  const asking = reviews.filter((/** @type {any} */ row) => row.state === 'returned');
  const rejected = outbox.filter((/** @type {any} */ row) => row.state === 'needs_attention');
  return { reviews, observations, rejected, count: asking.length + observations.length + rejected.length };
}

/**
 * Put work into the outbox; what it mends no longer asks for attention here, though the server says so only later.
 * @param {{core: any}} view
 * @param {any} work as `core.save` takes it; `anew` names a record that was sent back, where it mends one
 * @returns {Promise<{opId: string, recordId: string}>}
 */
export async function saveWork({ core }, { anew, ...work }) {
  const saved = await core.save(work);
  const mended = work.replaces ?? anew;
  if (mended) await core.drafts.put(mendedKey(mended), { sent: true });
  return saved;
}

/** Rows that were not mended on this tablet since they came. @param {{core: any}} view @param {any[]} rows */
async function unmended({ core }, rows) {
  const marks = await Promise.all(rows.map((row) => core.drafts.get(mendedKey(row.op_id ?? row.id))));
  return rows.filter((_, at) => !marks[at]);
}

/** @param {string} id */
function mendedKey(id) {
  return `mended:${id}`;
}
