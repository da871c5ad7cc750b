/** What waits, what was delivered and when, and how safe it lies here until then. */

import { linkButton } from '../ui/controls.js';
import { h } from '../ui/dom.js';
import { sayTime } from '../ui/days.js';
import { t } from '../ui/language.js';
import { actor, cards, facts, heading, notice, section, stateWord } from '../ui/pieces.js';
import { problemOf } from '../ui/problems.js';
import { address } from '../ui/router.js';
import { isWritten, operationWord } from '../ui/standing.js';
import { saveRescue } from './rescue.js';

const SHOWN = 30;
/** What a new sign-in puts right. */
const SIGN_IN = new Set(['sign_in_needed', 'lease_over']);
const SEND_SECONDS = 60;
const SPACE_LOW_MB = 50;
const RESULT_TONE = /** @type {Record<string, string>} */ ({ conflict: 'attention', quarantined: 'attention' });

export const live = true;

/**
 * What was asked for here and still runs: the screen is drawn again meanwhile, and the button with it.
 * @type {Promise<any> | null}
 */
let sending = null;

/** @param {import('../ui/app.js').View} view */
export async function show(view) {
  const [outbox, deliveries] = await Promise.all([view.core.outbox(), view.core.deliveries()]);
  const newest = [...deliveries].sort((a, b) => (a.deliveredAt < b.deliveredAt ? 1 : -1));
  const work = outbox.filter(isWritten);
  return [
    heading(t('sync.title'), work.length > 0 ? t('sync.waits', { n: work.length }) : t('sync.nothing_waits')),
    await lastTry(view),
    sendButton(view, { text: t('sync.now'), tone: 'main wide', data: { act: 'sync' } }),
    h('p', { class: 'under' }, t('sync.how')),
    section(
      t('sync.waiting', { n: work.length }),
      cards(work.map(waitingCard), t('sync.none_waiting'), 'outbox'),
      looks('sync.looks', outbox),
    ),
    outbox.length > 0 &&
      section(
        t('sync.rescue_title'),
        h('p', null, t('sync.rescue_text')),
        actor({ view, text: t('sync.rescue'), data: { act: 'rescue' } }, () => saveRescue(view)),
      ),
    section(t('sync.tablet'), standing(view.status)),
    section(
      t('sync.delivered'),
      cards(newest.filter(isWritten).slice(0, SHOWN).map(deliveryCard), t('sync.none_delivered'), 'deliveries'),
      looks('sync.looks_delivered', newest),
    ),
  ].filter(Boolean);
}

/**
 * The button that sends now; drawn again while it sends, it says so still.
 * @param {import('../ui/app.js').View} view
 * @param {{text: string, tone: string, data: Record<string, string>}} said
 */
export function sendButton(view, said) {
  return actor({ view, busy: t('sync.busy'), seconds: SEND_SECONDS, running: sending, ...said }, () => {
    sending = send(view).finally(() => {
      sending = null;
    });
    return sending;
  });
}

/** @param {import('../ui/app.js').View} view */
async function send(view) {
  const before = (await view.core.outbox()).filter(isWritten);
  const told = await view.core.sync({ by: 'person' });
  const status = view.core.status();
  const still = new Set((await view.core.outbox()).map((/** @type {any} */ row) => row.opId));
  const n = before.filter((/** @type {any} */ row) => !still.has(row.opId)).length;
  if (told.ok) return view.say(t(doneKey(n, status), { n }));
  throw { code: told.code ?? 'unreached', waiting: status.waiting };
}

/** @param {number} n pieces of work delivered, the tablet's own notes left out @param {any} status */
function doneKey(n, status) {
  if (status.waiting > 0) return 'sync.partly';
  return n > 0 ? 'sync.sent' : 'sync.renewed';
}

/**
 * The word for what the server did with an operation.
 * @param {string} result
 */
export function resultWord(result) {
  return stateWord(RESULT_TONE[result] ?? 'delivered', t(`result.${result}`));
}

/** Why the last try did not get through, as long as it is so. @param {import('../ui/app.js').View} view */
export async function lastTry(view) {
  const { lastCode: code, syncing, waiting, phase } = view.status;
  if (!code || syncing) return null;
  const { what, todo } = await problemOf(view.core, { code, waiting });
  const may = phase === 'active' && SIGN_IN.has(code);
  const signIn = may && linkButton({ text: t('sign_in.title'), href: address('sign-in') });
  return notice('note', h('p', { class: 'strong' }, what), h('p', null, todo), signIn);
}

/**
 * What the tablet noted by itself: one line, so that it stands before nobody's work.
 * @param {string} key
 * @param {any[]} rows
 */
function looks(key, rows) {
  const n = rows.filter((row) => !isWritten(row)).length;
  return n > 0 && h('p', { class: 'under', data: { part: 'looks' } }, t(key, { n }));
}

/** @param {any} row */
function waitingCard(row) {
  const word = operationWord(row.state);
  return h(
    'div',
    { class: 'card still slim', data: { op: row.opId } },
    h('span', { class: 'card-name' }, t(`kind.${row.kind}`)),
    stateWord(word.tone, word.text),
    h('span', { class: 'card-line' }, t('sync.captured', { at: sayTime(row.capturedAt) })),
  );
}

/** @param {any} row */
function deliveryCard(row) {
  return h(
    'div',
    { class: 'card still slim' },
    h('span', { class: 'card-name' }, t(`kind.${row.kind}`)),
    resultWord(row.result),
    h('span', { class: 'card-line' }, sayTime(row.deliveredAt)),
  );
}

/** @param {any} status */
function standing(status) {
  const { freeMb = null, persisted = false } = status.storage ?? {};
  const low = typeof freeMb === 'number' && freeMb < SPACE_LOW_MB;
  return [
    low && notice('warn', h('p', null, t('sync.space_low', { mb: freeMb }))),
    !persisted && notice('note', h('p', null, t('sync.not_persisted'))),
    facts([
      [t('sync.contact'), sayTime(status.lastSyncAt)],
      [t('sync.last_delivery'), sayTime(status.lastDeliveryAt)],
      [t('sync.lease'), status.lease?.over ? t('sync.lease_over') : sayTime(status.lease?.expiresAt)],
      [t('sync.space'), freeMb === null ? t('sync.space_unknown') : t('sync.space_mb', { mb: freeMb })],
      [t('sync.persisted'), t(persisted ? 'sync.yes' : 'sync.no')],
      [t('sync.clock'), clockWord(status.clockOffsetMs)],
    ]),
  ];
}

/** @param {number | null | undefined} offset */
function clockWord(offset) {
  if (offset === null || offset === undefined) return t('sync.clock_unknown');
  const minutes = Math.round(Math.abs(offset) / 60_000);
  if (minutes < 2) return t('sync.clock_right');
  return t(offset > 0 ? 'sync.clock_slow' : 'sync.clock_fast', { n: minutes });
}
