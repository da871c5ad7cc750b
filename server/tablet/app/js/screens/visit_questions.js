/** The questions of a visit, in the order in which they are asked. */

import { line, lines, oneOf, select } from '../ui/controls.js';
import { today } from '../ui/days.js';
import { h } from '../ui/dom.js';
import { t } from '../ui/language.js';
import { codesOf, partOf } from '../ui/library.js';
import { noteField } from '../ui/remarks.js';
import { emergencyCall } from './safety_sheet.js';

/** Minutes offered as tiles; any other number is typed. */
export const USUAL_MINUTES = ['10', '20', '30', '45', '60'];
const LONGEST = 1000;
const TONES = /** @type {Record<string, string>} */ ({ 4: 'tile-danger' });

/**
 * The fields, the words notes are judged by, and the part that opens with a safety event.
 * @param {import('../ui/app.js').View} view
 */
export async function questions(view) {
  const codes = await codesOf(view.core);
  const words = (await partOf(view.core, 'words')) ?? {};
  const day = today(view.status);
  const danger = dangerFields(codes, day);
  const note = noteField({ name: 'mood_note', label: t('visit.note') }, words);
  const fields = { ...courseFields(codes, day), ...danger, mood_note: note, ...timeFields() };
  const asked = Object.values(danger).map((field) => field.node);
  return { fields, words, safetyPart: h('div', { class: 'danger-part' }, await emergencyCall(view), asked) };
}

/** How it was made, and what came of it. @param {any} codes @param {string} day */
function courseFields(codes, day) {
  const types = codes.choices('visit_type', day);
  const outcomes = codes
    .choices('visit_outcome', day)
    .map((/** @type {any} */ one) => ({ ...one, tone: TONES[one.code] }));
  const reasons = codes.choices('not_seen_reason', day);
  return {
    visit_type: oneOf({ name: 'visit_type', label: t('visit.type'), choices: types, columns: 3 }),
    outcome: oneOf({ name: 'outcome', label: t('visit.outcome'), choices: outcomes }),
    not_seen_reason: oneOf({ name: 'not_seen_reason', label: t('visit.not_seen_reason'), choices: reasons }),
  };
}

/** What must be answered within two hours. @param {any} codes @param {string} day */
function dangerFields(codes, day) {
  const kinds = codes.choices('safety_event_kind', day);
  const facts = { name: 'safety_facts', label: t('safety.facts'), hint: t('safety.facts_visit_hint') };
  const actions = { name: 'safety_actions', label: t('safety.actions'), rows: 2, optional: true };
  return {
    safety_kind: select({ name: 'safety_kind', label: t('safety.kind'), choices: kinds }),
    safety_facts: lines({ ...facts, maxlength: LONGEST }),
    safety_actions: lines({ ...actions, maxlength: LONGEST }),
  };
}

function timeFields() {
  const choices = USUAL_MINUTES.map((code) => ({ code, text: t('visit.minutes_n', { m: code }) }));
  const other = { name: 'minutes_other', label: t('visit.minutes_other'), optional: true };
  const at = { name: 'visited_at', label: t('visit.at'), hint: t('visit.at_hint') };
  return {
    minutes: oneOf({ name: 'minutes', label: t('visit.minutes'), columns: 5, optional: true, choices }),
    minutes_other: line({ ...other, type: 'number', inputmode: 'numeric', min: '1', max: '720' }),
    visited_at: line({ ...at, type: 'datetime-local' }),
  };
}
