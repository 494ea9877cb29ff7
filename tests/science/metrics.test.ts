/** Scores against NumPy and scikit-image, and their conduct where something is missing. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countConfusion,
  instanceScores,
  matchInstances,
  pixelScores,
  sumConfusions,
} from '../../app/science/metrics.ts';
import { readFixture } from './fixtures.ts';

interface Case {
  reference: number[];
  predicted: number[];
  scores: { iou: number; tp: number; fp: number; fn: number; f1: number; ap: number }[];
  jaccard: number;
}

const cases = readFixture<Case[]>('metrics');
/** The fixture's 0 background, 1…N becomes 1 background, >= 2 objects. */
const referenceOf = (item: Case) => Uint32Array.from(item.reference, (label) => label + 1);

for (const [number, item] of cases.entries()) {
  test(`objects match as scikit-image's contingency table says, case ${number}`, () => {
    const { instances, meanF1 } = instanceScores([
      matchInstances(referenceOf(item), Uint32Array.from(item.predicted)),
    ]);
    assert.deepEqual(
      instances.map((s) => [s.iou, s.truePositives, s.falsePositives, s.falseNegatives]),
      item.scores.map((s) => [s.iou, s.tp, s.fp, s.fn]),
    );
    instances.forEach((score, k) => {
      assert.ok(Math.abs(score.f1 - item.scores[k]!.f1) < 1e-12);
      assert.ok(Math.abs(score.averagePrecision - item.scores[k]!.ap) < 1e-12);
    });
    assert.ok(Math.abs(meanF1 - item.scores.reduce((sum, s) => sum + s.f1, 0) / 5) < 1e-12);
  });

  test(`foreground IoU and pixel error equal NumPy's, case ${number}`, () => {
    const reference = Uint8Array.from(item.reference, (label) => (label > 0 ? 2 : 1));
    const predicted = Uint8Array.from(item.predicted, (label) => (label > 0 ? 1 : 0));
    const scores = pixelScores(countConfusion(reference, predicted, 2), 2);
    assert.ok(Math.abs(scores.iouOfClass[1]! - item.jaccard) < 1e-12);
    const wrong = reference.reduce((sum, value, i) => sum + (value - 1 === predicted[i] ? 0 : 1), 0);
    assert.ok(Math.abs(scores.pixelError - wrong / 1600) < 1e-12);
  });
}

test('pooling planes counts objects and pixels, it does not average ratios', () => {
  const matches = cases.map((item) => matchInstances(referenceOf(item), Uint32Array.from(item.predicted)));
  const tp = cases.reduce((sum, item) => sum + item.scores[0]!.tp, 0);
  assert.equal(instanceScores(matches).instances[0]!.truePositives, tp);
  const one = Float64Array.of(8, 2, 0, 0);
  const two = Float64Array.of(0, 0, 5, 5);
  assert.equal(pixelScores(sumConfusions([one, two], 2), 2).pixelError, 7 / 20);
});

test('unlabelled pixels are never scored', () => {
  const reference = Uint8Array.of(0, 0, 1, 2, 2);
  const scores = (predicted: number[]) =>
    pixelScores(countConfusion(reference, Uint8Array.from(predicted), 2), 2);
  assert.deepEqual(scores([0, 0, 0, 1, 0]), scores([1, 1, 0, 1, 0]));
  assert.equal(scores([1, 1, 0, 1, 0]).labelledPixels, 3);
  // Of a predicted object that reaches into unlabelled ground only the labelled part counts: IoU 3 / 3.
  const objects = Uint32Array.of(0, 0, 2, 2, 2, 1);
  const match = matchInstances(objects, Uint32Array.of(4, 4, 4, 4, 4, 0));
  assert.deepEqual(match, { reference: 1, predicted: 1, ious: [1] });
});

test('a predicted object mostly on unlabelled ground is ignored, one on half of it is not', () => {
  const reference = Uint32Array.of(0, 0, 0, 1, 1, 1);
  assert.equal(matchInstances(reference, Uint32Array.of(1, 1, 1, 1, 1, 0)).predicted, 0);
  assert.equal(matchInstances(reference, Uint32Array.of(0, 1, 1, 1, 1, 0)).predicted, 1);
});

test('an IoU equal to the threshold is no match', () => {
  const match = matchInstances(Uint32Array.of(2, 2, 1), Uint32Array.of(1, 0, 0));
  assert.deepEqual(match.ious, [0.5]);
  assert.equal(instanceScores([match]).instances[0]!.truePositives, 0);
});

test('nothing to find and nothing found is perfect; one of both missing is 0', () => {
  const nothing = { reference: 0, predicted: 0, ious: [] };
  for (const score of instanceScores([nothing]).instances) {
    assert.deepEqual([score.precision, score.recall, score.f1, score.averagePrecision], [1, 1, 1, 1]);
  }
  for (const match of [
    { ...nothing, reference: 3 },
    { ...nothing, predicted: 3 },
  ]) {
    assert.equal(instanceScores([match]).meanF1, 0);
    assert.equal(instanceScores([match]).instances[0]!.averagePrecision, 0);
  }
  const empty = pixelScores(countConfusion(new Uint8Array(5), new Uint8Array(5), 3), 3);
  assert.deepEqual(empty, {
    labelledPixels: 0,
    pixelAccuracy: 1,
    pixelError: 0,
    meanAccuracy: 1,
    meanIou: 1,
    frequencyWeightedIou: 1,
    iouOfClass: [null, null, null],
    diceOfClass: [null, null, null],
  });
});
