/** Every op's value and gradient against TensorFlow.js, and its gradient against central finite differences. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { emitGradients } from '../../../app/engine/graph/gradients.ts';
import { Graph } from '../../../app/engine/graph/graph.ts';
import { concat } from '../../../app/engine/graph/ops/concat.ts';
import { conv2d } from '../../../app/engine/graph/ops/conv2d.ts';
import { emitKernelGradient } from '../../../app/engine/graph/ops/conv2dKernelGradient.ts';
import { crop } from '../../../app/engine/graph/ops/crop.ts';
import { dropout } from '../../../app/engine/graph/ops/dropout.ts';
import { maxPool2d } from '../../../app/engine/graph/ops/maxPool2d.ts';
import { NORMALISATION_EPSILON, normalise } from '../../../app/engine/graph/ops/normalise.ts';
import { relu } from '../../../app/engine/graph/ops/relu.ts';
import { upConv2d } from '../../../app/engine/graph/ops/upConv2d.ts';
import { weightedCrossEntropy } from '../../../app/engine/graph/ops/weightedCrossEntropy.ts';
import { sizeOf, type Value } from '../../../app/engine/graph/value.ts';
import { largestDifference, type Numbers, project, runGraph, wave } from './runGraph.ts';
import { convolve, pool, upConvolve } from './tfNchw.ts';

interface Case {
  op: string;
  title: string;
  shapes: number[][];
  build: (graph: Graph, inputs: Value[]) => Value;
  /** The same in TensorFlow.js, [batch, channels, height, width]. */
  reference: (inputs: tf.Tensor[]) => tf.Tensor;
  /** Inputs that are fed but not differentiated. */
  extra?: (graph: Graph) => { values: Value[]; feeds: Record<string, Numbers> };
}

const cases: Case[] = [];

for (const [x, kernel, padding] of [
  [[1, 2, 7, 6], [3, 2, 3, 3], 1],
  [[3, 3, 8, 5], [2, 3, 3, 3], 0],
  [[2, 4, 4, 3], [2, 4, 1, 1], 0],
  [[1, 1, 9, 8], [2, 1, 5, 5], 2],
] as [number[], number[], number][]) {
  cases.push({
    op: 'conv2d',
    title: `${x.join('×')} by ${kernel.join('×')}, padding ${padding}`,
    shapes: [x, kernel, [kernel[0]!]],
    build: (graph, [a, k, b]) => conv2d(graph, a!, k!, b!, padding),
    reference: ([a, k, b]) => convolve(a!, k!, b!, padding),
  });
}
for (const [x, kernel] of [
  [
    [1, 3, 4, 5],
    [3, 2, 2, 2],
  ],
  [
    [2, 2, 3, 2],
    [2, 4, 2, 2],
  ],
] as [number[], number[]][]) {
  cases.push({
    op: 'upConv2d',
    title: `${x.join('×')} by ${kernel.join('×')}`,
    shapes: [x, kernel, [kernel[1]!]],
    build: (graph, [a, k, b]) => upConv2d(graph, a!, k!, b!),
    reference: ([a, k, b]) => upConvolve(a!, k!, b!),
  });
}
for (const x of [
  [1, 2, 4, 6],
  [2, 3, 6, 4],
]) {
  const title = x.join('×');
  cases.push(
    { op: 'relu', title, shapes: [x], build: (g, [a]) => relu(g, a!), reference: ([a]) => tf.relu(a!) },
    {
      op: 'maxPool2d',
      title,
      shapes: [x],
      build: (g, [a]) => maxPool2d(g, a!),
      reference: ([a]) => pool(a!),
    },
    {
      op: 'crop',
      title,
      shapes: [x],
      build: (g, [a]) => crop(g, a!, 1),
      reference: ([a]) => tf.slice(a!, [0, 0, 1, 1], [x[0]!, x[1]!, x[2]! - 2, x[3]! - 2]),
    },
    {
      op: 'concat',
      title,
      shapes: [x, [x[0]!, 1, x[2]!, x[3]!]],
      build: (g, parts) => concat(g, parts),
      reference: (parts) => tf.concat(parts, 1),
    },
  );
  for (const over of ['batch', 'instance'] as const) {
    cases.push({
      op: 'normalise',
      title: `${title} over the ${over}`,
      shapes: [x, [x[1]!], [x[1]!]],
      build: (g, [a, scale, shift]) => normalise(g, a!, scale!, shift!, over).output,
      reference: ([a, scale, shift]) => {
        const { mean, variance } = tf.moments(a!, over === 'batch' ? [0, 2, 3] : [2, 3], true);
        const perChannel = (t: tf.Tensor): tf.Tensor => t.reshape([1, x[1]!, 1, 1]);
        const normalised = a!.sub(mean).div(variance.add(NORMALISATION_EPSILON).sqrt());
        return normalised.mul(perChannel(scale!)).add(perChannel(shift!));
      },
    });
  }
  const [batch, classes, height, width] = x as [number, number, number, number];
  const pixels = batch * height * width;
  const target = Uint8Array.from({ length: pixels }, (_, i) => (i * 7) % (classes + 1));
  const weight = wave(pixels, 5).map((value) => value + 1);
  cases.push({
    op: 'weightedCrossEntropy',
    title,
    shapes: [x],
    extra: (g) => ({
      values: [
        g.input('target', 'uint8', [batch, 1, height, width]),
        g.input('weight', 'float32', [batch, 1, height, width]),
      ],
      feeds: { target, weight },
    }),
    build: (g, [logits, t, w]) => weightedCrossEntropy(g, logits!, t!, w!),
    reference: ([logits]) => {
      const rows = logits!.transpose([0, 2, 3, 1]).reshape([pixels, classes]);
      const labels = tf.tensor1d(
        Array.from(target, (label) => label - 1),
        'int32',
      );
      const used = tf.tensor1d(Array.from(weight, (w, i) => (target[i] === 0 ? 0 : w)));
      const cost = tf.oneHot(labels, classes).toFloat().mul(tf.logSoftmax(rows)).sum(1).mul(used);
      return cost.sum().neg().div(used.sum()).reshape([1]);
    },
  });
}

for (const { op, title, shapes, build, reference, extra } of cases) {
  test(`${op} ${title}: value and gradient agree with TensorFlow.js and with finite differences`, async () => {
    const data = shapes.map((shape, index) => wave(sizeOf(shape), index + 1));
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

test('every op has a case here', () => {
  const folder = new URL('../../../app/engine/graph/ops/', import.meta.url);
  const ops = readdirSync(folder).map((file) => file.replace('.ts', ''));
  const tested = new Set([...cases.map(({ op }) => op), 'dropout', 'conv2dKernelGradient']);
  assert.deepEqual(
    ops.filter((op) => !tested.has(op)),
    [],
  );
});
