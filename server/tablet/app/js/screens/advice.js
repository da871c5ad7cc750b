/** What a family was told, at a visit, and what it answered. */

import { anyOf, line, oneOf, select } from '../ui/controls.js';
import { h } from '../ui/dom.js';
import { today } from '../ui/days.js';
import { remarksOnNote } from '../ui/facts.js';
import { makeForm } from '../ui/form.js';
import { held, saveWork } from '../ui/held.js';
import { t } from '../ui/language.js';
import { codesOf, partOf, rowsOf } from '../ui/library.js';
import { heading, notice, wayBack } from '../ui/pieces.js';
import { noteField } from '../ui/remarks.js';
import { address, go } from '../ui/router.js';

/** GB/T 4761 has every relation twice; the short codes are offered, and those of guardians and carers. */
const OFFERED = ['1', '2', '3', '4', '5', '6', '7', '8', 'G1', 'G2', 'G3'];

/** @param {import('../ui/app.js').View} view opened by an entry's id, or `{replaces, data}` to mend one */
export async function show(view) {
  const mended = typeof view.param === 'object' ? view.param : null;
  const entryId = mended?.data.entry_id ?? view.param;
  const visit = (await held(view, 'visit')).find((/** @type {any} */ one) => one.entry_id === entryId);
  const { fields, words } = await questions(view);
  const form = await makeForm({
    view,
    fields: Object.values(fields),
    body: Object.values(fields).map((field) => field.node),
    submit: t('advice.submit'),
    draftKey: `advice:${entryId}`,
    prefill: { given_on: today(view.status), ...mended?.data },
    check: (values) => check(values, words),
    send: async (values, ownId) => {
      const data = /** @type {Record<string, any>} */ ({ entry_id: entryId, ...values });
      if (visit) data.visit_id = visit.id;
      else if (mended?.data.visit_id) data.visit_id = mended.data.visit_id;
      await saveWork(view, { kind: 'family_advice', recordId: ownId, data, replaces: mended?.replaces });
      view.say(t('form.saved_waiting'));
      go('card', entryId);
    },
  });
  return [
    wayBack(address('card', entryId)),
    heading(t('advice.title'), visit?.name ?? undefined),
    consentNotice(visit),
    form,
  ];
}

/** That the family is talked with only where the person agreed, and where it is known that not. @param {any} visit */
function consentNotice(visit) {
  if (visit?.family_contact === false) return notice('warn', h('p', null, t('card.family_no')));
  return notice('note', h('p', null, t('advice.consent')));
}

/** @param {import('../ui/app.js').View} view */
async function questions(view) {
  const codes = await codesOf(view.core);
  const words = (await partOf(view.core, 'words')) ?? {};
  const day = today(view.status);
  const relations = codes.choices('guardian_relation', day).filter((one) => OFFERED.includes(one.code));
  const leaflets = [...new Set((await rowsOf(view.core, 'leaflets')).map((one) => one.version))];
  return {
    words,
    fields: {
      relation: oneOf({ name: 'relation', label: t('advice.relation'), choices: relations, columns: 3 }),
      advice: anyOf({ name: 'advice', label: t('advice.advice'), choices: codes.choices('family_advice', day) }),
      reply: oneOf({ name: 'reply', label: t('advice.reply'), choices: codes.choices('family_reply', day) }),
      narrative: noteField({ name: 'narrative', label: t('advice.narrative') }, words),
      ...(leaflets.length > 0 && {
        leaflet_version: select({
          name: 'leaflet_version',
          label: t('advice.leaflet'),
          optional: true,
          choices: leaflets.map((version) => ({ code: version, text: t('advice.leaflet_version', { version }) })),
        }),
      }),
      given_on: line({ name: 'given_on', label: t('advice.given_on'), type: 'date', max: day }),
    },
  };
}

/** @param {Record<string, any>} values @param {any} words @returns {Record<string, string>} */
function check(values, words) {
  /** @type {Record<string, string>} */
  const wrong = {};
  if (!values.relation) wrong.relation = t('form.choose_one');
  if (values.advice.length === 0) wrong.advice = t('form.choose_some');
  if (!values.reply) wrong.reply = t('form.choose_one');
  if (!values.given_on) wrong.given_on = t('form.needed');
  const note = remarksOnNote(values.narrative ?? '', words)[0];
  if (note) wrong.narrative = t('form.mend_below');
  return wrong;
}
