/** Training steps of both engines side by side: each differentiates by itself, and both end with the same weights. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkSpec } from '../../../app/engine/modelDescription.ts';
import { inputSideFor, outputSideOf } from '../../../app/engine/networks/networkKinds.ts';
import type { OptimiserSpec } from '../../../app/engine/optimisers/optimiserSpec.ts';
import { Predictor } from '../../../app/engine/runtime/predictor.ts';
import { dropoutSeedOf, type NetworkStep } from '../../../app/engine/runtime/stepFeeds.ts';
import { TrainingStep } from '../../../app/engine/runtime/trainingStep.ts';
import { loadTensorflow } from '../../../app/engine/tfjs/tensorflow.ts';
import { TfPredictor } from '../../../app/engine/tfjs/tfPredictor.ts';
import { TfTrainingStep } from '../../../app/engine/tfjs/tfTrainingStep.ts';
import {
  buildTrainingGraphs,
  buildTrainingModel,
  type TrainingModelOptions,
} from '../../../app/engine/training/buildTrainingModel.ts';
import { initialiseParameters, predictingWeights } from '../../../app/engine/training/initialise.ts';
import { isLimnError } from '../../../app/errors.ts';
import { largestDifference, wave } from '../graph/runGraph.ts';
import { sampleFeeds } from '../training/sampleFeeds.ts';

const { tf } = await loadTensorflow();
const sgd: OptimiserSpec = { kind: 'sgd', momentum: 0.9, averageDecay: 0 };
const adam: OptimiserSpec = {
  kind: 'adam',
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0.05,
  averageDecay: 0.9,
  clipNorm: 1,
};
const unet = { kind: 'unet', depth: 2, baseFilters: 3, inputChannels: 1, classes: 2, dropout: 0 } as const;

/** A network whose first step moves the scores only, for they begin at zero. */
const other = { baseFilters: 2, inputChannels: 1, classes: 2, dropout: 0.5 } as const;

interface Case {
  title: string;
  spec: NetworkSpec;
  options: Omit<TrainingModelOptions, 'tile'> & { sidePx: number };
}

const cases: Case[] = [
  {
    title: 'as the fast preset: padded, batch normalisation, clipped AdamW with averaged weights',
    spec: { ...unet, padding: 'same', normalisation: 'batch', classes: 3 },
    options: { batch: 3, sidePx: 16, optimiser: adam },
  },
  {
    title: 'as the paper: unpadded, dropout, momentum SGD',
    spec: { ...unet, padding: 'valid', normalisation: 'none', dropout: 0.5 },
    options: { batch: 1, sidePx: 44, optimiser: sgd },
  },
  {
    title: 'as the Fiji plugin: unpadded, two channels, Adam without decay',
    spec: { ...unet, padding: 'valid', normalisation: 'none', inputChannels: 2, dropout: 0.5 },
    options: {
      batch: 1,
      sidePx: 44,
      optimiser: {
        kind: 'adam',
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weightDecay: 0,
        averageDecay: 0,
      },
    },
  },
  {
    title: 'group normalisation, gradients of two passes',
    spec: { ...unet, padding: 'same', normalisation: 'group' },
    options: { batch: 2, accumulate: 2, sidePx: 8, optimiser: adam },
  },
  {
    title: 'instance normalisation, output layer only',
    spec: { ...unet, padding: 'same', normalisation: 'instance' },
    options: {
      batch: 2,
      sidePx: 16,
      optimiser: sgd,
      trains: ({ name }) => name.startsWith('score'),
    },
  },
  {
    title: 'patch classifier on windows',
    spec: { kind: 'patch-classifier', evaluation: 'sliding-window', ...other },
    options: { batch: 2, sidePx: 95, optimiser: sgd },
  },
  {
    title: 'patch classifier by shift-and-stitch',
    spec: { kind: 'patch-classifier', evaluation: 'shift-and-stitch', ...other },
    options: { batch: 1, sidePx: 96, optimiser: sgd },
  },
  {
    title: 'FCN-8s on AlexNet',
    spec: { kind: 'fcn', backbone: 'alexnet', finestStride: 8, ...other },
    options: { batch: 1, sidePx: 32, optimiser: sgd },
  },
];

const STEPS = 3;

/** Both engines' steps for one network, at the same weights. */
async function bothEngines({ spec, options }: Case) {
  const side = inputSideFor(spec, options.sidePx);
  const whole = { ...options, tile: { y: side, x: side } };
  const model = buildTrainingModel(spec, whole);
  const onnx = await TrainingStep.create(model, { device: 'cpu', threads: 1 });
  const tfjs = new TfTrainingStep(tf, buildTrainingGraphs(spec, whole));
  const start = initialiseParameters(model.parameters, 11);
  onnx.load(start);
  tfjs.load(start);
  const batches = buildTrainingModel(spec, {
    ...whole,
    batch: options.batch * (options.accumulate ?? 1),
    accumulate: 1,
  });
  const feedsOf = (number: number) => ({
    ...sampleFeeds(batches, number),
    learningRate: 0.01,
    dropoutSeed: dropoutSeedOf(7, number),
  });
  const dispose = async (): Promise<void> => {
    for (const step of [onnx, tfjs]) await step.dispose();
  };
  return { model, onnx, tfjs, start, feedsOf, side, dispose };
}

async function assertSameState(a: NetworkStep, b: NetworkStep, tolerance: number): Promise<void> {
  const [expected, actual] = [await a.read(), await b.read()];
  assert.deepEqual([...actual.keys()].sort(), [...expected.keys()].sort());
  for (const [name, values] of expected) {
    const difference = largestDifference(actual.get(name)!, values);
    assert.ok(difference <= tolerance, `${name} differs by ${difference}`);
  }
}

for (const one of cases) {
  test(`${STEPS} steps give both engines the same loss, weights and state to 1e-4: ${one.title}`, async () => {
    const { onnx, tfjs, start, feedsOf, dispose } = await bothEngines(one);
    for (let number = 0; number < STEPS; number += 1) {
      const [expected, actual] = [await onnx.run(feedsOf(number)), await tfjs.run(feedsOf(number))];
      assert.ok(Math.abs(actual.loss - expected.loss) < 1e-4, `loss ${actual.loss}, not ${expected.loss}`);
      assert.equal(actual.gradientNorm === undefined, expected.gradientNorm === undefined);
      if (expected.gradientNorm !== undefined)
        assert.ok(Math.abs(actual.gradientNorm! / expected.gradientNorm - 1) < 1e-4);
    }
    await assertSameState(onnx, tfjs, 1e-4);
    const state = await tfjs.read();
    const moved = [...start].filter(([name, data]) => largestDifference(state.get(name)!, data) > 0);
    assert.equal(moved.length, one.options.trains ? 2 : start.size);
    await dispose();
  });
}

test('weights and state move between the engines bit for bit, both ways, and both go on alike', async () => {
  const { onnx, tfjs, feedsOf, dispose } = await bothEngines(cases[0]!);
  await onnx.run(feedsOf(0));
  tfjs.load(await onnx.read());
  await assertSameState(onnx, tfjs, 0);
  await tfjs.run(feedsOf(1));
  onnx.load(await tfjs.read());
  await assertSameState(onnx, tfjs, 0);
  const [expected, actual] = [await onnx.run(feedsOf(2)), await tfjs.run(feedsOf(2))];
  assert.ok(Math.abs(actual.loss - expected.loss) < 1e-4);
  await dispose();
});

for (const one of cases) {
  test(`the same weights give both engines the same probabilities to 1e-4: ${one.title}`, async () => {
    const { model, onnx, feedsOf, side, dispose } = await bothEngines(one);
    for (let number = 0; number < STEPS; number += 1) await onnx.run(feedsOf(number));
    const weights = predictingWeights(model, await onnx.read());
    const tile = { y: side, x: side };
    const image = wave(one.spec.inputChannels * side * side, 5);
    const onnxPredictor = await Predictor.create(one.spec, weights, {
      device: 'cpu',
      threads: 1,
      output: 'network',
    });
    const tfPredictor = new TfPredictor(tf, one.spec, weights, tile);
    const [expected, actual] = [await onnxPredictor.run(image, tile), await tfPredictor.run(image)];
    assert.equal(actual.length, one.spec.classes * outputSideOf(one.spec, side) ** 2);
    assert.ok(largestDifference(actual, expected) < 1e-4);
    assert.ok(
      largestDifference(
        actual,
        actual.map(() => actual[0]!),
      ) > 1e-3,
    );
    for (const predictor of [onnxPredictor, tfPredictor]) await predictor.dispose();
    await dispose();
  });
}

test('a step leaves nothing behind in the memory of TensorFlow.js', async () => {
  const before = tf.memory().numTensors;
  const { tfjs, feedsOf, dispose } = await bothEngines(cases[3]!);
  await tfjs.run(feedsOf(0));
  const after = tf.memory().numTensors;
  await tfjs.run(feedsOf(1));
  tfjs.load(await tfjs.read());
  assert.equal(tf.memory().numTensors, after);
  await dispose();
  assert.equal(tf.memory().numTensors, before);
});

test('weights of another network are refused by name', async () => {
  const { tfjs, start, dispose } = await bothEngines(cases[0]!);
  start.set('score.kernel', new Float32Array(3));
  assert.throws(
    () => tfjs.load(start),
    (error) => isLimnError(error, 'InvalidInput') && error.message.includes('score.kernel'),
  );
  await dispose();
});
