/** Names of the areas one works in. */

import { rowsOf } from '../ui/library.js';

/**
 * Every area this tablet knows: one's own, and those around them; a grid knows its village's name.
 * @param {any} core
 * @returns {Promise<any[]>}
 */
export async function areasOf(core) {
  const areas = await rowsOf(core, 'areas');
  const names = new Map(areas.map((area) => [area.code, area.name]));
  return areas.map((area) => ({
    ...area,
    village_name: area.code.length === 15 ? names.get(area.code.slice(0, 12)) : undefined,
  }));
}

/**
 * What an area is called; its code where it has no name.
 * @param {any} area
 * @returns {string}
 */
export function areaName(area) {
  return [area.village_name, area.name ?? area.code].filter(Boolean).join(' ');
}

/**
 * The outline of an area as rings of [longitude, latitude].
 * @param {any} area
 * @returns {number[][][]} none where it is not known
 */
export function ringsOf(area) {
  if (!area.geometry) return [];
  const { type, coordinates } = area.geometry;
  return type === 'MultiPolygon' ? coordinates.flat(1) : coordinates;
}
