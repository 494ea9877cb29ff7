/** Every op's value and gradient against TensorFlow.js, and its gradient against central finite differences. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { emitGradients } from '../../../app/engine/graph/gradients.ts';
import { Graph } from '../../../app/engine/graph/graph.ts';
import { emitKernelGradient } from '../../../app/engine/graph/ops/conv2dKernelGradient.ts';
import { dropout } from '../../../app/engine/graph/ops/dropout.ts';
import { maxPool2d } from '../../../app/engine/graph/ops/maxPool2d.ts';
import { bilinearUpsample } from '../../../app/engine/graph/ops/transposedConv2d.ts';
import { weightedCrossEntropy } from '../../../app/engine/graph/ops/weightedCrossEntropy.ts';
import { windowedMaxPool2d } from '../../../app/engine/graph/ops/windowedMaxPool2d.ts';
import { dimension, sizeOf } from '../../../app/engine/graph/value.ts';
import { generalOpCases } from './generalOpCases.ts';
import { largestDifference, type Numbers, project, runGraph, wave } from './runGraph.ts';
import { unetOpCases } from './unetOpCases.ts';

const cases = [...unetOpCases, ...generalOpCases];

for (const { op, title, shapes, build, reference, extra, data: dataOf } of cases) {
  test(`${op} ${title}: value and gradient agree with TensorFlow.js and with finite differences`, async () => {
    const data = shapes.map(
      (shape, index) => dataOf?.(index, sizeOf(shape)) ?? wave(sizeOf(shape), index + 1),
    );
    const graph = new Graph();
    const values = shapes.map((shape, index) => graph.input(`input${index}`, 'float32', shape));
    const fixed = extra?.(graph) ?? { values: [], feeds: {} };
    const y = build(graph, [...values, ...fixed.values]);
    const { loss, direction } = project(graph, y);
    graph.output('loss', loss);
    graph.output('y', y);
    for (const [index, gradient] of emitGradients(graph, loss, values).entries())
      graph.output(`gradient${index}`, gradient!);
    const feedsOf = (inputs: Float32Array[]): Record<string, Numbers> => ({
      ...fixed.feeds,
      direction,
      ...Object.fromEntries(inputs.map((input, index) => [`input${index}`, input])),
    });
    const ours = await runGraph(graph, feedsOf(data));

    const tensors = data.map((input, index) => tf.tensor(input, shapes[index]));
    const expected = reference(tensors);
    assert.deepEqual(expected.shape, y.shape);
    assert.ok(largestDifference(ours['y']!, expected.dataSync()) < 1e-5, 'value');
    const gradients = tf.grads((...inputs: tf.Tensor[]) =>
      reference(inputs)
        .mul(tf.tensor(direction, [...y.shape]))
        .sum(),
    )(tensors);
    for (const [index, gradient] of gradients.entries()) {
      const difference = largestDifference(ours[`gradient${index}`]!, gradient.dataSync());
      assert.ok(difference < 1e-4, `gradient ${index} differs by ${difference}`);
    }

    const h = 1e-2;
    for (const [index, input] of data.entries()) {
      for (const position of [0, Math.floor(input.length / 2), input.length - 1]) {
        const lossAt = async (change: number): Promise<number> => {
          const moved = input.slice();
          moved[position]! += change;
          const out = await runGraph(graph, feedsOf(data.map((other, k) => (k === index ? moved : other))));
          return out['loss']![0]!;
        };
        const slope = ((await lossAt(h)) - (await lossAt(-h))) / (2 * h);
        const given = ours[`gradient${index}`]![position]!;
        assert.ok(
          Math.abs(slope - given) < 2e-2 * Math.max(1, Math.abs(slope)),
          `input ${index}[${position}]: ${given}, slope ${slope}`,
        );
      }
    }
    tf.dispose([...tensors, ...gradients, expected]);
  });
}

test('conv2d: the kernel gradient is the same where the stack of moved gradients is taken apart', async () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [2, 3, 6, 7]);
  const dy = graph.input('dy', 'float32', [2, 4, 6, 7]);
  graph.output('stacked', emitKernelGradient(graph, x, dy, [4, 3, 3, 3], 1));
  graph.output('apart', emitKernelGradient(graph, x, dy, [4, 3, 3, 3], 1, 0));
  const out = await runGraph(graph, { x: wave(252, 1), dy: wave(336, 2) });
  assert.ok(graph.nodes.filter(({ opType }) => opType === 'Gemm').length === 2 * 3 + 2 * 9);
  assert.ok(largestDifference(out['stacked']!, out['apart']!) < 1e-5);
});

test('dropout: the gradient goes where the value went, scaled the same', async () => {
  const shape = [2, 3, 5, 4];
  const x = wave(sizeOf(shape), 3).map((value) => value + 2);
  const graph = new Graph();
  const input = graph.input('x', 'float32', shape);
  const y = dropout(graph, input, graph.input('seed', 'int32', [1]), 0.4, 1);
  const { loss, direction } = project(graph, y);
  graph.output('y', y);
  graph.output('dx', emitGradients(graph, loss, [input])[0]!);
  const out = await runGraph(graph, { x, seed: Int32Array.of(7), direction });
  const factor = out['y']!.map((value, i) => value / x[i]!);
  assert.ok(factor.every((f) => f === 0 || Math.abs(f - 1 / 0.6) < 1e-6));
  assert.ok(factor.includes(0) && factor.some((f) => f > 0));
  assert.ok(
    largestDifference(
      out['dx']!,
      direction.map((d, i) => d * factor[i]!),
    ) < 1e-6,
  );
});

test('maxPool2d: equal maxima share the gradient', async () => {
  const graph = new Graph();
  const input = graph.input('x', 'float32', [1, 1, 2, 4]);
  const { loss } = project(graph, maxPool2d(graph, input));
  graph.output('dx', emitGradients(graph, loss, [input])[0]!);
  const { dx } = await runGraph(graph, {
    x: Float32Array.of(5, 5, 1, 2, 5, 5, 3, 3),
    direction: Float32Array.of(4, 6),
  });
  assert.deepEqual([...dx!], [1, 1, 0, 0, 1, 1, 3, 3]);
});

test("windowedMaxPool2d: equal maxima of overlapping windows share each window's gradient", async () => {
  const graph = new Graph();
  const input = graph.input('x', 'float32', [1, 1, 5, 5]);
  const window = { sidePx: 3, stride: 2, paddingPx: 0 };
  const { loss } = project(graph, windowedMaxPool2d(graph, input, window));
  graph.output('dx', emitGradients(graph, loss, [input])[0]!);
  const { dx } = await runGraph(graph, {
    x: new Float32Array(25).fill(7),
    direction: Float32Array.of(9, 18, 27, 36),
  });
  const expected = [1, 1, 3, 2, 2, 1, 1, 3, 2, 2, 4, 4, 10, 6, 6, 3, 3, 7, 4, 4, 3, 3, 7, 4, 4];
  assert.ok(largestDifference(dx!, expected) < 1e-5, String(dx));
});

test('windowedMaxPool2d: zeros beyond the border are never a maximum, and get no gradient', async () => {
  const graph = new Graph();
  const input = graph.input('x', 'float32', [1, 1, 2, 2]);
  const y = windowedMaxPool2d(graph, input, { sidePx: 3, stride: 1, paddingPx: 1 });
  const { loss } = project(graph, y);
  graph.output('y', y);
  graph.output('dx', emitGradients(graph, loss, [input])[0]!);
  const out = await runGraph(graph, {
    x: Float32Array.of(0, -1, 0, -2),
    direction: new Float32Array(4).fill(1),
  });
  assert.deepEqual([...out['y']!].map(Math.abs), [0, 0, 0, 0]);
  assert.deepEqual([...out['dx']!], [2, 0, 2, 0]);
});

test('weightedCrossEntropy: 0, with a gradient of 0, where nothing is labelled', async () => {
  const graph = new Graph();
  const logits = graph.input('logits', 'float32', [1, 2, 2, 2]);
  const plane = [1, 1, 2, 2];
  const loss = weightedCrossEntropy(
    graph,
    logits,
    graph.input('target', 'uint8', plane),
    graph.input('weight', 'float32', plane),
  );
  graph.output('loss', loss);
  graph.output('gradient', emitGradients(graph, loss, [logits])[0]!);
  const out = await runGraph(graph, {
    logits: wave(8, 1),
    target: new Uint8Array(4),
    weight: new Float32Array(4).fill(1),
  });
  assert.equal(Math.abs(out['loss']![0]!), 0);
  assert.ok(out['gradient']!.every((value) => value === 0));
});

test('transposedConv2d: bilinear upsampling goes straight through a ramp, with either kind of kernel', async () => {
  for (const [factor, side] of [
    [4, 8],
    [4, 7],
  ] as const) {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [1, 2, 3, 5]);
    const y = bilinearUpsample(graph, x, factor, side);
    graph.output('y', y);
    const ramp = (i: number, j: number): number => 3 + 2 * i - 0.5 * j;
    const values = Float32Array.from({ length: 30 }, (_, i) => ramp(Math.floor(i / 5) % 3, i % 5));
    const out = (await runGraph(graph, { x: values }))['y']!;
    const [height, width] = [dimension(y, 2), dimension(y, 3)];
    const centre = (side - 1) / 2;
    let compared = 0;
    for (const [index, value] of out.entries()) {
      const [i, j] = [Math.floor(index / width) % height, index % width].map((p) => (p - centre) / factor);
      if (i! < 0 || i! > 2 || j! < 0 || j! > 4) continue;
      compared += 1;
      assert.ok(Math.abs(value - ramp(i!, j!)) < 1e-5, `${value} at ${i}, ${j}`);
    }
    assert.equal(compared, 2 * (side % 2 === 0 ? 8 * 16 : 9 * 17));
  }
});

test('every op has a case here', () => {
  const folder = new URL('../../../app/engine/graph/ops/', import.meta.url);
  const ops = readdirSync(folder).map((file) => file.replace('.ts', ''));
  const tested = new Set([
    ...cases.map(({ op }) => op),
    'dropout',
    'conv2dKernelGradient',
    'generalConv2dKernelGradient',
  ]);
  assert.deepEqual(
    ops.filter((op) => !tested.has(op)),
    [],
  );
});
