/** Parts that many screens share. */

import { button } from './controls.js';
import { fill, h } from './dom.js';
import { t } from './language.js';
import { problemOf } from './problems.js';
import { within } from './waits.js';

/**
 * The name of a screen, which takes the focus when the screen comes up.
 * @param {string} text
 * @param {string} [under] a line below it
 */
export function heading(text, under) {
  return h(
    'header',
    { class: 'heading' },
    h('h1', { tabindex: '-1' }, text),
    under && h('p', { class: 'under' }, under),
  );
}

/**
 * A part of a screen with a heading of its own.
 * @param {string} title
 * @param {...any} parts
 */
export function section(title, ...parts) {
  return h('section', { class: 'section' }, h('h2', null, title), parts);
}

/**
 * A state, as a word with a sign beside it: nothing is said by colour alone.
 * @param {string} tone draft, waiting, sending, delivered, attention, overdue, due, quiet
 * @param {string} word
 */
export function stateWord(tone, word) {
  return h('span', { class: `state state-${tone}`, data: { state: tone } }, word);
}

/**
 * A sentence that stands out.
 * @param {'quiet' | 'note' | 'warn' | 'danger' | 'good'} tone
 * @param {...any} parts
 */
export function notice(tone, ...parts) {
  return h('div', { class: `notice notice-${tone}` }, parts);
}

/**
 * Words and what they stand for; lines without a value are left out.
 * @param {[string, any][]} pairs
 */
export function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return h(
    'dl',
    { class: 'facts' },
    shown.map(([word, value]) => h('div', null, h('dt', null, word), h('dd', null, value))),
  );
}

/**
 * A button whose failure is told beside it, and whose wait has an end.
 * @param {{view: any, text: string, busy?: string, tone?: string, seconds?: number, data?: Record<string, string>,
 *   running?: Promise<unknown> | null, before?: () => Promise<boolean>}} said `running` is what it began before it was
 *   drawn again; `before` is asked first and may take its time
 * @param {() => Promise<unknown>} act
 */
export function actor(said, act) {
  const box = h('div', { class: 'alert-box', role: 'alert' });
  const pressed = button(said, async () => {
    fill(box);
    if (said.before && !(await said.before())) return;
    try {
      await within(act(), said.seconds ?? 30);
    } catch (error) {
      const { what, todo } = await problemOf(said.view.core, error);
      fill(box, h('p', { class: 'strong' }, what), h('p', null, todo));
    }
  });
  return h('div', { class: 'actor' }, pressed, box);
}

/**
 * A list of links, one person or one thing each; or a sentence where there is none.
 * @param {any[]} rows
 * @param {string} none
 * @param {string} [part] a name for tests
 */
export function cards(rows, none, part) {
  if (rows.length === 0) return h('p', { class: 'none' }, none);
  return h(
    'ul',
    { class: 'cards', data: { part: part ?? 'list' } },
    rows.map((row) => h('li', null, row)),
  );
}

/**
 * The way back, written out.
 * @param {string} href
 * @param {string} [text]
 */
export function wayBack(href, text) {
  return h('a', { class: 'way-back', href }, text ?? t('nav.back'));
}

/**
 * What whoever goes there must know first; nothing where nothing was noted.
 * @param {{safety_note: string | null} | undefined} person
 */
export function safetyNote(person) {
  if (!person?.safety_note) return null;
  const text = h('p', { class: 'keep-lines' }, person.safety_note);
  return notice('danger', h('p', { class: 'strong' }, t('card.safety_note')), text);
}
