/** A safety event, written down after the call: no score is asked for. */

import { linkButton, lines, select } from '../ui/controls.js';
import { h } from '../ui/dom.js';
import { today } from '../ui/days.js';
import { makeForm } from '../ui/form.js';
import { held, saveWork } from '../ui/held.js';
import { t } from '../ui/language.js';
import { codesOf } from '../ui/library.js';
import { heading, notice, wayBack } from '../ui/pieces.js';
import { address, go } from '../ui/router.js';
import { emergencyCall } from './safety_sheet.js';
import { ownPlaces } from './month.js';
import { areaName } from './places.js';

const SHORTEST = 5;
const LONGEST = 1000;

/**
 * @param {import('../ui/app.js').View} view opened for an entry's id or nobody, or with `{replaces, data}` to mend one
 */
export async function show(view) {
  const mended = view.param !== null && typeof view.param === 'object' ? view.param : null;
  const entryId = mended?.data.entry_id ?? (typeof view.param === 'string' ? view.param : undefined);
  const person = entryId && (await held(view, 'visit')).find((/** @type {any} */ one) => one.entry_id === entryId);
  const places = await ownPlaces(view.core);
  const fields = await questions(view, entryId ? [] : places);
  const form = await makeForm({
    view,
    fields,
    body: fields.map((field) => field.node),
    submit: t('safety.submit'),
    draftKey: `safety:${entryId ?? 'nobody'}`,
    prefill: mended?.data,
    check: (values) => check(values, !entryId && places.length > 0),
    send: async (values, ownId) => {
      await saveWork(view, {
        kind: 'safety_event',
        recordId: ownId,
        data: entryId ? { ...values, entry_id: entryId } : values,
        replaces: mended?.replaces,
      });
      view.say(t('safety.saved'));
      view.core.sync({ by: 'person' }).then((/** @type {any} */ told) => told.ok || view.say(t('safety.not_sent')));
      go('sync');
    },
  });
  return [
    wayBack(entryId ? address('card', entryId) : address('today')),
    heading(t('safety.title'), person?.name ?? undefined),
    notice('danger', await emergencyCall(view)),
    await withoutWords(view),
    h('p', null, t('safety.goes_to')),
    form,
  ].filter(Boolean);
}

/**
 * Before the first contact has brought the words there is nothing to choose: then only the telephone helps.
 * @param {import('../ui/app.js').View} view
 */
async function withoutWords(view) {
  const codes = await codesOf(view.core);
  if (codes.choices('safety_event_kind', today(view.status)).length > 0) return null;
  const way = linkButton({ text: t('nav.sync'), href: address('sync') });
  return notice('warn', h('p', { data: { part: 'no-words' } }, t('safety.no_words')), way);
}

/** @param {import('../ui/app.js').View} view @param {any[]} areas one's own, where it must be said in which */
async function questions(view, areas) {
  const codes = await codesOf(view.core);
  const kinds = codes.choices('safety_event_kind', today(view.status));
  const places = areas.map((area) => ({ code: area.code, text: areaName(area) }));
  const place = select({ name: 'area_code', label: t('safety.place'), choices: places });
  // Not by the form's prefill: a draft may be older than the list of places.
  if (places.length === 1) place.write(places[0].code);
  return [
    select({ name: 'kind', label: t('safety.kind'), choices: kinds }),
    lines({ name: 'facts', label: t('safety.facts'), hint: t('safety.facts_hint'), maxlength: LONGEST }),
    lines({ name: 'actions', label: t('safety.actions'), rows: 3, maxlength: LONGEST, optional: true }),
    ...(places.length > 0 ? [place] : []),
  ];
}

/**
 * @param {Record<string, any>} values
 * @param {boolean} placed whether it must be said where
 * @returns {Record<string, string>}
 */
function check(values, placed) {
  /** @type {Record<string, string>} */
  const wrong = {};
  if (!values.kind) wrong.kind = t('form.choose_one');
  if ((values.facts ?? '').length < SHORTEST) wrong.facts = t('safety.facts_short');
  if (placed && !values.area_code) wrong.area_code = t('form.choose_one');
  return wrong;
}
