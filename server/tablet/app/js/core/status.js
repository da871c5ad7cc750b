/** How the tablet stands, gathered in one value for the screens. */

import { instant } from './bytes.js';
import { isOver } from './leases.js';
import { storageState } from './storage.js';
import { told } from './tries.js';

/**
 * @param {import('./sync.js').SyncParts} parts
 * @param {import('./sync.js').Sync} engine
 * @param {import('./leases.js').Lease|null} freshLease
 */
export async function statusOf(parts, engine, freshLease) {
  const { http, vault, outbox, clock, platform, session } = parts;
  const { waiting, traces, needAttention } = await outbox.counted();
  const storage = await storageState(platform);
  const [last] = await outbox.deliveries();
  const rows = http.device?.sealKey ? await vault.users() : [];
  const nowMs = clock.now();
  const users = rows.map(({ userId, login, method, tries }) => ({ userId, login, method, ...told(tries, nowMs) }));
  return {
    ...standingOf(http),
    users,
    ...opening(vault, rows, clock),
    signedIn: session.tokens?.userId ?? null,
    needsSetUp: freshLease !== null && !rows.some((row) => row.userId === freshLease.user_id),
    waiting: waiting - traces,
    traces,
    needAttention,
    lastDeliveryAt: last?.deliveredAt ?? null,
    lastSyncAt: at(engine.state.lastSyncAtMs),
    lastCode: engine.state.lastCode,
    backoffUntil: at(engine.state.backoffUntilMs || null),
    syncing: engine.running,
    clockOffsetMs: clock.offsetMs,
    storage,
  };
}

/** @param {import('./http.js').Http} http */
function standingOf({ device, reach }) {
  const { state: phase = 'new', checkNumber = null, countyCode = null, id: deviceId = null } = device ?? {};
  return { phase, checkNumber, countyCode, deviceId, online: reach };
}

/**
 * Who has unlocked, and whose lease is told: hers, or while it is locked that of the one user there is.
 * @param {import('./vault.js').Vault} vault
 * @param {any[]} rows
 * @param {import('./clock.js').Clock} clock
 */
function opening({ opened }, rows, clock) {
  const userId = opened?.userId ?? null;
  const row = rows.find((one) => one.userId === userId) ?? (rows.length === 1 ? rows[0] : null);
  const expiresAt = row?.lease?.expiresAt ?? null;
  const lease = row && { expiresAt, over: isOver(row.lease, clock), clockPutBack: clock.putBack() };
  return { userId, locked: !opened, writeOnly: Boolean(opened && !opened.storageKey), lease };
}

/** @param {number|null} ms @returns {string|null} */
function at(ms) {
  return ms === null ? null : instant(ms);
}
