/** Test support, run as a process: two steps of a tiny network and a prediction on the device named first, as JSON. */

import type { NetworkSpec } from '../../../app/engine/modelDescription.ts';
import { Predictor } from '../../../app/engine/runtime/predictor.ts';
import { TrainingStep } from '../../../app/engine/runtime/trainingStep.ts';
import { buildTrainingModel } from '../../../app/engine/training/buildTrainingModel.ts';
import { initialiseParameters, predictingWeights } from '../../../app/engine/training/initialise.ts';
import { wave } from '../graph/runGraph.ts';
import { sampleFeeds } from '../training/sampleFeeds.ts';

const device = process.argv[2] === 'webgpu' ? 'webgpu' : 'cpu';
const spec: NetworkSpec = {
  kind: 'unet',
  padding: 'same',
  depth: 1,
  baseFilters: 4,
  inputChannels: 1,
  classes: 2,
  normalisation: 'batch',
  dropout: 0.5,
};
const optimiser = { kind: 'sgd', momentum: 0.9, averageDecay: 0.9, clipNorm: 10 } as const;
const model = buildTrainingModel(spec, { batch: 2, tile: { y: 16, x: 16 }, optimiser });
const step = await TrainingStep.create(model, { device, threads: 1 });
step.load(initialiseParameters(model.parameters, 7));
const losses: number[] = [];
for (let number = 0; number < 2; number += 1) {
  losses.push(
    (await step.run({ ...sampleFeeds(model, number), learningRate: 0.05, dropoutSeed: number })).loss,
  );
}
const state = await step.read();
await step.dispose();
const predictor = await Predictor.create(spec, predictingWeights(model, state), {
  device,
  threads: 1,
  output: 'network',
});
const probabilities = await predictor.run(wave(256, 3), { y: 16, x: 16 });
await predictor.dispose();
const tensors = Object.fromEntries([...state].map(([name, data]) => [name, [...data]]));
process.send!({ losses, tensors, probabilities: [...probabilities] }, () => process.exit(0));
