/** The month's sweeps: which there are, when their window ends, and how far a place is with each. */

import { t } from '../ui/language.js';
import { held } from '../ui/held.js';
import { rowsOf } from '../ui/library.js';
import { waitingByRecord } from '../ui/standing.js';
import { areasOf } from './places.js';

const WINDOW_ENDS = 20;
const TAKING = new Set(['open', 'collecting', 'reopened']);

/** @typedef {{sweep: any, area: any}} Place one sweep of one grid */
/** @typedef {{tone: string, text: string, filed: any, items: any[]}} Standing */

/**
 * Sweeps that take returns, the newest month first, concerns before disputes.
 * @param {any} core
 * @returns {Promise<any[]>}
 */
export async function openSweeps(core) {
  const rows = (await rowsOf(core, 'sweeps')).filter((sweep) => TAKING.has(sweep.state));
  return rows.sort((a, b) => `${b.period}${a.kind}`.localeCompare(`${a.period}${b.kind}`));
}

/**
 * Own places that return a sheet of their own: grids, and villages that have none.
 * @param {any} core
 * @returns {Promise<any[]>}
 */
export async function ownPlaces(core) {
  const areas = await areasOf(core);
  const villages = new Set(areas.filter((area) => area.code.length === 15).map((area) => area.code.slice(0, 12)));
  return areas.filter((area) => area.code.length === 15 || (area.code.length === 12 && !villages.has(area.code)));
}

/**
 * A sweep and a place by their id and code; undefined where either is not (any more) one's own.
 * @param {any} core
 * @param {{sweepId: string, areaCode: string}} wanted
 * @returns {Promise<Place | undefined>}
 */
export async function placeOf(core, { sweepId, areaCode }) {
  const sweep = (await openSweeps(core)).find((one) => one.id === sweepId);
  const area = (await areasOf(core)).find((one) => one.code === areaCode);
  return sweep && area && { sweep, area };
}

/**
 * Where the draft of a place's return is kept, and the mark that it was sent.
 * @param {Place} place
 */
export function keysOf({ sweep, area }) {
  return { items: `items:${sweep.id}:${area.code}`, filed: `filed:${sweep.id}:${area.code}` };
}

/**
 * How far a place is with a sweep, in a word.
 * @param {import('../ui/app.js').View} view
 * @param {Place} place
 * @returns {Promise<Standing>}
 */
export async function standingOf(view, place) {
  const { items, filed } = keysOf(place);
  const [draft, mark, known] = await Promise.all([
    view.core.drafts.get(items),
    view.core.drafts.get(filed).then((/** @type {any} */ kept) => saved(view.core, kept)),
    filedReturn(view, place),
  ]);
  const drafted = draft?.items ?? [];
  return { filed: known ?? mark, items: drafted, ...(await wordOf(view, { mark, known, drafted })) };
}

/**
 * The mark of a return, once the return stands in the outbox: one that was only begun may be filed again.
 * @param {any} core
 * @param {any} mark
 */
async function saved(core, mark) {
  if (!mark?.begun) return mark;
  const [waits, delivered] = await Promise.all([waitingByRecord(core), core.deliveries()]);
  const isThere = (/** @type {any} */ row) => row.recordId === mark.recordId;
  return waits.has(mark.recordId) || delivered.some(isThere) ? mark : null;
}

/**
 * Whether a return sent now would be late.
 * @param {string} period
 * @param {string} day today in China
 */
export function isLate(period, day) {
  return day > `${period.slice(0, 4)}-${period.slice(4, 6)}-${WINDOW_ENDS}`;
}

/**
 * The earliest day a fact of this month may bear: 31 days before it began.
 * @param {string} period
 */
export function earliestDay(period) {
  const first = Date.UTC(Number(period.slice(0, 4)), Number(period.slice(4, 6)) - 1, 1);
  return new Date(first - 31 * 86_400_000).toISOString().slice(0, 10);
}

/** @param {import('../ui/app.js').View} view @param {Place} place */
async function filedReturn(view, { sweep, area }) {
  const rows = await held(view, 'return');
  return rows.find((/** @type {any} */ row) => row.sweep_id === sweep.id && row.area_code === area.code);
}

/** @param {import('../ui/app.js').View} view @param {{mark: any, known: any, drafted: any[]}} so */
async function wordOf(view, { mark, known, drafted }) {
  if (drafted.length > 0) return { tone: 'draft', text: t('sweep.draft_n', { n: drafted.length }) };
  if (known)
    return {
      tone: 'delivered',
      text: known.nil ? t('sweep.delivered_nil') : t('sweep.delivered_n', { n: known.item_count }),
    };
  if (!mark) return { tone: 'due', text: t(view.status.writeOnly ? 'sweep.unknown' : 'sweep.nothing_yet') };
  const waits = (await waitingByRecord(view.core)).get(mark.recordId);
  if (waits?.state === 'needs_attention') return { tone: 'attention', text: t('state.needs_attention') };
  if (waits) return { tone: 'waiting', text: t(mark.nil ? 'sweep.waiting_nil' : 'sweep.waiting_n', { n: mark.count }) };
  const delivery = (await view.core.deliveries()).find((/** @type {any} */ row) => row.recordId === mark.recordId);
  if (delivery && ['conflict', 'quarantined'].includes(delivery.result))
    return { tone: 'attention', text: t('sweep.with_township') };
  return { tone: 'delivered', text: mark.nil ? t('sweep.delivered_nil') : t('sweep.delivered_n', { n: mark.count }) };
}
