import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isLimnError } from '../../app/errors.ts';
import type { NumberType, PixelArray } from '../../app/imaging/image.ts';
import { openImage } from '../../app/imaging/openImage.ts';
import { writeTiff } from '../../app/imaging/writeTiff.ts';
import { stampFile } from '../../app/store/linkedFiles.ts';
import { levelCount, levelShape } from '../../app/store/pyramidLevels.ts';
import { addImage, assertSamePixels, createStore, openStore, temporaryFolder } from './testProject.ts';

const EXAMPLES: [NumberType, (values: number[]) => PixelArray][] = [
  ['uint8', (values) => Uint8Array.from(values, (v) => v % 256)],
  ['int8', (values) => Int8Array.from(values, (v) => (v % 256) - 128)],
  ['uint16', (values) => Uint16Array.from(values)],
  ['int16', (values) => Int16Array.from(values, (v) => v - 32_768)],
  ['uint32', (values) => Uint32Array.from(values, (v) => v * 65_537)],
  ['int32', (values) => Int32Array.from(values, (v) => v * 30_000 - 1_000_000_000)],
  ['float16', (values) => Float32Array.from(values, (v) => v / 8)],
  ['float32', (values) => Float32Array.from(values, (v) => v / 7)],
  ['float64', (values) => Float64Array.from(values, (v) => v / 7)],
];

for (const [numberType, make] of EXAMPLES) {
  test(`${numberType} pixels come back as they went in, over closing and opening`, async (context) => {
    const path = join(temporaryFolder(context), 'p.limn');
    const shape = { y: 270, x: 300 };
    const pixels = make(Array.from({ length: shape.y * shape.x }, (_, i) => (i * 7919) % 65_536));
    const store = createStore(path);
    const imageId = await addImage(store, shape, { numberType, pixelsOf: () => pixels });
    store.close();
    const reopened = openStore(path, 'read');
    context.after(() => reopened.close());
    assertSamePixels(await reopened.images.readPlane(imageId, 0, 0, 0), pixels);
    const tile = await reopened.images.readTile(imageId, 0, 0, 0, 0, 1, 1);
    assert.deepEqual(tile.shape, { y: 14, x: 44 });
    assert.equal(tile.pixels[0], pixels[256 * 300 + 256]);
    assert.equal(tile.pixels[13 * 44 + 43], pixels[269 * 300 + 299]);
  });
}

test('planes of t, z and channel are kept apart', async (context) => {
  const store = createStore(join(temporaryFolder(context), 'p.limn'));
  context.after(() => store.close());
  const greyOf = (t: number, z: number, c: number) => 100 * t + 10 * z + c;
  const imageId = await addImage(
    store,
    { t: 2, z: 3, c: 2, y: 5, x: 4 },
    {
      pixelsOf: (t, z, c) => new Uint8Array(20).fill(greyOf(t, z, c)),
    },
  );
  for (const [t, z, c] of [
    [0, 0, 0],
    [1, 2, 1],
    [1, 0, 0],
    [0, 2, 1],
  ] as const) {
    const plane = await store.images.readPlane(imageId, t, z, c);
    assert.deepEqual(plane, new Uint8Array(20).fill(greyOf(t, z, c)));
  }
  await assert.rejects(store.images.readPlane(imageId, 0, 3, 0), (error) => isLimnError(error, 'NotFound'));
});

test('the pyramid halves, rounding up, until both sides fit 512 px', async (context) => {
  assert.equal(levelCount({ y: 512, x: 512 }), 1);
  assert.equal(levelCount({ y: 513, x: 10 }), 2);
  assert.equal(levelCount({ y: 10_000, x: 10_000 }), 6);
  assert.deepEqual(levelShape({ y: 1025, x: 3 }, 2), { y: 257, x: 1 });
  const store = createStore(join(temporaryFolder(context), 'p.limn'));
  context.after(() => store.close());
  const [y, x] = [601, 1030];
  const pixels = Float32Array.from({ length: y * x }, (_, i) => i % x);
  const imageId = await addImage(store, { y, x }, { numberType: 'float32', pixelsOf: () => pixels });
  assert.equal(store.images.levels(imageId), 3);
  const quarter = store.images.readLevel(imageId, 2, 0, 0, 0);
  assert.equal(quarter.length, 151 * 258);
  // A ramp in x: the mean over four columns.
  assert.equal(quarter[100], 401.5);
  await assert.rejects(store.images.readTile(imageId, 3, 0, 0, 0, 0, 0), (error) =>
    isLimnError(error, 'NotFound'),
  );
});

test('a linked image is read from its file, and refused once that has changed', async (context) => {
  const folder = temporaryFolder(context);
  const path = join(folder, 'linked.tif');
  const pixels = Uint16Array.from({ length: 600 * 700 }, (_, i) => i % 5000);
  const shape = { t: 1, z: 1, c: 1, y: 600, x: 700 };
  await writeTiff(path, { planes: [pixels], shape, numberType: 'uint16', pixelSizeUm: null });
  const store = createStore(join(folder, 'p.limn'));
  context.after(() => store.close());
  const reader = await openImage(path);
  const stamp = await stampFile(path, true);
  const imageId = store.images.stage({
    ...reader.description,
    name: 'linked',
    sourcePath: path,
    linked: true,
    stamp,
  });
  await store.images.writePlane(imageId, 0, 0, 0, await reader.readPlane(0, 0, 0));
  await reader.close();
  store.images.publish(imageId);
  assertSamePixels(await store.images.readPlane(imageId, 0, 0, 0), pixels);
  const tile = await store.images.readTile(imageId, 0, 0, 0, 0, 2, 2);
  assert.equal(tile.pixels[0], pixels[512 * 700 + 512]);
  assert.equal((await store.images.readTile(imageId, 1, 0, 0, 0, 0, 0)).pixels.length, 256 * 256);

  copyFileSync(path, `${path}.copy`);
  utimesSync(path, new Date(0), new Date(0));
  // The same bytes at another time are the same image.
  assertSamePixels(await store.images.readPlane(imageId, 0, 0, 0), pixels);
  appendFileSync(path, 'x');
  await assert.rejects(
    store.images.readPlane(imageId, 0, 0, 0),
    (error) => isLimnError(error, 'CorruptFile') && error.message.includes('linked.tif'),
  );
});

test('an image that is being imported is not seen, and goes when the import was interrupted', async (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  const store = createStore(path);
  const imageId = store.images.stage({
    name: 'half',
    sourcePath: '/half.tif',
    linked: false,
    stamp: { bytes: 1, modifiedMs: 0, sha256: null },
    shape: { t: 1, z: 1, c: 1, y: 10, x: 10 },
    numberType: 'uint8',
    pixelSizeUm: null,
    channelNames: ['channel 0'],
  });
  await store.images.writePlane(imageId, 0, 0, 0, new Uint8Array(100));
  assert.deepEqual(store.images.list(), []);
  assert.throws(() => store.images.get(imageId));
  assert.equal(store.images.stagedCount(), 1);
  store.close();
  const reopened = openStore(path);
  context.after(() => reopened.close());
  assert.equal(reopened.images.stagedCount(), 0);
});
