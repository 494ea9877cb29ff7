/** Tiles of a prediction at every level of detail: the whole plane halved again and again, cut into tiles. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { isLimnError } from '../../app/errors.ts';
import { halvePlane } from '../../app/imaging/pyramid.ts';
import { halveLabels } from '../../app/labels/halveLabels.ts';
import { pasteRectangle, tilesTouching } from '../../app/labels/tiles.ts';
import { levelCount, levelShape } from '../../app/store/pyramidLevels.ts';
import { addImage, addModel, assertSamePixels, createStore, temporaryFolder } from './testProject.ts';

const SHAPE = { y: 1101, x: 2305 };

test('every level of objects and probabilities is the whole plane, halved and cut', async (context) => {
  const store = createStore(join(temporaryFolder(context), 'p.limn'));
  context.after(() => store.close());
  const imageId = await addImage(store, SHAPE);
  const { modelId } = addModel(store, new Uint8Array(10));
  const pixels = SHAPE.y * SHAPE.x;
  const foreground = Float32Array.from({ length: 2 * pixels }, (_, i) => ((i * 37) % 997) / 2000);
  const instances = Uint32Array.from({ length: pixels }, (_, i) => ((i % SHAPE.x) * 7 + (i >> 9)) % 5);
  const classIndexOf = Uint8Array.of(0, 1, 2, 1, 2);
  const plane = { imageId, t: 0, z: 0 };
  const { predictionId } = await store.predictions.write({
    ...plane,
    modelId,
    foreground,
    instances,
    classIndexOf,
  });
  const read = async (layer: number, level: number) => {
    const shape = levelShape(SHAPE, level);
    const whole = layer === 0 ? new Uint32Array(shape.y * shape.x) : new Float32Array(shape.y * shape.x);
    for (const { ty, tx, ...tile } of tilesTouching(shape)) {
      const key = { predictionId, layer, level, ty, tx };
      const part = await store.predictionLevels.readTile(imageId, key);
      pasteRectangle(part, tile, whole, { x: 0, y: 0, w: shape.x, h: shape.y });
    }
    return whole;
  };
  assert.ok(levelCount(SHAPE) >= 4);
  let objects: { labels: Uint32Array; shape: { y: number; x: number } } = { labels: instances, shape: SHAPE };
  let probability = { pixels: foreground.subarray(pixels), shape: SHAPE };
  for (let level = 0; level < levelCount(SHAPE); level++) {
    assertSamePixels(await read(0, level), objects.labels);
    assertSamePixels(await read(2, level), probability.pixels);
    objects = halveLabels(objects.labels, objects.shape);
    probability = halvePlane(probability.pixels, probability.shape);
  }
});

test('a tile that nobody waits for any more is not made', async (context) => {
  const store = createStore(join(temporaryFolder(context), 'p.limn'));
  context.after(() => store.close());
  const imageId = await addImage(store, SHAPE);
  const key = { predictionId: 1, layer: 0, level: 2, ty: 0, tx: 0 };
  await assert.rejects(store.predictionLevels.readTile(imageId, key, AbortSignal.abort()), (error) =>
    isLimnError(error, 'Cancelled'),
  );
});
