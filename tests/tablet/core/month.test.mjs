/** A return that is filed in two touches: what the screen says of it when the power went in between. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { keysOf, standingOf } from '../../../server/tablet/app/js/screens/month.js';
import { officeAndTablet } from './tablets.mjs';

const RETURN = '019a8f00-0000-7000-8000-000000000401';
const place = { sweep: { id: 's', period: '202611', kind: 'concern' }, area: { code: '430999101001001' } };
const { filed } = keysOf(place);
const mark = { recordId: RETURN, nil: true, count: 0 };

async function working() {
  const { tablet } = await officeAndTablet();
  const core = await tablet.ready();
  return { core, view: { core, status: core.status() } };
}

test('a return that was begun and not saved is not filed, and can be', async () => {
  const { core, view } = await working();
  await core.drafts.put(filed, { ...mark, begun: true });
  const { filed: is, tone } = await standingOf(view, place);
  assert.deepEqual([is, tone], [null, 'due']);
});

for (const begun of [{ begun: true }, {}]) {
  test(`a return that was saved is filed: it waits, and then it is delivered (${JSON.stringify(begun)})`, async () => {
    const { core, view } = await working();
    await core.drafts.put(filed, { ...mark, ...begun });
    await core.save({ kind: 'return', recordId: RETURN, period: '202611', data: { nil: true } });
    const waits = await standingOf(view, place);
    assert.deepEqual([waits.filed.recordId, waits.tone], [RETURN, 'waiting']);
    await core.sync({ by: 'person' });
    const delivered = await standingOf(view, place);
    assert.deepEqual([delivered.filed.recordId, delivered.tone], [RETURN, 'delivered']);
  });
}
