/** Validation on fixed tiles: figures of a prediction that is known by hand. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TileValidator } from '../../../app/engine/training/tileValidator.ts';
import type { TrainingPlane } from '../../../app/science/trainingSample.ts';

const SIDE = 8;
const SHAPE = { y: SIDE, x: SIDE };

/** Two squares of 2 × 2 px in the upper half, a column between them, nothing else; the lowest row is unlabelled. */
function planeOf(): TrainingPlane {
  const target = new Uint8Array(SIDE * SIDE).fill(1).fill(0, 7 * SIDE);
  for (const [y, x] of [
    [1, 1],
    [1, 5],
  ] as const)
    for (const dy of [0, 1]) for (const dx of [0, 1]) target[(y + dy) * SIDE + x + dx] = 2;
  return {
    shape: SHAPE,
    channels: [new Uint8Array(SIDE * SIDE)],
    scale: [1],
    offset: [0],
    target,
    weight: new Float32Array(SIDE * SIDE).fill(1).fill(0, 7 * SIDE),
  };
}

function validatorOf(foreground: (i: number) => boolean): TileValidator {
  return new TileValidator({
    planes: [planeOf()],
    inputShape: SHAPE,
    outputShape: SHAPE,
    classes: 2,
    tiles: 4,
    predictorOf: async () => ({
      run: async () => {
        const p = Float32Array.from({ length: SIDE * SIDE }, (_, i) => (foreground(i) ? 0.75 : 0.25));
        return Float32Array.of(...p.map((value) => 1 - value), ...p);
      },
      dispose: async () => undefined,
    }),
  });
}

const isObject = (i: number): boolean => planeOf().target[i] === 2;
const isUnlabelled = (i: number): boolean => i >= 7 * SIDE;

test('a right prediction scores 1, whatever it says where nothing is labelled', async () => {
  const { loss, iou, f1 } = await validatorOf((i) => isObject(i) || isUnlabelled(i)).score(new Map());
  assert.ok(Math.abs(loss + Math.log(0.75)) < 1e-6);
  assert.equal(iou, 1);
  assert.equal(f1, 1);
});

test('objects that are merged cost F1 though nearly every pixel is right', async () => {
  // One pixel of the column between the squares joins them: 9 px, of which 4 belong to either.
  const bridge = [1 * SIDE + 3, 1 * SIDE + 4];
  const { iou, f1 } = await validatorOf((i) => isObject(i) || bridge.includes(i)).score(new Map());
  assert.equal(f1, 0);
  assert.ok(Math.abs((iou ?? 0) - (8 / 10 + 46 / 48) / 2) < 1e-9);
});

test('one object found and one missed: F1 is 2 / 3', async () => {
  const { f1 } = await validatorOf((i) => isObject(i) && i % SIDE < 4).score(new Map());
  assert.ok(Math.abs((f1 ?? 0) - 2 / 3) < 1e-12);
});

test('a tile without objects, in which none is seen, has no F1', async () => {
  const plane = planeOf();
  plane.target.fill(1);
  const validator = new TileValidator({
    planes: [plane],
    inputShape: SHAPE,
    outputShape: SHAPE,
    classes: 2,
    tiles: 1,
    predictorOf: async () => ({
      run: async () => new Float32Array(2 * SIDE * SIDE).fill(0.9, 0, SIDE * SIDE).fill(0.1, SIDE * SIDE),
      dispose: async () => undefined,
    }),
  });
  assert.equal((await validator.score(new Map())).f1, null);
});
