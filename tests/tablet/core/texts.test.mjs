/** What the core refuses with has its sentences in both languages, and is never mistaken for a refusal of the server's. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { en } from '../../../server/tablet/app/js/texts/en.js';
import { zh } from '../../../server/tablet/app/js/texts/zh.js';

const ROOT = new URL('../../../', import.meta.url);

/** All files of a folder as one text. */
function read(folder) {
  const place = new URL(folder, ROOT);
  return readdirSync(place).map((name) => readFileSync(new URL(name, place), 'utf8')).join('\n');
}

const thrown = [...read('server/tablet/app/js/core/').matchAll(/new Refusal\(([^,)]*)/g)];
const codes = new Set(thrown.flatMap(([, said]) => [...said.matchAll(/'([a-z_]+)'/g)].map(([, code]) => code)));

test('both languages say the same things', () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
});

test('every code of the core says what is the matter and what to do', () => {
  assert.ok(codes.has('work_waiting') && codes.has('timed_out'));
  const lacking = [...codes].filter((code) => !(`problem.${code}` in zh && `problem.${code}.todo` in zh));
  assert.deepEqual(lacking, []);
});

test('no code of the core is one of the server, whose own words would never be shown', () => {
  const servers = new Set([...read('seeds/messages/').matchAll(/^([a-z_]+),\d{3},/gm)].map(([, code]) => code));
  assert.ok(servers.has('seal_broken'));
  assert.deepEqual([...codes].filter((code) => servers.has(code)), []);
});
