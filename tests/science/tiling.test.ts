/** Overlap tiles: cover, abut, overlap by the margin, and give the plane back. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { extractTile, mirrorIndex, placeTile, planTiles } from '../../app/science/tiling.ts';

test('mirroring walks to and fro over the positions, whatever the distance', () => {
  fc.assert(
    fc.property(fc.integer({ min: -300, max: 300 }), fc.integer({ min: 1, max: 9 }), (i, n) => {
      let position = 0;
      let step = 1;
      for (let k = 0; k < Math.abs(i); k++) {
        if (n === 1) break;
        if (position + step < 0 || position + step >= n) step = -step;
        position += step;
      }
      assert.equal(mirrorIndex(i, n), position);
    }),
  );
});

const plans = fc.record({
  shape: fc.record({ y: fc.integer({ min: 1, max: 70 }), x: fc.integer({ min: 1, max: 70 }) }),
  outputTile: fc.record({ y: fc.integer({ min: 1, max: 40 }), x: fc.integer({ min: 1, max: 40 }) }),
  margin: fc.integer({ min: 0, max: 90 }),
  multiple: fc.constantFrom(1, 2, 4, 16),
});

test('outputs cover every pixel exactly once and inputs reach the margin beyond them', () => {
  fc.assert(
    fc.property(plans, (options) => {
      const plan = planTiles(options);
      const { shape, margin, multiple, outputTile } = options;
      const covered = new Uint8Array(shape.y * shape.x);
      for (const { outputStart, outputShape, inputStart } of plan.tiles) {
        assert.deepEqual(inputStart, { y: outputStart.y - margin, x: outputStart.x - margin });
        for (let y = 0; y < outputShape.y; y++) {
          for (let x = 0; x < outputShape.x; x++) {
            const at = (outputStart.y + y) * shape.x + outputStart.x + x;
            covered[at] = covered[at]! + 1;
          }
        }
      }
      assert.ok(covered.every((n) => n === 1));
      for (const axis of ['y', 'x'] as const) {
        assert.equal(plan.inputShape[axis], plan.outputShape[axis] + 2 * margin);
        assert.equal(plan.outputShape[axis] % multiple, 0);
        assert.ok(plan.outputShape[axis] <= Math.max(outputTile[axis], multiple));
      }
    }),
  );
});

test('cutting tiles out and placing their middles gives the plane back; the context is mirrored', () => {
  fc.assert(
    fc.property(plans, (options) => {
      const { shape, margin } = options;
      const plan = planTiles(options);
      const plane = Uint16Array.from({ length: shape.y * shape.x }, (_, i) => i);
      const result = new Float32Array(2 * plane.length).fill(-1);
      const { inputShape, outputShape } = plan;
      const input = new Float32Array(inputShape.y * inputShape.x);
      const output = new Float32Array(2 * outputShape.y * outputShape.x);
      for (const tile of plan.tiles) {
        extractTile(plane, shape, tile.inputStart, inputShape, { scale: 2, offset: 1 }, input);
        const corner =
          mirrorIndex(tile.inputStart.y, shape.y) * shape.x + mirrorIndex(tile.inputStart.x, shape.x);
        assert.equal(input[0], 2 * corner + 1);
        for (let y = 0; y < outputShape.y; y++) {
          const from = (y + margin) * inputShape.x + margin;
          const middle = input.subarray(from, from + outputShape.x);
          output.set(middle, y * outputShape.x);
          output.set(middle, (outputShape.y + y) * outputShape.x);
        }
        placeTile(output, outputShape, 2, tile, result, shape);
      }
      const expected = Float32Array.from(plane, (v) => 2 * v + 1);
      assert.deepEqual(result.subarray(0, plane.length), expected);
      assert.deepEqual(result.subarray(plane.length), expected);
    }),
    { numRuns: 60 },
  );
});
