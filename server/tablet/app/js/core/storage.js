/** How safe and how large the browser's store is. */

/**
 * Ask that the browser never evicts what lies here.
 * @param {import('./platform.js').Platform} platform
 */
export async function askToPersist({ storage }) {
  if (storage?.persist && !(await storage.persisted())) await storage.persist();
}

/**
 * @param {import('./platform.js').Platform} platform
 * @returns {Promise<{freeMb: number|null, persisted: boolean}>} free as the browser estimates it
 */
export async function storageState({ storage }) {
  if (!storage?.estimate) return { freeMb: null, persisted: false };
  const { quota = 0, usage = 0 } = await storage.estimate();
  const persisted = storage.persisted ? await storage.persisted() : false;
  return { freeMb: Math.max(0, Math.floor((quota - usage) / 1_048_576)), persisted };
}
