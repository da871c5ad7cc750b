/** Signing in with login and password, which needs the network: the first time, and whenever a user is added. */

import { line } from '../ui/controls.js';
import { h } from '../ui/dom.js';
import { makeForm } from '../ui/form.js';
import { t } from '../ui/language.js';
import { heading, wayBack } from '../ui/pieces.js';
import { withTheNetwork } from '../ui/problems.js';
import { address, go } from '../ui/router.js';

export const open = true;

/** @param {import('../ui/app.js').View} view */
export async function show(view) {
  const fields = {
    login: line({ name: 'login', label: t('sign_in.login'), hint: t('sign_in.login_hint'), autocomplete: 'username' }),
    password: line({
      name: 'password',
      label: t('sign_in.password'),
      type: 'password',
      autocomplete: 'current-password',
    }),
  };
  const form = await makeForm({
    view,
    fields: [fields.login, fields.password],
    body: [fields.login.node, fields.password.node],
    prefill: { login: me(view)?.login },
    submit: t('sign_in.submit'),
    busy: t('sign_in.busy'),
    check: ({ login, password }) => missing({ login, password }),
    send: (values) => signIn(view, values),
  });
  const others = view.status.users.length > 0 && !me(view);
  return [
    others && wayBack(address('unlock'), t('sign_in.other')),
    heading(t('sign_in.title')),
    h('p', null, t('sign_in.text')),
    form,
  ].filter(Boolean);
}

/** Whoever works here and signs in again, for the list or for a new lease. @param {import('../ui/app.js').View} view */
function me({ status }) {
  return status.users.find((/** @type {any} */ user) => user.userId === status.userId);
}

/** @param {import('../ui/app.js').View} view @param {Record<string, any>} values */
async function signIn(view, { login, password }) {
  const { userId, needsSetUp } = await withTheNetwork(view.core.signIn(login, password));
  if (view.core.status().userId === userId) go('today');
  else if (needsSetUp) go('set-up');
  else go('unlock', userId);
}

/** @param {Record<string, any>} values */
function missing(values) {
  const names = Object.keys(values).filter((name) => !values[name]);
  return Object.fromEntries(names.map((name) => [name, t('form.needed')]));
}
