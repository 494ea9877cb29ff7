/** Connected components against scikit-image. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectedComponents } from '../../app/science/connectedComponents.ts';
import { readFixture } from './fixtures.ts';

interface Case {
  shape: { y: number; x: number };
  labels: number[];
  four: number[];
  eight: number[];
}

for (const [number, item] of readFixture<Case[]>('connectedComponents').entries()) {
  test(`components and their order equal scikit-image's, case ${number}`, () => {
    const labels = Uint32Array.from(item.labels);
    for (const [connectivity, expected] of [
      [4, item.four],
      [8, item.eight],
    ] as const) {
      const result = connectedComponents(labels, item.shape, connectivity);
      assert.deepEqual([...result.labels], expected);
      assert.equal(result.count, Math.max(...expected));
    }
  });
}

test('a spiral, whose arms meet late, is one component', () => {
  const rows = [
    '#########',
    '........#',
    '#######.#',
    '#.....#.#',
    '#.###.#.#',
    '#.#...#.#',
    '#.#####.#',
    '#.......#',
    '#########',
  ];
  const labels = Uint32Array.from(rows.join(''), (c) => (c === '#' ? 9 : 0));
  assert.equal(connectedComponents(labels, { y: 9, x: 9 }, 4).count, 1);
});

test('a plane in which every pixel is another object has as many components as pixels', () => {
  const labels = Uint32Array.from({ length: 35 }, (_, i) => i + 1);
  assert.deepEqual([...connectedComponents(labels, { y: 5, x: 7 }, 8).labels], [...labels]);
});
