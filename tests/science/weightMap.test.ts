/** Training targets and weight maps against SciPy's one-distance-transform-per-object way. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trainingTarget } from '../../app/science/trainingTarget.ts';
import { classWeights, countClasses, WEIGHT_MAP_DEFAULTS, weightMap } from '../../app/science/weightMap.ts';
import { readFixture } from './fixtures.ts';

interface Case {
  shape: { y: number; x: number };
  labels: number[];
  classOf: Record<string, number>;
  target: number[];
  classWeights: number[];
  paper: number[];
  fiji: number[];
}

const cases = readFixture<Case[]>('weightMap');

function assertClose(actual: Float32Array, expected: number[], what: string): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    assert.ok(error <= 1e-5 * Math.abs(expected[i]!), `${what} at ${i}: ${actual[i]} is not ${expected[i]}`);
  }
}

function targetOf(item: Case) {
  return trainingTarget({
    labels: Uint32Array.from(item.labels),
    shape: item.shape,
    classIndexOf: (label) => item.classOf[label]!,
    isRegion: () => false,
  });
}

for (const [number, item] of cases.entries()) {
  test(`target and both presets equal SciPy's, case ${number}`, () => {
    const { target, objects, classOfObject } = targetOf(item);
    assert.deepEqual([...target], item.target);
    const weights = classWeights(countClasses(target, 3));
    weights.forEach((weight, k) => {
      assert.ok(Math.abs(weight - item.classWeights[k]!) < 1e-12);
    });
    const common = { target, objects, shape: item.shape, classWeights: weights, classOfObject };
    for (const preset of ['paper', 'fiji'] as const) {
      assertClose(weightMap({ ...common, preset, ...WEIGHT_MAP_DEFAULTS[preset] }), item[preset], preset);
    }
  });
}

test('a pixel of a touching object trains as background with d1 = 0 and d2 = 1', () => {
  const shape = { y: 3, x: 4 };
  const labels = Uint32Array.of(2, 2, 3, 3, 2, 2, 3, 3, 2, 2, 3, 3);
  const { target, objects } = trainingTarget({
    labels,
    shape,
    classIndexOf: () => 1,
    isRegion: () => false,
  });
  assert.deepEqual([...target], [2, 1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2]);
  assert.deepEqual([...objects], [...labels]);
  const map = weightMap({
    target,
    objects,
    shape,
    preset: 'paper',
    w0: 10,
    sigmaPx: 5,
    classWeights: [1, 1],
  });
  assert.ok(Math.abs(map[1]! - (1 + 10 * Math.exp(-1 / 50))) < 1e-5);
  assert.equal(map[0], 1);
});

test('a diagonal neighbour does not touch', () => {
  const { target } = trainingTarget({
    labels: Uint32Array.of(2, 1, 1, 3),
    shape: { y: 2, x: 2 },
    classIndexOf: (label) => label - 1,
    isRegion: () => false,
  });
  assert.deepEqual([...target], [2, 1, 1, 3]);
});

test('the parts of a region count as objects, those of an instance as one', () => {
  const input = { labels: Uint32Array.of(5, 1, 5, 0, 5), shape: { y: 1, x: 5 }, classIndexOf: () => 1 };
  const region = trainingTarget({ ...input, isRegion: () => true });
  assert.equal(new Set(region.objects.filter((o) => o > 0)).size, 3);
  assert.deepEqual([...region.target], [2, 1, 2, 0, 2]);
  const instance = trainingTarget({ ...input, isRegion: () => false });
  assert.deepEqual([...instance.objects], [5, 0, 5, 0, 5]);
});

test('without the classes of objects the fiji preset reads them off the target', () => {
  for (const item of cases) {
    const { target, objects, classOfObject } = targetOf(item);
    const seen = new Set<number>();
    objects.forEach((o, i) => {
      if (target[i]! > 1) seen.add(o);
    });
    if (seen.size !== classOfObject.size) continue;
    const common = {
      target,
      objects,
      shape: item.shape,
      classWeights: [],
      preset: 'fiji',
      w0: 50,
      sigmaPx: 6,
    } as const;
    assert.deepEqual(weightMap(common), weightMap({ ...common, classOfObject }));
  }
});

test('classes weigh equally in sum, an absent class nothing', () => {
  assert.deepEqual([...classWeights([30, 10, 0])], [40 / 90, 40 / 30, 0]);
});
