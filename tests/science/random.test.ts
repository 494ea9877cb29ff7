/** Random streams: determinism, independence and distribution. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../app/science/random.ts';

test('equal arguments give equal numbers, others give others', () => {
  const draw = (...parts: [number, ...number[]]) => {
    const random = createRandom(...parts);
    return Array.from({ length: 5 }, () => random.next());
  };
  assert.deepEqual(draw(1, 2, 3), draw(1, 2, 3));
  const streams = [
    draw(1),
    draw(2),
    draw(1, 0),
    draw(1, 0, 0),
    draw(1, 1),
    draw(0, 1),
    draw(2 ** 40 + 1),
    draw(-1),
  ];
  assert.equal(new Set(streams.map(String)).size, streams.length);
});

test('these numbers do not change from version to version, or old runs would not resume', () => {
  const random = createRandom(42, 7);
  assert.deepEqual([random.integer(1e6), random.integer(1e6), random.integer(1e6)], [845829, 818377, 110626]);
});

test('uniform numbers fill all bins of neighbouring streams evenly', () => {
  // 64 bins over the first numbers of 20000 streams: chi-square with 63 degrees of freedom stays below 115 (p = 6e-5).
  const bins = new Array<number>(64).fill(0);
  for (let step = 0; step < 20000; step++) bins[createRandom(3, step).integer(64)]!++;
  const expected = 20000 / 64;
  const chiSquare = bins.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  assert.ok(chiSquare < 115 && chiSquare > 25, `chi-square ${chiSquare}`);
});

test('normal numbers have mean 0, variance 1, kurtosis 3 and no memory', () => {
  const random = createRandom(11);
  const n = 40000;
  const values = Array.from({ length: n }, () => random.normal());
  const moment = (k: number) => values.reduce((sum, v) => sum + v ** k, 0) / n;
  assert.ok(Math.abs(moment(1)) < 0.02);
  assert.ok(Math.abs(moment(2) - 1) < 0.03);
  assert.ok(Math.abs(moment(4) - 3) < 0.2);
  const lag = values.slice(1).reduce((sum, v, i) => sum + v * values[i]!, 0) / n;
  assert.ok(Math.abs(lag) < 0.02);
});
