/** Test support, run as a process: which tensors cross between host and GPU in each of three steps, and copies inside the graph. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import type { NetworkSpec } from '../../../app/engine/modelDescription.ts';
import { TrainingStep } from '../../../app/engine/runtime/trainingStep.ts';
import { buildTrainingModel } from '../../../app/engine/training/buildTrainingModel.ts';
import { initialiseParameters } from '../../../app/engine/training/initialise.ts';
import { sampleFeeds } from '../training/sampleFeeds.ts';

/** Names of tensors that lay in the host's memory, before and after one run. */
interface Crossing {
  up: string[];
  down: string[];
}

const crossings: Crossing[] = [];
const inHost = (tensors: object): string[] =>
  Object.entries(tensors as Record<string, Tensor | null>)
    .filter(([, tensor]) => tensor !== null && tensor.location !== 'gpu-buffer')
    .map(([name]) => name)
    .sort();
type Run = (inputs: object, ...rest: unknown[]) => Promise<object>;
const { prototype } = InferenceSession as unknown as { prototype: { run: Run } };
const run = prototype.run;
prototype.run = async function (inputs, ...rest) {
  const up = inHost(inputs);
  const results = await run.call(this, inputs, ...rest);
  crossings.push({ up, down: inHost(results) });
  return results;
};

const spec: NetworkSpec = {
  kind: 'unet',
  padding: 'same',
  depth: 1,
  baseFilters: 4,
  inputChannels: 1,
  classes: 2,
  normalisation: 'batch',
  dropout: 0,
};
const optimiser = {
  kind: 'adam',
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-7,
  weightDecay: 0.01,
  averageDecay: 0.9,
} as const;
const model = buildTrainingModel(spec, { batch: 1, tile: { y: 16, x: 16 }, optimiser });
const folder = mkdtempSync(join(tmpdir(), 'limn-profile-'));
const step = await TrainingStep.create(model, {
  device: 'webgpu',
  threads: 1,
  profile: join(folder, 'step'),
});
step.load(initialiseParameters(model.parameters, 7));
for (let number = 0; number < 3; number += 1)
  await step.run({ ...sampleFeeds(model, number), learningRate: 0.01 });
await step.dispose();
const [profile] = readdirSync(folder);
const text = readFileSync(join(folder, profile!), 'utf8');
rmSync(folder, { recursive: true });
/** Copies that the runtime itself puts between nodes of the graph, over all steps. */
const copiesInside = [...text.matchAll(/"op_name"\s*:\s*"(Memcpy\w*)"/g)].map(([, name]) => name);
const placed = [...text.matchAll(/"provider"\s*:\s*"(\w+)"/g)].map(([, name]) => name);
process.send!(
  {
    crossings,
    copiesInside,
    providers: [...new Set(placed)],
    state: [...model.parameters, ...model.state].length,
  },
  () => process.exit(0),
);
