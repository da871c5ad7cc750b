/** "Which grid am I in": the device is asked once, the point goes to the server and is kept nowhere. */

import { Refusal } from './errors.js';

const LIMIT_MS = 15_000;

/**
 * @param {import('./platform.js').Platform} platform
 * @param {import('./http.js').Http} http
 * @param {string} token
 * @returns {Promise<any>} the server's answer; throws `location_unsupported`, `location_denied`, `location_unknown`
 */
export async function located(platform, http, token) {
  const { longitude, latitude } = await point(platform);
  return http.ask({ method: 'POST', path: '/areas/locate', body: { longitude, latitude }, token });
}

/** @param {import('./platform.js').Platform} platform @returns {Promise<GeolocationCoordinates>} */
async function point({ geolocation }) {
  if (!geolocation) throw new Refusal('location_unsupported');
  const options = { enableHighAccuracy: true, timeout: LIMIT_MS, maximumAge: 0 };
  return new Promise((resolve, reject) => {
    const refused = (/** @type {GeolocationPositionError} */ error) =>
      reject(new Refusal(error.code === 1 ? 'location_denied' : 'location_unknown'));
    geolocation.getCurrentPosition((found) => resolve(found.coords), refused, options);
  });
}
