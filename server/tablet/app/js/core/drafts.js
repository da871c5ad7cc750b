/**
 * Drafts: forms half filled, sealed in the partition. With the lease over they are sealed under the work key, for the
 * storage key is shut then; what was drafted before comes back with the next lease.
 */

import { sha256, toHex, toUtf8 } from './bytes.js';
import { written } from './database.js';
import { Refusal } from './errors.js';
import { open, seal } from './keys.js';

export class Drafts {
  /**
   * @param {import('./database.js').Database} database
   * @param {import('./vault.js').Vault} vault
   */
  constructor(database, vault) {
    this.database = database;
    this.vault = vault;
  }

  /**
   * @param {string} key the screen's own name for it; only its hash lies on the disk
   * @returns {Promise<any>} null where there is none, or none that can be opened now
   */
  async get(key) {
    const opened = this.opened();
    const row = await this.database.table('drafts').get([opened.userId, await hashed(opened.userId, key)]);
    const sealKey = row && (row.by === 'work' ? opened.workKey : opened.storageKey);
    return sealKey ? open(sealKey, [opened.userId, 'drafts', row.key, row.by], row.sealed) : null;
  }

  /**
   * On disk when it resolves. The keys are taken at the call, so that a draft may be put at the very moment of locking.
   * @param {string} key
   * @param {unknown} data
   */
  async put(key, data) {
    const { userId, storageKey, workKey } = this.opened();
    const name = await hashed(userId, key);
    const by = storageKey ? 'storage' : 'work';
    const sealed = await seal(storageKey ?? workKey, [userId, 'drafts', name, by], data);
    const row = { userId, key: name, by, sealed };
    await written(this.database, ['drafts'], () => this.database.table('drafts').put(row));
  }

  /** @param {string} key */
  async drop(key) {
    const { userId } = this.opened();
    const name = await hashed(userId, key);
    await written(this.database, ['drafts'], () => this.database.table('drafts').delete([userId, name]));
  }

  /** @returns {import('./vault.js').Opened} */
  opened() {
    if (!this.vault.opened) throw new Refusal('locked');
    return this.vault.opened;
  }
}

/** @param {string} userId @param {string} key @returns {Promise<string>} */
async function hashed(userId, key) {
  return toHex((await sha256(toUtf8(`${userId} ${key}`))).subarray(0, 16));
}
