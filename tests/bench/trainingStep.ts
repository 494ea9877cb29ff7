/** Training step and inference of U-Nets against PyTorch, two threads each; each repeat alternates with a fresh peer process. */

import type { NetworkSpec } from '../../app/engine/modelDescription.ts';
import { Predictor } from '../../app/engine/runtime/predictor.ts';
import { TrainingStep } from '../../app/engine/runtime/trainingStep.ts';
import { buildTrainingModel } from '../../app/engine/training/buildTrainingModel.ts';
import { initialiseParameters } from '../../app/engine/training/initialise.ts';
import { type Comparison, runPeer } from './comparison.ts';

interface Case {
  name: string;
  side: number;
  baseFilters: number;
  padding: 'valid' | 'same';
  atMost: { train: number; infer: number };
}

const CASES: Case[] = [
  {
    name: 'U-Net 16 filters, 256², padded',
    side: 256,
    baseFilters: 16,
    padding: 'same',
    atMost: { train: 1, infer: 0.9 },
  },
  {
    name: 'U-Net 32 filters, 256², padded',
    side: 256,
    baseFilters: 32,
    padding: 'same',
    atMost: { train: 1, infer: 0.9 },
  },
  {
    name: 'U-Net 64 filters, 572², valid',
    side: 572,
    baseFilters: 64,
    padding: 'valid',
    atMost: { train: 1, infer: 0.85 },
  },
];
const THREADS = 2;
/** Steps of one repeat on either side; the 31-million-parameter network takes seconds for each. */
const STEPS = 3;

export async function benchTrainingStep(repeats: number): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const one of CASES) {
    const ours = { train: [] as number[], infer: [] as number[] };
    const theirs = { train: [] as number[], infer: [] as number[] };
    let peer = 'PyTorch (missing)';
    for (let repeat = 0; repeat < Math.min(repeats, one.side > 256 ? 2 : repeats); repeat++) {
      const mine = await timeOurs(one);
      ours.train.push(...mine.train);
      ours.infer.push(...mine.infer);
      const answer = runPeer<{ train: number[]; infer: number[]; version: string }>(
        'unet_torch.py',
        one.side,
        one.baseFilters,
        one.padding === 'same' ? 1 : 0,
        STEPS,
      );
      if (answer === null) continue;
      peer = answer.version;
      theirs.train.push(...answer.train);
      theirs.infer.push(...answer.infer);
    }
    comparisons.push(
      {
        work: `training step, ${one.name}`,
        peer,
        atMost: one.atMost.train,
        ours: ours.train,
        theirs: theirs.train,
        note: 'SGD, momentum',
      },
      {
        work: `inference, ${one.name}`,
        peer,
        atMost: one.atMost.infer,
        ours: ours.infer,
        theirs: theirs.infer,
        note: '',
      },
    );
  }
  return comparisons;
}

/** Seconds of each of our steps and inferences, after one that warms up. */
async function timeOurs({ side, baseFilters, padding }: Case): Promise<{ train: number[]; infer: number[] }> {
  const spec: NetworkSpec = {
    kind: 'unet',
    padding,
    depth: 4,
    baseFilters,
    inputChannels: 1,
    classes: 2,
    normalisation: 'none',
    dropout: 0,
  };
  const tile = { y: side, x: side };
  const model = buildTrainingModel(spec, {
    batch: 1,
    tile,
    optimiser: { kind: 'sgd', momentum: 0.99, averageDecay: 0 },
  });
  const step = await TrainingStep.create(model, { device: 'cpu', threads: THREADS });
  const weights = initialiseParameters(model.parameters, 1);
  step.load(weights);
  const pixels = model.outputShape.y * model.outputShape.x;
  const image = Float32Array.from({ length: side * side }, (_, i) => ((i * 37) % 101) / 101 - 0.5);
  const feeds = {
    image,
    target: new Uint8Array(pixels).map((_, i) => 1 + ((i >> 3) & 1)),
    weight: new Float32Array(pixels).fill(1),
    learningRate: 1e-3,
  };
  const train = await repeat(() => step.run(feeds));
  await step.dispose();
  const predictor = await Predictor.create(spec, weights, {
    device: 'cpu',
    threads: THREADS,
    output: 'network',
  });
  const infer = await repeat(() => predictor.run(image, tile));
  await predictor.dispose();
  return { train, infer };
}

async function repeat(work: () => Promise<unknown>): Promise<number[]> {
  await work();
  const seconds: number[] = [];
  for (let count = 0; count < STEPS; count++) {
    const started = performance.now();
    await work();
    seconds.push((performance.now() - started) / 1000);
  }
  return seconds;
}
