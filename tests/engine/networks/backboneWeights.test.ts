/** A classifier's weights in an FCN: the same scores as in the program that exported them, and the table of what fitted. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Graph } from '../../../app/engine/graph/graph.ts';
import type { FcnSpec } from '../../../app/engine/modelDescription.ts';
import { matchBackbone } from '../../../app/engine/networks/backboneWeights.ts';
import { emitFcn } from '../../../app/engine/networks/fcn.ts';
import { listWeights, weightsOfNetwork } from '../../../app/engine/networks/listWeights.ts';
import { decodeLayers, type FileLayer } from '../../../app/engine/onnx/decodeLayers.ts';
import { largestDifference, runGraph, wave } from '../graph/runGraph.ts';

const FOLDER = new URL('../../fixtures/onnx/', import.meta.url);
const SIDE = 355;

const specOf = (backbone: FcnSpec['backbone'], baseFilters: number, inputChannels: number): FcnSpec => ({
  kind: 'fcn',
  backbone,
  finestStride: 32,
  baseFilters,
  inputChannels,
  classes: 3,
  dropout: 0.5,
});

const fixture = (): FileLayer[] =>
  decodeLayers(gunzipSync(readFileSync(new URL('alexnet-narrow.onnx.gz', FOLDER))));

test("a PyTorch AlexNet gives PyTorch's scores as an FCN, fully connected layers and groups included", async () => {
  const { scores } = JSON.parse(readFileSync(new URL('alexnet-narrow.json', FOLDER), 'utf8')) as {
    scores: number[];
  };
  const spec = specOf('alexnet', 2, 3);
  const { parameters } = weightsOfNetwork(spec);
  const layers = fixture();
  const { weights, rows, unused } = matchBackbone(parameters, layers);
  assert.deepEqual(
    rows.map(({ layer, from, how }) => `${layer} ${from} ${how}`),
    [
      'conv1 features.0.weight by order, the same shape',
      'conv2 features.4.weight by order, the same shape',
      'conv3 features.8.weight by order, the same shape',
      'conv4 features.10.weight by order, the same shape',
      'conv5 features.12.weight by order, the same shape',
      'fc6 classifier.1.weight by order, fully connected, now a convolution',
      'fc7 classifier.4.weight by order, fully connected, now a convolution',
    ],
  );
  assert.deepEqual(unused, ['classifier.6.weight 3×128']);
  // The classifier's own last layer as the scores, one window wide.
  const last = layers.at(-1)!;
  weights.set('score.kernel', last.kernel).set('score.bias', last.bias!);
  const graph = new Graph();
  const image = graph.input('image', 'float32', [1, 3, SIDE, SIDE]);
  graph.output('logits', emitFcn(listWeights(graph).scope, spec, image));
  const pixels = Float32Array.from({ length: 3 * SIDE * SIDE }, (_, i) => {
    const [c, y, x] = [Math.floor(i / SIDE / SIDE), Math.floor(i / SIDE) % SIDE, i % SIDE];
    return Math.sin((y * (c + 1) + 2 * x) / 17) * 3;
  });
  const { logits } = await runGraph(graph, { ...Object.fromEntries(weights), image: pixels });
  assert.ok(largestDifference(logits!, scores) < 1e-4, `${logits} and ${scores}`);
});

test('a first layer on three channels serves an image of one as if all three were equal', async () => {
  const grey = matchBackbone(weightsOfNetwork(specOf('alexnet', 2, 1)).parameters, fixture());
  const colour = matchBackbone(weightsOfNetwork(specOf('alexnet', 2, 3)).parameters, fixture());
  assert.match(grey.rows[0]!.how, /3 input channels summed and shared among 1/);
  const [one, three] = [grey, colour].map(({ weights }) => weights.get('conv1.kernel')!) as [
    Float32Array,
    Float32Array,
  ];
  const sums = Array.from({ length: one.length }, (_, i) => {
    const [filter, tap] = [Math.floor(i / 121), i % 121];
    return [0, 1, 2].reduce((sum, c) => sum + three[(filter * 3 + c) * 121 + tap]!, 0);
  });
  assert.ok(largestDifference(one, sums) < 1e-6);
});

/** Layers as a file of another framework would name them, with numbers of their own. */
function layersNamed(spec: FcnSpec, name: (layer: string) => string): FileLayer[] {
  return weightsOfNetwork(spec)
    .parameters.filter(({ role, initial }) => role === 'kernel' && initial === undefined)
    .map(({ name: own, shape }, index) => ({
      name: name(own.slice(0, -'.kernel'.length)),
      kind: 'convolution',
      shape,
      kernel: wave(
        shape.reduce((product, side) => product * side),
        index + 1,
      ),
      bias: wave(shape[0]!, index + 50),
    }));
}

for (const [backbone, naming, name] of [
  ['googlenet', 'Caffe2', (layer: string) => `${layer}_w_0`],
  ['vgg16', 'PyTorch with named layers', (layer: string) => `${layer.replace('_', '.')}.weight`],
] as const) {
  test(`${backbone}: every layer is found by its name as ${naming} writes it, whatever the order`, () => {
    const spec = specOf(backbone, 2, 1);
    const file = layersNamed(spec, name);
    const { weights, rows, unused } = matchBackbone(weightsOfNetwork(spec).parameters, file.toReversed());
    assert.ok(rows.every(({ how }) => how.startsWith('by name')));
    assert.deepEqual(unused, []);
    for (const [index, { layer }] of rows.entries()) {
      assert.deepEqual(weights.get(`${layer}.kernel`), file[index]!.kernel);
      assert.deepEqual(weights.get(`${layer}.bias`), file[index]!.bias);
    }
  });
}

test('layers without a match are told with the reason, and what was not used is listed', () => {
  const spec = specOf('vgg16', 2, 1);
  const file = layersNamed(spec, (layer) => layer);
  const changed = file.map((layer) =>
    layer.name === 'conv3_2' ? { ...layer, shape: [8, 8, 5, 5], kernel: wave(1600, 1) } : layer,
  );
  const { weights, rows, unused } = matchBackbone(weightsOfNetwork(spec).parameters, changed);
  const row = rows.find(({ layer }) => layer === 'conv3_2')!;
  assert.deepEqual([row.from, row.how], [null, 'not taken: conv3_2 is 8×8×5×5']);
  assert.ok(!weights.has('conv3_2.kernel') && !weights.has('conv3_2.bias'));
  assert.deepEqual(unused, ['conv3_2 8×8×5×5']);
  assert.equal(rows.filter(({ from }) => from !== null).length, 14);
  assert.equal(matchBackbone(weightsOfNetwork(spec).parameters, []).weights.size, 0);
});
