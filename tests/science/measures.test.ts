/** Pixel, object and partition measures against NumPy, SciPy and scikit-image; the warping error against what topology allows. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { connectedComponents } from '../../app/science/connectedComponents.ts';
import { countConfusion, matchesOf, pixelScores } from '../../app/science/metrics.ts';
import { objectMeasures, tallyObjects } from '../../app/science/objectMeasures.ts';
import { overlapsOf } from '../../app/science/overlaps.ts';
import { partitionMeasures, tallyPartition, tallyThresholds } from '../../app/science/partitionMeasures.ts';
import { tallyWarping, warpingError } from '../../app/science/warpingError.ts';
import { readFixture } from './fixtures.ts';

interface Case {
  reference: number[];
  predicted: number[];
  probability: number[];
  classes: number[];
  guess: number[];
  pixelAccuracy: number;
  meanAccuracy: number;
  meanIou: number;
  frequencyWeightedIou: number;
  dice: number[];
  averagePrecisions: number[];
  panopticQuality: number;
  seg: number;
  merged: number;
  split: number;
  adaptedRandError: number;
  foregroundRandError: number;
  variationOfInformation: [number, number];
}

const { cases, simple } = readFixture<{ cases: Case[]; simple: boolean[] }>('measures');
const shape = { y: 40, x: 40 };
const near = (value: number, wanted: number, what: string): void =>
  assert.ok(Math.abs(value - wanted) < 1e-9, `${what}: ${value}, not ${wanted}`);
/** The fixture's 0 background, 1…N becomes 1 background, >= 2 objects. */
const referenceOf = (item: Case) => Uint32Array.from(item.reference, (label) => label + 1);

for (const [number, item] of cases.entries()) {
  test(`pixel scores of three classes equal NumPy's, case ${number}`, () => {
    const classes = Uint8Array.from(item.classes, (value) => value + 1);
    const scores = pixelScores(countConfusion(classes, Uint8Array.from(item.guess), 3), 3);
    for (const name of ['pixelAccuracy', 'meanAccuracy', 'meanIou', 'frequencyWeightedIou'] as const) {
      near(scores[name], item[name], name);
    }
    for (const [k, dice] of scores.diceOfClass.entries()) near(dice ?? -1, item.dice[k]!, `Dice of ${k}`);
  });

  test(`object measures equal those of scikit-image's contingency table, case ${number}`, () => {
    const overlaps = overlapsOf(referenceOf(item), Uint32Array.from(item.predicted));
    const measures = objectMeasures([tallyObjects(overlaps, matchesOf(overlaps))]);
    for (const [k, { iou, averagePrecision }] of measures.averagePrecisions.entries()) {
      near(averagePrecision, item.averagePrecisions[k]!, `AP at ${iou}`);
    }
    near(measures.panopticQuality, item.panopticQuality, 'PQ');
    near(measures.seg, item.seg, 'SEG');
    assert.deepEqual([measures.mergedObjects, measures.splitObjects], [item.merged, item.split]);
    assert.ok(item.merged > 0 && item.split > 0);
  });

  test(`Rand errors and variation of information equal scikit-image's and the challenges', case ${number}`, () => {
    const reference = referenceOf(item);
    const measures = partitionMeasures(
      [tallyPartition(reference, Uint32Array.from(item.predicted), { singletons: false })],
      [tallyThresholds(reference, Float32Array.from(item.probability), shape)],
    );
    near(measures.adaptedRandError, item.adaptedRandError, 'adapted Rand error');
    near(measures.foregroundRandError, item.foregroundRandError, 'foreground-restricted Rand error');
    near(measures.variationOfInformation.split, item.variationOfInformation[0], 'split');
    near(measures.variationOfInformation.merge, item.variationOfInformation[1], 'merge');
  });
}

test('a pixel flips only where SciPy finds one part of foreground and one of background around it', () => {
  const ring = [5, 8, 7, 6, 3, 0, 1, 2];
  for (const middle of [0, 1]) {
    simple.forEach((isSimple, bits) => {
      const reference = new Uint8Array(9);
      ring.forEach((at, k) => {
        reference[at] = (bits >> k) & 1;
      });
      reference[4] = middle;
      const predicted = reference.slice();
      predicted[4] = 1 - middle;
      const { wrong, pixels } = tallyWarping(reference, predicted, new Uint8Array(9).fill(1), { y: 3, x: 3 });
      assert.deepEqual([wrong, pixels], [isSimple ? 0 : 1, 9], `neighbours ${bits.toString(2)}`);
    });
  }
});

test('warping moves borders for nothing and charges for what is torn, joined, missed or invented', () => {
  const picture = (...rows: string[]) => Uint8Array.from(rows.join(''), (c) => (c === '#' ? 1 : 0));
  const wrong = (reference: Uint8Array, predicted: Uint8Array, labelled = new Uint8Array(20).fill(1)) =>
    tallyWarping(reference, predicted, labelled, { y: 4, x: 5 }).wrong;
  const two = picture('##.##', '##.##', '##.##', '##.##');
  assert.equal(wrong(two, picture('#.###', '#.###', '#.###', '#..##')), 0);
  // Against the order of reading: each flip makes the next one possible.
  assert.equal(
    wrong(picture('....#', '....#', '....#', '....#'), picture('#####', '#####', '#####', '#####')),
    0,
  );
  // Joined through one pixel: that pixel is the error.
  assert.equal(wrong(two, picture('##.##', '#####', '##.##', '##.##')), 1);
  assert.equal(wrong(two, picture('##...', '##...', '##...', '##...')), 1);
  // An object that the reference lacks cannot grow from anywhere; one too many shrinks to a pixel.
  assert.equal(wrong(picture('##...', '##...', '##...', '##...'), two), 8);
  const labelled = new Uint8Array(20).fill(1);
  labelled[7] = 0;
  assert.equal(wrong(two, picture('##.##', '#####', '##.##', '##.##'), labelled), 0);
  assert.equal(warpingError([{ wrong: 0, pixels: 0 }]), 0);
});

test('warping keeps the number of parts and of holes', () => {
  const side = 9;
  const plane = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: side * side, maxLength: side * side });
  fc.assert(
    fc.property(plane, plane, (reference, predicted) => {
      const [from, to] = [Uint8Array.from(reference), Uint8Array.from(predicted)];
      const parts = (mask: Uint8Array, connectivity: 4 | 8) =>
        connectedComponents(mask, { y: side, x: side }, connectivity).count;
      const { wrong } = tallyWarping(from, to, new Uint8Array(side * side).fill(1), { y: side, x: side });
      // Different topology costs at least a pixel; the same plane costs none.
      if (parts(from, 4) !== parts(to, 4)) assert.ok(wrong > 0);
      assert.equal(tallyWarping(to, to, new Uint8Array(side * side).fill(1), { y: side, x: side }).wrong, 0);
    }),
  );
});

test('nothing to find and nothing found is perfect; one of both missing is as bad as can be', () => {
  const of = (reference: number[], predicted: number[]) => {
    const overlaps = overlapsOf(Uint32Array.from(reference), Uint32Array.from(predicted));
    return objectMeasures([tallyObjects(overlaps, matchesOf(overlaps))]);
  };
  const summary = (m: ReturnType<typeof of>) => [m.meanAveragePrecision, m.panopticQuality, m.seg];
  assert.deepEqual(summary(of([1, 1], [0, 0])), [1, 1, 1]);
  assert.deepEqual(summary(of([2, 2], [0, 0])), [0, 0, 0]);
  assert.deepEqual(summary(of([1, 1], [1, 1])), [0, 0, 0]);
  const empty = partitionMeasures(
    [tallyPartition(Uint32Array.of(1, 1), Uint32Array.of(0, 5), { singletons: false })],
    [],
  );
  assert.deepEqual(
    [empty.adaptedRandError, empty.foregroundRandError, empty.variationOfInformation.total],
    [0, 0, 0],
  );
});
