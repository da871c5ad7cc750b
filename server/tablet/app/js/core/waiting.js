/** When the clock may start the next round: as the server asked, and longer and longer where rounds fail. */

/** The user has no area left: every feed held is revoked (SYNC.md §4). */
export const NO_AREA = 'role_forbidden';
/** What the person or the office must do; to wait longer and longer would only hold back work. */
const NO_FAULT = new Set([NO_AREA, 'sign_in_needed', 'lease_over', 'app_too_old', 'device_pending', 'locked']);
const FAILED_WAIT_S = 30;
const FAILED_WAIT_AT_MOST_S = 1800;
const WAIT_AT_LEAST_S = 60;
const WAIT_AT_MOST_S = 3600;

/**
 * @typedef {object} SyncState
 * @property {number|null} lastSyncAtMs
 * @property {number} backoffUntilMs until when the clock starts no round that pulls
 * @property {number} lockedUntilMs until when it starts none that only pushes, for nobody has unlocked the tablet
 * @property {number} failures in a row
 * @property {string|null} lastCode
 */

/** @typedef {{isOpen: boolean, nowMs: number}} Moment whether somebody has unlocked, and the corrected clock */

/** @returns {SyncState} of a tablet that never synced */
export function untried() {
  return { lastSyncAtMs: null, backoffUntilMs: 0, lockedUntilMs: 0, failures: 0, lastCode: null };
}

/**
 * Whether the clock may start a round; one that was set far ahead holds nothing up for long.
 * @param {SyncState} state
 * @param {Moment} moment
 * @returns {boolean}
 */
export function isDue({ backoffUntilMs, lockedUntilMs }, { isOpen, nowMs }) {
  const waitMs = (isOpen ? backoffUntilMs : lockedUntilMs) - nowMs;
  return waitMs <= 0 || waitMs > WAIT_AT_MOST_S * 2000;
}

/**
 * How things stand after a round. One that only pushed does not put off the pull of whoever unlocks next. What the
 * server asked to wait is waited to the end; the rest is spread, so that tablets do not come all at once.
 * @param {SyncState} state
 * @param {import('./sync.js').Tale} round
 * @param {Moment} moment
 * @returns {SyncState}
 */
export function after(state, round, { isOpen, nowMs }) {
  const failures = round.ok || NO_FAULT.has(round.code) ? 0 : state.failures + 1;
  const afterFailure = Math.max(failedWaitS(failures), round.retryAfterS);
  const asked = failures ? afterFailure : Math.max(WAIT_AT_LEAST_S, round.backoffS);
  const spreadS = Math.min(WAIT_AT_MOST_S, asked) * (0.8 + Math.random() * 0.4);
  const lockedUntilMs = nowMs + Math.max(spreadS, Math.min(WAIT_AT_MOST_S, round.retryAfterS)) * 1000;
  const backoffUntilMs = isOpen || failures ? lockedUntilMs : state.backoffUntilMs;
  const lastSyncAtMs = round.ok && isOpen ? nowMs : state.lastSyncAtMs;
  return { lastSyncAtMs, backoffUntilMs, lockedUntilMs, failures, lastCode: round.code };
}

/** @param {number} failures in a row @returns {number} seconds, doubled each time */
function failedWaitS(failures) {
  return Math.min(FAILED_WAIT_AT_MOST_S, FAILED_WAIT_S * 2 ** Math.min(10, failures - 1));
}
