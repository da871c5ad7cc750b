/** The first time of a user on this tablet: how will they unlock it from now on? */

import { line, oneOf } from '../ui/controls.js';
import { h } from '../ui/dom.js';
import { makeForm } from '../ui/form.js';
import { t } from '../ui/language.js';
import { heading } from '../ui/pieces.js';
import { currentRoute, go } from '../ui/router.js';

const SHORTEST = 10;

export const open = true;

/** @param {import('../ui/app.js').View} view */
export async function show(view) {
  const method = oneOf({ name: 'method', label: t('set_up.how'), columns: 1, choices: methods() });
  const words = passphraseFields();
  const form = await makeForm({
    view,
    fields: [method, words.passphrase, words.again],
    body: [method.node, h('div', { class: 'opens' }, words.passphrase.node, words.again.node)],
    submit: t('set_up.submit'),
    busy: t('set_up.busy'),
    prefill: { method: hasPasskeys() ? 'passkey' : 'passphrase' },
    shape: (values) => {
      words.passphrase.node.hidden = words.again.node.hidden = values.method !== 'passphrase';
    },
    check,
    send: async ({ method: chosen, passphrase }) => {
      await view.core.setUp(chosen === 'passkey' ? { method: 'passkey' } : { method: 'passphrase', passphrase });
      // The day may have come up already, and whoever has gone on from there is left where they are.
      if (currentRoute().name === 'set-up') go('today');
    },
  });
  return [heading(t('set_up.title')), h('p', null, t('set_up.text')), form];
}

/**
 * Two fields for a new passphrase.
 * @returns {{passphrase: import('../ui/controls.js').Field, again: import('../ui/controls.js').Field}}
 */
export function passphraseFields() {
  const asked = { type: 'password', autocomplete: 'new-password' };
  return {
    passphrase: line({
      name: 'passphrase',
      label: t('set_up.passphrase'),
      hint: t('set_up.passphrase_hint', { n: SHORTEST }),
      ...asked,
    }),
    again: line({ name: 'again', label: t('set_up.again'), ...asked }),
  };
}

/**
 * What is wrong with a new passphrase.
 * @param {Record<string, any>} values
 * @returns {Record<string, string>}
 */
export function check({ method = 'passphrase', passphrase = '', again = '' }) {
  if (method === 'passkey') return {};
  if ([...passphrase].length < SHORTEST) return { passphrase: t('set_up.too_short', { n: SHORTEST }) };
  if (new Set(passphrase).size < 4) return { passphrase: t('set_up.too_plain') };
  return passphrase === again ? {} : { again: t('set_up.differs') };
}

function methods() {
  const passkey = { code: 'passkey', text: t('set_up.passkey'), hint: t('set_up.passkey_hint') };
  const passphrase = { code: 'passphrase', text: t('set_up.by_passphrase'), hint: t('set_up.by_passphrase_hint') };
  return hasPasskeys() ? [passkey, passphrase] : [passphrase];
}

/** A passkey belongs to a host with a name; at a bare address of numbers none can be made. */
function hasPasskeys() {
  return 'PublicKeyCredential' in window && !/^[\d.]+$|:/.test(window.location.hostname);
}
