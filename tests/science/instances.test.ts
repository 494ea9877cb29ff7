/** Objects from probabilities: separation, classes, holes, sizes, regrown borders; fitted parameters; real nuclei. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { decode } from 'fast-png';
import { fitInstanceParameters } from '../../app/science/fitInstances.ts';
import { gaussianFilter } from '../../app/science/gaussianFilter.ts';
import type { ShapeYX } from '../../app/science/geometry.ts';
import { DEFAULT_INSTANCE_PARAMETERS, instancesFromProbabilities } from '../../app/science/instances.ts';
import { instanceScores, matchInstances } from '../../app/science/metrics.ts';
import { simulateNuclei } from '../../app/science/simulate/nuclei.ts';
import { trainingTarget } from '../../app/science/trainingTarget.ts';
import { readFixture } from './fixtures.ts';

/** What a good network would say: the training target of the truth, a little blurred. */
function idealForeground(reference: Uint32Array, shape: ShapeYX, sigmaPx: number): Float32Array {
  const { target } = trainingTarget({
    labels: reference,
    shape,
    classIndexOf: () => 1,
    isRegion: () => false,
  });
  return gaussianFilter(
    Float32Array.from(target, (value) => (value === 2 ? 1 : 0)),
    shape,
    sigmaPx,
  );
}

function discs(shape: ShapeYX, centres: [y: number, x: number, radius: number][]): Float32Array {
  return Float32Array.from({ length: shape.y * shape.x }, (_, i) => {
    const y = Math.floor(i / shape.x);
    const x = i % shape.x;
    return centres.some(([cy, cx, r]) => (y - cy) ** 2 + (x - cx) ** 2 <= r * r) ? 0.95 : 0.02;
  });
}

const THING = { kinds: ['thing'] as const, parameters: DEFAULT_INSTANCE_PARAMETERS };

test('two merged discs are cut where they are narrowest, a single one is not', () => {
  const shape = { y: 40, x: 60 };
  const two = instancesFromProbabilities({
    foreground: discs(shape, [
      [20, 20, 11],
      [20, 39, 11],
    ]),
    shape,
    ...THING,
  });
  assert.equal(two.classIndexOf.length, 3);
  for (let i = 0; i < two.labels.length; i++) {
    const x = i % 60;
    if (two.labels[i] !== 0 && x < 28) assert.equal(two.labels[i], two.labels[20 * 60 + 20]);
    if (two.labels[i] !== 0 && x > 31) assert.equal(two.labels[i], two.labels[20 * 60 + 39]);
  }
  const one = instancesFromProbabilities({ foreground: discs(shape, [[20, 30, 14]]), shape, ...THING });
  assert.deepEqual([...one.classIndexOf], [0, 1]);
});

test('the threshold is strict, and small objects are dropped', () => {
  const shape = { y: 1, x: 7 };
  const foreground = Float32Array.of(0.5, 0.5, 0, 0.75, 0.75, 0, 0.75);
  const parameters = { ...DEFAULT_INSTANCE_PARAMETERS, minimumSizePx: 2, growPx: 0 };
  const { labels } = instancesFromProbabilities({ foreground, shape, kinds: ['thing'], parameters });
  assert.deepEqual([...labels], [0, 0, 0, 1, 1, 0, 0]);
});

test('the gap of touching objects is grown back, outlines that face background stay', () => {
  const shape = { y: 12, x: 24 };
  const truth = Uint32Array.from({ length: 12 * 24 }, (_, i) => {
    const y = Math.floor(i / 24);
    const x = i % 24;
    return y < 2 || y > 9 || x < 2 || x > 21 ? 1 : x < 12 ? 2 : 3;
  });
  const { labels } = instancesFromProbabilities({
    foreground: idealForeground(truth, shape, 0),
    shape,
    ...THING,
  });
  assert.deepEqual(
    [...labels],
    [...truth].map((label) => label - 1),
  );
});

interface ObjectSteps {
  shape: ShapeYX;
  foreground: number[];
  cases: {
    threshold: number;
    minimumSizePx: number;
    fillHoles: boolean;
    clearBorder: boolean;
    labels: number[];
  }[];
}

test('threshold, holes, minimum size and border are those of scikit-image and SciPy', () => {
  const { shape, foreground, cases } = readFixture<ObjectSteps>('objectSteps');
  for (const { labels, ...own } of cases) {
    // One seed a part and nothing regrown: what is left are the steps that both have.
    const parameters = { ...own, seedDistancePx: 1e6, growPx: 0 };
    const kinds = ['thing'] as const;
    const found = instancesFromProbabilities({
      foreground: Float32Array.from(foreground),
      shape,
      kinds,
      parameters,
    });
    assert.deepEqual([...found.labels], labels, JSON.stringify(own));
    assert.equal(found.classIndexOf.length, Math.max(...labels) + 1);
  }
});

test('holes are filled, or kept on request', () => {
  const shape = { y: 30, x: 30 };
  const foreground = discs(shape, [[15, 15, 12]]);
  foreground[15 * 30 + 15] = 0;
  const at = (fillHoles: boolean) =>
    instancesFromProbabilities({
      foreground,
      shape,
      kinds: ['thing'],
      parameters: { ...DEFAULT_INSTANCE_PARAMETERS, fillHoles },
    }).labels[15 * 30 + 15];
  assert.equal(at(true), 1);
  assert.equal(at(false), 0);
});

test('an object has the class of highest summed probability; regions are the components of stuff', () => {
  const shape = { y: 20, x: 40 };
  const size = 800;
  const foreground = new Float32Array(2 * size);
  for (let i = 0; i < size; i++) {
    const x = i % 40;
    if (x < 10) foreground[i] = 0.9;
    if ((x >= 15 && x < 20) || x >= 30) foreground[size + i] = 0.8;
  }
  foreground[0] = 0;
  foreground[size] = 0.9;
  const { parameters } = THING;
  const mixed = instancesFromProbabilities({ foreground, shape, kinds: ['thing', 'stuff'], parameters });
  assert.equal(mixed.classIndexOf.length, 4);
  assert.equal(mixed.classIndexOf[mixed.labels[10 * 40 + 5]!], 1);
  assert.equal(mixed.classIndexOf[mixed.labels[10 * 40 + 17]!], 2);
  assert.notEqual(mixed.labels[10 * 40 + 17], mixed.labels[10 * 40 + 35]);
  const things = instancesFromProbabilities({ foreground, shape, kinds: ['thing', 'thing'], parameters });
  assert.equal(things.labels[0], things.labels[10 * 40 + 5]);
  assert.equal(things.classIndexOf[things.labels[0]!], 1);
});

test('planes without foreground, and of nothing else, give no object and one', () => {
  const shape = { y: 9, x: 9 };
  assert.deepEqual(
    [...instancesFromProbabilities({ foreground: new Float32Array(81), shape, ...THING }).classIndexOf],
    [0],
  );
  const full = instancesFromProbabilities({ foreground: new Float32Array(81).fill(1), shape, ...THING });
  assert.ok(full.labels.every((label) => label === 1));
});

test('crowded simulated nuclei come back from their blurred target', () => {
  const shape = { y: 256, x: 256 };
  const reference = simulateNuclei({ shape, seed: 3, index: 0 }).labels.map((label) => label + 1);
  const { labels } = instancesFromProbabilities({
    foreground: idealForeground(reference, shape, 0.7),
    shape,
    ...THING,
  });
  const { instances, meanF1 } = instanceScores([matchInstances(reference, labels)]);
  assert.ok(instances[0]!.f1 > 0.95, `F1 at 0.5: ${instances[0]!.f1}`);
  assert.ok(meanF1 > 0.9, `mean F1: ${meanF1}`);
});

test('fitting finds a threshold that suits shy probabilities, and keeps the defaults without objects', () => {
  const shape = { y: 128, x: 128 };
  const reference = simulateNuclei({ shape, seed: 4, index: 1 }).labels.map((label) => label + 1);
  const foreground = idealForeground(reference, shape, 0.7).map((p) => 0.48 * p);
  const item = { foreground, shape, reference };
  const fitted = fitInstanceParameters([item], ['thing']);
  assert.ok(fitted.threshold < 0.48);
  const score = (parameters: typeof fitted) =>
    instanceScores([
      matchInstances(reference, instancesFromProbabilities({ ...item, kinds: ['thing'], parameters }).labels),
    ]).meanF1;
  assert.equal(score(DEFAULT_INSTANCE_PARAMETERS), 0);
  assert.ok(score(fitted) > 0.75, `${score(fitted)}`);
  const empty = { ...item, reference: new Uint32Array(128 * 128).fill(1) };
  assert.deepEqual(fitInstanceParameters([empty], ['thing']), DEFAULT_INSTANCE_PARAMETERS);
  assert.equal(fitInstanceParameters([item], ['thing'], 0).threshold, 0.5);
});

test('a fit looks at labelled pixels only', () => {
  const shape = { y: 128, x: 128 };
  const truth = simulateNuclei({ shape, seed: 4, index: 1 }).labels.map((label) => label + 1);
  const half = (i: number) => i % shape.x < 64;
  const reference = truth.map((label, i) => (half(i) ? label : 0));
  const ideal = idealForeground(truth, shape, 0.7);
  // Where nothing is labelled the prediction is nonsense that another threshold would suit.
  const noise = Float32Array.from(ideal, (p, i) =>
    half(i) ? 0.48 * p : 0.45 * Number(i % 16 < 8 && Math.floor(i / 128) % 16 < 8),
  );
  const quiet = ideal.map((p, i) => (half(i) ? 0.48 * p : 0));
  const fitOf = (foreground: Float32Array) =>
    fitInstanceParameters([{ foreground, shape, reference }], ['thing']);
  assert.deepEqual(fitOf(noise), fitOf(quiet));
  assert.ok(fitOf(noise).threshold < 0.48);
});

const DATA = process.env['LIMN_DATA'] ?? new URL('../../../shared/data', import.meta.url).pathname;
const LABELS = join(DATA, 'bbbc039', 'labels');

test('real nuclei come back from their blurred target', {
  skip: existsSync(LABELS) ? false : `no real data at ${LABELS}; set LIMN_DATA`,
}, () => {
  const matches = readdirSync(LABELS)
    .filter((name) => name.endsWith('.png'))
    .sort()
    .slice(0, 2)
    .map((name) => {
      const { data, width, height } = decode(readFileSync(join(LABELS, name)));
      const reference = Uint32Array.from(data, (label) => label + 1);
      const shape = { y: height, x: width };
      const foreground = idealForeground(reference, shape, 0.7);
      return matchInstances(reference, instancesFromProbabilities({ foreground, shape, ...THING }).labels);
    });
  const { instances, meanF1 } = instanceScores(matches);
  assert.ok(instances[0]!.f1 > 0.97, `F1 at 0.5: ${instances[0]!.f1}`);
  assert.ok(meanF1 > 0.95, `mean F1: ${meanF1}`);
});

test('objects at the edge of the plane are dropped on request, as scikit-image does', () => {
  const { shape, mask, labels } = readFixture<{ shape: ShapeYX; mask: number[]; labels: number[] }>(
    'clearBorder',
  );
  const parameters = {
    ...DEFAULT_INSTANCE_PARAMETERS,
    seedDistancePx: 100,
    minimumSizePx: 0,
    clearBorder: true,
  };
  const foreground = Float32Array.from(mask, (inside) => (inside ? 0.95 : 0.02));
  const cleared = instancesFromProbabilities({ foreground, shape, kinds: ['thing'], parameters });
  assert.deepEqual(Array.from(cleared.labels), labels);
  assert.equal(cleared.classIndexOf.length, 4);
});
