/** A server in memory that speaks SYNC.md, for tests of the tablet's core alone: it checks every proof and opens every seal. */

import { webcrypto } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { fromBase64Url, fromUtf8, sha256, toBase64Url, toUtf8, uuid7 } from '../../../server/tablet/app/js/core/bytes.js';
import { digestOf } from '../../../server/tablet/app/js/core/records.js';
import { infoOf } from '../../../server/tablet/app/js/core/sealing.js';
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '../../../server/tablet/app/js/core/vendor.js';

const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
export const CODE = '430999-7K3M-9QXA';
export const AREA = '430999101001001';
const DAY_MS = 86_400_000;

export class Office {
  constructor(now = () => Date.now()) {
    this.now = now;
    this.state = 'none';
    this.device = null;
    this.down = false;
    this.calls = [];
    this.refusals = new Map();
    this.receipts = new Map();
    this.results = new Map();
    this.opened = [];
    this.feeds = new Map();
    this.library = { codes: ['1', { lists: [] }], crisis_card: ['1', { lines: ['12356'] }] };
    this.users = new Map([['worker-a', uuid7(now())], ['worker-b', uuid7(now())]]);
    this.shares = new Map();
    this.leaseDays = 3;
    this.refreshed = 0;
    this.wiped = null;
    this.fetch = this.fetch.bind(this);
  }

  async begin() {
    this.pair = await suite.kem.generateKeyPair();
    const bytes = new Uint8Array(await suite.kem.serializePublicKey(this.pair.publicKey));
    this.sealKey = { id: uuid7(this.now()), public_key: toBase64Url(bytes) };
    return this;
  }

  async fetch(path, { method, headers, body }) {
    if (this.down) throw new TypeError('no line');
    const sent = body ?? new Uint8Array(0);
    const plain = headers['Content-Encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    const json = plain.length ? JSON.parse(fromUtf8(plain)) : null;
    this.calls.push({ path: path.slice('/api/v1'.length), json, headers });
    const refused = await this.proofRefusal(path, method, headers.DPoP, sent);
    const answer = refused ?? this.refusals.get(path.slice(7)) ?? (await this.answer(method, path.slice(7), json, headers));
    if (this.cut === true || this.cut === path.slice(7)) { this.cut = false; throw new TypeError('the answer was lost'); }
    const text = answer.status === 204 ? null : JSON.stringify(answer.json);
    return new Response(text, { status: answer.status, headers: { 'Content-Type': 'application/json', ...answer.headers } });
  }

  async proofRefusal(path, method, proof, body) {
    const [head, claims, signature] = proof.split('.');
    const { typ, alg, jwk } = JSON.parse(fromUtf8(fromBase64Url(head)));
    const told = JSON.parse(fromUtf8(fromBase64Url(claims)));
    const key = await webcrypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
    const how = { name: 'ECDSA', hash: 'SHA-256' };
    const good = await webcrypto.subtle.verify(how, key, fromBase64Url(signature), toUtf8(`${head}.${claims}`));
    const fits = told.htm === method && told.htu === path && told.bh === toBase64Url(await sha256(body));
    if (!good || !fits || typ !== 'dpop+jwt' || alg !== 'ES256') return problem(401, 'device_proof_invalid');
    if (Math.abs(told.iat * 1000 - this.now()) > 300_000) return problem(401, 'device_clock_off', this.time());
    return null;
  }

  async answer(method, path, json, headers) {
    if (path === '/devices') return this.takeIn(json);
    if (path === '/sync/standing') return ok({ device_id: this.device, state: this.state, wipe: this.state === 'revoked', ...this.time() });
    if (path === '/sync/push') return this.push(json);
    if (path === '/sync/wiped') { this.wiped = json.rows; return { status: 204 }; }
    if (this.state !== 'active') return problem(403, `device_${this.state}`);
    if (path === '/sessions') return this.signIn(json);
    const userId = headers.Authorization?.split('.')[1];
    if (!userId) return problem(401, 'token_missing');
    if (path === '/sessions/refresh') { this.refreshed += 1; return this.session(userId); }
    if (path === '/sync/lease') return ok(this.lease(userId));
    if (path === '/sync/pull') return this.pull(json);
    if (path === '/sync/repair') return this.repair(json);
    if (path.startsWith('/sync/library/')) return ok(this.library[path.split('/').at(-1)][1]);
    return problem(404, 'not_found');
  }

  takeIn({ id, code }) {
    if (code !== CODE) return problem(404, 'enrolment_code_unknown');
    this.device = id;
    this.state = 'pending';
    return { status: 201, json: { id, state: 'pending', ...this.time() } };
  }

  signIn({ login, password }) {
    if (password !== 'right') return problem(401, 'sign_in_refused');
    return this.session(this.users.get(login));
  }

  session(userId) {
    const tokens = { access_token: `access.${userId}`, refresh_token: `refresh.${userId}.${this.refreshed}` };
    const access_expires_at = new Date(this.now() + 900_000).toISOString();
    return { status: 201, json: { ...tokens, access_expires_at, user_id: userId, must_change_password: false } };
  }

  lease(userId) {
    const share = this.shares.get(userId) ?? toBase64Url(webcrypto.getRandomValues(new Uint8Array(32)));
    this.shares.set(userId, share);
    const expires_at = new Date(this.now() + this.leaseDays * DAY_MS).toISOString();
    const author_token = `author-${userId}`;
    return { user_id: userId, county_code: '430999', author_token, share, expires_at, residents_at_most: 50, days: this.leaseDays, seal_key: this.sealKey };
  }

  async push({ device_id, operations }) {
    if (operations.length > (this.pushAtMost ?? 100)) return problem(413, 'push_too_large');
    const receipts = [];
    for (const operation of operations) receipts.push(await this.receipt(device_id, operation));
    return ok({ receipts: receipts.filter(Boolean), ...this.time(), backoff_s: 0 });
  }

  async receipt(device_id, operation) {
    const seen = this.receipts.get(operation.op_id);
    if (seen) return seen.operation === JSON.stringify(operation) ? seen.receipt : { ...seen.receipt, result: 'rejected', code: 'op_id_reused' };
    const result = this.results.get(operation.kind) ?? 'applied';
    if (result === 'silence') return null;
    const content = await this.open(device_id, operation);
    this.opened.push({ ...operation, content });
    const code = result === 'applied' ? null : 'some_code';
    const receipt = { op_id: operation.op_id, result, record_id: operation.record_id, version: 1, code, field: null, review_id: null };
    this.receipts.set(operation.op_id, { operation: JSON.stringify(operation), receipt });
    return receipt;
  }

  async open(deviceId, { op_id: opId, author_id: authorId, kind, record_id: recordId, sealed }) {
    const bytes = fromBase64Url(sealed);
    const info = infoOf({ countyCode: '430999', deviceId, opId, authorId, kind, recordId });
    const enc = bytes.slice(0, 65).buffer;
    const recipient = await suite.createRecipientContext({ recipientKey: this.pair.privateKey, enc, info: info.buffer });
    const plain = new Uint8Array(await recipient.open(bytes.slice(65).buffer));
    if (plain.length % 256) throw new Error('not padded');
    return JSON.parse(fromUtf8(plain));
  }

  /** What a feed holds from now on; numbers of its log only grow. */
  put(kind, id, version, data, area = AREA) {
    const feed = this.feed(area);
    feed.seq += 1;
    feed.held.set(`${kind} ${id}`, { area_code: area, seq: feed.seq, kind, id, op: 'put', version, data });
  }

  remove(kind, id, area = AREA) {
    const feed = this.feed(area);
    feed.seq += 1;
    feed.held.set(`${kind} ${id}`, { area_code: area, seq: feed.seq, kind, id, op: 'remove', version: 0, reason: 'ended', data: null });
  }

  feed(area) {
    if (!this.feeds.has(area)) this.feeds.set(area, { epoch: '1', seq: 0, state: 'active', held: new Map() });
    return this.feeds.get(area);
  }

  async pull({ limit, feeds }) {
    const lines = [];
    const changes = [];
    for (const [area, feed] of this.feeds) {
      if (feed.state === 'revoked' && !feeds[area]) continue;
      const reset = feeds[area] !== undefined && feeds[area].epoch !== feed.epoch;
      const from = reset ? 0 : (feeds[area]?.seq ?? 0);
      const all = feed.state === 'revoked' ? [] : [...feed.held.values()].filter(({ seq }) => seq > from).sort((a, b) => a.seq - b.seq);
      const page = all.slice(0, Math.min(limit, this.pageAtMost ?? limit));
      changes.push(...page);
      lines.push(await this.line(area, feed, { reset, more: page.length < all.length, seq: page.length < all.length ? page.at(-1).seq : feed.seq }));
    }
    const library = Object.fromEntries(Object.entries(this.library).map(([name, [hash]]) => [name, hash]));
    return ok({ feeds: lines, changes, library, ...this.time(), backoff_s: 300, lease_expires_at: null, seal_key: this.sealKey });
  }

  async line(area, feed, rest) {
    const { count, digest } = await digestOf([...feed.held.values()].filter(({ op }) => op === 'put'));
    return { area_code: area, epoch: feed.epoch, state: feed.state, count, digest: feed.wrongDigest ?? digest, ...rest };
  }

  async repair({ area_code: area, held }) {
    const feed = this.feed(area);
    const holds = new Map(held.map(([kind, id, version]) => [`${kind} ${id}`, version]));
    const lacking = [...feed.held.values()].filter((one) => one.op === 'put' && holds.get(`${one.kind} ${one.id}`) !== one.version);
    const changes = lacking.slice(0, this.repairAtMost ?? lacking.length);
    const more = changes.length < lacking.length;
    for (const [kind, id] of held) {
      if (feed.held.get(`${kind} ${id}`)?.op !== 'put') changes.push({ area_code: area, kind, id, op: 'remove', version: 0, data: null });
    }
    return ok({ feed: await this.line(area, feed, { reset: false, more, seq: feed.seq }), changes });
  }

  time() {
    return { server_time: new Date(this.now()).toISOString() };
  }
}

const ok = (json) => ({ status: 200, json });
const problem = (status, code, rest = {}) => ({ status, json: { code, ...rest } });
