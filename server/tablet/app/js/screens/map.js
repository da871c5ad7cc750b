/** One's own grids as outlines, without any map of others; and in which of them one stands. */

import { h, fill, svg } from '../ui/dom.js';
import { t } from '../ui/language.js';
import { actor, heading, notice, wayBack } from '../ui/pieces.js';
import { problemOf } from '../ui/problems.js';
import { address } from '../ui/router.js';
import { ownPlaces } from './month.js';
import { areaName, ringsOf } from './places.js';

const WIDTH = 600;
const EDGE = 14;

/** @param {import('../ui/app.js').View} view */
export async function show(view) {
  const areas = await ownPlaces(view.core);
  const drawn = drawing(areas);
  const answer = h('div', { role: 'status', data: { part: 'located' } });
  const list = h(
    'ul',
    { class: 'grid-list' },
    areas.map((area) => h('li', { data: { area: area.code } }, areaName(area))),
  );
  return [
    wayBack(address('sweep')),
    heading(t('map.title')),
    actor(
      { view, text: t('map.ask'), busy: t('map.asking'), tone: 'main', seconds: 40, data: { act: 'locate' } },
      async () => {
        const found = await view.core.locate();
        fill(answer, await answerOf(view, found, areas));
        highlight([drawn, list], codeOf(found));
      },
    ),
    h('p', { class: 'under' }, t('map.not_kept')),
    answer,
    drawn ?? h('p', { class: 'none' }, t('map.no_outline')),
    list,
  ];
}

/** @param {any} found */
function codeOf(found) {
  return found.areaCode ?? found.grid_code ?? found.village_code ?? null;
}

/** @param {import('../ui/app.js').View} view @param {any} found @param {any[]} areas */
async function answerOf(view, found, areas) {
  if (found.code && !codeOf(found)) {
    const { what, todo } = await problemOf(view.core, found);
    return notice('warn', h('p', { class: 'strong' }, what), h('p', null, todo));
  }
  const area = areas.find((one) => one.code === codeOf(found));
  if (area) return notice('good', h('p', { class: 'strong' }, t('map.here', { place: areaName(area) })));
  return notice('note', h('p', null, t(found.own_unmapped ? 'map.unmapped' : 'map.elsewhere')));
}

/** @param {(Element | null)[]} places @param {string | null} code */
function highlight(places, code) {
  for (const place of places) {
    for (const one of place?.querySelectorAll('[data-area]') ?? [])
      one.classList.toggle('here', one.getAttribute('data-area') === code);
  }
}

/** @param {any[]} areas @returns {SVGElement | null} null where no outline is known */
function drawing(areas) {
  const shapes = areas.map((area) => ({ area, rings: ringsOf(area) })).filter(({ rings }) => rings.length > 0);
  if (shapes.length === 0) return null;
  const { place, height } = projection(shapes.flatMap(({ rings }) => rings.flat(1)));
  const attributes = {
    class: 'grid-map',
    viewBox: `0 0 ${WIDTH} ${height}`,
    role: 'img',
    'aria-label': t('map.alt', { n: shapes.length }),
  };
  return svg(
    'svg',
    attributes,
    shapes.map(({ area, rings }) =>
      svg('path', { d: rings.map((ring) => pathOf(ring.map(place))).join(' '), data: { area: area.code } }),
    ),
    shapes.map(({ area, rings }) => label(area, middleOf(rings[0].map(place)))),
  );
}

/**
 * Degrees to the drawing's units; a degree of longitude is shorter by the cosine of the latitude.
 * @param {number[][]} points
 */
function projection(points) {
  const [west, east] = spanOf(points.map(([x]) => x));
  const [south, north] = spanOf(points.map(([, y]) => y));
  const narrow = Math.cos(((south + north) / 2) * (Math.PI / 180));
  const scale = (WIDTH - 2 * EDGE) / Math.max((east - west) * narrow, (north - south) * 0.8, 1e-9);
  const place = (/** @type {number[]} */ [x, y]) => [EDGE + (x - west) * narrow * scale, EDGE + (north - y) * scale];
  return { place, height: Math.round((north - south) * scale + 2 * EDGE) };
}

/** @param {number[]} values @returns {[number, number]} */
function spanOf(values) {
  return values.reduce(
    (/** @type {[number, number]} */ [low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}

/** @param {number[][]} points */
function pathOf(points) {
  return `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}Z`;
}

/** @param {number[][]} points */
function middleOf(points) {
  const [west, east] = spanOf(points.map(([x]) => x));
  const [top, bottom] = spanOf(points.map(([, y]) => y));
  return [(west + east) / 2, (top + bottom) / 2];
}

/** @param {any} area @param {number[]} at */
function label(area, [x, y]) {
  return svg('text', { x: x.toFixed(1), y: y.toFixed(1) }, area.name ?? area.code.slice(-3));
}
