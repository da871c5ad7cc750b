/**
 * The library: codes, texts, leaflets, the crisis card, own sweeps and areas. No person is in it, so it is sealed for
 * the device only: the crisis card can be read while the tablet is locked, and forms be filled when the lease is over.
 */

import { written } from './database.js';
import { openForDevice, sealForDevice } from './device.js';
import { Refusal } from './errors.js';

/** The same for everybody on the tablet; all else is the user's own. */
const SHARED = new Set(['codes', 'crisis_card', 'leaflets', 'texts']);
/** What no form needs, and what may be long on a slow line. */
const LATER = new Set(['leaflets']);

export class Library {
  /**
   * @param {import('./database.js').Database} database
   * @param {import('./vault.js').Vault} vault
   */
  constructor(database, vault) {
    this.database = database;
    this.vault = vault;
  }

  /**
   * @param {string} name
   * @returns {Promise<any>} null where it was never fetched
   */
  async read(name) {
    const row = await this.rowOf(name);
    return row && this.vault.device ? openForDevice(this.vault.device, row.sealed) : null;
  }

  /**
   * Fetch what forms are made of and was never held: it comes before the people the forms are about, for the network
   * may be gone in between, and a visit on the list is of no use without the words to tell it in. A part that the
   * server refuses keeps nobody's visits back: it is asked for again with the rest, and the refusal told there.
   * @param {import('./http.js').Http} http
   * @param {string} token
   * @param {Record<string, string>} hashes by name, as a pull tells them
   */
  async begin(http, token, hashes) {
    const held = await Promise.all(Object.keys(hashes).map((name) => this.rowOf(name)));
    const missing = Object.entries(hashes).filter(([name], place) => !held[place] && !LATER.has(name));
    for (const [name, hash] of missing) {
      try {
        await this.refresh(http, token, { [name]: hash });
      } catch (error) {
        const { status } = /** @type {any} */ (error);
        if (!(error instanceof Refusal) || status === undefined) throw error;
      }
    }
  }

  /**
   * Fetch what the server names with another hash than is held here.
   * @param {import('./http.js').Http} http
   * @param {string} token
   * @param {Record<string, string>} hashes by name, as a pull tells them
   * @returns {Promise<number>} how many were fetched
   */
  async refresh(http, token, hashes) {
    const reader = this.vault.opened?.userId;
    let fetched = 0;
    for (const [name, hash] of Object.entries(hashes)) {
      const held = await this.rowOf(name);
      if (held?.hash === hash) continue;
      const content = await http.ask({ method: 'GET', path: `/sync/library/${encodeURIComponent(name)}`, token });
      if (this.vault.opened?.userId !== reader) throw new Refusal('locked');
      const row = { owner: this.ownerOf(name), name, hash, sealed: await sealForDevice(this.vault.device, content) };
      await written(this.database, ['library'], () => this.database.table('library').put(row));
      fetched += 1;
    }
    return fetched;
  }

  /** @param {string} name @returns {Promise<{hash: string, sealed: any}|undefined>} */
  rowOf(name) {
    return this.database.table('library').get([this.ownerOf(name), name]);
  }

  /** @param {string} name @returns {string} */
  ownerOf(name) {
    return SHARED.has(name) ? 'device' : (this.vault.opened?.userId ?? 'nobody');
  }
}
