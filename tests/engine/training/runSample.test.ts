/** Sample pictures of a run: kept, thinned out, shrunk and read back. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  forgetSamplesAfter,
  readSample,
  type SamplePicture,
  samplesIn,
  shrinkPicture,
  writeSample,
} from '../../../app/engine/training/runSample.ts';
import { isLimnError } from '../../../app/errors.ts';
import { testFolder } from '../../services/smallProject.ts';
import { PICTURE } from './toyRun.ts';

function ramp(side: number, channels: number, classes: number): SamplePicture {
  const pixels = side * side;
  const of = (planes: number, scale: number): Float32Array =>
    Float32Array.from({ length: planes * pixels }, (_, i) => i * scale);
  return {
    shape: { y: side, x: side },
    channels,
    classes,
    image: of(channels, 1),
    label: Uint8Array.from({ length: pixels }, (_, i) => i % 251),
    weight: of(1, 0.5),
    probability: of(classes, 1e-4),
  };
}

test('a picture comes back as it was kept', (t) => {
  const folder = testFolder(t);
  const picture = ramp(9, 2, 3);
  writeSample(folder, 40, picture);
  assert.deepEqual(readSample(folder, 40), picture);
  assert.throws(
    () => readSample(folder, 41),
    (error) => isLimnError(error, 'NotFound'),
  );
});

test('a tile of 300 px is shown on 100 px: means over 3 × 3, labels of the middles', () => {
  const whole = ramp(300, 2, 1);
  const small = shrinkPicture(whole);
  assert.deepEqual(small.shape, { y: 100, x: 100 });
  // The mean of a ramp over a square is its middle, in the second channel too.
  const middle = (y: number, x: number): number => (3 * y + 1) * 300 + 3 * x + 1;
  for (const [y, x] of [
    [0, 0],
    [57, 31],
    [99, 99],
  ] as const) {
    assert.equal(small.label[y * 100 + x], middle(y, x) % 251);
    const second = small.image[10_000 + y * 100 + x]!;
    assert.ok(Math.abs(second - 90_000 - middle(y, x)) < 0.02, `${second}`);
  }
});

test('a run keeps at most 64 pictures, the first and the last among them; those after a step can be forgotten', (t) => {
  const folder = testFolder(t);
  for (let step = 1; step <= 300; step++) writeSample(folder, step, PICTURE);
  const steps = samplesIn(folder);
  assert.ok(steps.length <= 64 && steps.length > 30, `${steps.length}`);
  assert.equal(steps[0], 1);
  assert.equal(steps.at(-1), 300);
  forgetSamplesAfter(folder, 100);
  assert.ok(samplesIn(folder).every((step) => step <= 100));
});
