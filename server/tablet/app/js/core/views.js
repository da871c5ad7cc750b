/** The log of what was looked at (SYNC.md §5, `view`): sealed and kept before anything is shown. */

import { instant } from './bytes.js';

/** A screen that draws the same record again within this time has not opened it anew. */
const SAME_OPENING_MS = 60_000;

export class Views {
  /** @param {import('./sync.js').SyncParts} parts */
  constructor(parts) {
    this.parts = parts;
    /** @type {Map<string, number>} */
    this.shown = new Map();
  }

  /**
   * @param {string} kind
   * @param {string} id
   * @returns {Promise<boolean>} whether a view was written down; false where the record is open already
   */
  async note(kind, id) {
    const { outbox, http, vault, platform } = this.parts;
    const key = `${kind} ${id}`;
    const atMs = platform.elapsed();
    const before = this.shown.get(key);
    this.shown.set(key, atMs);
    if (before !== undefined && atMs - before < SAME_OPENING_MS) return false;
    try {
      const data = { kind, viewed_at: instant(platform.now()) };
      await outbox.save(http.device, vault.author(), { kind: 'view', recordId: id, data });
      return true;
    } catch (error) {
      this.shown.delete(key);
      throw error;
    }
  }

  /** Whatever is opened after this is opened anew. */
  forget() {
    this.shown.clear();
  }
}
