/** Whole training steps against TensorFlow.js's gradients with optimisers written out in double precision. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import type { UnetSpec } from '../../../app/engine/modelDescription.ts';
import { averageName, type OptimiserSpec } from '../../../app/engine/optimisers/optimiserSpec.ts';
import { dropoutSeedOf } from '../../../app/engine/runtime/stepFeeds.ts';
import { TrainingStep } from '../../../app/engine/runtime/trainingStep.ts';
import { buildTrainingModel, type TrainingModel } from '../../../app/engine/training/buildTrainingModel.ts';
import { initialiseParameters, predictingWeights } from '../../../app/engine/training/initialise.ts';
import { isLimnError } from '../../../app/errors.ts';
import { largestDifference } from '../graph/runGraph.ts';
import { tfLoss, tfUnet } from '../networks/tfUnet.ts';
import { sampleFeeds } from './sampleFeeds.ts';

const base = { kind: 'unet', depth: 2, baseFilters: 2, inputChannels: 1, classes: 2, dropout: 0 } as const;
const sgd: OptimiserSpec = { kind: 'sgd', momentum: 0.9, averageDecay: 0 };
const adam: OptimiserSpec = {
  kind: 'adam',
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0.05,
  averageDecay: 0,
};

interface Case {
  title: string;
  spec: UnetSpec;
  batch: number;
  tile: { y: number; x: number };
  optimiser: OptimiserSpec;
}

const cases: Case[] = [
  {
    title: 'valid, momentum SGD',
    spec: { ...base, padding: 'valid', normalisation: 'none' },
    batch: 1,
    tile: { y: 44, x: 48 },
    optimiser: sgd,
  },
  {
    title: 'padded, two channels, three classes, clipped SGD with averaged weights',
    spec: { ...base, padding: 'same', normalisation: 'none', inputChannels: 2, classes: 3 },
    batch: 2,
    tile: { y: 8, x: 12 },
    optimiser: { ...sgd, clipNorm: 0.5, averageDecay: 0.9 },
  },
  {
    title: 'padded, batch normalisation, AdamW',
    spec: { ...base, padding: 'same', normalisation: 'batch' },
    batch: 3,
    tile: { y: 16, x: 8 },
    optimiser: adam,
  },
  {
    title: 'padded, instance normalisation, SGD without momentum',
    spec: { ...base, padding: 'same', normalisation: 'instance', depth: 1 },
    batch: 4,
    tile: { y: 8, x: 8 },
    optimiser: { kind: 'sgd', momentum: 0, averageDecay: 0 },
  },
];

const RATE = 0.01;
const STEPS = 2;

for (const { title, spec, batch, tile, optimiser } of cases) {
  test(`${STEPS} training steps agree with TensorFlow.js to 1e-4: ${title}`, async () => {
    const model = buildTrainingModel(spec, { batch, tile, optimiser });
    const start = initialiseParameters(model.parameters, 11);
    const step = await TrainingStep.create(model, { device: 'cpu', threads: 1 });
    step.load(start);
    const reference = new ReferenceTraining(spec, model, start, optimiser);
    for (let number = 0; number < STEPS; number += 1) {
      const feeds = sampleFeeds(model, number);
      const { loss, gradientNorm } = await step.run({ ...feeds, learningRate: RATE });
      const expected = reference.step(feeds, RATE);
      assert.ok(Math.abs(loss - expected.loss) < 1e-4, `loss ${loss}, not ${expected.loss}`);
      if (gradientNorm !== undefined)
        assert.ok(Math.abs(gradientNorm - expected.norm) < 1e-4 * Math.max(1, expected.norm));
    }
    const state = await step.read();
    for (const [name, expected] of reference.weights) {
      const difference = largestDifference(state.get(name)!, expected);
      assert.ok(difference < 1e-4, `${name} differs by ${difference}`);
      assert.ok(
        name.endsWith('bias') || largestDifference(state.get(name)!, start.get(name)!) > 0,
        `${name} did not move`,
      );
    }
    for (const [name, expected] of reference.averages) {
      assert.ok(largestDifference(state.get(averageName(name))!, expected) < 1e-4, `average of ${name}`);
      assert.deepEqual(predictingWeights(model, state).get(name), state.get(averageName(name)));
    }
    await step.dispose();
  });
}

/** TensorFlow.js's gradients, and the optimisers' formulas in plain numbers. */
class ReferenceTraining {
  readonly weights = new Map<string, Float64Array>();
  readonly averages = new Map<string, Float64Array>();
  readonly #first = new Map<string, Float64Array>();
  readonly #second = new Map<string, Float64Array>();
  readonly #spec: UnetSpec;
  readonly #model: TrainingModel;
  readonly #optimiser: OptimiserSpec;
  #steps = 0;

  constructor(
    spec: UnetSpec,
    model: TrainingModel,
    start: Map<string, Float32Array>,
    optimiser: OptimiserSpec,
  ) {
    this.#spec = spec;
    this.#model = model;
    this.#optimiser = optimiser;
    for (const [name, data] of start) {
      this.weights.set(name, Float64Array.from(data));
      if (optimiser.averageDecay > 0) this.averages.set(name, Float64Array.from(data));
      this.#first.set(name, new Float64Array(data.length));
      this.#second.set(name, new Float64Array(data.length));
    }
  }

  step(feeds: ReturnType<typeof sampleFeeds>, rate: number): { loss: number; norm: number } {
    this.#steps += 1;
    const { parameters, feeds: feedSpecs } = this.#model;
    const tensors = parameters.map(({ name, shape }) =>
      tf.tensor(Float32Array.from(this.weights.get(name)!), [...shape]),
    );
    const image = tf.tensor(feeds.image, [...feedSpecs.find(({ name }) => name === 'image')!.shape]);
    const lossOf = (...values: tf.Tensor[]): tf.Scalar => {
      const weights = Object.fromEntries(parameters.map(({ name }, index) => [name, values[index]!]));
      return tfLoss(tfUnet(this.#spec, image, weights), feeds.target, feeds.weight);
    };
    const { value, grads } = tf.valueAndGrads(lossOf)(tensors);
    const gradients = grads.map((gradient) => Float64Array.from(gradient.dataSync()));
    const norm = Math.sqrt(
      gradients.reduce((sum, gradient) => sum + gradient.reduce((s, g) => s + g * g, 0), 0),
    );
    const clip = this.#optimiser.clipNorm ? Math.min(1, this.#optimiser.clipNorm / norm) : 1;
    for (const [index, { name, role }] of parameters.entries()) {
      const gradient = gradients[index]!.map((g) => g * clip);
      this.#update(name, role === 'kernel', gradient, rate);
    }
    return { loss: value.dataSync()[0]!, norm };
  }

  #update(name: string, isKernel: boolean, gradient: Float64Array, rate: number): void {
    const o = this.#optimiser;
    const weight = this.weights.get(name)!;
    const first = this.#first.get(name)!;
    const second = this.#second.get(name)!;
    const average = this.averages.get(name);
    const decay = Math.min(o.averageDecay, (1 + this.#steps) / (10 + this.#steps));
    for (const [i, g] of gradient.entries()) {
      if (o.kind === 'sgd') {
        first[i] = o.momentum * first[i]! + g;
        weight[i]! -= rate * first[i]!;
      } else {
        first[i] = o.beta1 * first[i]! + (1 - o.beta1) * g;
        second[i] = o.beta2 * second[i]! + (1 - o.beta2) * g * g;
        const direction = first[i]! / (1 - o.beta1 ** this.#steps);
        const size = Math.sqrt(second[i]! / (1 - o.beta2 ** this.#steps)) + o.epsilon;
        weight[i]! -= rate * (direction / size + (isKernel ? o.weightDecay * weight[i]! : 0));
      }
      if (average) average[i] = decay * average[i]! + (1 - decay) * weight[i]!;
    }
  }
}

test('a run that is read and loaded half-way goes on to the bit, dropout, averages and running statistics included', async () => {
  const spec: UnetSpec = {
    ...base,
    padding: 'same',
    normalisation: 'batch',
    dropout: 0.5,
    depth: 1,
    baseFilters: 4,
  };
  const model = buildTrainingModel(spec, {
    batch: 2,
    tile: { y: 16, x: 16 },
    optimiser: { ...adam, averageDecay: 0.99 },
  });
  const run = async (step: TrainingStep, from: number, to: number): Promise<number[]> => {
    const losses: number[] = [];
    for (let number = from; number < to; number += 1) {
      const feeds = {
        ...sampleFeeds(model, number),
        learningRate: RATE,
        dropoutSeed: dropoutSeedOf(5, number),
      };
      losses.push((await step.run(feeds)).loss);
    }
    return losses;
  };
  const create = (): Promise<TrainingStep> => TrainingStep.create(model, { device: 'cpu', threads: 2 });
  const whole = await create();
  whole.load(initialiseParameters(model.parameters, 1));
  const losses = await run(whole, 0, 6);
  const firstHalf = await create();
  firstHalf.load(initialiseParameters(model.parameters, 1));
  await run(firstHalf, 0, 3);
  const saved = await firstHalf.read();
  await run(firstHalf, 3, 4);
  const secondHalf = await create();
  secondHalf.load(saved);
  assert.deepEqual(await run(secondHalf, 3, 6), losses.slice(3));
  assert.deepEqual(await secondHalf.read(), await whole.read());
  assert.ok(new Set(losses).size === losses.length);
  for (const step of [whole, firstHalf, secondHalf]) await step.dispose();
});

test('frozen parameters stay as they are to the bit and cost no backward nodes', async () => {
  const spec: UnetSpec = { ...base, padding: 'same', normalisation: 'none' };
  const options = { batch: 1, tile: { y: 8, x: 8 }, optimiser: sgd };
  const all = buildTrainingModel(spec, options);
  const some = buildTrainingModel(spec, { ...options, trains: ({ name }) => name.startsWith('score') });
  assert.ok(some.bytes.length < all.bytes.length / 2);
  const start = initialiseParameters(some.parameters, 2);
  const step = await TrainingStep.create(some, { device: 'cpu', threads: 1 });
  step.load(start);
  await step.run({ ...sampleFeeds(some, 0), learningRate: 0.1 });
  for (const [name, data] of await step.read()) {
    if (start.has(name))
      assert.equal(largestDifference(data, start.get(name)!) === 0, !name.startsWith('score'), name);
  }
  await step.dispose();
});

test('weights of another network are refused by name', async () => {
  const spec: UnetSpec = { ...base, padding: 'same', normalisation: 'none', depth: 1 };
  const model = buildTrainingModel(spec, { batch: 1, tile: { y: 8, x: 8 }, optimiser: sgd });
  const step = await TrainingStep.create(model, { device: 'cpu', threads: 1 });
  const start = initialiseParameters(model.parameters, 2);
  start.set('score.kernel', new Float32Array(3));
  assert.throws(
    () => step.load(start),
    (error) => isLimnError(error, 'InvalidInput') && error.message.includes('score.kernel'),
  );
  await step.dispose();
});

test('kernels start with standard deviation √(2/N), biases at 0, and depend on the seed', () => {
  const spec: UnetSpec = { ...base, padding: 'same', normalisation: 'none', baseFilters: 16 };
  const { parameters } = buildTrainingModel(spec, { batch: 1, tile: { y: 8, x: 8 }, optimiser: sgd });
  const weights = initialiseParameters(parameters, 3);
  for (const { name, role } of parameters) {
    const data = weights.get(name)!;
    if (role === 'bias') assert.ok(data.every((value) => value === 0));
    if (name !== 'bottom.convolution2.kernel') continue;
    const deviation = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
    assert.ok(Math.abs(deviation / Math.sqrt(2 / (9 * 64)) - 1) < 0.02);
  }
  assert.deepEqual(initialiseParameters(parameters, 3), weights);
  assert.notDeepEqual(initialiseParameters(parameters, 4), weights);
});

test('running statistics are the weighted mean of what the batches had, quick at first and slow later', async () => {
  const spec: UnetSpec = { ...base, padding: 'same', normalisation: 'batch', depth: 1 };
  const model = buildTrainingModel(spec, { batch: 1, tile: { y: 16, x: 16 }, optimiser: sgd });
  const step = await TrainingStep.create(model, { device: 'cpu', threads: 2 });
  const weights = initialiseParameters(model.parameters, 1);
  step.load(weights);
  const kernel = weights.get('down0.convolution1.kernel')!;
  const state = model.state.map(({ name }) => name);
  const name = state.find((one) => one.startsWith('down0.convolution1') && one.endsWith('runningMean'))!;
  const expected = new Float64Array(kernel.length / 9);
  for (let number = 1; number <= 3; number += 1) {
    const feeds = sampleFeeds(model, number);
    await step.run({ ...feeds, learningRate: 0 });
    const image = tf.tensor4d(feeds.image, [1, 16, 16, 1]);
    const filters = tf.tensor4d(kernel, [expected.length, 1, 3, 3]).transpose([2, 3, 1, 0]) as tf.Tensor4D;
    const means = await tf.conv2d(image, filters, 1, 'same').mean([0, 1, 2]).data();
    const kept = Math.min(0.98, (number + 1) / (number + 10));
    for (const [i, mean] of means.entries()) expected[i] = kept * expected[i]! + (1 - kept) * mean;
  }
  assert.ok(largestDifference((await step.read()).get(name)!, Float32Array.from(expected)) < 1e-6);
  await step.dispose();
});

for (const [title, normalisation, optimiser] of [
  ['momentum SGD', 'none', sgd],
  ['clipped AdamW with averaged weights', 'none', { ...adam, clipNorm: 0.5, averageDecay: 0.9 }],
] as const) {
  test(`four passes of two tiles make the update of one batch of eight: ${title}`, async () => {
    const spec: UnetSpec = { ...base, padding: 'same', normalisation };
    const tile = { y: 8, x: 12 };
    const whole = buildTrainingModel(spec, { batch: 8, tile, optimiser });
    const split = buildTrainingModel(spec, { batch: 2, accumulate: 4, tile, optimiser });
    assert.deepEqual(split.state.map(({ name }) => name).sort(), whole.state.map(({ name }) => name).sort());
    const weights = initialiseParameters(whole.parameters, 3);
    const run = async (model: TrainingModel) => {
      const step = await TrainingStep.create(model, { device: 'cpu', threads: 1 });
      step.load(weights);
      const outcomes = [];
      for (let number = 0; number < 3; number++) {
        const feeds = sampleFeeds(whole, number);
        // Passes of very different weight, so that a plain mean of their gradients would be another.
        for (let i = 0; i < feeds.weight.length / 4; i++) feeds.weight[i]! *= 20;
        outcomes.push(await step.run({ ...feeds, learningRate: 0.05 }));
      }
      const state = await step.read();
      await step.dispose();
      return { outcomes, state };
    };
    const [expected, actual] = [await run(whole), await run(split)];
    for (const [number, { loss, gradientNorm }] of expected.outcomes.entries()) {
      assert.ok(Math.abs(actual.outcomes[number]!.loss - loss) < 1e-5);
      if (gradientNorm !== undefined)
        assert.ok(Math.abs(actual.outcomes[number]!.gradientNorm! / gradientNorm - 1) < 1e-4);
    }
    assert.deepEqual([...actual.state.keys()].sort(), [...expected.state.keys()].sort());
    for (const [name, values] of expected.state) {
      assert.ok(largestDifference(actual.state.get(name)!, values) < 2e-5, name);
    }
  });
}

test('with batch normalisation each pass counts in the running statistics, and an update counts once', async () => {
  const spec: UnetSpec = { ...base, padding: 'same', normalisation: 'batch' };
  const model = buildTrainingModel(spec, { batch: 1, accumulate: 3, tile: { y: 8, x: 8 }, optimiser: adam });
  const step = await TrainingStep.create(model, { device: 'cpu', threads: 1 });
  step.load(initialiseParameters(model.parameters, 3));
  const feeds = sampleFeeds(buildTrainingModel(spec, { batch: 3, tile: { y: 8, x: 8 }, optimiser: adam }), 1);
  const before = await step.read();
  for (let number = 0; number < 2; number++) await step.run({ ...feeds, learningRate: 0.01 });
  const after = await step.read();
  await step.dispose();
  assert.deepEqual([...(after.get('step') ?? [])], [2]);
  for (const { name, role } of model.state)
    if (role === 'running') assert.notDeepEqual(after.get(name), before.get(name), name);
});
