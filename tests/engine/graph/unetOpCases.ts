/** Test support: uses of U-Net's ops with their TensorFlow.js equivalents, for value, gradient and device tests. */

import * as tf from '@tensorflow/tfjs';
import type { Graph } from '../../../app/engine/graph/graph.ts';
import { concat } from '../../../app/engine/graph/ops/concat.ts';
import { conv2d } from '../../../app/engine/graph/ops/conv2d.ts';
import { crop } from '../../../app/engine/graph/ops/crop.ts';
import { maxPool2d } from '../../../app/engine/graph/ops/maxPool2d.ts';
import { NORMALISATION_EPSILON, normalise } from '../../../app/engine/graph/ops/normalise.ts';
import { relu } from '../../../app/engine/graph/ops/relu.ts';
import { upConv2d } from '../../../app/engine/graph/ops/upConv2d.ts';
import { weightedCrossEntropy } from '../../../app/engine/graph/ops/weightedCrossEntropy.ts';
import type { Value } from '../../../app/engine/graph/value.ts';
import { type Numbers, wave } from './runGraph.ts';
import { convolve, pool, upConvolve } from './tfNchw.ts';

/** One use of an op. */
export interface OpCase {
  op: string;
  title: string;
  shapes: number[][];
  build: (graph: Graph, inputs: Value[]) => Value;
  /** The same in TensorFlow.js, [batch, channels, height, width]. */
  reference: (inputs: tf.Tensor[]) => tf.Tensor;
  /** Values of an input; default: any numbers in −1…1. */
  data?: (index: number, count: number) => Float32Array;
  /** Inputs that are fed but not differentiated. */
  extra?: (graph: Graph) => { values: Value[]; feeds: Record<string, Numbers> };
}

export const unetOpCases: OpCase[] = [];
const cases = unetOpCases;

for (const [x, kernel, padding] of [
  [[1, 2, 7, 6], [3, 2, 3, 3], 1],
  [[3, 3, 8, 5], [2, 3, 3, 3], 0],
  [[2, 4, 4, 3], [2, 4, 1, 1], 0],
  [[1, 1, 9, 8], [2, 1, 5, 5], 2],
  // Enough images to be laid side by side for the kernel's gradient.
  [[16, 2, 4, 5], [3, 2, 3, 3], 1],
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
