/** What the core does by itself: lock, let leases end, sync when it is time, and hear what other windows changed. */

import { startAutolock } from './autolock.js';
import { loadDevice } from './device.js';

/** After a start the page is drawn first. */
const FIRST_MS = 500;

/**
 * @param {import('./index.js').Core} core
 * @returns {{touch: () => void, check: () => void}} as of `startAutolock`
 */
export function startUpkeep(core) {
  const { clock, vault } = core.parts;
  const tick = () => void upkeep(core);
  core.channel?.addEventListener('message', (event) => void heard(core, event.data.what));
  const hinted = () => {
    core.engine.hint();
    tick();
  };
  core.platform.page?.addEventListener('online', hinted);
  if (core.platform.timers) setTimeout(hinted, FIRST_MS);
  core.platform.page?.addEventListener('pagehide', () => void clock.keep());
  const isOpen = () => vault.opened !== null || core.freshLease !== null;
  return startAutolock(core.platform, { lock: () => core.lock(), tick, isOpen });
}

/**
 * What is done every few seconds.
 * @param {import('./index.js').Core} core
 */
export async function upkeep(core) {
  const { vault, clock, http } = core.parts;
  await clock.tick();
  if (await vault.enforceLeases()) await core.tell('lease');
  if (http.device) await core.sync({ by: 'clock' });
}

/**
 * Another window of this tablet has changed something.
 * @param {import('./index.js').Core} core
 * @param {string} what
 */
async function heard(core, what) {
  const { http, vault } = core.parts;
  http.device = vault.device = await loadDevice(core.database);
  await core.engine.load();
  if (vault.opened && !(await core.database.table('users').get(vault.opened.userId))) core.lock();
  await core.tell(what, true);
}
