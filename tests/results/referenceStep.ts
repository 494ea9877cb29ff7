/** How long a step of a preset takes on the reference machine: what turns a budget in reference minutes into steps. */

import { Graph } from '../../app/engine/graph/graph.ts';
import type { UnetSpec } from '../../app/engine/modelDescription.ts';
import { inputSideFor } from '../../app/engine/networks/unetGeometry.ts';
import { encodeModel } from '../../app/engine/onnx/encodeModel.ts';
import { createSession, Tensor } from '../../app/engine/runtime/ort.ts';
import { TrainingStep } from '../../app/engine/runtime/trainingStep.ts';
import { buildTrainingModel } from '../../app/engine/training/buildTrainingModel.ts';
import type { HyperParameters } from '../../app/engine/training/hyperParameters.ts';
import { initialiseParameters } from '../../app/engine/training/initialise.ts';

export const REFERENCE_GFLOPS = 250;
const SIDE = 2048;
const REPEATS = 25;
/** Fewer repeats where a step takes long; five at least. */
const LONGEST_SECONDS = 60;
const FEWEST_REPEATS = 5;
/** Share of a run's time that is left to validation, checkpoints and waiting for samples. */
const BESIDES_STEPS = 0.1;

export interface ReferenceStep {
  /** Of a 2048² float32 matrix product here, GFLOP/s on two threads. */
  gflops: number;
  /** Of one training step here, s. */
  secondsPerStep: number;
  /** Steps that the reference machine does in one minute of a run. */
  stepsPerMinute: number;
}

/**
 * Matrix products and training steps in turns, so that both see the same neighbours; the quartile of the fastest counts,
 * because other work on the machine only ever adds time.
 */
export async function measureReferenceStep(plan: HyperParameters): Promise<ReferenceStep> {
  const product = await matrixProduct();
  const step = await trainingStep(plan);
  const products: number[] = [];
  const steps: number[] = [];
  const started = performance.now();
  for (let repeat = 0; repeat <= REPEATS; repeat++) {
    if (repeat > FEWEST_REPEATS && performance.now() - started > 1000 * LONGEST_SECONDS) break;
    const ofProduct = await secondsOf(product.run);
    const ofStep = await secondsOf(step.run);
    if (repeat === 0) continue;
    products.push(ofProduct);
    steps.push(ofStep);
  }
  await product.dispose();
  await step.dispose();
  const gflops = (2 * SIDE ** 3) / lowerQuartile(products) / 1e9;
  const secondsPerStep = lowerQuartile(steps);
  const onReference = (secondsPerStep * gflops) / REFERENCE_GFLOPS;
  return { gflops, secondsPerStep, stepsPerMinute: ((1 - BESIDES_STEPS) * 60) / onReference };
}

interface Work {
  run: () => Promise<unknown>;
  dispose: () => Promise<void>;
}

async function matrixProduct(): Promise<Work> {
  const graph = new Graph();
  const shape = [SIDE, SIDE];
  const a = graph.input('a', 'float32', shape);
  const b = graph.input('b', 'float32', shape);
  graph.output('product', graph.node('MatMul', [a, b], {}, { type: 'float32', shape }));
  const session = await createSession(encodeModel(graph), { device: 'cpu', threads: 2 });
  const values = Float32Array.from({ length: SIDE * SIDE }, (_, i) => ((i * 31) % 97) / 97 - 0.5);
  const feeds = { a: new Tensor('float32', values, shape), b: new Tensor('float32', values.slice(), shape) };
  return { run: () => session.run(feeds), dispose: () => session.release() };
}

async function trainingStep(plan: HyperParameters): Promise<Work> {
  const { padding, depth, baseFilters, networkNormalisation, dropout, batchSize } = plan;
  const spec: UnetSpec = {
    kind: 'unet',
    padding,
    depth,
    baseFilters,
    inputChannels: 1,
    classes: 2,
    normalisation: networkNormalisation,
    dropout,
  };
  const side = inputSideFor(spec, plan.tileSize);
  const { optimiser, averageDecay, clipNorm } = plan;
  const model = buildTrainingModel(spec, {
    batch: batchSize,
    tile: { y: side, x: side },
    optimiser: { ...optimiser, averageDecay, clipNorm },
  });
  const step = await TrainingStep.create(model, { device: 'cpu', threads: 2 });
  step.load(initialiseParameters(model.parameters, 1));
  const pixels = batchSize * model.outputShape.y * model.outputShape.x;
  const feeds = {
    image: Float32Array.from({ length: batchSize * side * side }, (_, i) => ((i * 37) % 101) / 101 - 0.5),
    target: new Uint8Array(pixels).map((_, i) => 1 + ((i >> 3) & 1)),
    weight: new Float32Array(pixels).fill(1),
    learningRate: 1e-4,
    dropoutSeed: 1,
  };
  return { run: () => step.run(feeds), dispose: () => step.dispose() };
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function lowerQuartile(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 2] ?? Number.NaN;
}
