/**
 * Calls to the server: every one has a time limit, a device proof, and ends in an answer or in a `Refusal` with a code.
 *
 * Codes made here: `unreached` (no answer came), `timed_out`, `answer_unreadable`; all others are the server's.
 */

import { toUtf8 } from './bytes.js';
import { deviceProof } from './device.js';
import { Refusal } from './errors.js';

const ORDINARY_LIMIT_MS = 20_000;
const COMPRESS_FROM_BYTES = 1024;
const EMPTY = new Uint8Array(0);

/**
 * @typedef {object} Call
 * @property {'GET'|'POST'} method
 * @property {string} path below `/api/v1`, beginning with a slash
 * @property {object} [body] sent as JSON
 * @property {string} [token] a bearer token
 * @property {number} [limitMs]
 */

/** The way to the server for one device. */
export class Http {
  /**
   * @param {import('./platform.js').Platform} platform
   * @param {import('./clock.js').Clock} clock
   */
  constructor(platform, clock) {
    this.platform = platform;
    this.clock = clock;
    /** @type {import('./device.js').DeviceRecord|null} */
    this.device = null;
    /** @type {'unknown'|'reached'|'unreached'} what the last try found; the browser's own opinion is never asked */
    this.reach = 'unknown';
  }

  /**
   * Ask, and once more with a corrected clock where the server says that ours is off.
   * @param {Call} call
   * @returns {Promise<any>} the answer's JSON, null for 204
   * @throws {Refusal}
   */
  async ask(call) {
    const body = call.body === undefined ? EMPTY : toUtf8(JSON.stringify(call.body));
    const sent = body.length < COMPRESS_FROM_BYTES ? body : await gzipped(body);
    const compressed = sent !== body;
    try {
      return await this.once(call, sent, compressed);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'device_clock_off') throw error;
      return this.once(call, sent, compressed);
    }
  }

  /**
   * @param {Call} call
   * @param {Uint8Array<ArrayBuffer>} body as sent
   * @param {boolean} compressed
   * @returns {Promise<any>}
   */
  async once(call, body, compressed) {
    const path = this.platform.apiBase + call.path;
    const headers = await this.headers(call, path, body);
    if (compressed) headers['Content-Encoding'] = 'gzip';
    const { response, text } = await this.fetched(path, call, { method: call.method, headers, ...bodyOf(call, body) });
    const answer = response.status === 204 ? null : parsed(text);
    await this.clock.learn(answer?.server_time);
    if (!response.ok) throw problem(response.status, answer, response.headers);
    if (answer === undefined) throw new Refusal('answer_unreadable', { status: response.status });
    return answer;
  }

  /**
   * @param {Call} call
   * @param {string} path
   * @param {Uint8Array<ArrayBuffer>} body
   * @returns {Promise<Record<string, string>>}
   */
  async headers(call, path, body) {
    /** @type {Record<string, string>} */
    const headers = { Accept: 'application/json, application/problem+json' };
    if (call.body !== undefined) headers['Content-Type'] = 'application/json';
    const language = this.platform.language();
    if (language) headers['Accept-Language'] = language;
    if (call.token) headers.Authorization = `Bearer ${call.token}`;
    if (this.device?.privateKey) {
      const nowMs = this.clock.now();
      headers.DPoP = await deviceProof(this.device, { method: call.method, path, body, nowMs });
    }
    return headers;
  }

  /**
   * @param {string} path
   * @param {Call} call
   * @param {RequestInit} init
   * @returns {Promise<{response: Response, text: string}>}
   */
  async fetched(path, call, init) {
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), call.limitMs ?? ORDINARY_LIMIT_MS);
    try {
      const asked = { ...init, signal: stop.signal, cache: /** @type {const} */ ('no-store') };
      const response = await this.platform.fetch(path, { ...asked, credentials: 'omit', redirect: 'error' });
      const text = await response.text();
      this.reach = 'reached';
      return { response, text };
    } catch {
      this.reach = 'unreached';
      throw new Refusal(stop.signal.aborted ? 'timed_out' : 'unreached');
    } finally {
      clearTimeout(limit);
    }
  }
}

/**
 * @param {Call} call
 * @param {Uint8Array<ArrayBuffer>} body
 * @returns {{body?: Uint8Array<ArrayBuffer>}}
 */
function bodyOf(call, body) {
  return call.body === undefined ? {} : { body };
}

/** @param {string} text @returns {any} undefined where it is not JSON */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * From a problem document (RFC 9457) to a refusal; `said` are its words, for whoever has no texts of the library yet.
 * An answer without a code, as a proxy gives it, is `answer_unreadable`.
 * @param {number} status
 * @param {any} answer
 * @param {Headers} headers
 * @returns {Refusal}
 */
function problem(status, answer, headers) {
  const retryAfterS = Number(headers.get('Retry-After') ?? 0) || 0;
  const { code, errors, wipe, title, detail } = answer ?? {};
  if (typeof code !== 'string') return new Refusal('answer_unreadable', { status, retryAfterS });
  const said = typeof title === 'string' ? { title, detail: String(detail ?? '') } : undefined;
  return new Refusal(code, { status, errors, wipe, retryAfterS, said });
}

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function gzipped(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
