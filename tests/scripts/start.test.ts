/** `npm start` with something wrong on its command line: one sentence and the exit code, before anything is built. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const START = join(import.meta.dirname, '../../scripts/start.ts');

test('what cannot be started is told in one sentence', () => {
  for (const [args, code, sentence] of [
    [['/nowhere/cells.limn'], 3, /no project '\/nowhere\/cells\.limn'/],
    [['--port', 'many'], 2, /--port must be a whole number.*'many'/],
    [['--window'], 2, /Only a project, --serve and --port N/],
  ] as const) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [START, ...args], { encoding: 'utf8' });
    assert.deepEqual([status, stdout], [code, ''], stderr);
    assert.match(stderr, sentence);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  }
});
