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

test('on a plateau each pixel goes to the seed that is fewest steps away', () => {
  const shape = { y: 9, x: 13 };
  const places: [number, number][] = [
    [1, 2],
    [7, 5],
    [3, 11],
  ];
  const seeds = new Uint32Array(9 * 13);
  places.forEach(([y, x], k) => {
    seeds[y * 13 + x] = k + 1;
  });
  const labels = watershed(new Float32Array(9 * 13), seeds, new Uint8Array(9 * 13).fill(1), shape);
  labels.forEach((label, i) => {
    const steps = places.map(([y, x]) => Math.abs(Math.floor(i / 13) - y) + Math.abs((i % 13) - x));
    assert.equal(steps[label - 1], Math.min(...steps), `pixel ${i}`);
  });
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
