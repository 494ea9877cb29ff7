/** Worker thread that draws training samples into shared memory; planes are shared, never copied. */

import { Piscina } from 'piscina';
import { buildSampleIndex, drawTrainingSample, type SampleIndex } from '../../science/trainingSample.ts';
import type { SampleTask, SampleWorkerData } from './samplePool.ts';

const data = Piscina.workerData as SampleWorkerData;
let index: SampleIndex | null = null;

/** Draws sample `slot` of step `step` into place `slot` of the ring's entry. */
export default function drawSample(task: SampleTask): void {
  index ??= buildSampleIndex(data.planes, data.sampling);
  const entry = data.ring[task.entry];
  if (!entry) throw new RangeError(`sampleWorker: ring has no entry ${task.entry}`);
  const { inputShape, outputShape } = data.draw;
  const imageLength = (data.planes[0]?.channels.length ?? 0) * inputShape.y * inputShape.x;
  const outputLength = outputShape.y * outputShape.x;
  const { step, slot } = task;
  drawTrainingSample(
    data.planes,
    index,
    { ...data.draw, step, slot },
    {
      image: entry.image.subarray(slot * imageLength, (slot + 1) * imageLength),
      target: entry.target.subarray(slot * outputLength, (slot + 1) * outputLength),
      weight: entry.weight.subarray(slot * outputLength, (slot + 1) * outputLength),
    },
  );
}
