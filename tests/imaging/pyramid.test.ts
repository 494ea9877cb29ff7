/** Halving keeps type, range and mean; thumbnails show what the plane shows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decode } from 'fast-png';
import { encodeThumbnail } from '../../app/imaging/encodePng.ts';
import { halvePlane } from '../../app/imaging/pyramid.ts';

test('halving averages blocks, rounds integers and covers odd borders', () => {
  const { pixels, shape } = halvePlane(Uint16Array.of(1, 2, 10, 3, 4, 20, 65535, 65535, 7), { y: 3, x: 3 });
  assert.deepEqual(shape, { y: 2, x: 2 });
  assert.deepEqual(pixels, Uint16Array.of(3, 15, 65535, 7));
  assert.deepEqual(halvePlane(Float32Array.of(1, 2), { y: 1, x: 2 }).pixels, Float32Array.of(1.5));
  assert.deepEqual(
    halvePlane(Int8Array.of(-128, -128, -127, -127), { y: 2, x: 2 }).pixels,
    Int8Array.of(-127),
  );
  const large = Uint32Array.of(4294967295, 4294967295, 4294967295, 4294967295);
  assert.deepEqual(halvePlane(large, { y: 2, x: 2 }).pixels, Uint32Array.of(4294967295));
});

test('an even plane keeps its mean, every plane its range', () => {
  const side = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(side, side, fc.nat(), (y, x, seed) => {
      const plane = Float64Array.from({ length: y * x }, (_, i) => ((i + 1) * (seed % 1009)) % 97);
      const half = halvePlane(plane, { y, x });
      assert.equal(half.pixels.length, Math.ceil(y / 2) * Math.ceil(x / 2));
      assert.ok(
        Math.min(...half.pixels) >= Math.min(...plane) && Math.max(...half.pixels) <= Math.max(...plane),
      );
      const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
      if (y % 2 === 0 && x % 2 === 0) assert.ok(Math.abs(mean(half.pixels) - mean(plane)) < 1e-9);
    }),
  );
});

test('a thumbnail keeps the aspect, maps the range and clips', () => {
  const plane = Uint16Array.from({ length: 100 * 50 }, (_, i) => (i % 50 < 25 ? 1000 : 3000));
  const image = decode(encodeThumbnail(plane, { y: 100, x: 50 }, 1000, 2000, 20));
  assert.deepEqual([image.width, image.height, image.channels, image.depth], [10, 20, 1, 8]);
  const row = [0, 0, 0, 0, 0, 255, 255, 255, 255, 255];
  assert.deepEqual(Array.from(image.data), Array.from({ length: 20 }, () => row).flat());
});

test('three planes give colours; a small plane is not enlarged; NaN and an empty range are black', () => {
  const shape = { y: 1, x: 2 };
  const planes = [Uint8Array.of(0, 255), Uint8Array.of(128, 0), Uint8Array.of(255, 64)] as const;
  const colour = decode(encodeThumbnail(planes, shape, 0, 255, 64));
  assert.deepEqual(Array.from(colour.data), [0, 128, 255, 255, 0, 64]);
  const grey = decode(encodeThumbnail(Float32Array.of(Number.NaN, 5), shape, 0, 5, 64));
  assert.deepEqual(Array.from(grey.data), [0, 255]);
  assert.deepEqual(Array.from(decode(encodeThumbnail(Uint8Array.of(7, 7), shape, 7, 7, 64)).data), [0, 0]);
});
