/** The line is cut at any one request of a whole day, the power lost with it or not: in the end all is as without it. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { Day } from './day.mjs';

const quiet = new Day();
const end = await quiet.play();
const losses = { arriving: 'does not arrive', answer: 'loses its answer' };

test('a day without trouble ends with everything delivered, the other area gone, and the tablet empty', () => {
  const { standing, held, applied, positions, wiped, phase, left } = end;
  assert.deepEqual([standing.waiting, standing.traces, standing.needAttention, standing.lastCode], [0, 0, 0, null]);
  assert.deepEqual(applied.map(([seq, kind]) => `${seq} ${kind}`), ['1 view', '2 visit', '3 safety_event', '4 contact', '5 visit', '6 purge']);
  assert.deepEqual([held.map((rows) => rows.length), positions], [[3, 0], ['430999101001002']]);
  assert.deepEqual([wiped, phase, new Set(Object.values(left))], [3, 'wiped', new Set([0])]);
  const addresses = new Set(quiet.requests.map((one) => one.split('/').slice(3, 5).join('/')));
  assert.deepEqual([...addresses].sort(), [
    'devices', 'sessions', 'sessions/refresh', 'sync/lease', 'sync/library', 'sync/pull', 'sync/push', 'sync/repair', 'sync/standing', 'sync/wiped',
  ]);
});

for (const [at, request] of quiet.requests.entries()) {
  for (const [of, loss] of Object.entries(losses)) {
    for (const power of [false, true]) {
      test(`request ${at + 1}, ${request}, ${loss}${power ? ', and the power goes' : ''}`, async () => {
        assert.deepEqual(await new Day({ of, at, power }).play(), end);
      });
    }
  }
}
