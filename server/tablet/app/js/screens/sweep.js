/** The month's sweeps of one's own grids: what each has returned, a nil return in two taps, or what was found. */

import { uuid7 } from '../core/bytes.js';
import { linkButton } from '../ui/controls.js';
import { h } from '../ui/dom.js';
import { sayPeriod, today } from '../ui/days.js';
import { chosen, confirmed } from '../ui/dialogs.js';
import { saveWork } from '../ui/held.js';
import { t } from '../ui/language.js';
import { codesOf } from '../ui/library.js';
import { actor, heading, notice, section, stateWord } from '../ui/pieces.js';
import { address } from '../ui/router.js';
import { isLate, keysOf, openSweeps, ownPlaces, standingOf } from './month.js';
import { areaName } from './places.js';

export const live = true;

/** @param {import('../ui/app.js').View} view */
export async function show(view) {
  const [sweeps, areas, codes] = await Promise.all([openSweeps(view.core), ownPlaces(view.core), codesOf(view.core)]);
  const periods = [...new Set(sweeps.map((sweep) => sweep.period))];
  const parts = await Promise.all(
    periods.map(async (period) => {
      const rows = await Promise.all(
        areas.map((area) =>
          placeCard(
            view,
            area,
            sweeps.filter((sweep) => sweep.period === period && area.code.startsWith(sweep.township_code)),
            codes,
          ),
        ),
      );
      return section(
        t('sweep.month', { month: sayPeriod(period) }),
        h('p', { class: 'under' }, windowWord(view, period)),
        h(
          'ul',
          { class: 'cards wide-cards' },
          rows.map((row) => h('li', null, row)),
        ),
      );
    }),
  );
  return [
    heading(t('sweep.title')),
    view.status.writeOnly && notice('warn', h('p', null, t('today.write_only'))),
    sweeps.length === 0 && notice('note', h('p', null, t('sweep.none'))),
    ...parts,
    h('div', { class: 'row' }, linkButton({ text: t('map.title'), href: address('map') })),
  ].filter(Boolean);
}

/** @param {import('../ui/app.js').View} view @param {string} period */
function windowWord(view, period) {
  return t(isLate(period, today(view.status)) ? 'sweep.window_over' : 'sweep.window');
}

/** @param {import('../ui/app.js').View} view @param {any} area @param {any[]} sweeps @param {any} codes */
async function placeCard(view, area, sweeps, codes) {
  const rows = await Promise.all(sweeps.map((sweep) => sweepRow(view, { sweep, area }, codes)));
  return h(
    'div',
    { class: 'card still grid-card', data: { area: area.code } },
    h('h3', { class: 'card-name' }, areaName(area)),
    rows,
  );
}

/** @param {import('../ui/app.js').View} view @param {import('./month.js').Place} place @param {any} codes */
async function sweepRow(view, place, codes) {
  const { sweep, area } = place;
  const standing = await standingOf(view, place);
  const name = `${codes.say('sweep_kind', sweep.kind)}`;
  const more = address('items', { sweepId: sweep.id, areaCode: area.code });
  const nil = !standing.filed && standing.items.length === 0;
  return h(
    'div',
    { class: 'sweep-row', role: 'group', 'aria-label': `${areaName(area)} ${name}`, data: { kind: sweep.kind } },
    h('p', { class: 'sweep-kind' }, name, ' ', stateWord(standing.tone, standing.text)),
    h(
      'div',
      { class: 'row' },
      nil && nilButton(view, place, codes),
      linkButton({
        text: moreWord(sweep, standing),
        href: more,
        tone: standing.items.length > 0 ? 'main' : 'plain',
        data: { act: 'items' },
      }),
    ),
  );
}

/** @param {any} sweep @param {import('./month.js').Standing} standing */
function moreWord(sweep, standing) {
  if (standing.items.length > 0) return t('sweep.go_on');
  return t(sweep.kind === 'concern' ? 'sweep.add_concern' : 'sweep.add_dispute');
}

/** Two taps: this one, and the answer. Once the window is over the answer is the reason. */
function nilButton(
  /** @type {import('../ui/app.js').View} */ view,
  /** @type {import('./month.js').Place} */ place,
  /** @type {any} */ codes,
) {
  /** @type {string | null} */
  let reason = null;
  const asked = {
    title: t('sweep.nil'),
    text: t('sweep.nil_sure', {
      place: areaName(place.area),
      kind: codes.say('sweep_kind', place.sweep.kind),
      month: sayPeriod(place.sweep.period),
    }),
  };
  const before = async () => {
    const day = today(view.status);
    if (!isLate(place.sweep.period, day)) return confirmed({ ...asked, yes: t('sweep.nil_yes') });
    reason = await chosen({ ...asked, question: t('sweep.late_reason'), choices: codes.choices('late_reason', day) });
    return reason !== null;
  };
  return actor({ view, text: t('sweep.nil'), busy: t('form.saving'), data: { act: 'nil' }, before }, () =>
    fileNil(view, place, reason),
  );
}

/** @param {import('../ui/app.js').View} view @param {import('./month.js').Place} place @param {string | null} reason */
async function fileNil(view, place, reason) {
  const { sweep, area } = place;
  const data = {
    sweep_id: sweep.id,
    area_code: area.code,
    nil: true,
    observations: [],
    disputes: [],
    ...(reason && { late_reason: reason }),
  };
  // The id is kept before the return is: a tablet that dies in between sends the same one again.
  const { filed } = keysOf(place);
  const kept = await view.core.drafts.get(filed);
  const mark = { recordId: kept?.begun ? kept.recordId : uuid7(Date.now()), nil: true, count: 0 };
  await view.core.drafts.put(filed, { ...mark, begun: true });
  await saveWork(view, { kind: 'return', recordId: mark.recordId, period: sweep.period, data });
  await view.core.drafts.put(filed, mark);
  view.say(t('form.saved_waiting'));
  view.refresh();
}
