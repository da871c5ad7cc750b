/**
 * The page's side of the service worker: registering it, looking for a new version, and taking it over while nobody
 * types.
 */

const WORKER = '/tablet/sw.js';
const LOOK_EVERY_MS = 30 * 60_000;
/** Drafts put at the moment of locking are on disk long before this. */
const AFTER_LOCKING_MS = 3000;

/** A page may make the policy once. @type {any} */
let policy = null;

/**
 * Keep the app startable without a network. A new version takes over some seconds after the tablet was locked, for then
 * no form is open, or at the next start.
 * @param {EventTarget & {status: () => any}} core
 */
export async function keepShell(core) {
  const workers = globalThis.navigator?.serviceWorker;
  if (!workers) return;
  await workers.register(/** @type {any} */ (trustedWorker()), { scope: '/tablet/', updateViaCache: 'none' });
  const registration = await workers.ready;
  const ask = (/** @type {string} */ kind) => asked(registration, kind);
  let ready = false;
  const look = async () => { ready = ready || Boolean((await ask('look'))?.ready); };
  setInterval(look, LOOK_EVERY_MS);
  await look();
  core.addEventListener('locking', () => setTimeout(async () => {
    if (!ready || !core.status().locked) return;
    await ask('take-over');
    if (core.status().locked) globalThis.location.reload();
  }, AFTER_LOCKING_MS));
}

/** The one address that may be run as a worker (Trusted Types). @returns {unknown} */
function trustedWorker() {
  const types = /** @type {any} */ (globalThis).trustedTypes;
  policy ??= types?.createPolicy('linli', { createScriptURL: only });
  return policy ? policy.createScriptURL(WORKER) : WORKER;
}

/** @param {string} wanted @returns {string} */
function only(wanted) {
  if (wanted !== WORKER) throw new TypeError('not our worker');
  return wanted;
}

/**
 * @param {ServiceWorkerRegistration} registration
 * @param {string} kind
 * @returns {Promise<any>} null where no answer comes within the limit
 */
async function asked({ active }, kind) {
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => {
    port1.onmessage = (event) => resolve(event.data);
    setTimeout(() => resolve(null), 60_000);
  });
  active?.postMessage({ kind }, [port2]);
  return answer;
}
