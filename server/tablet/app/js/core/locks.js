/** One at a time across the windows of this tablet (Web Locks); where there are none, across this page. */

/** @type {Map<string, Promise<unknown>>} */
const running = new Map();

/**
 * Wait for the lock, then run.
 * @template T
 * @param {import('./platform.js').Platform} platform
 * @param {string} name
 * @param {() => Promise<T>} run
 * @returns {Promise<T>}
 */
export async function exclusively(platform, name, run) {
  if (platform.locks) return platform.locks.request(name, run);
  const key = `${platform.databaseName} ${name}`;
  const turn = (running.get(key) ?? Promise.resolve()).then(run, run);
  running.set(key, turn.catch(() => undefined));
  return turn;
}

/**
 * Run if nobody else does.
 * @template T
 * @param {import('./platform.js').Platform} platform
 * @param {string} name
 * @param {() => Promise<T>} run
 * @returns {Promise<T|null>} null where somebody else is at it
 */
export async function ifFree(platform, name, run) {
  if (platform.locks) return platform.locks.request(name, { ifAvailable: true }, async (lock) => (lock ? run() : null));
  const key = `${platform.databaseName} ${name}`;
  if (running.has(key)) return null;
  const turn = run();
  running.set(key, turn);
  return turn.finally(() => running.delete(key));
}
