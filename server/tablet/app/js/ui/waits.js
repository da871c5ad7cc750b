/** No wait is without end: after its limit a sentence takes the place of the wait, and the work goes on by itself. */

/**
 * What the promise gives, or a refusal `took_too_long` after so many seconds.
 * @template T
 * @param {Promise<T> | T} promise
 * @param {number} seconds
 * @returns {Promise<T>}
 */
export function within(promise, seconds) {
  let timer = 0;
  const limit = new Promise((_, refuse) => {
    timer = window.setTimeout(() => refuse({ code: 'took_too_long', seconds }), seconds * 1000);
  });
  return /** @type {Promise<T>} */ (Promise.race([promise, limit])).finally(() => window.clearTimeout(timer));
}
