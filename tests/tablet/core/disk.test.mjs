/** The power goes after any one write of a whole day, or the disk is full at it: in the end all is as without it. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { Day } from './day.mjs';

const quiet = new Day();
const end = await quiet.play();

/** A full tablet lets work go without the line that tells of its delivery. */
function withoutDeliveries({ counts: { deliveries: _, ...counts }, ...told }) {
  return { ...told, counts, deliveries: [] };
}

for (let at = 0; at < quiet.commits; at += 1) {
  test(`the power goes after write ${at + 1} of ${quiet.commits}`, async () => {
    assert.deepEqual(await new Day({ of: 'commit', at, power: true }).play(), end);
  });
  for (const stays of [false, true]) {
    test(`write ${at + 1} of ${quiet.commits} finds the disk full${stays ? ', and it stays so for a while' : ''}`, async () => {
      assert.deepEqual(withoutDeliveries(await new Day({ of: 'write', at, stays }).play()), withoutDeliveries(end));
    });
  }
}
