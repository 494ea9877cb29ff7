/** Test support: uses of the ops beyond U-Net's with their TensorFlow.js equivalents, for value, gradient and device tests. */

import * as tf from '@tensorflow/tfjs';
import { addTensors } from '../../../app/engine/graph/ops/addTensors.ts';
import { averagePool2d } from '../../../app/engine/graph/ops/averagePool2d.ts';
import { divideTensors } from '../../../app/engine/graph/ops/divideTensors.ts';
import { generalConv2d } from '../../../app/engine/graph/ops/generalConv2d.ts';
import { groupNormalise } from '../../../app/engine/graph/ops/groupNormalise.ts';
import { localResponseNormalise } from '../../../app/engine/graph/ops/localResponseNormalise.ts';
import { multiplyTensors } from '../../../app/engine/graph/ops/multiplyTensors.ts';
import { NORMALISATION_EPSILON } from '../../../app/engine/graph/ops/normalise.ts';
import { padPlane } from '../../../app/engine/graph/ops/padPlane.ts';
import { batchToSpace, spaceToBatch } from '../../../app/engine/graph/ops/spaceToBatch.ts';
import { subtractTensors } from '../../../app/engine/graph/ops/subtractTensors.ts';
import { linearTaps, transposedConv2d } from '../../../app/engine/graph/ops/transposedConv2d.ts';
import { windowedMaxPool2d } from '../../../app/engine/graph/ops/windowedMaxPool2d.ts';
import { wave } from './runGraph.ts';
import {
  averageWindows,
  convolveGeneral,
  convolveTransposed,
  maxPoolWindows,
  normaliseResponse,
} from './tfNchw.ts';
import type { OpCase } from './unetOpCases.ts';

export const generalOpCases: OpCase[] = [];
const cases = generalOpCases;

for (const [x, kernel, paddingPx, stride, dilation, groups] of [
  [[1, 3, 23, 19], [4, 3, 11, 11], 0, 4, 1, 1],
  [[2, 4, 9, 8], [6, 2, 5, 5], 2, 1, 1, 2],
  // Six filters a group: the WebGPU kernel of the runtime would take four of them, and two of one and two of the next.
  [[1, 12, 7, 6], [12, 6, 3, 3], 1, 1, 1, 2],
  [[1, 4, 12, 11], [4, 1, 3, 3], 1, 2, 3, 4],
  [[1, 2, 11, 12], [3, 2, 7, 7], 3, 2, 1, 1],
  [[2, 2, 9, 10], [2, 2, 3, 3], 2, 1, 2, 1],
  [[1, 3, 7, 6], [2, 3, 1, 1], 0, 2, 1, 1],
] as [number[], number[], number, number, number, number][]) {
  const options = { paddingPx, stride, dilation, groups };
  cases.push({
    op: 'generalConv2d',
    title: `${x.join('×')} by ${kernel.join('×')}, padding ${paddingPx}, stride ${stride}, dilation ${dilation}, ${groups} groups`,
    shapes: [x, kernel, [kernel[0]!]],
    build: (graph, [a, k, b]) => generalConv2d(graph, a!, k!, b!, options),
    reference: ([a, k, b]) => convolveGeneral(a!, k!, b!, options),
  });
}

for (const [x, kernel, stride, groups] of [
  [[1, 3, 4, 3], [3, 2, 3, 3], 2, 1],
  [[2, 3, 3, 4], [3, 1, 4, 4], 2, 3],
  [[1, 2, 3, 2], [2, 1, 15, 15], 8, 2],
] as [number[], number[], number, number][]) {
  cases.push({
    op: 'transposedConv2d',
    title: `${x.join('×')} by ${kernel.join('×')}, stride ${stride}, ${groups} groups`,
    shapes: [x, kernel],
    build: (graph, [a, k]) => transposedConv2d(graph, a!, k!, { stride, groups }),
    reference: ([a, k]) => convolveTransposed(a!, k!, { stride, groups }),
    // Sums of many products stay within single precision's reach.
    data: (index, count) => (count === 450 ? bilinearKernel() : wave(count, index + 1)),
  });
}

function bilinearKernel(): Float32Array {
  const taps = linearTaps(8, 15);
  return Float32Array.from({ length: 450 }, (_, i) => taps[Math.floor((i % 225) / 15)]! * taps[i % 15]!);
}

for (const [x, sidePx, stride, paddingPx] of [
  [[1, 2, 9, 7], 3, 2, 0],
  [[2, 3, 8, 6], 3, 2, 0],
  [[1, 2, 6, 5], 3, 1, 1],
  [[1, 1, 11, 10], 2, 3, 0],
  [[1, 2, 6, 5], 2, 1, 0],
] as [number[], number, number, number][]) {
  cases.push({
    op: 'windowedMaxPool2d',
    title: `${x.join('×')}, side ${sidePx}, stride ${stride}, padding ${paddingPx}`,
    shapes: [x],
    build: (graph, [a]) => windowedMaxPool2d(graph, a!, { sidePx, stride, paddingPx }),
    reference: ([a]) => maxPoolWindows(a!, { sidePx, stride, paddingPx }),
  });
}

for (const [x, sidePx, stride] of [
  [[1, 2, 8, 7], 3, 2],
  [[2, 1, 6, 9], 3, 3],
  [[1, 3, 5, 5], 4, 1],
] as [number[], number, number][]) {
  cases.push({
    op: 'averagePool2d',
    title: `${x.join('×')}, side ${sidePx}, stride ${stride}`,
    shapes: [x],
    build: (graph, [a]) => averagePool2d(graph, a!, { sidePx, stride }),
    reference: ([a]) => averageWindows(a!, { sidePx, stride }),
  });
}

for (const [x, size] of [
  [[1, 7, 3, 4], 5],
  [[2, 4, 2, 3], 3],
] as [number[], number][]) {
  const attributes = { size, alpha: 0.8, beta: 0.75, bias: 1 };
  cases.push({
    op: 'localResponseNormalise',
    title: `${x.join('×')} over ${size} channels`,
    shapes: [x],
    build: (graph, [a]) => localResponseNormalise(graph, a!, attributes),
    reference: ([a]) => normaliseResponse(a!, attributes),
  });
}

for (const [x, groups] of [
  [[2, 6, 4, 3], 3],
  [[1, 4, 5, 2], 1],
  [[2, 3, 3, 4], 3],
] as [number[], number][]) {
  const [batch, channels, height, width] = x as [number, number, number, number];
  cases.push({
    op: 'groupNormalise',
    title: `${x.join('×')} in ${groups} groups`,
    shapes: [x, [channels], [channels]],
    build: (graph, [a, scale, shift]) => groupNormalise(graph, a!, scale!, shift!, groups).output,
    reference: ([a, scale, shift]) => {
      const grouped = a!.reshape([batch, groups, (channels / groups) * height * width]);
      const { mean, variance } = tf.moments(grouped, [2], true);
      const normalised = grouped.sub(mean).div(variance.add(NORMALISATION_EPSILON).sqrt()).reshape(x);
      const perChannel = (t: tf.Tensor): tf.Tensor => t.reshape([1, channels, 1, 1]);
      return normalised.mul(perChannel(scale!)).add(perChannel(shift!));
    },
  });
}

for (const sides of [
  { top: 1, left: 2, bottom: 3, right: 0 },
  { top: 0, left: 0, bottom: 2, right: 1 },
]) {
  const { top, left, bottom, right } = sides;
  cases.push({
    op: 'padPlane',
    title: JSON.stringify(sides),
    shapes: [[2, 2, 3, 4]],
    build: (graph, [a]) => padPlane(graph, a!, sides),
    reference: ([a]) =>
      tf.pad(a!, [
        [0, 0],
        [0, 0],
        [top, bottom],
        [left, right],
      ]),
  });
}

for (const shapes of [
  [
    [2, 3, 4, 5],
    [2, 3, 4, 5],
  ],
  [
    [2, 3, 4, 5],
    [3, 1, 1],
  ],
  [
    [1, 4, 1],
    [2, 1, 3],
  ],
]) {
  const title = shapes.map((shape) => shape.join('×')).join(' and ');
  const pair = { title, shapes };
  cases.push(
    {
      ...pair,
      op: 'addTensors',
      build: (g, [a, b]) => addTensors(g, a!, b!),
      reference: ([a, b]) => a!.add(b!),
    },
    {
      ...pair,
      op: 'subtractTensors',
      build: (g, [a, b]) => subtractTensors(g, a!, b!),
      reference: ([a, b]) => a!.sub(b!),
    },
    {
      ...pair,
      op: 'multiplyTensors',
      build: (g, [a, b]) => multiplyTensors(g, a!, b!),
      reference: ([a, b]) => a!.mul(b!),
    },
    {
      ...pair,
      op: 'divideTensors',
      build: (g, [a, b]) => divideTensors(g, a!, b!),
      reference: ([a, b]) => a!.div(b!),
      data: (index, count) => wave(count, index + 1).map((value) => (index === 1 ? value + 2 : value)),
    },
  );
}

for (const [batch, channels, height, width] of [
  [1, 2, 4, 6],
  [2, 3, 2, 4],
] as const) {
  const planes = [batch, channels, 2 * height, 2 * width];
  const fragments = [4 * batch, channels, height, width];
  const title = planes.join('×');
  cases.push(
    {
      op: 'spaceToBatch',
      title,
      shapes: [planes],
      build: (g, [a]) => spaceToBatch(g, a!),
      reference: ([a]) =>
        a!.reshape([batch, channels, height, 2, width, 2]).transpose([3, 5, 0, 1, 2, 4]).reshape(fragments),
    },
    {
      op: 'spaceToBatch',
      title: `${title}, back`,
      shapes: [fragments],
      build: (g, [a]) => batchToSpace(g, a!),
      reference: ([a]) =>
        a!.reshape([2, 2, batch, channels, height, width]).transpose([2, 3, 4, 0, 5, 1]).reshape(planes),
    },
  );
}
