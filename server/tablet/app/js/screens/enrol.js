/** First start: the tablet makes itself known with a code of the office. */

import { line } from '../ui/controls.js';
import { h } from '../ui/dom.js';
import { makeForm } from '../ui/form.js';
import { t } from '../ui/language.js';
import { heading } from '../ui/pieces.js';
import { withTheNetwork } from '../ui/problems.js';

const CODE = /^\d{6}-[0-9A-Z]{4}-[0-9A-Z]{4}$/;

export const open = true;

/** @param {import('../ui/app.js').View} view */
export async function show(view) {
  const code = line({ name: 'code', label: t('enrol.code'), hint: t('enrol.code_hint'), maxlength: 20 });
  const form = await makeForm({
    view,
    fields: [code],
    body: [code.node],
    submit: t('enrol.submit'),
    busy: t('enrol.busy'),
    prefill: { code: codeOfAddress() },
    check: (values) => (CODE.test(spelled(values.code ?? '')) ? {} : { code: t('enrol.code_wrong') }),
    send: async (values) => {
      await withTheNetwork(view.core.enrol(spelled(values.code)));
      history.replaceState(null, '', location.pathname);
    },
  });
  return [heading(t('enrol.title')), h('p', null, t('enrol.text')), steps(), form];
}

function steps() {
  return h(
    'ol',
    { class: 'steps' },
    ['enrol.step1', 'enrol.step2', 'enrol.step3'].map((key) => h('li', null, t(key))),
  );
}

/** The code as the office shows it, however it was typed. @param {string} text */
function spelled(text) {
  const signs = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '');
  return [signs.slice(0, 6), signs.slice(6, 10), signs.slice(10)].filter(Boolean).join('-');
}

function codeOfAddress() {
  return /^#enrol=([0-9A-Za-z-]+)$/.exec(location.hash)?.[1];
}
