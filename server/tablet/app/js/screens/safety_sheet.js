/** The emergency button of every screen: whom to call first, then where to write it down. */

import { h } from '../ui/dom.js';
import { showSheet } from '../ui/dialogs.js';
import { language, t } from '../ui/language.js';
import { crisisNumbers } from '../ui/library.js';
import { address, currentRoute } from '../ui/router.js';
import { sign } from '../ui/signs.js';

/** Screens that are about one person, whose entry the event then names. */
const ABOUT_ONE = ['card', 'advice', 'contact'];

/** @param {import('../ui/app.js').View} view */
export async function showSafety(view) {
  const inside = view.status.userId && !view.status.locked && view.status.phase === 'active';
  const { name, param } = currentRoute();
  const about = ABOUT_ONE.includes(name) && typeof param === 'string' ? param : undefined;
  const next = inside
    ? h(
        'a',
        { class: 'button safety wide', href: address('safety', about), data: { act: 'write-safety' } },
        t('safety.write'),
      )
    : h('p', null, t('safety.unlock_first'));
  const dialog = showSheet(t('safety.title'), [await emergencyCall(view), h('p', null, t('safety.then')), next]);
  dialog.addEventListener('click', (/** @type {any} */ event) => {
    if (event.target.closest('a[data-act]')) dialog.close('');
  });
}

/**
 * The numbers to call, large.
 * @param {{core: any}} view
 */
export async function emergencyCall(view) {
  const numbers = await crisisNumbers(view.core);
  return h(
    'div',
    { class: 'calls' },
    h('p', { class: 'strong' }, t('safety.call_first')),
    h('ul', { data: { part: 'crisis-card' } }, numbers.map(numberRow)),
  );
}

/** @param {any} row */
function numberRow(row) {
  const who = row[language()] ?? row.zh ?? t(`safety.number_${row.number}`);
  const hours = language() === 'zh' ? row.hours_zh : row.hours_en;
  return h(
    'li',
    null,
    h(
      'a',
      { class: 'call', href: `tel:${row.number}` },
      sign('phone'),
      h('span', { class: 'call-number' }, row.number),
      h('span', { class: 'call-who' }, who, hours && h('span', { class: 'under' }, hours)),
    ),
  );
}
