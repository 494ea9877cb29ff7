import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharePlane } from '../../../app/engine/process/sharedPlanes.ts';
import { SamplePool } from '../../../app/engine/training/samplePool.ts';
import { PAPER_AUGMENTATION } from '../../../app/science/augment.ts';
import {
  buildSampleIndex,
  drawTrainingSample,
  type TrainingPlane,
} from '../../../app/science/trainingSample.ts';

const side = 40;
const plane: TrainingPlane = {
  shape: { y: side, x: side },
  channels: [Uint16Array.from({ length: side * side }, (_, i) => (i * 37) % 1000)],
  scale: [0.001],
  offset: [-0.2],
  target: Uint8Array.from({ length: side * side }, (_, i) => (i % 7 === 0 ? 2 : 1)),
  weight: new Float32Array(side * side).fill(1.5),
};
const inputShape = { y: 24, x: 24 };
const outputShape = { y: 16, x: 16 };
const sampling = { density: 'labelled', backgroundDensity: 1 } as const;
const draw = {
  seed: 11,
  inputShape,
  outputShape,
  augmentation: { ...PAPER_AUGMENTATION, elasticSigmaPx: 2 },
};

/** Drawn here, one after the other, without workers. */
function expected(
  step: number,
  batchSize: number,
): { image: Float32Array; target: Uint8Array; weight: Float32Array } {
  const index = buildSampleIndex([plane], sampling);
  const image = new Float32Array(batchSize * 576);
  const target = new Uint8Array(batchSize * 256);
  const weight = new Float32Array(batchSize * 256);
  for (let slot = 0; slot < batchSize; slot++) {
    drawTrainingSample(
      [plane],
      index,
      { ...draw, step, slot },
      {
        image: image.subarray(slot * 576, (slot + 1) * 576),
        target: target.subarray(slot * 256, (slot + 1) * 256),
        weight: weight.subarray(slot * 256, (slot + 1) * 256),
      },
    );
  }
  return { image, target, weight };
}

test('batches from workers are those of their steps, in order, after a jump, and with any number of workers', async () => {
  const planes = [sharePlane(plane)];
  assert.ok(planes[0]?.weight.buffer instanceof SharedArrayBuffer);
  for (const workers of [1, 2]) {
    const pool = new SamplePool({ planes, sampling, draw, batchSize: 2, ahead: 3, workers });
    try {
      for (const step of [0, 1, 2, 3, 4, 5, 6, 3, 4, 100, 101])
        assert.deepEqual(await pool.take(step), expected(step, 2), `step ${step}`);
    } finally {
      await pool.close();
    }
  }
});
