/** Gaussian filter against the direct two-dimensional sum. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussianFilter } from '../../app/science/gaussianFilter.ts';
import { createRandom } from '../../app/science/random.ts';
import { mirrorIndex } from '../../app/science/tiling.ts';

test('equals the direct weighted sum over a mirrored plane', () => {
  const shape = { y: 7, x: 11 };
  const random = createRandom(4);
  const plane = Float64Array.from({ length: 77 }, () => random.next());
  for (const sigma of [0.6, 1.3, 2.5]) {
    const radius = Math.floor(4 * sigma + 0.5);
    const filtered = gaussianFilter(plane, shape, sigma);
    for (let y = 0; y < 7; y++) {
      for (let x = 0; x < 11; x++) {
        let sum = 0;
        let weights = 0;
        for (let dy = -radius; dy <= radius; dy++) {
          for (let dx = -radius; dx <= radius; dx++) {
            const weight = Math.exp(-(dy * dy + dx * dx) / (2 * sigma * sigma));
            sum += weight * plane[mirrorIndex(y + dy, 7) * 11 + mirrorIndex(x + dx, 11)]!;
            weights += weight;
          }
        }
        assert.ok(Math.abs(filtered[y * 11 + x]! - sum / weights) < 1e-6);
      }
    }
  }
});

test('sigma 0 is a copy', () => {
  assert.deepEqual([...gaussianFilter([1, 5, 2], { y: 1, x: 3 }, 0)], [1, 5, 2]);
});
