/** The day: who is to be seen, what is overdue, what waits to be sent, what is done. */

import { linkButton } from '../ui/controls.js';
import { h } from '../ui/dom.js';
import { daysBetween, dayOf, sayDay, sayLongDay, sayTime, today } from '../ui/days.js';
import { held } from '../ui/held.js';
import { t } from '../ui/language.js';
import { codesOf } from '../ui/library.js';
import { cards, heading, notice, section, stateWord } from '../ui/pieces.js';
import { address } from '../ui/router.js';
import { resultWord } from './sync.js';
import { isWritten, operationWord, waitingByRecord } from '../ui/standing.js';

export const live = true;

/** @param {import('../ui/app.js').View} view */
export async function show(view) {
  const day = today(view.status);
  const so = await whatIsHeld(view);
  const open = so.visits.filter((one) => one.state === 'planned' && !so.waiting.has(one.id));
  const overdue = open.filter((one) => one.due_to < day);
  const due = open.filter((one) => one.due_from <= day && day <= one.due_to);
  const later = open.filter((one) => day < one.due_from);
  const person = (/** @type {any} */ visit) => visitCard(visit, day);
  return [
    heading(t('today.title'), sayLongDay(day)),
    ...warnings(view, so),
    overdue.length > 0 && section(t('today.overdue', { n: overdue.length }), cards(overdue.map(person), '', 'overdue')),
    !view.status.writeOnly &&
      !isUnknown(view, so) &&
      section(t('today.due', { n: due.length }), cards(due.map(person), t('today.none_due'), 'due')),
    later.length > 0 && section(t('today.later', { n: later.length }), cards(later.map(person), '', 'later')),
    await tasks(view, so, day),
    waitingPart(view, so),
    await donePart(view, day),
  ].filter(Boolean);
}

/** @param {import('../ui/app.js').View} view */
async function whatIsHeld(view) {
  const [visits, items, waiting] = await Promise.all([
    held(view, 'visit'),
    held(view, 'plan_item'),
    waitingByRecord(view.core),
  ]);
  visits.sort((/** @type {any} */ a, /** @type {any} */ b) => (a.due_to < b.due_to ? -1 : 1));
  return { visits, items, waiting };
}

/**
 * Whether no list has come yet, which is not the same as nobody being due.
 * @param {import('../ui/app.js').View} view
 * @param {{visits: any[]}} so
 */
function isUnknown({ status }, { visits }) {
  return status.lastSyncAt === null && visits.length === 0;
}

/** @param {import('../ui/app.js').View} view @param {{visits: any[]}} so */
function warnings(view, { visits }) {
  const { status } = view;
  const safe = status.storage?.freeMb;
  return [
    status.writeOnly &&
      notice(
        'warn',
        h('p', null, t('today.write_only')),
        linkButton({ text: t('sign_in.title'), href: address('sign-in') }),
      ),
    isUnknown(view, { visits }) &&
      (status.syncing
        ? notice('quiet', h('p', null, t('today.fetching')))
        : notice('note', h('p', null, t('today.first')), linkButton({ text: t('nav.sync'), href: address('sync') }))),
    typeof safe === 'number' && safe < 50 && notice('warn', h('p', null, t('sync.space_low', { mb: safe }))),
  ];
}

/** @param {any} visit @param {string} day */
function visitCard(visit, day) {
  const late = daysBetween(visit.due_to, day);
  const state =
    late > 0 ? stateWord('overdue', t('today.late_by', { n: late })) : stateWord('due', dueWord(visit, day));
  return h(
    'a',
    { class: 'card', href: address('card', visit.entry_id), data: { visit: visit.id } },
    h('span', { class: 'card-name' }, visit.name ?? t('card.no_name')),
    state,
    visit.address && h('span', { class: 'card-line' }, visit.address),
    visit.safety_note && h('span', { class: 'card-line strong warn-text' }, t('today.has_safety_note')),
  );
}

/** @param {any} visit @param {string} day */
function dueWord(visit, day) {
  if (day < visit.due_from) return t('today.from', { day: sayDay(visit.due_from) });
  return visit.due_to === day ? t('today.last_day') : t('today.until', { day: sayDay(visit.due_to) });
}

/** @param {import('../ui/app.js').View} view @param {any} so @param {string} day */
async function tasks(view, so, day) {
  const open = so.items.filter((/** @type {any} */ row) => !so.waiting.has(row.item.id) && !row.item.done_at);
  if (open.length === 0) return null;
  const codes = await codesOf(view.core);
  const names = new Map(so.visits.map((/** @type {any} */ visit) => [visit.entry_id, visit.name]));
  return section(
    t('today.tasks', { n: open.length }),
    cards(
      open.map((/** @type {any} */ row) => {
        const { item } = row;
        return h(
          'a',
          { class: 'card', href: address('card', row.entry_id), data: { task: item.id } },
          h('span', { class: 'card-name' }, codes.say('service_type', item.service)),
          stateWord(item.due_on < day ? 'overdue' : 'due', t('today.until', { day: sayDay(item.due_on) })),
          h('span', { class: 'card-line' }, names.get(row.entry_id) ?? t('card.no_name')),
        );
      }),
      '',
      'tasks',
    ),
  );
}

/** @param {import('../ui/app.js').View} view @param {any} so */
function waitingPart(view, { visits, waiting }) {
  const rows = [...waiting.values()].filter((row) => isOwn(view, row));
  if (rows.length === 0) return null;
  const names = new Map(visits.map((/** @type {any} */ visit) => [visit.id, visit.name]));
  const shown = rows.map((/** @type {any} */ row) => {
    const word = operationWord(row.state);
    return h(
      'div',
      { class: 'card still', data: { op: row.opId } },
      h('span', { class: 'card-name' }, t(`kind.${row.kind}`)),
      stateWord(word.tone, word.text),
      h('span', { class: 'card-line' }, [names.get(row.recordId), sayTime(row.capturedAt)].filter(Boolean).join(' · ')),
    );
  });
  return section(t('today.waiting', { n: rows.length }), cards(shown, '', 'waiting'));
}

/** @param {import('../ui/app.js').View} view @param {string} day */
async function donePart(view, day) {
  const rows = (await view.core.deliveries()).filter(
    (/** @type {any} */ row) => dayOf(row.deliveredAt) === day && isWritten(row) && isOwn(view, row),
  );
  const shown = rows.map((/** @type {any} */ row) =>
    h(
      'div',
      { class: 'card still' },
      h('span', { class: 'card-name' }, t(`kind.${row.kind}`)),
      resultWord(row.result),
      h('span', { class: 'card-line' }, sayTime(row.deliveredAt)),
    ),
  );
  return section(t('today.done', { n: rows.length }), cards(shown, t('today.none_done'), 'done'));
}

/**
 * Whether it was written by whoever looks; a colleague's work on the same tablet is hers.
 * @param {import('../ui/app.js').View} view
 * @param {any} row
 */
function isOwn(view, row) {
  return row.authorId === view.status.userId;
}
