/** Two training steps of a U-Net of `side` px and so many filters: peak resident memory of this process. */

import { TrainingStep } from '../../../app/engine/runtime/trainingStep.ts';
import { buildTrainingModel } from '../../../app/engine/training/buildTrainingModel.ts';
import { initialiseParameters } from '../../../app/engine/training/initialise.ts';
import { NetworkRunner } from '../../../app/engine/training/networkRunner.ts';
import { answer, peakResidentBytes } from '../freshProcess.ts';

const [side, baseFilters] = process.argv.slice(2).map(Number) as [number, number];
const model = buildTrainingModel(
  {
    kind: 'unet',
    padding: 'valid',
    depth: 4,
    baseFilters,
    inputChannels: 1,
    classes: 2,
    normalisation: 'none',
    dropout: 0,
  },
  { batch: 1, tile: { y: side, x: side }, optimiser: { kind: 'sgd', momentum: 0.99, averageDecay: 0 } },
);
const step = await TrainingStep.create(model, { device: 'cpu', threads: 2 });
// As a run begins.
await new NetworkRunner(step, model).load(initialiseParameters(model.parameters, 1));
const pixels = model.outputShape.y * model.outputShape.x;
const feeds = {
  image: Float32Array.from({ length: side * side }, (_, i) => ((i * 37) % 101) / 101 - 0.5),
  target: new Uint8Array(pixels).map((_, i) => 1 + ((i >> 3) & 1)),
  weight: new Float32Array(pixels).fill(1),
  learningRate: 1e-3,
};
for (let count = 0; count < 2; count++) await step.run(feeds);
answer({ peakBytes: peakResidentBytes() });
