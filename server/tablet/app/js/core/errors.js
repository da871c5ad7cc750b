/**
 * What the core refuses with: a stable code and what belongs to it. Texts are the screens' business.
 */

/** A refusal with a stable code; `detail` lies flat on it (`triesLeft`, `status`, `serverTime`, …). */
export class Refusal extends Error {
  /**
   * @param {string} code stable, lower case with underscores
   * @param {Record<string, unknown>} [detail] nothing personal, for errors may be shown
   */
  constructor(code, detail = {}) {
    super(code);
    this.name = 'Refusal';
    this.code = code;
    Object.assign(this, detail);
  }
}

/**
 * The code of whatever was thrown; a fault nobody foresaw is `tablet_fault`.
 * @param {unknown} error
 * @returns {string}
 */
export function codeOf(error) {
  return error instanceof Refusal ? error.code : 'tablet_fault';
}

/**
 * Whether a failure of IndexedDB means that the tablet is full.
 * @param {unknown} error
 * @returns {boolean}
 */
export function isStorageFull(error) {
  const seen = /** @type {{name?: string, inner?: {name?: string}}} */ (error ?? {});
  return seen.name === 'QuotaExceededError' || seen.inner?.name === 'QuotaExceededError';
}
