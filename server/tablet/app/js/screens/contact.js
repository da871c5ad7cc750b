/**
 * A changed phone, address or need of language. What the tablet showed goes along, so that two changes never overwrite
 * each other.
 */

import { line, lines } from '../ui/controls.js';
import { h } from '../ui/dom.js';
import { makeForm } from '../ui/form.js';
import { held, saveWork } from '../ui/held.js';
import { t } from '../ui/language.js';
import { heading, notice, wayBack } from '../ui/pieces.js';
import { address, go } from '../ui/router.js';

const NAMES = ['phone', 'address', 'language_need'];

/** @param {import('../ui/app.js').View} view opened by an entry's id, or `{recordId, replaces, data}` to mend one */
export async function show(view) {
  const mended = typeof view.param === 'object' ? view.param : null;
  const entryId = mended?.recordId ?? view.param;
  const shown = (await held(view, 'visit')).find((/** @type {any} */ one) => one.entry_id === entryId && one.name);
  if (!shown) return [wayBack(address('today')), heading(t('contact.title')), h('p', null, t('contact.nobody'))];
  const fields = questions(shown);
  const wished = Object.fromEntries(
    Object.entries(mended?.data.changes ?? {}).map(([name, change]) => [name, /** @type {any} */ (change).to]),
  );
  const form = await makeForm({
    view,
    fields,
    body: fields.map((field) => field.node),
    submit: t('contact.submit'),
    draftKey: `contact:${entryId}`,
    prefill: { phone: shown.phone, address: shown.address, language_need: shown.language_need, ...wished },
    check: (values) => check(changesOf(shown, values), values),
    send: async (values) => {
      await saveWork(view, {
        kind: 'contact',
        recordId: entryId,
        data: { changes: changesOf(shown, values) },
        replaces: mended?.replaces,
      });
      view.say(t('form.saved_waiting'));
      go('card', entryId);
    },
  });
  return [
    wayBack(address('card', entryId)),
    heading(t('contact.title'), shown.name),
    notice('quiet', h('p', null, t('contact.text'))),
    form,
  ];
}

/** A protected address is not shown here, so it is not asked for either. @param {any} shown */
function questions(shown) {
  const phone = line({ name: 'phone', label: t('card.phone'), type: 'tel', inputmode: 'tel', maxlength: 40 });
  const place = lines({ name: 'address', label: t('card.address'), rows: 2, maxlength: 200 });
  const need = line({
    name: 'language_need',
    label: t('card.language_need'),
    maxlength: 60,
    hint: t('contact.language_hint'),
  });
  return shown.address === null ? [phone, need] : [phone, place, need];
}

/** @param {any} shown @param {Record<string, any>} values */
function changesOf(shown, values) {
  const changed = NAMES.filter((name) => !(name === 'address' && shown.address === null)).filter(
    (name) => (values[name] ?? null) !== (shown[name] ?? null),
  );
  return Object.fromEntries(changed.map((name) => [name, { from: shown[name] ?? null, to: values[name] ?? null }]));
}

/** @param {Record<string, any>} changes @param {Record<string, any>} values @returns {Record<string, string>} */
function check(changes, values) {
  if (Object.keys(changes).length === 0) return { phone: t('contact.nothing') };
  const digits = (values.phone ?? '').replace(/\D/g, '').length;
  return values.phone && (digits < 7 || digits > 15) ? { phone: t('contact.phone_wrong') } : {};
}
