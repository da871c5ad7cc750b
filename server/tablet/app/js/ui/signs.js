/** Small signs beside words. They never stand alone, and screen readers pass over them. */

import { svg } from './dom.js';

/** @type {Record<string, string[]>} */
const PATHS = {
  today: ['M3 11 12 4l9 7', 'M6 10v9h12v-9', 'M10 19v-5h4v5'],
  sweep: ['M4 5h16v14H4z', 'M4 10h16', 'M10 5v14', 'M13 15l2 2 3-4'],
  attention: ['M12 3 2.5 20h19z', 'M12 10v4', 'M12 17v.5'],
  sync: ['M4 8h13', 'M13 4l4 4-4 4', 'M20 16H7', 'M11 12l-4 4 4 4'],
  settings: ['M5 7h14', 'M5 12h14', 'M5 17h14', 'M9 5v4', 'M15 10v4', 'M8 15v4'],
  safety: ['M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6z', 'M12 8v5', 'M12 16v.5'],
  phone: ['M6 3h4l1 5-2 1c1 3 3 5 6 6l1-2 5 1v4c0 2-2 3-4 3C10 20 4 14 3 7c0-2 1-4 3-4z'],
};

/**
 * A sign by its name.
 * @param {string} name
 * @returns {SVGElement}
 */
export function sign(name) {
  const attributes = { class: 'sign', viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' };
  return svg(
    'svg',
    attributes,
    (PATHS[name] ?? []).map((d) => svg('path', { d })),
  );
}

/** The mark of 邻里: two roofs side by side under one sky. */
export function mark() {
  return svg(
    'svg',
    { class: 'mark', viewBox: '0 0 48 40', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { class: 'mark-far', d: 'M20 18 33 7l13 11v18H20z' }),
    svg('path', { class: 'mark-near', d: 'M2 22 15 11l13 11v14H2z' }),
    svg('path', { class: 'mark-door', d: 'M12 36v-8h6v8z' }),
  );
}
