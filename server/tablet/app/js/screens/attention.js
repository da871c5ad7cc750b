/** What came back, in plain words, and the way to mend it and send it again. */

import { linkButton } from '../ui/controls.js';
import { h } from '../ui/dom.js';
import { sayDay, sayTime } from '../ui/days.js';
import { needingAttention } from '../ui/held.js';
import { t } from '../ui/language.js';
import { codesOf, rowsOf } from '../ui/library.js';
import { actor, facts, heading, notice, section, stateWord } from '../ui/pieces.js';
import { problemOf } from '../ui/problems.js';
import { address, go } from '../ui/router.js';
import { keysOf } from './month.js';
import { saveRescue } from './rescue.js';

export const live = true;

/** @param {import('../ui/app.js').View} view */
export async function show(view) {
  const { reviews, observations, rejected } = await needingAttention(view);
  const codes = await codesOf(view.core);
  const asked = reviews.filter((review) => review.state === 'returned' || review.state === 'open');
  const settled = reviews.filter((review) => !asked.includes(review));
  return [
    heading(t('attention.title')),
    view.status.writeOnly && notice('warn', h('p', null, t('today.write_only'))),
    reviews.length + observations.length + rejected.length === 0 &&
      !view.status.writeOnly &&
      h('p', { class: 'none' }, t('attention.none')),
    rejected.length > 0 &&
      section(
        t('attention.rejected', { n: rejected.length }),
        await Promise.all(rejected.map((row) => rejectedCard(view, row))),
        rescuePart(view),
      ),
    observations.length > 0 &&
      section(
        t('attention.observations', { n: observations.length }),
        await Promise.all(observations.map((row) => sentBackCard(view, row, codes))),
      ),
    asked.length > 0 &&
      section(
        t('attention.reviews', { n: asked.length }),
        await Promise.all(asked.map((review) => reviewCard(view, review, codes))),
      ),
    settled.length > 0 &&
      section(t('attention.settled'), await Promise.all(settled.map((review) => reviewCard(view, review, codes)))),
  ].filter(Boolean);
}

/** @param {import('../ui/app.js').View} view @param {any} row */
async function rejectedCard(view, row) {
  const { what, todo } = await problemOf(view.core, row);
  return h(
    'article',
    { class: 'card still', data: { op: row.opId } },
    h('h3', { class: 'card-name' }, t(`kind.${row.kind}`)),
    stateWord('attention', t('state.rejected')),
    h('p', { class: 'strong' }, what),
    h('p', null, todo),
    h('p', { class: 'under' }, t('attention.written', { at: sayTime(row.capturedAt) })),
  );
}

/** @param {import('../ui/app.js').View} view */
function rescuePart(view) {
  return [h('p', null, t('attention.rejected_text')), actor({ view, text: t('sync.rescue') }, () => saveRescue(view))];
}

/** @param {import('../ui/app.js').View} view @param {any} row @param {any} codes */
async function sentBackCard(view, row, codes) {
  const known = await view.core.get('observation', row.id);
  const sweep = (await rowsOf(view.core, 'sweeps')).find(
    (one) => one.kind === 'concern' && one.period === row.period && row.area_code.startsWith(one.township_code),
  );
  const mend =
    sweep && address('observation', { sweepId: sweep.id, areaCode: row.area_code, data: known, anew: row.id });
  return h(
    'article',
    { class: 'card still', data: { observation: row.id } },
    h('h3', { class: 'card-name' }, t('attention.observation_of', { day: sayDay(row.observed_on) })),
    stateWord('attention', t('attention.sent_back', { reason: codes.say('return_reason', row.return_reason) })),
    h('p', null, t(reasonKey(row.return_reason))),
    h('blockquote', { class: 'keep-lines' }, known.fact),
    mend && linkButton({ text: t('attention.mend'), href: mend, tone: 'main', data: { act: 'mend' } }),
  );
}

/** @param {string} reason */
function reasonKey(reason) {
  const said = ['needs_fact', 'hearsay_only', 'forbidden_ground'];
  return said.includes(reason) ? `returned.${reason}` : 'returned.other';
}

/** @param {import('../ui/app.js').View} view @param {any} held a line of it @param {any} codes */
async function reviewCard(view, held, codes) {
  const review = await view.core.get('review', held.id);
  const { what, todo } = review.code ? await problemOf(view.core, review) : { what: t('attention.open'), todo: '' };
  const mends = ['returned', 'open'].includes(review.state) && review.kind !== 'view' && review.kind !== 'purge';
  return h(
    'article',
    { class: 'card still', data: { review: review.op_id ?? review.id } },
    h('h3', { class: 'card-name' }, t(`kind.${review.kind}`)),
    stateWord(review.state === 'returned' ? 'attention' : 'quiet', t(`review.${review.state}`)),
    h('p', { class: 'strong' }, what),
    h('p', null, review.state === 'open' ? t('review.open_text') : todo),
    answer(review, codes),
    written(review),
    h('p', { class: 'under' }, t('attention.written', { at: sayTime(review.captured_at) })),
    mends && mendPart(view, review),
  );
}

/** What the township decided by and wrote to the author; nothing before that. @param {any} review @param {any} codes */
function answer({ reason, note }, codes) {
  if (!reason && !note) return null;
  return facts([
    [t('attention.reason'), reason && codes.say('sync_review_reason', reason)],
    [t('attention.note'), note && h('span', { class: 'keep-lines' }, note)],
  ]);
}

/** What the author had written, as far as it can be said in lines. @param {any} review */
function written(review) {
  const data = review.data ?? {};
  if (review.kind === 'contact') {
    return facts(
      Object.entries(data.changes ?? {}).map(([name, change]) => [
        t(`card.${name}`),
        t('attention.from_to', {
          from: /** @type {any} */ (change).from ?? t('attention.empty'),
          to: /** @type {any} */ (change).to ?? t('attention.empty'),
        }),
      ]),
    );
  }
  const text = data.fact ?? data.facts ?? data.mood_note ?? data.narrative;
  return text ? h('blockquote', { class: 'keep-lines' }, text) : null;
}

/** @param {import('../ui/app.js').View} view @param {any} review */
function mendPart(view, review) {
  const { kind, op_id: replaces, record_id: recordId, data } = review;
  const sweepPlace = { sweepId: data?.sweep_id, areaCode: data?.area_code };
  const ways = /** @type {Record<string, [string, any]>} */ ({
    visit: ['visit', { recordId, replaces, data }],
    family_advice: ['advice', { replaces, data }],
    safety_event: ['safety', { replaces, data }],
    contact: ['contact', { recordId, replaces, data }],
    observation: ['observation', { ...sweepPlace, replaces, data }],
  });
  if (kind === 'return')
    return actor({ view, text: t('attention.mend'), data: { act: 'mend' } }, () =>
      mendReturn(view, sweepPlace, review),
    );
  const way = ways[kind];
  return (
    way &&
    linkButton({
      text: t('attention.mend'),
      href: address(...way),
      tone: review.state === 'returned' ? 'main' : 'plain',
      data: { act: 'mend' },
    })
  );
}

/** A return's items go back into its draft, to be changed and sent again. */
async function mendReturn(
  /** @type {import('../ui/app.js').View} */ view,
  /** @type {any} */ place,
  /** @type {any} */ { op_id: replaces, data },
) {
  const key = keysOf({ sweep: { id: place.sweepId }, area: { code: place.areaCode } }).items;
  await view.core.drafts.put(key, { items: [...(data.observations ?? []), ...(data.disputes ?? [])], replaces });
  go('items', place);
}
