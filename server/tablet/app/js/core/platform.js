/**
 * What the core takes from its surroundings, in one value: the network, the clock, the store, locks, passkeys, the
 * page.
 *
 * Nothing else in the core touches `window` or `navigator`, so that every module also runs where there is no page.
 */

/**
 * @typedef {object} Platform
 * @property {typeof fetch} fetch
 * @property {() => number} now the tablet's own clock, milliseconds since 1970
 * @property {() => number} elapsed milliseconds that never go back while the page lives
 * @property {string} apiBase `/api/v1`
 * @property {string} databaseName
 * @property {IDBFactory} indexedDB
 * @property {typeof IDBKeyRange} IDBKeyRange
 * @property {LockManager|null} locks
 * @property {CredentialsContainer|null} credentials
 * @property {StorageManager|null} storage
 * @property {Geolocation|null} geolocation
 * @property {EventTarget|null} page receives `online` and `pagehide`
 * @property {(EventTarget & {visibilityState?: string})|null} document
 * @property {string} rpId the host that passkeys belong to
 * @property {{memoryKib: number, passes: number, lanes: number}} argon2
 * @property {() => string|null} language in which the server is to say why it refuses; null leaves it to the browser
 * @property {boolean} timers whether the core syncs and locks by itself
 */

/**
 * The browser's, with what a test or an embedding page puts in its place.
 * @param {Partial<Platform>} [instead]
 * @returns {Platform}
 */
export function thisPlatform(instead = {}) {
  const browser = globalThis.navigator;
  return {
    fetch: (...call) => globalThis.fetch(...call),
    now: () => Date.now(),
    elapsed: () => performance.now(),
    apiBase: '/api/v1',
    databaseName: 'linli-tablet',
    indexedDB: globalThis.indexedDB,
    IDBKeyRange: globalThis.IDBKeyRange,
    locks: browser?.locks ?? null,
    credentials: browser?.credentials ?? null,
    storage: browser?.storage ?? null,
    geolocation: browser?.geolocation ?? null,
    page: globalThis.window ?? null,
    document: globalThis.document ?? null,
    rpId: globalThis.location?.hostname ?? 'localhost',
    argon2: { memoryKib: 65536, passes: 3, lanes: 1 },
    language: () => null,
    timers: true,
    ...instead,
  };
}
