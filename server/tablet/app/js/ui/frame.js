/** What surrounds every screen: the top with what waits, the emergency button, the five ways to go, the announcer. */

import { fill, h } from './dom.js';
import { language, speak, t } from './language.js';
import { address } from './router.js';
import { mark, sign } from './signs.js';
import { standingLine } from './standing.js';

const PLACES = ['today', 'sweep', 'attention', 'sync', 'settings'];
/** Which place lights up while a screen below it is shown. */
const UNDER = /** @type {Record<string, string>} */ ({
  card: 'today',
  visit: 'today',
  advice: 'today',
  contact: 'today',
  task: 'today',
  items: 'sweep',
  observation: 'sweep',
  dispute: 'sweep',
  map: 'sweep',
  mend: 'attention',
});

/**
 * Build the frame inside the page.
 * @param {HTMLElement} root
 * @param {() => void} onSafety
 */
export function makeFrame(root, onSafety) {
  const parts = {
    standing: h('a', { class: 'standing', href: address('sync'), data: { part: 'standing' } }),
    speech: h('div', { class: 'speech' }),
    safety: h('div', { class: 'safety-place' }),
    nav: h('nav', { class: 'tabs', data: { part: 'nav' } }),
    main: h('main', { id: 'main', tabindex: '-1' }),
    said: h('p', { class: 'said', role: 'status', 'aria-live': 'polite', data: { part: 'said' } }),
  };
  const skip = h('button', { type: 'button', class: 'skip', onclick: () => parts.main.focus() });
  const brand = h('p', { class: 'brand' }, mark(), h('span', null, '邻里'));
  fill(
    root,
    skip,
    h('header', { class: 'top' }, brand, parts.standing, h('div', { class: 'top-acts' }, parts.speech, parts.safety)),
    parts.nav,
    parts.main,
    parts.said,
    h('div', { class: 'curtain', 'aria-hidden': 'true' }),
  );
  return { ...parts, skip, onSafety };
}

/**
 * Bring the frame up to what is so now.
 * @param {ReturnType<typeof makeFrame>} frame
 * @param {any} status
 * @param {string} shown the screen's name
 * @param {boolean} inside whether somebody has unlocked the tablet
 */
export function updateFrame(frame, status, shown, inside) {
  fill(frame.skip, t('nav.skip'));
  fill(frame.speech, speechButton());
  fill(frame.safety, safetyButton(frame.onSafety));
  const line = standingLine(status);
  frame.standing.className = `standing state-${line.tone}`;
  frame.standing.hidden = !inside;
  if (frame.standing.textContent !== line.text) fill(frame.standing, line.text);
  frame.nav.hidden = !inside;
  frame.nav.setAttribute('aria-label', t('nav.label'));
  fill(
    frame.nav,
    PLACES.map((place) => tab(place, status, UNDER[shown] ?? shown)),
  );
}

/**
 * Say something to whoever listens rather than looks, and show it for a while.
 * @param {ReturnType<typeof makeFrame>} frame
 * @param {string} text
 */
export function sayAloud(frame, text) {
  fill(frame.said, text);
  window.clearTimeout(frame.said.clearing);
  frame.said.clearing = window.setTimeout(() => fill(frame.said), 6000);
}

/** @param {string} place @param {any} status @param {string} shown */
function tab(place, status, shown) {
  const count = { attention: status.needAttention, sync: status.waiting }[place] ?? 0;
  const current = place === shown ? 'page' : null;
  const badge =
    count > 0 ? h('span', { class: 'badge' }, count, h('span', { class: 'heard' }, t(`nav.${place}.count`))) : null;
  return h(
    'a',
    { href: address(place), class: 'tab', 'aria-current': current, id: `tab-${place}` },
    sign(place),
    h('span', null, t(`nav.${place}`)),
    badge,
  );
}

function speechButton() {
  const other = language() === 'zh' ? 'en' : 'zh';
  const [long, short] = other === 'en' ? ['English', 'EN'] : ['中文', '中文'];
  return h(
    'button',
    {
      type: 'button',
      class: 'button speech-button',
      id: 'speech',
      lang: other === 'en' ? 'en' : 'zh-CN',
      'aria-label': long,
      onclick: () => speak(other),
    },
    h('span', { class: 'long' }, long),
    h('span', { class: 'short' }, short),
  );
}

/** @param {() => void} onSafety */
function safetyButton(onSafety) {
  return h(
    'button',
    { type: 'button', class: 'button safety', id: 'safety', onclick: onSafety, data: { act: 'safety' } },
    sign('safety'),
    h('span', null, t('safety.button')),
  );
}
