/** The nine fully convolutional networks: published sizes, planes, and an output that lies on the input's grid. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Graph } from '../../../app/engine/graph/graph.ts';
import { sizeOf } from '../../../app/engine/graph/value.ts';
import type { FcnSpec } from '../../../app/engine/modelDescription.ts';
import { emitFcn } from '../../../app/engine/networks/fcn.ts';
import {
  inputSideFor,
  outputSideOf,
  sidesOf,
  validBorderPx,
} from '../../../app/engine/networks/fcnGeometry.ts';
import { listWeights, weightsOfNetwork } from '../../../app/engine/networks/listWeights.ts';
import type { ParameterSpec } from '../../../app/engine/networks/networkScope.ts';
import { Predictor } from '../../../app/engine/runtime/predictor.ts';
import { initialiseParameters } from '../../../app/engine/training/initialise.ts';
import { largestDifference, runGraph, wave } from '../graph/runGraph.ts';

const BACKBONES = ['alexnet', 'vgg16', 'googlenet'] as const;
const STRIDES = [32, 16, 8] as const;
const specs: FcnSpec[] = BACKBONES.flatMap((backbone) =>
  STRIDES.map((finestStride) => ({
    kind: 'fcn' as const,
    backbone,
    finestStride,
    baseFilters: 2,
    inputChannels: 1,
    classes: 2,
    dropout: 0.5,
  })),
);
const nameOf = (spec: FcnSpec): string => `FCN-${spec.finestStride}s on ${spec.backbone}`;

/** Parameters of the published classifiers and of their last layer, for 1,000 classes and three channels. */
const PUBLISHED = {
  alexnet: { all: 60_965_224, last: 4_097_000 },
  vgg16: { all: 138_357_544, last: 4_097_000 },
  googlenet: { all: 6_998_552, last: 1_025_000 },
};

for (const backbone of BACKBONES) {
  test(`${backbone} has the published classifier's parameters, without its last layer`, () => {
    const spec: FcnSpec = {
      kind: 'fcn',
      backbone,
      finestStride: 8,
      baseFilters: 64,
      inputChannels: 3,
      classes: 21,
      dropout: 0.5,
    };
    const { parameters } = weightsOfNetwork(spec);
    const isHead = ({ name }: ParameterSpec): boolean => /^(score|upsample)/.test(name);
    const count = (some: ParameterSpec[]): number => some.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const { all, last } = PUBLISHED[backbone];
    assert.equal(count(parameters.filter((parameter) => !isHead(parameter))), all - last);
    const head = parameters.filter(isHead).map(({ name, shape }) => `${name} ${shape.join('×')}`);
    const side = backbone === 'vgg16' ? 4 : 3;
    const [deepest, middle, shallow] = {
      alexnet: [4096, 256, 96],
      vgg16: [4096, 512, 256],
      googlenet: [1024, 832, 480],
    }[backbone] as [number, number, number];
    assert.deepEqual(head, [
      `score.kernel 21×${deepest}×1×1`,
      'score.bias 21',
      `upsample16.kernel 21×1×${side}×${side}`,
      `score16.kernel 21×${middle}×1×1`,
      'score16.bias 21',
      `upsample8.kernel 21×1×${side}×${side}`,
      `score8.kernel 21×${shallow}×1×1`,
      'score8.bias 21',
    ]);
    for (const { name, role, initial, rateFactor } of parameters) {
      assert.equal(rateFactor ?? 1, role === 'bias' ? 2 : 1, name);
      const expected = /^score.*kernel/.test(name)
        ? 'zeros'
        : /^upsample/.test(name)
          ? 'bilinear'
          : undefined;
      assert.equal(initial, expected, name);
    }
  });
}

test('the receptive fields are the published ones', () => {
  // 355, 404 and 715 px before the first score: AlexNet's and VGG16's as in the paper's table 1.
  const fieldOf = (backbone: FcnSpec['backbone']): number => sidesOf({ backbone, finestStride: 32 }, 1).input;
  assert.deepEqual(BACKBONES.map(fieldOf), [355, 404, 715]);
});

for (const spec of specs) {
  test(`${nameOf(spec)}: planes are those of the built network for every size that fits, and others are refused`, () => {
    for (const coarsest of [2, 3, 6]) {
      const sides = sidesOf(spec, coarsest);
      assert.equal(inputSideFor(spec, sides.input), sides.input);
      assert.equal(outputSideOf(spec, sides.input), sides.output);
      const graph = new Graph();
      const image = graph.input('image', 'float32', [1, 1, sides.input, sides.input]);
      const logits = emitFcn(listWeights(graph).scope, spec, image);
      assert.deepEqual(logits.shape, [1, 2, sides.output, sides.output]);
      const inputs = graph.applications.flatMap((application) => [...application.outputs]);
      for (const side of [sides.stride8, sides.stride16, sides.stride32])
        assert.ok(inputs.some(({ shape }) => shape[2] === side));
      assert.throws(() => outputSideOf(spec, sides.input + 1), new RegExp(`choose ${sides.input + 32} px`));
    }
  });

  test(`${nameOf(spec)}: the output lies on the input's grid, along each path of scores`, async () => {
    const { input, output } = sidesOf(spec, 2);
    const border = validBorderPx(spec);
    const scoreNames = ['score', 'score16', 'score8'].slice(0, STRIDES.indexOf(spec.finestStride) + 1);
    const { parameters } = weightsOfNetwork(spec);
    const graph = new Graph();
    const logits = emitFcn(
      listWeights(graph).scope,
      spec,
      graph.input('image', 'float32', [1, 1, input, input]),
    );
    graph.output('logits', logits);
    // Small values: local response normalisation then leaves them alone.
    const rise = 1e-5;
    const base = 0.02;
    for (const path of scoreNames) {
      // Means everywhere: each layer passes a ramp on, and a max-pooling moves rising and falling ramps alike.
      const weights = initialiseParameters(parameters, 1);
      for (const { name, shape, role, initial } of parameters) {
        if (role !== 'kernel' || initial === 'bilinear') continue;
        const used = initial !== 'zeros' || name === `${path}.kernel`;
        weights.get(name)!.fill(used ? 1 / sizeOf(shape.slice(1)) : 0);
      }
      const run = async (slope: number): Promise<Float32Array> => {
        const image = Float32Array.from({ length: input * input }, (_, i) => {
          const [y, x] = [Math.floor(i / input), i % input];
          return base + slope * (x - 0.5 * y);
        });
        return (await runGraph(graph, { ...Object.fromEntries(weights), image }))['logits']!;
      };
      const [rising, falling] = [await run(rise), await run(-rise)];
      for (const [y, x] of [
        [0, 0],
        [0, output - 1],
        [output >> 1, 3],
        [output - 1, output - 1],
      ] as const) {
        const found = (rising[y * output + x]! - falling[y * output + x]!) / 2 / rise;
        const expected = border + x - 0.5 * (border + y);
        assert.ok(Math.abs(found - expected) < 0.05, `${path} at ${y}, ${x}: ${found}, not ${expected}`);
      }
    }
  });
}

for (const backbone of ['alexnet', 'googlenet'] as const) {
  test(`${backbone}: a finer stage that starts from a coarser one's weights predicts the same at first`, async () => {
    const coarse = specs.find((spec) => spec.backbone === backbone && spec.finestStride === 32)!;
    const learnt = initialiseParameters(weightsOfNetwork(coarse).parameters, 3);
    learnt.set(
      'score.kernel',
      wave(learnt.get('score.kernel')!.length, 5).map((value) => 0.3 * value),
    );
    const { input } = sidesOf(coarse, 2);
    const image = wave(input * input, 4);
    const predictions: Float32Array[] = [];
    for (const finestStride of STRIDES) {
      const spec: FcnSpec = { ...coarse, finestStride };
      const weights = initialiseParameters(weightsOfNetwork(spec).parameters, 8);
      for (const [name, data] of learnt) weights.set(name, data);
      const options = { device: 'cpu', threads: 1, output: 'network' } as const;
      const predictor = await Predictor.create(spec, weights, options);
      predictions.push(await predictor.run(image, { y: input, x: input }));
      await predictor.dispose();
    }
    assert.ok(Math.max(...predictions[0]!) - Math.min(...predictions[0]!) > 1e-3, 'the scores vary');
    for (const finer of predictions.slice(1)) assert.ok(largestDifference(finer, predictions[0]!) < 1e-5);
  });
}

test("tiles of an FCN equal the whole image's prediction to 1e-5", async () => {
  const spec: FcnSpec = { ...specs[2]!, baseFilters: 4 };
  const weights = initialiseParameters(weightsOfNetwork(spec).parameters, 2);
  for (const name of ['score', 'score16', 'score8'])
    weights.set(`${name}.kernel`, wave(weights.get(`${name}.kernel`)!.length, 5));
  const predictor = await Predictor.create(spec, weights, { device: 'cpu', threads: 1 });
  const whole = predictor.inputShapeFor({ y: 96, x: 96 });
  const image = wave(whole.y * whole.x, 6);
  const expected = await predictor.run(image, whole);
  const expectedSide = predictor.outputShapeOf(whole).x;
  const tile = predictor.inputShapeFor({ y: 32, x: 32 });
  const tileSide = predictor.outputShapeOf(tile).x;
  for (const [y0, x0] of [
    [0, 0],
    [32, 64],
  ] as const) {
    const part = new Float32Array(tile.y * tile.x);
    for (let y = 0; y < tile.y; y += 1) {
      const from = (y0 + y) * whole.x + x0;
      part.set(image.subarray(from, from + tile.x), y * tile.x);
    }
    const found = await predictor.run(part, tile);
    for (let i = 0; i < 32 * 32; i += 1) {
      const [y, x] = [i >> 5, i & 31];
      const difference = found[y * tileSide + x]! - expected[(y0 + y) * expectedSide + x0 + x]!;
      assert.ok(Math.abs(difference) < 1e-5, `${y}, ${x} differs by ${difference}`);
    }
  }
  await predictor.dispose();
});
