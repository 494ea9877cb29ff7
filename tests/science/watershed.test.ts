/** Seeded watershed against scikit-image, and seeds against their definition. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { connectedComponents } from '../../app/science/connectedComponents.ts';
import { findSeeds } from '../../app/science/seeds.ts';
import { watershed } from '../../app/science/watershed.ts';
import { readFixture } from './fixtures.ts';

interface Case {
  shape: { y: number; x: number };
  levels: number[];
  markers: number[];
  mask: number[];
  labels: number[];
}

for (const [number, item] of readFixture<Case[]>('watershed').entries()) {
  test(`floods as scikit-image's watershed does, case ${number}`, () => {
    const labels = watershed(item.levels, Uint32Array.from(item.markers), item.mask, item.shape);
    assert.deepEqual([...labels], item.labels);
  });
}

test('on a plateau two floods meet half-way', () => {
  const seeds = new Uint32Array(9);
  seeds[0] = 1;
  seeds[8] = 2;
  const labels = watershed(new Float32Array(9), seeds, new Uint8Array(9).fill(1), { y: 1, x: 9 });
  assert.deepEqual([...labels.subarray(0, 4)], [1, 1, 1, 1]);
  assert.deepEqual([...labels.subarray(5)], [2, 2, 2, 2]);
});

/**
 * Number of h-maxima by definition: going down level by level, a peak counts if, in the part of the plane above (its
 * height - h), it is the highest (of equal ones, one).
 */
function countProminentPeaks(values: number[], shape: { y: number; x: number }, h: number): number {
  let count = 0;
  const counted = new Set<string>();
  for (const value of new Set(values)) {
    const above = Uint32Array.from(values, (v) => (v > value - h ? 1 : 0));
    const parts = connectedComponents(above, shape, 4).labels;
    for (let i = 0; i < values.length; i++) {
      if (values[i] !== value) continue;
      const part = parts[i]!;
      const highest = values.every((v, j) => parts[j] !== part || v <= value);
      const key = `${value}:${part}`;
      if (highest && !counted.has(key)) {
        counted.add(key);
        count++;
      }
    }
  }
  return count;
}

test('as many seeds as maxima that stand out by the height', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 42, maxLength: 42 }),
      fc.integer({ min: 1, max: 6 }),
      (values, h) => {
        const shape = { y: 6, x: 7 };
        const { seeds, count } = findSeeds(Float32Array.from(values), new Uint8Array(42).fill(1), shape, h);
        assert.equal(count, countProminentPeaks(values, shape, h));
        assert.equal(new Set(seeds).size - 1, count);
      },
    ),
    { numRuns: 300 },
  );
});
