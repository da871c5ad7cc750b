/** The remarks on a fact or a note, shown below it as one types. */

import { h } from './dom.js';
import { t } from './language.js';

/**
 * One line for each remark; a good word where there is none.
 * @param {import('./facts.js').Remark[]} remarks
 * @param {string} fine
 * @returns {Node[]}
 */
export function remarkNodes(remarks, fine) {
  if (remarks.length === 0) return [h('p', { class: 'remark remark-fine' }, fine)];
  return remarks.map(({ code, values, stops }) => h('p', { class: `remark ${stops ? 'remark-stop' : 'remark-look'}`, data: { remark: code } },
    t(`remark.${code}`, values)));
}
