/** Planes on another grid, against the definition summed over the whole plane pixel by pixel. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../app/science/random.ts';
import { rescaleLabels, rescalePlane, shapeOnGrid } from '../../app/science/rescale.ts';

const SHAPES = [
  { from: { y: 7, x: 9 }, to: { y: 14, x: 20 } },
  { from: { y: 16, x: 11 }, to: { y: 5, x: 4 } },
  { from: { y: 6, x: 12 }, to: { y: 9, x: 5 } },
];

for (const { from, to } of SHAPES) {
  test(`${from.y}×${from.x} to ${to.y}×${to.x} is the mean under a triangle around each new pixel`, () => {
    const random = createRandom(3, 1);
    const plane = Float32Array.from({ length: from.y * from.x }, () => random.next());
    const found = rescalePlane(plane, from, to);
    const triangle = (distance: number, step: number): number =>
      Math.max(0, 1 - Math.abs(distance) / Math.max(1, step));
    for (let y = 0; y < to.y; y++) {
      for (let x = 0; x < to.x; x++) {
        const [stepY, stepX] = [from.y / to.y, from.x / to.x];
        let [sum, weights] = [0, 0];
        for (let i = 0; i < plane.length; i++) {
          const [sourceY, sourceX] = [Math.floor(i / from.x), i % from.x];
          const weight =
            triangle(sourceY + 0.5 - (y + 0.5) * stepY, stepY) *
            triangle(sourceX + 0.5 - (x + 0.5) * stepX, stepX);
          sum += weight * plane[i]!;
          weights += weight;
        }
        assert.ok(Math.abs(found[y * to.x + x]! - sum / weights) < 1e-6, `${y}, ${x}`);
      }
    }
  });
}

test('labels stay labels: each new pixel has the one in which its centre lies', () => {
  const labels = Uint32Array.of(1, 2, 3, 4, 5, 6);
  assert.deepEqual(
    [...rescaleLabels(labels, { y: 2, x: 3 }, { y: 4, x: 6 })],
    [1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 4, 4, 5, 5, 6, 6],
  );
  assert.deepEqual([...rescaleLabels(labels, { y: 2, x: 3 }, { y: 1, x: 1 })], [5]);
});

test('the grid follows the pixel sizes of both axes; without them, or within 1 %, it stays', () => {
  const shape = { y: 100, x: 200 };
  assert.deepEqual(shapeOnGrid(shape, { y: 0.25, x: 0.5 }, 0.5), { y: 50, x: 200 });
  assert.deepEqual(shapeOnGrid(shape, { y: 1, x: 0.504 }, 0.5), { y: 200, x: 200 });
  assert.deepEqual(shapeOnGrid(shape, null, 0.5), shape);
  assert.deepEqual(shapeOnGrid(shape, { y: 1, x: 1 }, null), shape);
});
