/** A visit told in two minutes: how, what came of it, a note of what was seen. */

import { h } from '../ui/dom.js';
import { instantOfInput, localInput } from '../ui/days.js';
import { makeForm } from '../ui/form.js';
import { held, saveWork } from '../ui/held.js';
import { t } from '../ui/language.js';
import { heading, notice, safetyNote, wayBack } from '../ui/pieces.js';
import { address, go } from '../ui/router.js';
import { remarksOnNote } from '../ui/facts.js';
import { USUAL_MINUTES, questions } from './visit_questions.js';

const SAFETY = '4';
const NOT_SEEN = '5';

/** @param {import('../ui/app.js').View} view opened by a visit's id, or `{recordId, replaces, data}` to mend one */
export async function show(view) {
  const { param } = view;
  const mended = typeof param === 'object' ? param : null;
  const id = mended?.recordId ?? param;
  const visit = (await held(view, 'visit')).find((/** @type {any} */ one) => one.id === id);
  const asked = await questions(view);
  const { fields } = asked;
  const form = await makeForm({
    view,
    fields: Object.values(fields),
    body: bodyOf(fields, asked.safetyPart),
    submit: t('visit.submit'),
    draftKey: `visit:${id}`,
    prefill: { visited_at: localInput(correctedNow(view)), visit_type: '1', ...flat(mended?.data) },
    shape: (values) => shape(fields, asked.safetyPart, values),
    check: (values) => check(values, asked.words),
    send: (values) => save(view, { id, visit, mended }, values),
  });
  return [
    wayBack(visit ? address('card', visit.entry_id) : address('today')),
    heading(t('visit.title'), visit?.name ?? undefined),
    safetyNote(visit),
    mended && notice('note', h('p', null, t('attention.mending'))),
    form,
  ].filter(Boolean);
}

/** @param {any} fields @param {HTMLElement} safetyPart */
function bodyOf(fields, safetyPart) {
  const { visit_type, outcome, not_seen_reason, mood_note, minutes, minutes_other, visited_at } = fields;
  return [
    visit_type.node,
    outcome.node,
    not_seen_reason.node,
    safetyPart,
    mood_note.node,
    minutes.node,
    h('details', { class: 'more' }, h('summary', null, t('visit.more')), minutes_other.node, visited_at.node),
  ];
}

/** @param {any} fields @param {HTMLElement} safetyPart @param {Record<string, any>} values */
function shape(fields, safetyPart, values) {
  fields.not_seen_reason.node.hidden = values.outcome !== NOT_SEEN;
  safetyPart.hidden = values.outcome !== SAFETY;
}

/** @param {Record<string, any>} values @param {any} words @returns {Record<string, string>} */
function check(values, words) {
  /** @type {Record<string, string>} */
  const wrong = {};
  if (!values.visit_type) wrong.visit_type = t('form.choose_one');
  if (!values.outcome) wrong.outcome = t('form.choose_one');
  if (values.outcome === NOT_SEEN && !values.not_seen_reason) wrong.not_seen_reason = t('form.choose_one');
  if (values.outcome === SAFETY && !values.safety_kind) wrong.safety_kind = t('form.choose_one');
  if (values.outcome === SAFETY && (values.safety_facts ?? '').length < 5) wrong.safety_facts = t('safety.facts_short');
  if (!instantOfInput(values.visited_at ?? '')) wrong.visited_at = t('form.needed');
  const note = remarksOnNote(values.mood_note ?? '', words)[0];
  if (note) wrong.mood_note = t('form.mend_below');
  return wrong;
}

/** @param {import('../ui/app.js').View} view @param {{id: string, visit: any, mended: any}} what @param {any} values */
async function save(view, { id, visit, mended }, values) {
  await saveWork(view, {
    kind: 'visit',
    recordId: id,
    baseVersion: visit?.version ?? null,
    replaces: mended?.replaces,
    data: dataOf(values),
  });
  view.say(t('form.saved_waiting'));
  go('today');
}

/** The record as the protocol asks for it. @param {Record<string, any>} values */
function dataOf(values) {
  const minutes = Number(values.minutes_other ?? values.minutes ?? 0);
  const data = /** @type {Record<string, any>} */ ({
    visit_type: values.visit_type,
    visited_at: instantOfInput(values.visited_at),
    outcome: values.outcome,
  });
  if (values.outcome === NOT_SEEN) data.not_seen_reason = values.not_seen_reason;
  if (values.mood_note) data.mood_note = values.mood_note;
  if (minutes > 0) data.minutes = minutes;
  if (values.outcome === SAFETY) {
    data.safety_event = { kind: values.safety_kind, facts: values.safety_facts };
    if (values.safety_actions) data.safety_event.actions = values.safety_actions;
  }
  return data;
}

/** A record sent before, as the form's questions. @param {any} data */
function flat(data) {
  if (!data) return {};
  const { safety_event: event, minutes, visited_at: at, ...rest } = data;
  return {
    ...rest,
    ...(at && { visited_at: localInput(Date.parse(at)) }),
    ...(minutes &&
      (USUAL_MINUTES.includes(String(minutes)) ? { minutes: String(minutes) } : { minutes_other: String(minutes) })),
    ...(event && { safety_kind: event.kind, safety_facts: event.facts, safety_actions: event.actions }),
  };
}

/** @param {import('../ui/app.js').View} view */
function correctedNow(view) {
  return Date.now() + (view.status.clockOffsetMs ?? 0);
}
