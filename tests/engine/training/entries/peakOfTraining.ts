/** Test support, run as a process: two steps of the network named first; the peak of its memory and the estimate, bytes. */

import { readFileSync } from 'node:fs';
import type { NetworkSpec } from '../../../../app/engine/modelDescription.ts';
import { TrainingStep } from '../../../../app/engine/runtime/trainingStep.ts';
import {
  buildTrainingModel,
  type TrainingModelOptions,
} from '../../../../app/engine/training/buildTrainingModel.ts';
import { memoryOfLayout } from '../../../../app/engine/training/estimateMemory.ts';
import { initialiseParameters } from '../../../../app/engine/training/initialise.ts';
import { sampleFeeds } from '../sampleFeeds.ts';

const { spec, options } = JSON.parse(process.argv[2]!) as {
  spec: NetworkSpec;
  options: TrainingModelOptions;
};
const model = buildTrainingModel(spec, options);
const step = await TrainingStep.create(model, { device: 'cpu', threads: 2 });
step.load(initialiseParameters(model.parameters, 1));
for (let number = 0; number < 2; number++)
  await step.run({ ...sampleFeeds(model, number), learningRate: 1e-3, dropoutSeed: number });
await step.dispose();
const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;
process.send!({ peak, estimate: memoryOfLayout(model, 'cpu').totalBytes }, () => process.exit(0));
