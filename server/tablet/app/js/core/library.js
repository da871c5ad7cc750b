/**
 * The library: codes, texts, leaflets, the crisis card, own sweeps and areas. No person is in it, so it is sealed for
 * the device only: the crisis card can be read while the tablet is locked, and forms be filled when the lease is over.
 */

import { written } from './database.js';
import { openForDevice, sealForDevice } from './device.js';
import { Refusal } from './errors.js';

/** The same for everybody on the tablet; all else is the user's own. */
const SHARED = new Set(['codes', 'crisis_card', 'leaflets', 'texts']);

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
    const row = await this.database.table('library').get([this.ownerOf(name), name]);
    return row && this.vault.device ? openForDevice(this.vault.device, row.sealed) : null;
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
      const owner = this.ownerOf(name);
      const held = await this.database.table('library').get([owner, name]);
      if (held?.hash === hash) continue;
      const content = await http.ask({ method: 'GET', path: `/sync/library/${encodeURIComponent(name)}`, token });
      if (this.vault.opened?.userId !== reader) throw new Refusal('locked');
      const row = { owner, name, hash, sealed: await sealForDevice(this.vault.device, content) };
      await written(this.database, ['library'], () => this.database.table('library').put(row));
      fetched += 1;
    }
    return fetched;
  }

  /** @param {string} name @returns {string} */
  ownerOf(name) {
    return SHARED.has(name) ? 'device' : (this.vault.opened?.userId ?? 'nobody');
  }
}
