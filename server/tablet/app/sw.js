/**
 * The service worker: it keeps one whole version of the app's own files, so that a tablet starts without a network.
 *
 * Kept is only what `/tablet/shell.json` lists: static files, the same for everybody. Answers of the API are never
 * touched here. A new version is brought whole beside the old one, and takes over when a page says that no form is
 * being filled (`take-over`), or at a start with no other window open. What is kept of which version stands in the
 * cache `linli-shell`.
 */

const SCOPE = '/tablet/';
const MANIFEST = `${SCOPE}shell.json`;
const NEVER_KEPT = new Set([MANIFEST, `${SCOPE}sw.js`]);
const NOTES = 'linli-shell';
const VERSION_PREFIX = 'linli-shell-';

self.addEventListener('install', (event) => event.waitUntil(bring()));
self.addEventListener('activate', (event) => event.waitUntil(begin()));
self.addEventListener('message', (event) => event.waitUntil(heard(event)));
self.addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== 'GET' || origin !== self.location.origin) return;
  if (!pathname.startsWith(SCOPE) || NEVER_KEPT.has(pathname)) return;
  event.respondWith(answer(event, pathname));
});

/** Bring the server's version whole, unless it is here. Resolves to whether a version is ready that is not in use. */
async function bring() {
  const { version, files } = await manifest();
  if ((await note('ready')) !== version || !(await isWhole(version, files))) {
    await keep(version, files);
    await write('ready', version);
  }
  return version !== (await note('active'));
}

async function manifest() {
  const response = await fetch(MANIFEST, { cache: 'no-store' });
  if (!response.ok) throw new Error('shell_unreachable');
  return response.json();
}

/** All files or none; a version that changed while it was fetched is none. */
async function keep(version, files) {
  const name = VERSION_PREFIX + version;
  try {
    const cache = await caches.open(name);
    await cache.addAll(files.map((file) => new Request(SCOPE + file, { cache: 'no-cache' })));
    if ((await manifest()).version !== version) throw new Error('shell_changed');
  } catch (error) {
    if ((await note('active')) !== version) await caches.delete(name);
    throw error;
  }
}

async function isWhole(version, files) {
  if (!(await caches.has(VERSION_PREFIX + version))) return false;
  return (await (await caches.open(VERSION_PREFIX + version)).keys()).length >= files.length;
}

async function begin() {
  if (!(await note('active'))) await takeOver();
  await self.clients.claim();
}

/** Serve the version that is ready from now on, and drop the others. */
async function takeOver() {
  const version = await note('ready');
  if (!version || !(await caches.has(VERSION_PREFIX + version))) return;
  await write('active', version);
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(VERSION_PREFIX) && name !== VERSION_PREFIX + version);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function heard({ data, ports }) {
  if (data?.kind === 'look') ports[0]?.postMessage({ ready: await bring().catch(() => false) });
  if (data?.kind === 'take-over') {
    await takeOver();
    await self.skipWaiting();
    ports[0]?.postMessage({ done: true });
  }
}

async function answer(event, pathname) {
  if (event.request.mode === 'navigate') await takeOverIfAlone(event);
  const active = await note('active');
  const wanted = event.request.mode === 'navigate' ? SCOPE : pathname;
  const kept = active && (await (await caches.open(VERSION_PREFIX + active)).match(wanted, { ignoreVary: true }));
  return kept || fetch(event.request);
}

async function takeOverIfAlone(event) {
  if ((await note('ready')) === (await note('active'))) return;
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const own = [event.clientId, event.resultingClientId];
  if (windows.every((window) => own.includes(window.id))) await takeOver();
}

async function note(name) {
  const kept = await (await caches.open(NOTES)).match(`${SCOPE}-${name}`);
  return kept ? kept.text() : null;
}

async function write(name, text) {
  await (await caches.open(NOTES)).put(`${SCOPE}-${name}`, new Response(text));
}
