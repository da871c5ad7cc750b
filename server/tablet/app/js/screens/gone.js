/** The office took this tablet out of use: what waits is sent, then everything is deleted. */

import { h } from '../ui/dom.js';
import { t } from '../ui/language.js';
import { actor, heading, notice } from '../ui/pieces.js';
import { address } from '../ui/router.js';
import { saveRescue } from './rescue.js';
import { lastTry, sendButton } from './sync.js';

export const open = true;
export const live = true;

/** @param {import('../ui/app.js').View} view */
export async function show(view) {
  if (view.status.phase === 'wiped') return wiped();
  const waits = view.status.waiting + view.status.needAttention;
  return [
    heading(t('gone.title')),
    h('p', null, t('gone.text')),
    waits > 0 && notice('warn', h('p', null, t('gone.waiting', { n: waits }))),
    await lastTry(view),
    sendButton(view, { text: t('gone.send'), tone: 'main', data: { act: 'sync' } }),
    waits > 0 && actor({ view, text: t('sync.rescue') }, () => saveRescue(view)),
  ].filter(Boolean);
}

function wiped() {
  const anew = h('a', { href: address('enrol'), data: { act: 'enrol-anew' } }, t('gone.anew'));
  return [heading(t('gone.wiped')), h('p', null, t('gone.wiped_text')), h('p', { class: 'aside' }, anew)];
}
