/** One fact: whom it is about, what was seen or said, when, and how one knows. The rules are told as one types. */

import { line, lines, oneOf, select, yes } from '../ui/controls.js';
import { h } from '../ui/dom.js';
import { today } from '../ui/days.js';
import { remarksOnFact } from '../ui/facts.js';
import { makeForm } from '../ui/form.js';
import { t } from '../ui/language.js';
import { codesOf, partOf } from '../ui/library.js';
import { held, saveWork } from '../ui/held.js';
import { heading, notice, wayBack } from '../ui/pieces.js';
import { remarkNodes } from '../ui/remarks.js';
import { address, go } from '../ui/router.js';
import { keepItem } from './dispute.js';
import { earliestDay, keysOf, placeOf, standingOf } from './month.js';
import { areaName } from './places.js';
import { itemOf, valuesOf } from './observation_shape.js';

/** Ground 5 comes from old sheets only and is always sent back. */
const NOT_OFFERED = ['5'];
const PERSON = ['name', 'sex', 'birth_year', 'phone', 'address', 'guardian_name', 'guardian_relation'];

/**
 * @param {import('../ui/app.js').View} view opened by `{sweepId, areaCode, at}`; to mend one, `{…, data, replaces}`
 *   for an operation or `{…, data, anew}` for an observation that was sent back
 */
export async function show(view) {
  const place = await placeOf(view.core, view.param);
  if (!place)
    return [wayBack(address('attention')), heading(t('observation.title')), h('p', null, t('sweep.place_gone'))];
  const { at = null, data } = view.param;
  const kept = (await view.core.drafts.get(keysOf(place).items)) ?? { items: [] };
  const people = await knownPeople(view, data);
  const { fields, words } = await questions(view, place, people);
  const form = await makeForm({
    view,
    fields: Object.values(fields),
    body: bodyOf(fields, people),
    submit: t(data ? 'attention.send_anew' : 'items.keep'),
    draftKey: `observation:${place.sweep.id}:${place.area.code}:${data?.id ?? at ?? 'new'}`,
    prefill: {
      observed_on: today(view.status),
      who: people.length > 0 && data?.resident_id ? data.resident_id : 'new',
      ...valuesOf(data ?? kept.items[at]),
    },
    shape: (values) => shape(fields, values, view),
    check: (values) => check(values, words),
    send: (values, ownId) => keep(view, place, itemOf(values), ownId),
  });
  return [
    wayBack(data ? address('attention') : address('items', { sweepId: place.sweep.id, areaCode: place.area.code })),
    heading(t('observation.title'), areaName(place.area)),
    data && notice('note', h('p', null, t('attention.mending'))),
    notice('quiet', h('p', null, t('observation.rules'))),
    form,
  ].filter(Boolean);
}

/**
 * People this tablet may name without asking again: those of visits that carry a resident, and the one of what was sent
 * back.
 * @param {import('../ui/app.js').View} view
 * @param {any} data
 */
async function knownPeople(view, data) {
  const visits = (await held(view, 'visit')).filter((/** @type {any} */ one) => one.resident_id && one.name);
  const named = visits.map((/** @type {any} */ one) => ({ code: one.resident_id, text: one.name }));
  const same =
    data?.resident_id && !named.some((/** @type {any} */ one) => one.code === data.resident_id)
      ? [{ code: data.resident_id, text: t('observation.same_person') }]
      : [];
  return [...same, ...new Map(named.map((/** @type {any} */ one) => [one.code, one])).values()];
}

/** @param {import('../ui/app.js').View} view @param {import('./month.js').Place} place @param {any[]} people */
async function questions(view, place, people) {
  const codes = await codesOf(view.core);
  const words = (await partOf(view.core, 'words')) ?? {};
  const day = today(view.status);
  const fact = {
    name: 'fact',
    label: t('observation.fact'),
    hint: t('observation.fact_hint'),
    rows: 6,
    maxlength: 1000,
  };
  const grounds = codes.choices('ground', day, NOT_OFFERED).map((one) => ({ ...one, hint: t(`ground.${one.code}`) }));
  const fields = {
    who: select({
      name: 'who',
      label: t('observation.who'),
      choices: [{ code: 'new', text: t('observation.new_person') }, ...people],
    }),
    ...personFields(codes, day),
    ground: oneOf({ name: 'ground', label: t('observation.ground'), choices: grounds, columns: 'wide' }),
    fact: lines({
      ...fact,
      watch: (text) => (text.trim() === '' ? [] : remarkNodes(remarksOnFact(text, words), t('remark.fact_fine'))),
    }),
    observed_on: line({
      name: 'observed_on',
      label: t('observation.on'),
      type: 'date',
      min: earliestDay(place.sweep.period),
      max: day,
    }),
    source: oneOf({
      name: 'source',
      label: t('observation.source'),
      choices: codes.choices('observation_source', day),
    }),
    urgent: yes({ name: 'urgent', label: t('observation.urgent'), hint: t('observation.urgent_hint') }),
  };
  return { fields, words };
}

/** @param {any} codes @param {string} day */
function personFields(codes, day) {
  const relations = codes
    .choices('guardian_relation', day)
    .filter((/** @type {any} */ one) => /^[1-8]$|^G/.test(one.code));
  return {
    name: line({ name: 'name', label: t('observation.name'), maxlength: 40 }),
    sex: oneOf({ name: 'sex', label: t('observation.sex'), choices: codes.choices('sex', day), columns: 4 }),
    birth_year: line({
      name: 'birth_year',
      label: t('observation.birth_year'),
      type: 'number',
      inputmode: 'numeric',
      min: '1900',
      max: day.slice(0, 4),
      optional: true,
    }),
    phone: line({
      name: 'phone',
      label: t('card.phone'),
      type: 'tel',
      inputmode: 'tel',
      maxlength: 40,
      optional: true,
    }),
    address: line({ name: 'address', label: t('card.address'), maxlength: 200, optional: true }),
    guardian_name: line({
      name: 'guardian_name',
      label: t('observation.guardian'),
      hint: t('observation.guardian_hint'),
      maxlength: 40,
    }),
    guardian_relation: select({
      name: 'guardian_relation',
      label: t('observation.guardian_relation'),
      choices: relations,
    }),
  };
}

/** @param {any} fields @param {any[]} people */
function bodyOf(fields, people) {
  const person = PERSON.map((name) => fields[name].node);
  return [
    people.length > 0 && fields.who.node,
    h('fieldset', { class: 'person-part' }, h('legend', null, t('observation.person')), person),
    fields.ground.node,
    fields.fact.node,
    fields.observed_on.node,
    fields.source.node,
    fields.urgent.node,
  ];
}

/** @param {any} fields @param {Record<string, any>} values @param {import('../ui/app.js').View} view */
function shape(fields, values, view) {
  const known = values.who && values.who !== 'new';
  const part = fields.name.node.closest('.person-part');
  if (part) part.hidden = Boolean(known);
  const minor = !known && isMinor(values.birth_year, view);
  fields.guardian_name.node.hidden = fields.guardian_relation.node.hidden = !minor;
}

/** @param {string | undefined} year @param {import('../ui/app.js').View} view */
function isMinor(year, view) {
  return year !== undefined && Number(today(view.status).slice(0, 4)) - Number(year) <= 18;
}

/** @param {Record<string, any>} values @param {any} words @returns {Record<string, string>} */
function check(values, words) {
  /** @type {Record<string, string>} */
  const wrong = {};
  const isNew = !values.who || values.who === 'new';
  if (isNew && !values.name) wrong.name = t('form.needed');
  if (isNew && !values.sex) wrong.sex = t('form.choose_one');
  for (const name of ['ground', 'source']) if (!values[name]) wrong[name] = t('form.choose_one');
  if (!values.observed_on) wrong.observed_on = t('form.needed');
  const stopping = remarksOnFact(values.fact ?? '', words).find((remark) => remark.stops);
  if (stopping) wrong.fact = t(values.fact ? 'form.mend_below' : 'form.needed');
  return wrong;
}

/** A fact for a return already sent, or mended, goes at once; another joins the draft of the return. */
async function keep(
  /** @type {import('../ui/app.js').View} */ view,
  /** @type {import('./month.js').Place} */ place,
  /** @type {any} */ item,
  /** @type {string} */ ownId,
) {
  const { at = null, data, replaces, anew, sweepId, areaCode } = view.param;
  const { filed } = await standingOf(view, place);
  if (!data && !filed) {
    await keepItem(view, place, at, { id: ownId, ...item });
    return go('items', { sweepId, areaCode });
  }
  const whole = { sweep_id: sweepId, area_code: areaCode, ...item };
  const { period } = place.sweep;
  await saveWork(view, { kind: 'observation', recordId: ownId, period, data: whole, replaces, anew });
  view.say(t('form.saved_waiting'));
  return go(data ? 'attention' : 'sweep');
}
