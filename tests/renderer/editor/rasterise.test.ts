/** Strokes, polygons and floods against definitions evaluated pixel by pixel. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { floodFill } from '../../../renderer/editor/floodFill.ts';
import { LabelDocument } from '../../../renderer/editor/labelDocument.ts';
import { type Point, rasterisePolygon, rasteriseStroke } from '../../../renderer/editor/rasterise.ts';

const SIDE = 48;

function painted(draw: (emit: (y: number, x0: number, x1: number) => void) => void): Uint8Array {
  const out = new Uint8Array(SIDE * SIDE);
  draw((y, x0, x1) => {
    for (let x = x0; x <= x1; x++) if (x >= 0 && y >= 0 && x < SIDE && y < SIDE) out[y * SIDE + x] = 1;
  });
  return out;
}

function distanceToSegment(p: Point, a: Point, b: Point): number {
  const square = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
  const along = square === 0 ? 0 : ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / square;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(p.x - a.x - t * (b.x - a.x), p.y - a.y - t * (b.y - a.y));
}

const coordinate = fc.double({ min: 2, max: SIDE - 3, noNaN: true });
const point = fc.record({ x: coordinate, y: coordinate });

test('a stroke covers exactly the pixels within half a diameter of its line', () => {
  fc.assert(
    fc.property(point, point, fc.double({ min: 1, max: 20, noNaN: true }), (a, b, diameter) => {
      const mask = painted((emit) => rasteriseStroke(a, b, diameter, emit));
      for (let y = 0; y < SIDE; y++) {
        for (let x = 0; x < SIDE; x++) {
          const distance = distanceToSegment({ x, y }, a, b);
          const isEnd = [a, b].some((end) => Math.round(end.x) === x && Math.round(end.y) === y);
          if (Math.abs(distance - diameter / 2) < 1e-6) continue;
          const expected = distance < diameter / 2 || isEnd ? 1 : 0;
          assert.equal(mask[y * SIDE + x], expected, `pixel ${x}, ${y} at ${distance} px`);
        }
      }
    }),
    { numRuns: 150 },
  );
});

test('a one-pixel brush paints a connected line', () => {
  const mask = painted((emit) => rasteriseStroke({ x: 3.4, y: 3.4 }, { x: 3.4, y: 3.4 }, 1, emit));
  assert.equal(
    mask.reduce((sum, value) => sum + value, 0),
    1,
  );
  assert.equal(mask[3 * SIDE + 3], 1);
});

function isInside(x: number, y: number, points: readonly Point[]): boolean {
  let inside = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
    const a = points[i]!;
    const b = points[j]!;
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

test('a polygon covers the pixels whose centre the even–odd rule puts inside', () => {
  fc.assert(
    fc.property(fc.array(point, { minLength: 3, maxLength: 9 }), (points) => {
      const mask = painted((emit) => rasterisePolygon(points, emit));
      const onEdge = (p: Point) =>
        points.some((a, i) => distanceToSegment(p, a, points[(i + 1) % points.length]!) < 1e-9);
      for (let y = 0; y < SIDE; y++) {
        for (let x = 0; x < SIDE; x++) {
          if (!onEdge({ x, y })) assert.equal(mask[y * SIDE + x], isInside(x, y, points) ? 1 : 0);
        }
      }
    }),
    { numRuns: 150 },
  );
});

test('a flood reaches what repeated spreading by one pixel reaches', () => {
  const labels = fc.array(fc.constantFrom(0, 0, 0, 2, 1), { minLength: 400, maxLength: 400 });
  fc.assert(
    fc.property(labels, fc.nat(399), (values, start) => {
      const document = new LabelDocument({ y: 20, x: 20 });
      document.setPlane(Uint32Array.from(values));
      const flooded = new Uint8Array(400);
      const result = floodFill(document, start % 20, Math.floor(start / 20), (y, x0, x1) =>
        flooded.fill(1, y * 20 + x0, y * 20 + x1 + 1),
      );
      const reached = new Uint8Array(400);
      reached[start] = 1;
      for (let changed = true; changed; ) {
        changed = false;
        for (let i = 0; i < 400; i++) {
          if (reached[i] || values[i] !== values[start]) continue;
          const x = i % 20;
          const beside =
            (x > 0 && reached[i - 1]) ||
            (x < 19 && reached[i + 1]) ||
            reached[i - 20] === 1 ||
            reached[i + 20] === 1;
          if (beside) {
            reached[i] = 1;
            changed = true;
          }
        }
      }
      assert.deepEqual(flooded, reached);
      assert.equal(
        result.pixels,
        reached.reduce((sum, value) => sum + value, 0),
      );
    }),
    { numRuns: 200 },
  );
});
