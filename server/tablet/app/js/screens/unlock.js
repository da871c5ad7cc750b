/** Unlocking: who are you, and prove it. Several people may share a tablet; none sees what is another's. */

import { line } from '../ui/controls.js';
import { fill, h } from '../ui/dom.js';
import { makeForm } from '../ui/form.js';
import { t } from '../ui/language.js';
import { actor, heading, notice } from '../ui/pieces.js';
import { address } from '../ui/router.js';

export const open = true;

/** @param {import('../ui/app.js').View} view */
export async function show(view) {
  const { users } = view.status;
  const place = h('div', { class: 'unlocking' });
  let chosen =
    users.find((/** @type {any} */ user) => user.userId === (view.param ?? view.status.userId)) ??
    (users.length === 1 ? users[0] : undefined);
  const draw = async () =>
    fill(
      place,
      users.length > 1 &&
        choosing(users, chosen, async (user) => {
          chosen = user;
          await draw();
          place.querySelector('input')?.focus();
        }),
      chosen && (await proving(view, chosen)),
    );
  await draw();
  return [
    heading(t('unlock.title')),
    view.status.waiting > 0 && notice('quiet', h('p', null, t('unlock.waiting', { n: view.status.waiting }))),
    place,
    h('p', { class: 'aside' }, h('a', { href: address('sign-in') }, t('unlock.add'))),
    view.param &&
      view.status.signedIn &&
      h('p', { class: 'aside' }, h('a', { href: address('set-up') }, t('unlock.anew'))),
  ].filter(Boolean);
}

/** @param {any[]} users @param {any} chosen @param {(user: any) => void} choose */
function choosing(users, chosen, choose) {
  const people = users.map((user) =>
    h(
      'button',
      {
        type: 'button',
        class: 'person',
        'aria-pressed': String(user === chosen),
        onclick: () => choose(user),
      },
      user.login,
    ),
  );
  return h('div', { class: 'people', role: 'group', 'aria-label': t('unlock.who') }, people);
}

/** @param {import('../ui/app.js').View} view @param {any} user */
function proving(view, user) {
  return user.method === 'passkey' ? byPasskey(view, user) : byPassphrase(view, user);
}

/** @param {import('../ui/app.js').View} view @param {any} user */
function byPasskey(view, user) {
  const text = t('unlock.passkey', { login: user.login });
  return actor({ view, text, busy: t('unlock.asking'), tone: 'main wide', seconds: 90 }, () =>
    view.core.unlock({ userId: user.userId }),
  );
}

/** @param {import('../ui/app.js').View} view @param {any} user */
function byPassphrase(view, user) {
  const passphrase = line({
    name: 'passphrase',
    label: t('unlock.passphrase', { login: user.login }),
    type: 'password',
    autocomplete: 'current-password',
  });
  return makeForm({
    view,
    fields: [passphrase],
    body: [passphrase.node],
    submit: t('unlock.submit'),
    busy: t('unlock.busy'),
    check: (values) => (values.passphrase ? {} : { passphrase: t('form.needed') }),
    send: (values) => view.core.unlock({ userId: user.userId, passphrase: values.passphrase }),
  });
}
