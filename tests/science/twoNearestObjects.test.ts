/** The two-nearest-objects transform against its definition, pixel by pixel and to the last bit. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ShapeYX } from '../../app/science/geometry.ts';
import { createRandom } from '../../app/science/random.ts';
import { scanTwoNearestObjects, twoNearestObjects } from '../../app/science/twoNearestObjects.ts';

/** For each pixel the nearest pixel of every object, sorted: the definition. */
function bruteForce(objects: Uint32Array, shape: ShapeYX): { d1: Float32Array; d2: Float32Array } {
  const d1 = new Float32Array(objects.length);
  const d2 = new Float32Array(objects.length);
  for (let i = 0; i < objects.length; i++) {
    const squares = new Map<number, number>();
    for (let j = 0; j < objects.length; j++) {
      const object = objects[j]!;
      if (object === 0) continue;
      const dy = Math.floor(i / shape.x) - Math.floor(j / shape.x);
      const dx = (i % shape.x) - (j % shape.x);
      squares.set(object, Math.min(squares.get(object) ?? Infinity, dy * dy + dx * dx));
    }
    const sorted = [...squares.values()].sort((a, b) => a - b);
    d1[i] = Math.sqrt(sorted[0] ?? Infinity);
    d2[i] = Math.sqrt(sorted[1] ?? Infinity);
  }
  return { d1, d2 };
}

/** Planes of few labels (disconnected parts, ties and touching objects abound), from empty to full. */
const planes = fc
  .record({
    y: fc.integer({ min: 1, max: 14 }),
    x: fc.integer({ min: 1, max: 22 }),
    labels: fc.integer({ min: 1, max: 7 }),
    holes: fc.integer({ min: 0, max: 60 }),
  })
  .chain(({ y, x, labels, holes }) =>
    fc
      .array(fc.integer({ min: -holes, max: labels }), { minLength: y * x, maxLength: y * x })
      .map((values) => ({ shape: { y, x }, objects: Uint32Array.from(values, (v) => Math.max(0, v)) })),
  );

test('equals the definition on any plane, equal distances and scattered objects included', () => {
  fc.assert(
    fc.property(planes, ({ objects, shape }) => {
      assert.deepEqual(twoNearestObjects(objects, shape), bruteForce(objects, shape));
    }),
    { numRuns: 600 },
  );
});

test('equals the definition for isolated pixels of many objects, where seconds come from afar', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 24 * 24 - 1 }), { maxLength: 14 }),
      fc.integer({ min: 1, max: 6 }),
      (places, labels) => {
        const shape = { y: 24, x: 24 };
        const objects = new Uint32Array(24 * 24);
        places.forEach((place, k) => {
          objects[place] = 4294967295 - (k % labels);
        });
        assert.deepEqual(twoNearestObjects(objects, shape), bruteForce(objects, shape));
      },
    ),
    { numRuns: 150 },
  );
});

/** Planes of rectangles and rounder shapes that lie on each other: objects with an inside, most of which touch. */
const heaps = fc
  .record({ y: fc.integer({ min: 1, max: 20 }), x: fc.integer({ min: 1, max: 40 }) })
  .chain(({ y, x }) =>
    fc
      .array(
        fc.tuple(
          fc.integer({ min: 0, max: y - 1 }),
          fc.integer({ min: 0, max: x - 1 }),
          fc.integer({ min: 1, max: 12 }),
          fc.integer({ min: 1, max: 20 }),
        ),
        { maxLength: 9 },
      )
      .map((boxes) => {
        const objects = new Uint32Array(y * x);
        boxes.forEach(([top, left, high, wide], k) => {
          for (let row = top; row < Math.min(y, top + high); row++) {
            // Every other one is rounded off.
            const inset = k % 2 === 0 ? 0 : Math.floor((row - top - (high - 1) / 2) ** 2 / 2);
            const right = Math.min(x, left + wide - inset);
            if (left + inset < right) objects.fill(1 + (k % 5), row * x + left + inset, row * x + right);
          }
        });
        return { shape: { y, x }, objects };
      }),
  );

test('equals the definition on ground and on what is wanted of objects, whose insides are skipped', () => {
  fc.assert(
    fc.property(
      fc.oneof(heaps, planes),
      fc.constantFrom(0, 0.05, 0.5),
      fc.integer({ min: 0, max: 1000 }),
      ({ objects, shape }, share, seed) => {
        const random = createRandom(seed, 0);
        const wanted = Uint8Array.from(objects, (object) => (object === 0 || random.next() < share ? 1 : 2));
        const expected = bruteForce(objects, shape);
        scanTwoNearestObjects({ objects, shape, reachPx: Infinity, wanted }, (y, square1, square2) => {
          for (let x = 0, i = y * shape.x; x < shape.x; x++, i++) {
            if (wanted[i] !== 1) continue;
            assert.equal(Math.fround(Math.sqrt(square1[x]!)), expected.d1[i]);
            assert.equal(Math.fround(Math.sqrt(square2[x]!)), expected.d2[i]);
          }
        });
      },
    ),
    { numRuns: 600 },
  );
});

test('distances within the reach are exact, longer ones never too short', () => {
  fc.assert(
    fc.property(fc.oneof(heaps, planes), fc.integer({ min: 1, max: 9 }), ({ objects, shape }, reachPx) => {
      const limited = twoNearestObjects(objects, shape, reachPx);
      const exact = bruteForce(objects, shape);
      for (const which of ['d1', 'd2'] as const)
        for (let i = 0; i < objects.length; i++) {
          if (exact[which][i]! <= reachPx) assert.equal(limited[which][i], exact[which][i]);
          else assert.ok(limited[which][i]! >= exact[which][i]!);
        }
    }),
    { numRuns: 300 },
  );
});

test('planes of more than 32,766 rows keep exact distances', () => {
  const height = 40000;
  const objects = new Uint32Array(height);
  objects[35000] = 1;
  objects[35001] = 2;
  const { d1, d2 } = twoNearestObjects(objects, { y: height, x: 1 });
  for (const y of [0, 30000, height - 1]) {
    assert.equal(d1[y], y < 35000 ? 35000 - y : y - 35001);
    assert.equal(d2[y], y < 35000 ? 35001 - y : y - 35000);
  }
});

test('an absent object is infinitely far', () => {
  const none = twoNearestObjects(new Uint32Array(6), { y: 2, x: 3 });
  assert.ok(none.d1.every((d) => d === Infinity) && none.d2.every((d) => d === Infinity));
  const one = twoNearestObjects(Uint32Array.of(0, 0, 7), { y: 1, x: 3 });
  assert.deepEqual([...one.d1], [2, 1, 0]);
  assert.ok(one.d2.every((d) => d === Infinity));
});

test('a plane beyond 46340 px, whose squares pass 2^31, keeps exact distances', () => {
  const width = 60000;
  const objects = new Uint32Array(width);
  objects[0] = 1;
  objects[1] = 2;
  const { d1, d2 } = twoNearestObjects(objects, { y: 1, x: width });
  assert.equal(d1[width - 1], width - 2);
  assert.equal(d2[width - 1], width - 1);
});
