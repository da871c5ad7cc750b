/**
 * A form that forgets nothing: what was answered is kept, sealed, as a draft with every change, and stays until the
 * work stands in the outbox.
 */

import { uuid7 } from '../core/bytes.js';
import { button } from './controls.js';
import { fill, h } from './dom.js';
import { t } from './language.js';
import { problemOf } from './problems.js';
import { within } from './waits.js';

const DRAFT_AFTER_MS = 250;
/** Puts the draft of the form now shown; called just before the tablet locks, and before another screen comes. */
let putNow = async () => {};
/** @type {Promise<unknown>} */
let kept = Promise.resolve();
const SAVE_SECONDS = 15;
/** Under this name a draft holds the id of the record it is to become. */
const OWN_ID = 'own_id';

/**
 * @typedef {import('./controls.js').Field} Field
 * @typedef {{
 *   view: any, fields: Field[], body: (Node | null)[], submit: string, busy?: string,
 *   draftKey?: string | null, prefill?: Record<string, any> | null,
 *   check?: (values: Record<string, any>) => Record<string, string | undefined>,
 *   shape?: (values: Record<string, any>) => void,
 *   send: (values: Record<string, any>, ownId: string) => Promise<unknown>
 * }} FormSpec `shape` is called at every change, to show and hide parts; `send` throws `{code, field?}`. `ownId` is for
 *   a record that the form makes: the same however often it is sent, also after a crash, so that nothing is written
 *   twice
 */

/**
 * The form, its draft already filled in.
 * @param {FormSpec} spec
 * @returns {Promise<HTMLFormElement>}
 */
export async function makeForm(spec) {
  const alertBox = h('div', { class: 'alert-box', role: 'alert', tabindex: '-1', data: { part: 'form-problem' } });
  const word = h('p', { class: 'draft-word', role: 'status' });
  const send = button({ text: spec.submit, tone: 'main wide', type: 'submit', data: { act: 'submit' } });
  const node = h(
    'form',
    // Without this a browser writes what is typed to its own disk, in the clear, to bring it back after a crash.
    { novalidate: true, autocomplete: 'off', class: 'form' },
    alertBox,
    spec.body,
    h('div', { class: 'save-bar' }, word, send),
  );
  const kept = spec.draftKey ? await spec.view.core.drafts.get(spec.draftKey) : null;
  writeAll(spec.fields, kept ?? spec.prefill ?? {});
  if (kept) fill(word, t('form.draft_found'));
  const ownId = kept?.[OWN_ID] ?? uuid7(Date.now());
  const draft = keeping(spec, word, ownId);
  const change = () => {
    spec.shape?.(readAll(spec.fields));
    draft.later();
  };
  node.addEventListener('input', change);
  node.addEventListener('change', change);
  node.addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    submitting(spec, { alertBox, send, draft, ownId });
  });
  spec.shape?.(readAll(spec.fields));
  return node;
}

/**
 * Keep what is in the form at this very moment: before the keys are dropped, and before the form is left or drawn
 * again. What it holds is read at the call; it is kept when this resolves.
 */
export function flushDraft() {
  kept = Promise.all([kept, putNow()]);
  return kept;
}

/**
 * What all fields say; a field without an answer is left out.
 * @param {Field[]} fields
 * @returns {Record<string, any>}
 */
export function readAll(fields) {
  return Object.fromEntries(fields.map((field) => [field.name, field.read()]).filter(([, value]) => value !== null));
}

/** @param {Field[]} fields @param {Record<string, any>} values */
function writeAll(fields, values) {
  for (const field of fields) if (values[field.name] !== undefined) field.write(values[field.name]);
}

/** @param {FormSpec} spec @param {HTMLElement} word @param {string} ownId */
function keeping(spec, word, ownId) {
  const { drafts } = spec.view.core;
  let waiting = 0;
  const put = async () => {
    if (!spec.draftKey || !spec.view.isCurrent()) return;
    try {
      await drafts.put(spec.draftKey, { ...readAll(spec.fields), [OWN_ID]: ownId });
      fill(word, t('form.draft_kept'));
    } catch {
      fill(word, t('form.draft_not_kept'));
    }
  };
  let changed = false;
  if (spec.draftKey)
    putNow = async () => {
      window.clearTimeout(waiting);
      if (changed) await put();
    };
  return {
    later: () => {
      changed = true;
      window.clearTimeout(waiting);
      waiting = window.setTimeout(put, DRAFT_AFTER_MS);
    },
    now: async () => {
      window.clearTimeout(waiting);
      await put();
    },
    drop: async () => {
      changed = false;
      window.clearTimeout(waiting);
      if (spec.draftKey) await drafts.drop(spec.draftKey);
    },
  };
}

/**
 * @param {FormSpec} spec
 * @param {{alertBox: HTMLElement, send: HTMLElement, draft: {now: () => Promise<void>, drop: () => Promise<void>},
 *   ownId: string}} parts
 */
async function submitting(spec, { alertBox, send, draft, ownId }) {
  if (send.getAttribute('aria-disabled') === 'true') return;
  fill(alertBox);
  const values = readAll(spec.fields);
  const complaints = spec.check?.(values) ?? {};
  if (complain(spec.fields, complaints, alertBox)) return;
  send.setAttribute('aria-disabled', 'true');
  fill(send, spec.busy ?? t('form.saving'));
  try {
    await draft.now();
    await within(spec.send(values, ownId), SAVE_SECONDS);
    await draft.drop();
  } catch (error) {
    await tell(spec, error, alertBox);
  } finally {
    send.removeAttribute('aria-disabled');
    fill(send, spec.submit);
  }
}

/** @param {Field[]} fields @param {Record<string, string | undefined>} complaints @param {HTMLElement} alertBox */
function complain(fields, complaints, alertBox) {
  const wrong = fields.filter((field) => complaints[field.name] !== undefined);
  for (const field of fields) field.complain(complaints[field.name] ?? null);
  if (wrong.length === 0) return false;
  fill(alertBox, h('p', null, t('form.incomplete', { n: wrong.length })));
  focusOn(wrong[0]);
  return true;
}

/** @param {FormSpec} spec @param {any} error @param {HTMLElement} alertBox */
async function tell(spec, error, alertBox) {
  const { what, todo } = await problemOf(spec.view.core, error);
  const field = spec.fields.find((one) => one.name === error?.field);
  field?.complain(what);
  fill(alertBox, h('p', { class: 'strong' }, what), h('p', null, todo));
  if (field !== undefined) focusOn(field);
  else alertBox.focus();
}

/** Also where the question is folded away. @param {Field} field */
function focusOn(field) {
  const fold = field.node.closest('details');
  if (fold) fold.open = true;
  field.focus();
}
