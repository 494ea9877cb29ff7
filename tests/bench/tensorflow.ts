/** A training step against TensorFlow.js: its native package where it loads, else plain JavaScript on a small network. */

import type { NetworkSpec } from '../../app/engine/modelDescription.ts';
import { TrainingStep } from '../../app/engine/runtime/trainingStep.ts';
import { loadTensorflow } from '../../app/engine/tfjs/tensorflow.ts';
import { TfTrainingStep } from '../../app/engine/tfjs/tfTrainingStep.ts';
import { buildTrainingGraphs, buildTrainingModel } from '../../app/engine/training/buildTrainingModel.ts';
import { initialiseParameters } from '../../app/engine/training/initialise.ts';
import type { Comparison } from './comparison.ts';

const SIDE = 64;
const STEPS = 3;

export async function benchTensorflow(repeats: number): Promise<Comparison[]> {
  const { tf, description, reason } = await loadTensorflow();
  const spec: NetworkSpec = {
    kind: 'unet',
    padding: 'same',
    depth: 2,
    baseFilters: 8,
    inputChannels: 1,
    classes: 2,
    normalisation: 'none',
    dropout: 0,
  };
  const options = {
    batch: 1,
    tile: { y: SIDE, x: SIDE },
    optimiser: { kind: 'sgd', momentum: 0.9, averageDecay: 0 } as const,
  };
  const model = buildTrainingModel(spec, options);
  const steps = {
    ours: await TrainingStep.create(model, { device: 'cpu', threads: 2 }),
    theirs: new TfTrainingStep(tf, buildTrainingGraphs(spec, options)),
  };
  const feeds = {
    image: Float32Array.from({ length: SIDE * SIDE }, (_, i) => ((i * 37) % 101) / 101 - 0.5),
    target: new Uint8Array(SIDE * SIDE).map((_, i) => 1 + ((i >> 3) & 1)),
    weight: new Float32Array(SIDE * SIDE).fill(1),
    learningRate: 1e-3,
  };
  const seconds = { ours: [] as number[], theirs: [] as number[] };
  for (const side of ['ours', 'theirs'] as const) {
    steps[side].load(initialiseParameters(model.parameters, 1));
    await steps[side].run(feeds);
  }
  for (let repeat = 0; repeat < Math.min(repeats, 3); repeat++) {
    for (const side of ['ours', 'theirs'] as const) {
      for (let count = 0; count < STEPS; count++) {
        const started = performance.now();
        await steps[side].run(feeds);
        seconds[side].push((performance.now() - started) / 1000);
      }
    }
  }
  await steps.ours.dispose();
  await steps.theirs.dispose();
  return [
    {
      work: `training step, U-Net 8 filters, depth 2, ${SIDE}², padded`,
      peer: `TensorFlow.js, ${description}`,
      atMost: 1,
      ...seconds,
      note: reason === null ? 'SGD, momentum' : 'SGD, momentum; the native tfjs-node is missing here',
    },
  ];
}
