import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchInstances } from '../../app/science/metrics.ts';
import { objectDisagreement } from '../../app/science/objectDisagreement.ts';
import { simulateNuclei } from '../../app/science/simulate/nuclei.ts';

test('where all is labelled it is one minus the best IoU of the matching', () => {
  const shape = { y: 256, x: 256 };
  const truth = simulateNuclei({ shape, seed: 4, index: 1 }).labels;
  const reference = truth.map((label) => label + 1);
  // Everything moved by three pixels to the right.
  const predicted = truth.map((_, i) => (i % 256 >= 3 ? truth[i - 3]! : 0));
  const found = [...objectDisagreement(reference, predicted).values()]
    .filter((value) => value < 1)
    .map((value) => (1 - value).toFixed(9))
    .sort();
  const ious = matchInstances(reference, predicted).ious.map((value) => value.toFixed(9));
  assert.deepEqual(found, ious.sort());
  assert.ok(found.length > 10);
});

test('a missed object is wholly apart, and unlabelled ground counts for nothing', () => {
  const reference = Uint32Array.of(2, 2, 0, 0, 0, 0, 1, 3, 3, 1);
  const predicted = Uint32Array.of(1, 1, 1, 1, 1, 1, 0, 0, 0, 0);
  assert.deepEqual(
    [...objectDisagreement(reference, predicted)],
    [
      [2, 0],
      [3, 1],
    ],
  );
});
