/** Simulated microscopy: deterministic, exact ground truth, and the character that its users rely on. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectedComponents } from '../../app/science/connectedComponents.ts';
import { createRandom } from '../../app/science/random.ts';
import { simulateMembranes } from '../../app/science/simulate/membranes.ts';
import { drawPoisson } from '../../app/science/simulate/noiseField.ts';
import { simulateNuclei } from '../../app/science/simulate/nuclei.ts';
import { trainingTarget } from '../../app/science/trainingTarget.ts';

const SHAPE = { y: 200, x: 240 };

function mean(values: ArrayLike<number>, where: (i: number) => boolean): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (!where(i)) continue;
    sum += values[i]!;
    count++;
  }
  return sum / count;
}

test('the same request gives the same pixels, another seed or index others', () => {
  for (const simulate of [simulateNuclei, simulateMembranes]) {
    const first = simulate({ shape: { y: 64, x: 80 }, seed: 1, index: 0 });
    assert.deepEqual(simulate({ shape: { y: 64, x: 80 }, seed: 1, index: 0 }), first);
    assert.notDeepEqual(simulate({ shape: { y: 64, x: 80 }, seed: 2, index: 0 }).image, first.image);
    assert.notDeepEqual(simulate({ shape: { y: 64, x: 80 }, seed: 1, index: 1 }).image, first.image);
  }
});

test('every nucleus is one connected object, numbered without gaps, and some touch', () => {
  const { labels } = simulateNuclei({ shape: SHAPE, seed: 7, index: 0 });
  const count = new Set(labels).size - 1;
  assert.ok(count > 12, `${count} nuclei`);
  const parts = connectedComponents(labels, SHAPE, 4);
  assert.equal(parts.count, count);
  assert.equal(Math.max(...labels), count);
  const { target } = trainingTarget({
    labels: labels.map((label) => label + 1),
    shape: SHAPE,
    classIndexOf: () => 1,
    isRegion: () => false,
  });
  const touching = labels.filter((label, i) => label > 0 && target[i] === 1).length;
  assert.ok(touching > 40, `${touching} pixels touch another nucleus`);
});

test('nuclei are several times brighter than the ground, which has noise of camera and photons', () => {
  const { image, labels } = simulateNuclei({ shape: SHAPE, seed: 7, index: 1 });
  const inside = mean(image, (i) => labels[i] !== 0);
  const outside = mean(image, (i) => labels[i] === 0);
  assert.ok(inside > 2 * outside, `${inside} against ${outside}`);
  const deviation = Math.sqrt(
    mean(
      image.map((value) => (value - outside) ** 2),
      (i) => labels[i] === 0 && image[i]! < 1.3 * outside,
    ),
  );
  assert.ok(deviation > 5 && deviation < 60, `${deviation}`);
});

test('membranes are a connected dark network over about a quarter of the plane', () => {
  const { image, labels } = simulateMembranes({ shape: SHAPE, seed: 5, index: 0 });
  assert.deepEqual([...new Set(labels)].sort(), [0, 255]);
  const membrane = labels.filter((value) => value === 0).length / labels.length;
  assert.ok(membrane > 0.12 && membrane < 0.38, `${membrane}`);
  assert.ok(mean(image, (i) => labels[i] === 255) > mean(image, (i) => labels[i] === 0) + 40);
  const network = connectedComponents(
    labels.map((value) => 255 - value),
    SHAPE,
    8,
  ).labels;
  const areas = new Map<number, number>();
  for (const part of network) if (part > 0) areas.set(part, (areas.get(part) ?? 0) + 1);
  assert.ok(Math.max(...areas.values()) > 0.9 * membrane * labels.length);
  assert.ok(connectedComponents(labels, SHAPE, 4).count > 10);
});

test('tiny planes are simulated too', () => {
  for (const shape of [
    { y: 1, x: 1 },
    { y: 3, x: 40 },
  ]) {
    assert.equal(simulateNuclei({ shape, seed: 1, index: 0 }).image.length, shape.y * shape.x);
    assert.equal(simulateMembranes({ shape, seed: 1, index: 0 }).image.length, shape.y * shape.x);
  }
});

test('Poisson numbers have the mean as mean and variance, below and above the change of method', () => {
  const random = createRandom(2);
  for (const expected of [0, 0.7, 12, 45]) {
    const values = Array.from({ length: 20000 }, () => drawPoisson(random, expected));
    const average = mean(values, () => true);
    const variance = mean(
      values.map((value) => (value - average) ** 2),
      () => true,
    );
    assert.ok(Math.abs(average - expected) < 0.03 * expected + 1e-9);
    assert.ok(Math.abs(variance - expected) < 0.06 * expected + 1e-9);
  }
});
