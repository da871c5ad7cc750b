/** Names of the areas one works in. */

import { language } from '../ui/language.js';

/**
 * What an area is called; its code where it has no name.
 * @param {any} area
 * @returns {string}
 */
export function areaName(area) {
  const name = language() === 'en' ? area.name_en ?? area.name : area.name ?? area.name_zh;
  const village = area.village_name ?? area.parent_name;
  return [village, name ?? area.code].filter(Boolean).join(' ');
}

/**
 * The outline of an area as rings of [longitude, latitude].
 * @param {any} area
 * @returns {number[][][]} none where it is not known
 */
export function ringsOf(area) {
  const shape = area.outline ?? area.geometry ?? null;
  const text = typeof shape === 'string' ? JSON.parse(shape) : shape;
  if (text === null) return [];
  return text.type === 'MultiPolygon' ? text.coordinates.flat(1) : text.coordinates;
}
