/** The remarks on a fact or a note, shown below it as one types. */

import { lines } from './controls.js';
import { h } from './dom.js';
import { remarksOnNote } from './facts.js';
import { t } from './language.js';

/**
 * One line for each remark; a good word where there is none.
 * @param {import('./facts.js').Remark[]} remarks
 * @param {string} fine
 * @returns {Node[]}
 */
export function remarkNodes(remarks, fine) {
  if (remarks.length === 0) return [h('p', { class: 'remark remark-fine' }, fine)];
  return remarks.map(({ code, values, stops }) =>
    h(
      'p',
      { class: `remark ${stops ? 'remark-stop' : 'remark-look'}`, data: { remark: code } },
      t(`remark.${code}`, values),
    ),
  );
}

/**
 * A note of what was seen and said, judged as one types.
 * @param {{name: string, label: string}} asked
 * @param {import('./facts.js').Words} words
 * @returns {import('./controls.js').Field}
 */
export function noteField(asked, words) {
  const watch = (/** @type {string} */ text) =>
    text.trim() === '' ? [] : remarkNodes(remarksOnNote(text, words), t('remark.note_fine'));
  return lines({ ...asked, hint: t('visit.note_hint'), maxlength: 1000, optional: true, watch });
}
