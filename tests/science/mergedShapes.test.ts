import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxesOfObjects, mergeSignOf } from '../../app/science/mergedShapes.ts';
import { simulateNuclei } from '../../app/science/simulate/nuclei.ts';

const SHAPE = { y: 512, x: 512 };

/** Simulated nuclei in Limn's form: 1 background, 2… objects, each one 4-connected part. */
function nuclei(index: number): Uint32Array {
  return simulateNuclei({ shape: SHAPE, seed: 2015, index }).labels.map((label) => label + 1);
}

const signOf = (labels: Uint32Array, label: number) =>
  mergeSignOf(labels, SHAPE, label, boxesOfObjects(labels, SHAPE).get(label)!);

/** Pairs of nuclei that share at least four edges of pixels, each nucleus in one pair at most. */
function touchingPairs(labels: Uint32Array): [number, number][] {
  const edges = new Map<string, number>();
  for (let i = 0; i < labels.length - SHAPE.x; i++) {
    for (const j of [i + 1, i + SHAPE.x]) {
      const [a, b] = [Math.min(labels[i]!, labels[j]!), Math.max(labels[i]!, labels[j]!)];
      if (a >= 2 && a !== b) edges.set(`${a} ${b}`, (edges.get(`${a} ${b}`) ?? 0) + 1);
    }
  }
  const taken = new Set<number>();
  return [...edges].flatMap(([key, count]) => {
    const [a, b] = key.split(' ').map(Number) as [number, number];
    if (count < 4 || taken.has(a) || taken.has(b)) return [];
    taken.add(a).add(b);
    return [[a, b] as [number, number]];
  });
}

test('no nucleus on its own is taken for two', () => {
  for (const index of [0, 1]) {
    const labels = nuclei(index);
    for (const [label, box] of boxesOfObjects(labels, SHAPE)) {
      assert.equal(mergeSignOf(labels, SHAPE, label, box), null, `image ${index}, object ${label}`);
    }
  }
});

test('most touching pairs under one label are found', () => {
  let pairs = 0;
  let found = 0;
  for (const index of [0, 1]) {
    const labels = nuclei(index);
    for (const [a, b] of touchingPairs(labels)) {
      pairs++;
      const merged = labels.map((label) => (label === b ? a : label));
      if (signOf(merged, a) !== null) found++;
    }
  }
  assert.ok(pairs > 40 && found > 0.6 * pairs, `${found} of ${pairs}`);
});

test('two parts that do not touch are told apart from one with a speck', () => {
  const labels = new Uint32Array(SHAPE.y * SHAPE.x);
  const fill = (y: number, x: number, side: number): void => {
    for (let v = y; v < y + side; v++) labels.fill(2, v * SHAPE.x + x, v * SHAPE.x + x + side);
  };
  fill(100, 100, 20);
  fill(110, 200, 2);
  assert.equal(signOf(labels, 2), null, 'a speck is no second object');
  fill(100, 150, 12);
  assert.equal(signOf(labels, 2), 'parts');
  assert.deepEqual(boxesOfObjects(labels, SHAPE).get(2), { x: 100, y: 100, w: 102, h: 20 });
});

test('an object of a whole plane is looked at as well as a small one', () => {
  const labels = new Uint32Array(SHAPE.y * SHAPE.x);
  for (let y = 0; y < SHAPE.y; y++) {
    for (let x = 0; x < SHAPE.x; x++) {
      const inOne = Math.hypot(y - 256, x - 128) < 126 || Math.hypot(y - 256, x - 384) < 126;
      if (inOne || (Math.abs(y - 256) < 20 && x > 100 && x < 400)) labels[y * SHAPE.x + x] = 7;
    }
  }
  assert.equal(signOf(labels, 7), 'waist');
});
