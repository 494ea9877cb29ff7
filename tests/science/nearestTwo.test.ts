import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestTwo } from '../../app/science/nearestTwo.ts';
import { createRandom } from '../../app/science/random.ts';
import { twoNearestObjects } from '../../app/science/twoNearestObjects.ts';

test('distances are those of the whole-plane transform, and the pixels belong to two objects', () => {
  const shape = { y: 23, x: 31 };
  for (let seed = 1; seed <= 12; seed++) {
    const random = createRandom(seed);
    const objects = Uint32Array.from({ length: 23 * 31 }, () =>
      random.next() < 0.02 ? 1 + Math.floor(random.next() * 3) : 0,
    );
    const { d1, d2 } = twoNearestObjects(objects, shape);
    for (let y = 0; y < shape.y; y++) {
      for (let x = 0; x < shape.x; x++) {
        const found = nearestTwo(objects, shape, { x, y }, Infinity);
        const [first, second] = found;
        const i = y * shape.x + x;
        assert.equal(Math.fround(first?.distance ?? Infinity), d1[i]);
        assert.equal(Math.fround(second?.distance ?? Infinity), d2[i]);
        for (const pixel of found) {
          assert.equal(objects[pixel.y * shape.x + pixel.x], pixel.object);
          assert.equal(Math.hypot(pixel.x - x, pixel.y - y).toFixed(9), pixel.distance.toFixed(9));
        }
        if (second) assert.notEqual(first?.object, second.object);
      }
    }
  }
});

test('what is out of reach does not count', () => {
  const objects = Uint32Array.of(1, 0, 0, 0, 2);
  assert.deepEqual(nearestTwo(objects, { y: 1, x: 5 }, { x: 1, y: 0 }, 2), [
    { x: 0, y: 0, distance: 1, object: 1 },
  ]);
});
