/** Test support, run as a process: two steps of a tiny network and a prediction on the device and of the network named, as JSON. */

import type { NetworkSpec } from '../../../app/engine/modelDescription.ts';
import { inputSideFor } from '../../../app/engine/networks/networkKinds.ts';
import { Predictor } from '../../../app/engine/runtime/predictor.ts';
import { TrainingStep } from '../../../app/engine/runtime/trainingStep.ts';
import { buildTrainingModel } from '../../../app/engine/training/buildTrainingModel.ts';
import { initialiseParameters, predictingWeights } from '../../../app/engine/training/initialise.ts';
import { wave } from '../graph/runGraph.ts';
import { sampleFeeds } from '../training/sampleFeeds.ts';

const device = process.argv[2] === 'webgpu' ? 'webgpu' : 'cpu';
const common = { inputChannels: 1, classes: 2, dropout: 0.5 };
const unet: NetworkSpec = {
  kind: 'unet',
  padding: 'same',
  depth: 1,
  baseFilters: 4,
  normalisation: 'batch',
  ...common,
};
const fcn: NetworkSpec = { kind: 'fcn', backbone: 'alexnet', finestStride: 8, baseFilters: 2, ...common };
const [spec, batch] = process.argv[3] === 'fcn' ? [fcn, 1] : [unet, 2];
// The second size that an FCN takes: the first has an output of one pixel.
const side = spec.kind === 'fcn' ? inputSideFor(spec, inputSideFor(spec, 1) + 1) : 16;
const optimiser = { kind: 'sgd', momentum: 0.9, averageDecay: 0.9, clipNorm: 10 } as const;
const model = buildTrainingModel(spec, { batch, tile: { y: side, x: side }, optimiser });
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
const probabilities = await predictor.run(wave(side * side, 3), { y: side, x: side });
await predictor.dispose();
const tensors = Object.fromEntries([...state].map(([name, data]) => [name, [...data]]));
process.send!({ losses, tensors, probabilities: [...probabilities] }, () => process.exit(0));
