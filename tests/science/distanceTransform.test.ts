/** Distance transform and hole filling against SciPy. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distanceTransform } from '../../app/science/distanceTransform.ts';
import { fillHoles } from '../../app/science/fillHoles.ts';
import { readFixture } from './fixtures.ts';

interface Case {
  shape: { y: number; x: number };
  mask: number[];
  edt: number[];
  ring: number[];
  filled: number[];
}

for (const [number, item] of readFixture<Case[]>('distanceTransform').entries()) {
  test(`distances to the outside equal SciPy's, case ${number}`, () => {
    const distances = distanceTransform(Uint8Array.from(item.mask), item.shape);
    distances.forEach((distance, i) => {
      assert.ok(Math.abs(distance - item.edt[i]!) <= 1e-6 * item.edt[i]!, `at ${i}`);
    });
  });

  test(`filled holes of one mask equal SciPy's, case ${number}`, () => {
    const mask = Uint8Array.from(item.ring);
    fillHoles(mask, item.shape);
    assert.deepEqual([...mask], item.filled);
  });
}

test('a plane without outside is infinitely deep', () => {
  assert.ok(distanceTransform(new Uint8Array(12).fill(1), { y: 3, x: 4 }).every((d) => d === Infinity));
});

test('ground between several objects is no hole', () => {
  const labels = Uint32Array.of(1, 1, 1, 1, 0, 2, 2, 2, 2);
  fillHoles(labels, { y: 3, x: 3 });
  assert.equal(labels[4], 0);
  const ring = Uint32Array.of(7, 7, 7, 7, 0, 7, 7, 7, 7);
  fillHoles(ring, { y: 3, x: 3 });
  assert.equal(ring[4], 7);
});
