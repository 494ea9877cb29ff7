/** A file system that is really full: training and exports end in one sentence, and the project stays sound and usable. */

import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunSummary } from '../../app/services/requests.ts';
import { type Finished, limnJson, runLimn, temporaryFolder } from '../support/runLimn.ts';
import { fillDisk, smallDisk } from '../support/smallDisk.ts';

const TINY = [
  '--base-filters',
  '8',
  '--depth',
  '2',
  '--tile-size',
  '64',
  '--device',
  'cpu',
  '--threads',
  '1',
];

async function project(place: string): Promise<string> {
  const path = join(place, 'p.limn');
  const sample = join(place, 'sample');
  await limnJson('sample', sample, '--count', '1', '--seed', '5');
  await limnJson('new', path, '--classes', 'nucleus');
  await limnJson('import', path, join(sample, 'images'), '--labels', join(sample, 'labels'));
  return path;
}

function assertDiskFull({ code, stderr }: Finished): void {
  assert.equal(code, 3, stderr);
  assert.match(stderr, /full|room/);
  assert.match(stderr.trim().split('\n').at(-1) ?? '', /^limn: .*\.$/);
  assert.equal(stderr.match(/^limn: /gm)?.length, 1, stderr);
}

for (const [what, kilobytes] of [
  ['a checkpoint', 60],
  ['not even the books', 0],
] as const) {
  test(`training where there is no room for ${what}`, { timeout: 300_000 }, async (t) => {
    const place = smallDisk(t, 24 * 1024);
    if (place === null) return;
    const path = await project(place);
    const ballast = fillDisk(place, 1024 * kilobytes);
    assertDiskFull(await runLimn('train', path, '--steps', '20', ...TINY));
    rmSync(ballast);
    const doctor = await runLimn('doctor', path);
    assert.equal(doctor.code, 0, doctor.stdout + doctor.stderr);
    assert.equal((await runLimn('train', path, '--steps', '3', ...TINY)).code, 0);
    const states = (await limnJson<RunSummary[]>('runs', path)).map(({ state }) => state);
    assert.equal(states.at(-1), 'finished');
    assert.ok(
      states.slice(0, -1).every((state) => state === 'failed' || state === 'interrupted'),
      states.join(),
    );
    assert.equal((await runLimn('doctor', path)).code, 0);
  });
}

test('exports to a full disk leave nothing behind', { timeout: 300_000 }, async (t) => {
  const place = smallDisk(t, 1024);
  if (place === null) return;
  const path = await project(temporaryFolder(t));
  assert.equal((await runLimn('train', path, '--steps', '3', ...TINY)).code, 0);
  assert.equal((await runLimn('predict', path, '--device', 'cpu')).code, 0);
  fillDisk(place, 8 * 1024);
  assertDiskFull(await runLimn('export-model', path, '--out', join(place, 'm.onnx')));
  assertDiskFull(
    await runLimn(
      'export',
      path,
      '--to',
      join(place, 'masks'),
      '--layer',
      'prediction',
      '--kind',
      'probabilities',
    ),
  );
  const left = readdirSync(place, { recursive: true }).filter((name) => name !== 'masks');
  assert.deepEqual(left, ['ballast']);
  assert.equal((await runLimn('doctor', path)).code, 0);
});
