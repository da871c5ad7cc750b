/** One dispute: what it is about and where it stands. Names of the parties may be left out. */

import { line, oneOf } from '../ui/controls.js';
import { today } from '../ui/days.js';
import { h } from '../ui/dom.js';
import { makeForm } from '../ui/form.js';
import { t } from '../ui/language.js';
import { codesOf } from '../ui/library.js';
import { heading, wayBack } from '../ui/pieces.js';
import { address, go } from '../ui/router.js';
import { keysOf, placeOf } from './month.js';
import { areaName } from './places.js';

/**
 * @param {import('../ui/app.js').View} view opened by `{sweepId, areaCode, at}`; `at` is its place in the draft, null
 *   for a new one
 */
export async function show(view) {
  const place = await placeOf(view.core, view.param);
  if (!place) return [wayBack(address('sweep')), heading(t('sweep.title')), h('p', null, t('sweep.place_gone'))];
  const { at, ...wanted } = view.param;
  const kept = (await view.core.drafts.get(keysOf(place).items)) ?? { items: [] };
  const fields = await questions(view);
  const form = await makeForm({
    view,
    fields,
    body: fields.map((field) => field.node),
    submit: t('items.keep'),
    draftKey: `dispute:${place.sweep.id}:${place.area.code}:${at ?? 'new'}`,
    prefill: kept.items[at] ?? { party_count: '2' },
    check,
    send: async (values, ownId) => {
      await keepItem(view, place, at, { id: ownId, ...values, party_count: Number(values.party_count) });
      go('items', wanted);
    },
  });
  return [wayBack(address('items', wanted)), heading(t('dispute.title'), areaName(place.area)), form];
}

/**
 * Put an item into the draft of a place's return; the same item again takes the place it has.
 * @param {import('../ui/app.js').View} view
 * @param {import('./month.js').Place} place
 * @param {number | null} at
 * @param {any} item with the id it gets where it is new
 */
export async function keepItem(view, place, at, item) {
  const key = keysOf(place).items;
  const kept = (await view.core.drafts.get(key)) ?? { items: [] };
  const known = at ?? kept.items.findIndex((/** @type {any} */ one) => one.id === item.id);
  const mended = (/** @type {any} */ one, /** @type {number} */ n) => (n === known ? { ...item, id: one.id } : one);
  const items = known === -1 ? [...kept.items, item] : kept.items.map(mended);
  await view.core.drafts.put(key, { ...kept, items });
  view.say(t('items.kept'));
}

/** @param {import('../ui/app.js').View} view */
async function questions(view) {
  const codes = await codesOf(view.core);
  const day = today(view.status);
  return [
    oneOf({ name: 'dispute_type', label: t('dispute.type'), choices: codes.choices('dispute_type', day), columns: 3 }),
    line({
      name: 'party_count',
      label: t('dispute.parties'),
      type: 'number',
      inputmode: 'numeric',
      min: '2',
      max: '999',
    }),
    oneOf({ name: 'outcome', label: t('dispute.outcome'), choices: codes.choices('dispute_outcome', day) }),
    line({
      name: 'mediation_body',
      label: t('dispute.body'),
      hint: t('dispute.body_hint'),
      maxlength: 60,
      optional: true,
    }),
    line({ name: 'parties', label: t('dispute.names'), hint: t('dispute.names_hint'), maxlength: 200, optional: true }),
  ];
}

/** @param {Record<string, any>} values @returns {Record<string, string>} */
function check(values) {
  /** @type {Record<string, string>} */
  const wrong = {};
  const count = Number(values.party_count);
  if (!values.dispute_type) wrong.dispute_type = t('form.choose_one');
  if (!values.outcome) wrong.outcome = t('form.choose_one');
  if (!Number.isInteger(count) || count < 2 || count > 999) wrong.party_count = t('dispute.parties_wrong');
  return wrong;
}
