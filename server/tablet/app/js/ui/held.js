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
 * What needs the attention of whoever works here: sent back, doubted, or refused. `count` leaves out what only waits for others.
 * @param {{core: any, status: any}} view
 * @returns {Promise<{reviews: any[], observations: any[], rejected: any[], count: number}>}
 */
export async function needingAttention(view) {
  const [reviews, noted, outbox] = await Promise.all([held(view, 'review'), held(view, 'observation'), view.core.outbox()]);
  const replaced = new Set(await sentAnew(view, noted));
  const observations = noted.filter((/** @type {any} */ row) => row.state === 'returned' && !replaced.has(row.id));
  const asking = reviews.filter((/** @type {any} */ row) => row.state === 'returned');
  const rejected = outbox.filter((/** @type {any} */ row) => row.state === 'needs_attention');
  return { reviews, observations, rejected, count: asking.length + observations.length + rejected.length };
}

/** @param {{core: any}} view @param {any[]} noted */
async function sentAnew(view, noted) {
  const marks = await Promise.all(noted.map((row) => view.core.drafts.get(`anew:${row.id}`)));
  return noted.filter((_, at) => marks[at] !== null && marks[at] !== undefined).map((row) => row.id);
}
