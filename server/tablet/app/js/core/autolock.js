/** Locking by itself: after two minutes without a touch, and at once when the page is hidden. */

export const IDLE_MS = 120_000;
const TICK_MS = 10_000;

/**
 * @param {import('./platform.js').Platform} platform
 * @param {{lock: () => void, tick: () => void, isOpen: () => boolean}} act
 * @returns {{touch: () => void, check: () => void}} `check` is what the timer calls
 */
export function startAutolock(platform, { lock, tick, isOpen }) {
  // Of two clocks, for the one that cannot be put back may stand still while the tablet sleeps.
  const read = () => [platform.elapsed(), platform.now()];
  let touched = read();
  const touch = () => { touched = read(); };
  const check = () => {
    if (isOpen() && read().some((ms, at) => ms - touched[at] >= IDLE_MS)) lock();
    tick();
  };
  platform.document?.addEventListener('visibilitychange', () => {
    if (platform.document.visibilityState === 'hidden' && isOpen()) lock();
  });
  if (platform.timers) setInterval(check, TICK_MS);
  return { touch, check };
}
