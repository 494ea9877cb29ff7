/** Every TIFF form of the fixtures (written by tifffile) read back: axes, type, pixel size and each value. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ImageShape, NumberType, PixelSizeUm } from '../../app/imaging/image.ts';
import { openImage } from '../../app/imaging/openImage.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/imaging');

interface Expected {
  shape: ImageShape;
  type: NumberType;
  modulus: number;
  /** Order of the axes in the array that the file was written from; S is the sample of a colour. */
  axes: string;
  /** Extent of S where not 1 (channels are then C × S). */
  samples?: number;
  pixelSizeUm?: PixelSizeUm | null;
  channelNames?: string[];
  offset?: number;
}

const plane = (y: number, x: number): ImageShape => ({ t: 1, z: 1, c: 1, y, x });

const FILES: Record<string, Expected> = {
  'imagej-tzcyx-uint16.tif': {
    shape: { t: 2, z: 3, c: 2, y: 5, x: 6 },
    type: 'uint16',
    modulus: 60000,
    axes: 'TZCYX',
    pixelSizeUm: { y: 0.325, x: 0.65, z: 2.5 },
  },
  'imagej-cyx-float32.tif': { shape: { ...plane(5, 6), c: 3 }, type: 'float32', modulus: 1000, axes: 'CYX' },
  'imagej-tagged-cm.tif': {
    shape: plane(4, 5),
    type: 'uint8',
    modulus: 251,
    axes: 'YX',
    pixelSizeUm: { y: 0.5, x: 0.5, z: null },
  },
  'ome-ctzyx-uint8.ome.tif': {
    shape: { t: 2, z: 3, c: 2, y: 5, x: 6 },
    type: 'uint8',
    modulus: 251,
    axes: 'CTZYX',
    pixelSizeUm: { y: 0.25, x: 0.2, z: 1.5 },
    channelNames: ['DAPI', 'GFP & Co'],
  },
  'ome-rgb-zyxs-uint8.ome.tif': {
    shape: { ...plane(5, 6), z: 2, c: 3 },
    type: 'uint8',
    modulus: 251,
    axes: 'ZYXS',
    samples: 3,
    channelNames: ['red', 'green', 'blue'],
  },
  'shaped-one-page-zyx-uint16.tif': {
    shape: { ...plane(5, 6), z: 4 },
    type: 'uint16',
    modulus: 60000,
    axes: 'ZYX',
  },
  'ome-placed-tczyx-uint8.tif': {
    shape: { t: 2, z: 3, c: 2, y: 5, x: 6 },
    type: 'uint8',
    modulus: 251,
    axes: 'TCZYX',
  },
  'set-0.tif': { shape: { ...plane(5, 6), z: 2 }, type: 'uint8', modulus: 251, axes: 'ZYX' },
  'metamorph-zyx-uint16.stk': {
    shape: { ...plane(5, 6), z: 4 },
    type: 'uint16',
    modulus: 60000,
    axes: 'ZYX',
  },
  'shaped-tyx-uint8.tif': { shape: { ...plane(5, 6), t: 4 }, type: 'uint8', modulus: 251, axes: 'TYX' },
  'plain-pages-uint8.tif': { shape: { ...plane(5, 6), z: 3 }, type: 'uint8', modulus: 251, axes: 'ZYX' },
  'plain-cm-uint8.tif': {
    shape: plane(5, 6),
    type: 'uint8',
    modulus: 251,
    axes: 'YX',
    pixelSizeUm: { y: 0.25, x: 0.5, z: null },
  },
  'plain-72dpi-uint8.tif': { shape: plane(5, 6), type: 'uint8', modulus: 251, axes: 'YX', pixelSizeUm: null },
  'big-endian-strips-uint16.tif': { shape: plane(40, 6), type: 'uint16', modulus: 60000, axes: 'YX' },
  'bigtiff-uint32.tif': { shape: plane(5, 6), type: 'uint32', modulus: 4_000_000_000, axes: 'YX' },
  'tiles-deflate-uint16.tif': { shape: plane(40, 50), type: 'uint16', modulus: 60000, axes: 'YX' },
  'planar-rgb-uint16.tif': { shape: { ...plane(5, 6), c: 3 }, type: 'uint16', modulus: 60000, axes: 'CYX' },
  'rgb-rows-uint8.tif': {
    shape: { ...plane(40, 6), c: 3 },
    type: 'uint8',
    modulus: 251,
    axes: 'YXS',
    samples: 3,
    channelNames: ['red', 'green', 'blue'],
  },
  'stack-taken-for-rgba-uint8.tif': {
    shape: { ...plane(5, 6), c: 4 },
    type: 'uint8',
    modulus: 251,
    axes: 'CYX',
  },
  'rgba-uint8.tif': { shape: { ...plane(5, 6), c: 3 }, type: 'uint8', modulus: 251, axes: 'YXS', samples: 4 },
  'predictor-deflate-uint16.tif': { shape: plane(5, 6), type: 'uint16', modulus: 60000, axes: 'YX' },
  'float16.tif': { shape: plane(5, 6), type: 'float16', modulus: 101, axes: 'YX' },
  'float64.tif': { shape: plane(5, 6), type: 'float64', modulus: 101, axes: 'YX' },
  'int64.tif': { shape: plane(5, 6), type: 'float64', modulus: 101, axes: 'YX' },
  'int8.tif': { shape: plane(5, 6), type: 'int8', modulus: 101, axes: 'YX' },
  'negative-int16.tif': { shape: plane(5, 6), type: 'int16', modulus: 101, axes: 'YX', offset: -50 },
  'bool.tif': { shape: plane(5, 9), type: 'uint8', modulus: 2, axes: 'YX' },
};

for (const [name, expected] of Object.entries(FILES)) {
  test(`${name}: every value where tifffile put it`, async () => {
    const reader = await openImage(join(FIXTURES, name));
    try {
      const { description } = reader;
      assert.deepEqual(description.shape, expected.shape);
      assert.equal(description.numberType, expected.type);
      if (expected.channelNames !== undefined)
        assert.deepEqual(description.channelNames, expected.channelNames);
      assert.equal(description.channelNames.length, expected.shape.c);
      if (expected.pixelSizeUm !== undefined) assertPixelSize(description.pixelSizeUm, expected.pixelSizeUm);
      const { t, z, c, y, x } = expected.shape;
      // Channels backwards, so that the cache of a page's samples is met out of order too.
      for (let frame = 0; frame < t; frame++)
        for (let slice = 0; slice < z; slice++)
          for (let channel = c - 1; channel >= 0; channel--) {
            const pixels = await reader.readPlane(frame, slice, channel);
            const wanted = Array.from({ length: y * x }, (_, i) =>
              valueAt(expected, { T: frame, Z: slice, C: channel, Y: Math.floor(i / x), X: i % x }),
            );
            assert.deepEqual(Array.from(pixels), wanted);
          }
    } finally {
      await reader.close();
    }
  });
}

test('planes outside the image are refused by name', async () => {
  const reader = await openImage(join(FIXTURES, 'imagej-tzcyx-uint16.tif'));
  await assert.rejects(reader.readPlane(2, 0, 0), /imagej-tzcyx-uint16\.tif.*2 × 3 × 2 planes/);
  await assert.rejects(reader.readPlane(0, 0, -1), { tag: 'InvalidInput' });
  await reader.close();
});

test('a cancelled read stops with Cancelled', async () => {
  const reader = await openImage(join(FIXTURES, 'big-endian-strips-uint16.tif'));
  await assert.rejects(reader.readPlane(0, 0, 0, AbortSignal.abort()), { tag: 'Cancelled' });
  await reader.close();
});

type Axis = 'T' | 'Z' | 'C' | 'Y' | 'X';

/** (7 · flat index) mod modulus, as generate.py fills its arrays. */
function valueAt(expected: Expected, at: Record<Axis, number>): number {
  const { t, z, c, y, x } = expected.shape;
  const samples = expected.samples ?? 1;
  const size: Record<string, number> = { T: t, Z: z, C: c, Y: y, X: x, S: samples };
  let flat = 0;
  for (const axis of expected.axes) {
    const index = axis === 'S' ? at.C : at[axis as Axis];
    flat = flat * size[axis]! + index;
  }
  return ((7 * flat) % expected.modulus) + (expected.offset ?? 0);
}

function assertPixelSize(actual: PixelSizeUm | null, expected: PixelSizeUm | null): void {
  if (actual === null || expected === null) {
    assert.equal(actual, expected);
    return;
  }
  for (const axis of ['x', 'y'] as const) assert.ok(Math.abs(actual[axis] - expected[axis]) < 1e-7, axis);
  if (expected.z === null) assert.equal(actual.z, null);
  else assert.ok(Math.abs((actual.z ?? 0) - expected.z) < 1e-9);
}
