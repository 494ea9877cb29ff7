/** Layers of ONNX files that other programs wrote. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Graph } from '../../../app/engine/graph/graph.ts';
import { add, transpose } from '../../../app/engine/graph/nodes.ts';
import { decodeLayers } from '../../../app/engine/onnx/decodeLayers.ts';
import { encodeModel } from '../../../app/engine/onnx/encodeModel.ts';
import { wave } from '../graph/runGraph.ts';

const FOLDER = new URL('../../fixtures/onnx/', import.meta.url);

test('the layers of a classifier that PyTorch exported come in order, with names and shapes', () => {
  const layers = decodeLayers(gunzipSync(readFileSync(new URL('alexnet-narrow.onnx.gz', FOLDER))));
  assert.deepEqual(
    layers.map(({ name, kind, shape, bias }) => `${name} ${kind} ${shape.join('×')} ${bias?.length}`),
    [
      'features.0.weight convolution 4×3×11×11 4',
      'features.4.weight convolution 8×2×5×5 8',
      'features.8.weight convolution 12×8×3×3 12',
      'features.10.weight convolution 12×6×3×3 12',
      'features.12.weight convolution 8×6×3×3 8',
      'classifier.1.weight fully connected 128×288 128',
      'classifier.4.weight fully connected 128×128 128',
      'classifier.6.weight fully connected 3×128 3',
    ],
  );
});

test('matrix products with a sum after them, and transposed or renamed weights, are fully connected layers', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [1, 3]);
  const weights = graph.weight('product', [3, 2], Float32Array.of(1, 2, 3, 4, 5, 6));
  const product = graph.node('MatMul', [x, weights], {}, { type: 'float32', shape: [1, 2] });
  const sum = add(graph, product, graph.weight('offset', [2], Float32Array.of(7, 8)));
  const turned = transpose(graph, graph.weight('turned', [4, 2], wave(8, 1)), [1, 0]);
  const renamed = graph.node('Identity', [turned], {}, turned);
  graph.output('y', graph.node('Gemm', [sum, renamed], {}, { type: 'float32', shape: [1, 4] }));
  const [first, second] = decodeLayers(encodeModel(graph));
  assert.deepEqual(first, {
    name: 'product',
    kind: 'fully connected',
    shape: [2, 3],
    kernel: Float32Array.of(1, 3, 5, 2, 4, 6),
    bias: Float32Array.of(7, 8),
  });
  assert.deepEqual([second?.name, second?.shape, second?.bias], ['turned', [4, 2], null]);
  assert.deepEqual(second?.kernel, wave(8, 1));
});

test('what is no ONNX file is refused', () => {
  assert.throws(() => decodeLayers(new TextEncoder().encode('hello')));
  assert.throws(() => decodeLayers(new Uint8Array(0)), /no graph/);
});
