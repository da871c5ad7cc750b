/** Questions that must be answered before one goes on: native dialogs, which keep the focus and close by Escape. */

import { button } from './controls.js';
import { freshId, h } from './dom.js';
import { t } from './language.js';

/**
 * Ask before something is done.
 * @param {{title: string, text: string, yes: string, tone?: string}} asked
 * @returns {Promise<boolean>} false where it was put away
 */
export function confirmed(asked) {
  return new Promise((answer) => {
    const dialog = makeDialog(asked.title, [
      h('p', null, asked.text),
      h(
        'div',
        { class: 'row' },
        button({ text: asked.yes, tone: asked.tone ?? 'main', data: { act: 'confirm' } }, () => dialog.close('yes')),
        button({ text: t('form.cancel'), data: { act: 'cancel' } }, () => dialog.close('')),
      ),
    ]);
    dialog.addEventListener('close', () => answer(dialog.returnValue === 'yes'));
    dialog.showModal();
  });
}

/**
 * Ask for one of several answers, each a button: the answer is the confirmation.
 * @param {{title: string, text: string, question: string, choices: {code: string, text: string}[]}} asked
 * @returns {Promise<string | null>} null where it was put away
 */
export function chosen({ title, text, question, choices }) {
  return new Promise((answer) => {
    const ways = choices.map(({ code, text: said }) =>
      button({ text: said, tone: 'wide', data: { choice: code } }, () => dialog.close(code)),
    );
    const dialog = makeDialog(title, [
      h('p', null, text),
      h('p', { class: 'strong' }, question),
      ways,
      button({ text: t('form.cancel'), data: { act: 'cancel' } }, () => dialog.close('')),
    ]);
    dialog.addEventListener('close', () => answer(dialog.returnValue || null));
    dialog.showModal();
  });
}

/**
 * Show something that one closes when done.
 * @param {string} title
 * @param {(Node | Node[] | null)[]} parts
 * @returns {HTMLDialogElement}
 */
export function showSheet(title, parts) {
  const dialog = makeDialog(title, [
    ...parts,
    h(
      'div',
      { class: 'row' },
      button({ text: t('form.close'), data: { act: 'close' } }, () => dialog.close('')),
    ),
  ]);
  dialog.showModal();
  return dialog;
}

/** Put every open dialog away: nothing of one user stays on the screen when it locks. */
export function closeDialogs() {
  for (const dialog of document.querySelectorAll('dialog')) dialog.close('');
}

/** @param {string} title @param {any[]} parts @returns {HTMLDialogElement} */
function makeDialog(title, parts) {
  const heading = h('h2', { id: freshId('d') }, title);
  const dialog = h('dialog', { class: 'sheet', 'aria-labelledby': heading.id }, heading, parts);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  return dialog;
}
