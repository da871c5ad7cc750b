/** Language, who uses this tablet, how it is unlocked, what it is, and taking its copy away. */

import { APP_VERSION } from '../core/version.js';
import { button, line, linkButton, oneOf, yes } from '../ui/controls.js';
import { fill, h } from '../ui/dom.js';
import { sayTime } from '../ui/days.js';
import { makeForm } from '../ui/form.js';
import { language, speak, t } from '../ui/language.js';
import { actor, facts, heading, notice, section, stateWord } from '../ui/pieces.js';
import { address } from '../ui/router.js';
import { confirmed } from '../ui/dialogs.js';
import { isRescued } from './rescue.js';
import { check, passphraseFields } from './set_up.js';

/** @param {import('../ui/app.js').View} view */
export async function show(view) {
  const { status } = view;
  return [
    heading(t('settings.title')),
    section(t('settings.language'), languagePart()),
    section(
      t('settings.users'),
      h(
        'ul',
        { class: 'cards' },
        status.users.map((/** @type {any} */ user) => h('li', null, userCard(status, user))),
      ),
      h(
        'div',
        { class: 'row' },
        button({ text: t('settings.lock'), tone: 'main', data: { act: 'lock' } }, () => {
          view.core.lock();
        }),
        button({ text: t('settings.switch') }, () => {
          view.core.lock();
          view.go('sign-in');
        }),
      ),
    ),
    section(t('settings.unlocking'), await changePart(view)),
    section(t('settings.about'), aboutPart(view)),
    section(t('settings.delete'), deletePart(view)),
  ];
}

function languagePart() {
  const field = oneOf({
    name: 'language',
    label: t('settings.language'),
    choices: [
      { code: 'zh', text: '中文', lang: 'zh-CN' },
      { code: 'en', text: 'English', lang: 'en' },
    ],
  });
  field.write(language());
  field.node.addEventListener('change', () => speak(field.read()));
  return field.node;
}

/** @param {any} status @param {any} user */
function userCard(status, user) {
  return h(
    'div',
    { class: 'card still slim' },
    h('span', { class: 'card-name' }, user.login),
    h('span', { class: 'card-line' }, t(`settings.by_${user.method}`)),
    user.userId === status.userId && stateWord('delivered', t('settings.here')),
  );
}

/** @param {import('../ui/app.js').View} view */
async function changePart(view) {
  const me = view.status.users.find((/** @type {any} */ user) => user.userId === view.status.userId);
  const present = line({
    name: 'present',
    label: t('settings.present'),
    type: 'password',
    autocomplete: 'current-password',
  });
  const { passphrase, again } = passphraseFields();
  const fields = me?.method === 'passkey' ? [passphrase, again] : [present, passphrase, again];
  const form = await makeForm({
    view,
    fields,
    body: fields.map((field) => field.node),
    submit: t('settings.change'),
    busy: t('set_up.busy'),
    check: (values) => check(values),
    send: async (values) => {
      await view.core.changePassphrase({
        passphrase: values.present,
        to: { method: 'passphrase', passphrase: values.passphrase },
      });
      view.say(t('settings.changed'));
      view.refresh();
    },
  });
  return h('details', { class: 'more' }, h('summary', null, t('settings.change')), form);
}

/** @param {import('../ui/app.js').View} view */
function aboutPart({ status }) {
  const number = String(status.checkNumber ?? '');
  return [
    h('p', null, t('settings.about_text')),
    facts([
      [t('settings.county'), status.countyCode],
      [t('settings.check_number'), `${number.slice(0, 3)} ${number.slice(3)}`],
      [t('settings.version'), APP_VERSION],
      [t('sync.contact'), sayTime(status.lastSyncAt)],
    ]),
  ];
}

/** @param {import('../ui/app.js').View} view */
function deletePart(view) {
  const sure = yes({ name: 'sure', label: t('settings.delete_sure') });
  const place = h('div', { class: 'form' });
  const look = async () => {
    const waits = view.status.waiting + view.status.needAttention;
    const may = waits === 0 || (await isRescued(view.core));
    fill(
      place,
      may
        ? [sure.node, deleteButton(view, sure)]
        : [
            notice('warn', h('p', null, t('settings.delete_waits', { n: waits }))),
            linkButton({ text: t('nav.sync'), href: address('sync') }),
          ],
    );
  };
  look();
  return [h('p', null, t('settings.delete_text')), place];
}

/** @param {import('../ui/app.js').View} view @param {import('../ui/controls.js').Field} sure */
function deleteButton(view, sure) {
  const before = async () => {
    sure.complain(sure.read() ? null : t('settings.delete_tick'));
    return (
      sure.read() &&
      confirmed({
        title: t('settings.delete'),
        text: t('settings.delete_text'),
        yes: t('settings.delete_yes'),
        tone: 'danger',
      })
    );
  };
  return actor(
    {
      view,
      text: t('settings.delete_yes'),
      tone: 'danger',
      busy: t('settings.deleting'),
      data: { act: 'delete' },
      before,
    },
    () => view.core.deleteEverything(),
  );
}
