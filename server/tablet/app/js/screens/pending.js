/** The office has to say yes: both sides compare a number. */

import { h } from '../ui/dom.js';
import { t } from '../ui/language.js';
import { actor, heading } from '../ui/pieces.js';
import { withTheNetwork } from '../ui/problems.js';

export const open = true;
export const live = true;

/** @param {import('../ui/app.js').View} view */
export function show(view) {
  const number = String(view.status.checkNumber ?? '');
  return [
    heading(t('pending.title')),
    h('p', null, t('pending.text')),
    h(
      'p',
      { class: 'check-number', data: { part: 'check-number' } },
      h('span', { class: 'heard' }, t('pending.number')),
      h('span', { class: 'digits' }, `${number.slice(0, 3)} ${number.slice(3)}`),
    ),
    h('p', { class: 'under' }, t('pending.why')),
    actor({ view, text: t('pending.ask'), busy: t('pending.asking'), tone: 'main' }, async () => {
      await withTheNetwork(view.core.checkStanding());
      if (view.core.status().phase === 'pending') view.say(t('pending.not_yet'));
    }),
  ];
}
