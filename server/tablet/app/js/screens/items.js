/** What was found in one grid this month, gathered and sent as the grid's return. */

import { uuid7 } from '../core/bytes.js';
import { button, linkButton, oneOf } from '../ui/controls.js';
import { h } from '../ui/dom.js';
import { sayDay, sayPeriod, today } from '../ui/days.js';
import { confirmed } from '../ui/dialogs.js';
import { saveWork } from '../ui/held.js';
import { t } from '../ui/language.js';
import { codesOf } from '../ui/library.js';
import { actor, cards, heading, notice, stateWord, wayBack } from '../ui/pieces.js';
import { address, go } from '../ui/router.js';
import { isLate, keysOf, placeOf, standingOf } from './month.js';
import { areaName } from './places.js';

const ASKS = /** @type {Record<string, string>} */ ({ concern: 'observation', dispute: 'dispute' });

/**
 * @param {import('../ui/app.js').View} view opened by `{sweepId, areaCode}`, `replaces` beside them to mend a return
 */
export async function show(view) {
  const place = await placeOf(view.core, view.param);
  if (!place) return [wayBack(address('sweep')), heading(t('sweep.title')), h('p', null, t('sweep.place_gone'))];
  const codes = await codesOf(view.core);
  const standing = await standingOf(view, place);
  const { kind, period } = place.sweep;
  const late = standing.filed ? null : lateField(view, codes, period);
  const urgent = standing.items.some((item) => item.urgent);
  return [
    wayBack(address('sweep')),
    heading(`${areaName(place.area)} · ${codes.say('sweep_kind', kind)}`, sayPeriod(period)),
    h('p', null, stateWord(standing.tone, standing.text)),
    standing.filed &&
      notice('quiet', h('p', null, t(kind === 'concern' ? 'items.filed_concern' : 'items.filed_dispute'))),
    urgent && notice('danger', h('p', null, t('items.urgent_now'))),
    cards(
      standing.items.map((item, at) => itemCard(view, place, { item, at }, codes)),
      t('items.none'),
      'items',
    ),
    addPart(view, kind, standing.items.length),
    late && standing.items.length > 0 && late.node,
    standing.items.length > 0 && sendPart(view, place, { standing, late }),
  ].filter(Boolean);
}

/**
 * The question why a return comes late, where it does.
 * @param {import('../ui/app.js').View} view
 * @param {any} codes
 * @param {string} period
 */
function lateField(view, codes, period) {
  const day = today(view.status);
  if (!isLate(period, day)) return null;
  return oneOf({ name: 'late_reason', label: t('sweep.late_reason'), choices: codes.choices('late_reason', day) });
}

/** @param {import('../ui/app.js').View} view @param {string} kind @param {number} already */
function addPart(view, kind, already) {
  const text = t(kind === 'concern' ? 'items.add_observation' : 'items.add_dispute');
  const href = address(ASKS[kind], { ...view.param, at: null });
  return h(
    'div',
    { class: 'row' },
    linkButton({ text, href, tone: already > 0 ? 'plain' : 'main', data: { act: 'add' } }),
  );
}

/** @param {import('../ui/app.js').View} view @param {any} place @param {{standing: any, late: any}} so */
function sendPart(view, place, { standing, late }) {
  const said = { text: t('items.send', { n: standing.items.length }), busy: t('form.saving'), tone: 'main wide' };
  const asked = { ...said, view, data: { act: 'file' }, before: () => answered(late) };
  return actor(asked, () => file(view, place, { standing, reason: late?.read() ?? null }));
}

/**
 * @param {import('../ui/app.js').View} view
 * @param {any} place
 * @param {{item: any, at: number}} one
 * @param {any} codes
 */
function itemCard(view, place, { item, at }, codes) {
  const text =
    place.sweep.kind === 'concern'
      ? [
          item.resident?.name ?? t('observation.known_person'),
          `${sayDay(item.observed_on)} · ${codes.say('ground', item.ground)}`,
          item.fact,
        ]
      : [
          codes.say('dispute_type', item.dispute_type),
          `${t('dispute.parties_n', { n: item.party_count })} · ${codes.say('dispute_outcome', item.outcome)}`,
          item.mediation_body,
        ];
  return h(
    'div',
    { class: 'card still' },
    h('span', { class: 'card-name' }, text[0]),
    item.urgent ? stateWord('overdue', t('observation.urgent')) : null,
    text
      .slice(1)
      .filter(Boolean)
      .map((one) => h('span', { class: 'card-line' }, one)),
    h(
      'div',
      { class: 'row' },
      linkButton({ text: t('items.change'), href: address(ASKS[place.sweep.kind], { ...view.param, at }) }),
      button({ text: t('items.delete') }, () => deleted(view, place, at)),
    ),
  );
}

/** @param {import('../ui/app.js').View} view @param {any} place @param {number} at */
async function deleted(view, place, at) {
  if (
    !(await confirmed({
      title: t('items.delete_sure'),
      text: t('items.delete_text'),
      yes: t('items.delete'),
      tone: 'danger',
    }))
  )
    return;
  const key = keysOf(place).items;
  const kept = (await view.core.drafts.get(key)) ?? { items: [] };
  await view.core.drafts.put(key, {
    ...kept,
    items: kept.items.filter((/** @type {any} */ _, /** @type {number} */ one) => one !== at),
  });
  view.refresh();
}

/** Whether the reason was given, where one is needed. @param {import('../ui/controls.js').Field | null} late */
async function answered(late) {
  const missing = late !== null && late.read() === null;
  late?.complain(missing ? t('form.choose_one') : null);
  if (missing) late.focus();
  return !missing;
}

/** @param {import('../ui/app.js').View} view @param {any} place @param {{standing: any, reason: string | null}} what */
async function file(view, place, { standing, reason }) {
  const { sweep, area } = place;
  const { items: key, filed } = keysOf(place);
  const observations = sweep.kind === 'concern' ? standing.items : [];
  const disputes = sweep.kind === 'dispute' ? standing.items : [];
  const data = {
    sweep_id: sweep.id,
    area_code: area.code,
    nil: false,
    observations,
    disputes,
    ...(reason && { late_reason: reason }),
  };
  // The id is kept before the return is: a tablet that dies in between sends the same one again.
  const kept = await view.core.drafts.get(key);
  const recordId = kept?.returnId ?? uuid7(Date.now());
  await view.core.drafts.put(key, { ...kept, returnId: recordId });
  await saveWork(view, { kind: 'return', recordId, period: sweep.period, data, replaces: kept?.replaces });
  await view.core.drafts.put(filed, { recordId, nil: false, count: standing.items.length });
  await view.core.drafts.drop(key);
  view.say(t('form.saved_waiting'));
  go('sweep');
}
