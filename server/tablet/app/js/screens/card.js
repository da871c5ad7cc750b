/** One person, as far as this user may see them: how to find and meet them, and what is to be done for them. */

import { linkButton } from '../ui/controls.js';
import { h } from '../ui/dom.js';
import { daysBetween, sayDay, today } from '../ui/days.js';
import { held, saveWork } from '../ui/held.js';
import { t } from '../ui/language.js';
import { codesOf } from '../ui/library.js';
import { actor, facts, heading, section, stateWord, wayBack, safetyNote } from '../ui/pieces.js';
import { address } from '../ui/router.js';
import { sign } from '../ui/signs.js';
import { operationWord, waitingByRecord } from '../ui/standing.js';
import { confirmed } from '../ui/dialogs.js';

/** A visit may be made so many days before its first day (`server/domain/visits.py`). */
const EARLY_AT_MOST = 7;

/** @param {import('../ui/app.js').View} view opened by an entry's id; each record opened is logged as looked at */
export async function show(view) {
  const { core, param: entryId } = view;
  const visits = await opened(
    core,
    'visit',
    (await held(view, 'visit')).filter((/** @type {any} */ one) => one.entry_id === entryId),
  );
  const rows = (await held(view, 'plan_item')).filter(
    (/** @type {any} */ one) => one.entry_id === entryId && !one.item.done_at,
  );
  const waiting = await waitingByRecord(core);
  const person = visits.find((one) => one.name) ?? visits[0];
  if (person === undefined && rows.length === 0)
    return [wayBack(address('today')), heading(t('card.gone')), h('p', null, t('card.gone_text'))];
  const codes = await codesOf(core);
  return [
    wayBack(address('today')),
    heading(person?.name ?? t('card.no_name')),
    safetyNote(person),
    person && contactPart(person),
    visitsPart(view, visits, waiting),
    tasksPart(view, rows, { codes, waiting }),
    person && reportsPart(person),
    h('p', { class: 'aside' }, t('card.logged')),
  ].filter(Boolean);
}

/** @param {import('../ui/app.js').View} view @param {any[]} visits @param {Map<string, any>} waiting */
function visitsPart(view, visits, waiting) {
  const shown = visits.map((visit) => visitPart(view, visit, waiting.get(visit.id)));
  return section(t('card.visits'), shown);
}

/** @param {import('../ui/app.js').View} view @param {any[]} rows @param {{codes: any, waiting: Map<string, any>}} so */
function tasksPart(view, rows, { codes, waiting }) {
  if (rows.length === 0) return null;
  const shown = rows.map((row) => taskPart(view, row, codes, waiting.get(row.item.id)));
  return section(t('card.tasks'), shown);
}

/**
 * What else can be told of this person; of the family nothing where the person did not agree.
 * @param {any} person
 */
function reportsPart({ entry_id: entryId, family_contact: familyContact }) {
  return h(
    'div',
    { class: 'row' },
    familyContact !== false && linkButton({ text: t('advice.title'), href: address('advice', entryId) }),
    linkButton({ text: t('contact.title'), href: address('contact', entryId) }),
  );
}

/** @param {any} core @param {string} kind @param {any[]} rows @returns {Promise<any[]>} */
function opened(core, kind, rows) {
  return Promise.all(rows.map(async (row) => (await core.get(kind, row.id)) ?? row));
}

/** @param {any} person */
function contactPart(person) {
  const phone =
    person.phone &&
    h('a', { class: 'phone', href: `tel:${person.phone.replace(/[^\d+]/g, '')}` }, sign('phone'), person.phone);
  return h(
    'div',
    { class: 'contact' },
    facts([
      [t('card.phone'), phone || t('card.not_known')],
      [t('card.address'), person.address ?? t('card.address_hidden')],
      [t('card.language_need'), person.language_need],
      [t('card.wishes'), person.contact_wishes && h('span', { class: 'keep-lines' }, person.contact_wishes)],
      [t('card.family_contact'), familyWord(person)],
    ]),
  );
}

/** Whether the family may be talked with; nothing of a visit that tells nothing of the person. @param {any} person */
function familyWord(person) {
  if (typeof person.family_contact === 'boolean')
    return t(person.family_contact ? 'card.family_yes' : 'card.family_no');
  return null;
}

/** @param {import('../ui/app.js').View} view @param {any} visit @param {any} waits */
function visitPart(view, visit, waits) {
  const day = today(view.status);
  const when = t('card.visit_days', { from: sayDay(visit.due_from), to: sayDay(visit.due_to) });
  if (waits !== undefined) {
    const word = operationWord(waits.state);
    return h('div', { class: 'card still' }, h('span', { class: 'card-name' }, when), stateWord(word.tone, word.text));
  }
  if (visit.state !== 'planned')
    return h(
      'div',
      { class: 'card still' },
      h('span', { class: 'card-name' }, when),
      stateWord('quiet', t(`visit_state.${visit.state}`)),
    );
  if (daysBetween(day, visit.due_from) > EARLY_AT_MOST)
    return h(
      'div',
      { class: 'card still' },
      h('span', { class: 'card-name' }, when),
      stateWord('quiet', t('today.from', { day: sayDay(visit.due_from) })),
    );
  const late = visit.due_to < day;
  return h(
    'div',
    { class: 'card still' },
    h('span', { class: 'card-name' }, when),
    stateWord(late ? 'overdue' : 'due', t(late ? 'card.overdue' : 'card.planned')),
    linkButton({ text: t('visit.title'), href: address('visit', visit.id), tone: 'main', data: { act: 'visit' } }),
  );
}

/** @param {import('../ui/app.js').View} view @param {any} row @param {any} codes @param {any} waits */
function taskPart(view, row, codes, waits) {
  const { item } = row;
  const word =
    waits === undefined
      ? stateWord('due', t('today.until', { day: sayDay(item.due_on) }))
      : stateWord(operationWord(waits.state).tone, operationWord(waits.state).text);
  return h(
    'div',
    { class: 'card still', data: { task: item.id } },
    h('span', { class: 'card-name' }, codes.say('service_type', item.service)),
    word,
    h('span', { class: 'card-line' }, codes.say('plan_item_frequency', item.frequency)),
    item.detail && h('p', { class: 'keep-lines' }, item.detail),
    waits === undefined &&
      actor(
        { view, text: t('task.done'), busy: t('form.saving'), data: { act: 'task-done' }, before: sureOfTask },
        () => markDone(view, item),
      ),
  );
}

function sureOfTask() {
  return confirmed({ title: t('task.sure'), text: t('task.sure_text'), yes: t('task.done') });
}

/** @param {import('../ui/app.js').View} view @param {any} item */
async function markDone(view, item) {
  await saveWork(view, { kind: 'plan_item', recordId: item.id, baseVersion: item.version, data: { done: true } });
  view.say(t('form.saved_waiting'));
  view.refresh();
}
