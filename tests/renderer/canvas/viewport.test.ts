/** Zoom and pan arithmetic. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { visibleTiles } from '../../../renderer/canvas/imagePainter.ts';
import { levelForScale, Viewport } from '../../../renderer/canvas/viewport.ts';

function viewportOf(image: { x: number; y: number }): Viewport {
  const viewport = new Viewport();
  viewport.resize(900, 700);
  viewport.setImage(image);
  return viewport;
}

test('fit shows the whole image in the middle', () => {
  const viewport = viewportOf({ x: 696, y: 520 });
  assert.deepEqual(viewport.visibleArea(), { x: 0, y: 0, w: 696, h: 520 });
  const middle = viewport.toScreen({ x: 347.5, y: 259.5 });
  assert.ok(Math.abs(middle.x - 450) < 1e-9 && Math.abs(middle.y - 350) < 1e-9);
});

test('the image point under the cursor stays there while zooming', () => {
  const factor = fc.double({ min: 0.5, max: 2, noNaN: true });
  fc.assert(
    fc.property(fc.array(factor, { maxLength: 8 }), fc.nat(900), fc.nat(700), (factors, x, y) => {
      const viewport = viewportOf({ x: 4096, y: 4096 });
      viewport.zoomAt({ x: 450, y: 350 }, 4);
      const before = viewport.toImage({ x, y });
      for (const value of factors) viewport.zoomAt({ x, y }, value);
      if (viewport.scale * 4096 < 1200) return;
      const after = viewport.toImage({ x, y });
      assert.ok(Math.hypot(after.x - before.x, after.y - before.y) < 1e-6);
    }),
  );
});

test('screen and image coordinates are each other’s inverse', () => {
  const viewport = viewportOf({ x: 1000, y: 500 });
  viewport.zoomAt({ x: 300, y: 200 }, 3.7);
  const there = viewport.toScreen({ x: 123, y: 45 });
  const back = viewport.toImage(there);
  assert.ok(Math.abs(back.x - 123) < 1e-9 && Math.abs(back.y - 45) < 1e-9);
});

test('the pyramid level is never coarser than the screen', () => {
  for (const [scale, level] of [
    [4, 0],
    [1, 0],
    [0.6, 0],
    [0.5, 1],
    [0.3, 1],
    [0.25, 2],
    [0.01, 4],
  ] as const) {
    assert.equal(levelForScale(scale, 5), level, `scale ${scale}`);
  }
});

test('only tiles in view are drawn, the middle first', () => {
  const viewport = viewportOf({ x: 10_000, y: 10_000 });
  viewport.showActualSize();
  const tiles = visibleTiles(viewport, { x: 10_000, y: 10_000 }, 0);
  assert.ok(tiles.length <= 5 * 4, `${tiles.length} tiles`);
  assert.ok(tiles.length >= 4 * 3);
  const { x, y, w, h } = viewport.visibleArea();
  const first = tiles[0]!;
  assert.ok(Math.abs((first.tx + 0.5) * 256 - (x + w / 2)) <= 256);
  assert.ok(Math.abs((first.ty + 0.5) * 256 - (y + h / 2)) <= 256);
});
