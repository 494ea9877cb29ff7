import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isInside, pasteRectangle, tileRectangle, tilesTouching } from '../../app/labels/tiles.ts';

const shape = fc.record({ y: fc.integer({ min: 1, max: 700 }), x: fc.integer({ min: 1, max: 700 }) });

test('tiles cover every pixel of a plane once', () => {
  fc.assert(
    fc.property(shape, (plane) => {
      const covered = new Uint8Array(plane.y * plane.x);
      for (const tile of tilesTouching(plane)) {
        assert.ok(tile.w > 0 && tile.h > 0 && tile.w <= 256 && tile.h <= 256);
        for (let y = tile.y; y < tile.y + tile.h; y++) {
          for (let x = tile.x; x < tile.x + tile.w; x++) covered[y * plane.x + x]!++;
        }
      }
      assert.ok(covered.every((count) => count === 1));
    }),
    { numRuns: 30 },
  );
});

test('a rectangle touches exactly the tiles that share a pixel with it', () => {
  const rectangle = shape.chain((plane) =>
    fc.record({
      plane: fc.constant(plane),
      x: fc.nat(plane.x - 1),
      y: fc.nat(plane.y - 1),
      w: fc.integer({ min: 1, max: 300 }),
      h: fc.integer({ min: 1, max: 300 }),
    }),
  );
  fc.assert(
    fc.property(rectangle, ({ plane, x, y, w, h }) => {
      const clipped = { x, y, w: Math.min(w, plane.x - x), h: Math.min(h, plane.y - y) };
      const expected = tilesTouching(plane).filter(
        (tile) =>
          tile.x < clipped.x + clipped.w &&
          tile.x + tile.w > clipped.x &&
          tile.y < clipped.y + clipped.h &&
          tile.y + tile.h > clipped.y,
      );
      assert.deepEqual(tilesTouching(plane, clipped), expected);
    }),
  );
});

test('a rectangle that ends at the edge of a tile does not touch the next', () => {
  const plane = { y: 600, x: 600 };
  const touched = tilesTouching(plane, { x: 0, y: 0, w: 256, h: 512 });
  assert.deepEqual(
    touched.map(({ ty, tx }) => [ty, tx]),
    [
      [0, 0],
      [1, 0],
    ],
  );
});

test('cutting a plane into tiles and pasting them back gives the plane', () => {
  fc.assert(
    fc.property(shape, fc.integer(), (plane, seed) => {
      const whole = { x: 0, y: 0, w: plane.x, h: plane.y };
      const pixels = Uint32Array.from(
        { length: plane.y * plane.x },
        (_, i) => Math.imul(i + 1, seed | 1) >>> 0,
      );
      const back = new Uint32Array(pixels.length);
      for (const { ty, tx } of tilesTouching(plane)) {
        const tile = tileRectangle(plane, ty, tx);
        const cut = new Uint32Array(tile.w * tile.h);
        pasteRectangle(pixels, whole, cut, tile);
        pasteRectangle(cut, tile, back, whole);
      }
      assert.deepEqual(back, pixels);
    }),
    { numRuns: 30 },
  );
});

test('rectangles outside the plane, empty or fractional are not inside', () => {
  const plane = { y: 10, x: 20 };
  assert.ok(isInside(plane, { x: 0, y: 0, w: 20, h: 10 }));
  for (const wrong of [
    { x: -1, y: 0, w: 2, h: 2 },
    { x: 19, y: 0, w: 2, h: 2 },
    { x: 0, y: 9, w: 2, h: 2 },
    { x: 0, y: 0, w: 0, h: 2 },
    { x: 0.5, y: 0, w: 2, h: 2 },
    { x: Number.NaN, y: 0, w: 2, h: 2 },
  ]) {
    assert.equal(isInside(plane, wrong), false, JSON.stringify(wrong));
  }
});
