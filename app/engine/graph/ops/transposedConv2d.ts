/** Transposed convolution with stride and groups: the upsampling of fully convolutional networks. */

import type { Graph, Op } from '../graph.ts';
import { multiply } from '../nodes.ts';
import { dimension, formatShape, UNKNOWN, type Value } from '../value.ts';
import { emitGeneralKernelGradient } from './generalConv2dKernelGradient.ts';

export interface TransposedConv2dAttributes {
  /** Output pixels from input pixel to input pixel. */
  readonly stride: number;
  readonly groups: number;
}

function attributesOf(kernel: Value, { stride, groups }: TransposedConv2dAttributes) {
  const side = dimension(kernel, 2);
  return { kernel_shape: [side, side], strides: [stride, stride], group: groups };
}

/**
 * x: [batch, channels, h, w], kernel: [channels, filters / groups, side, side]
 * → y: [batch, filters, stride · (h − 1) + side, stride · (w − 1) + side]; each pixel of x adds the kernel, times its
 * value, to y.
 *
 * dx: the convolution of dy with the same kernel and stride. dkernel: that convolution's kernel gradient, with dy as its
 * input and x as the gradient of its output.
 */
export const transposedConv2dOp: Op<TransposedConv2dAttributes> = {
  name: 'transposedConv2d',
  infer([x, kernel], { stride, groups }) {
    const [channels, filters, side] = kernel!.shape as [number, number, number];
    if (dimension(x!, 1) !== channels || channels % groups !== 0) {
      throw new Error(
        `transposedConv2d: a kernel of ${formatShape(kernel!.shape)} in ${groups} groups does not fit an input of ${formatShape(x!.shape)}.`,
      );
    }
    const plane = x!.shape.slice(2).map((size) => (size === UNKNOWN ? UNKNOWN : stride * (size - 1) + side));
    return [{ type: 'float32', shape: [dimension(x!, 0), filters * groups, ...plane] }];
  },
  emit: (graph, [x, kernel], attributes, [type]) => [
    graph.node('ConvTranspose', [x!, kernel!], attributesOf(kernel!, attributes), type!),
  ],
  gradient({ graph, inputs: [x, kernel], attributes, outputGradients: [dy], wanted }) {
    const windows = { ...attributes, paddingPx: 0, dilation: 1 };
    return [
      wanted[0] ? graph.node('Conv', [dy!, kernel!], attributesOf(kernel!, attributes), x!) : null,
      wanted[1] ? emitGeneralKernelGradient(graph, dy!, x!, kernel!.shape, windows) : null,
    ];
  },
};

/** Upsampling of x: [batch, channels, h, w] by `stride` with kernel: [channels, filters / groups, side, side]. */
export function transposedConv2d(
  graph: Graph,
  x: Value,
  kernel: Value,
  attributes: TransposedConv2dAttributes,
): Value {
  return graph.apply(transposedConv2dOp, [x, kernel], attributes)[0]!;
}

/**
 * Weights of linear interpolation by `factor` along one axis: a triangle of the given side, 2 · factor or, with a middle
 * pixel, 2 · factor − 1. Shifted by multiples of the factor they sum to 1.
 */
export function linearTaps(factor: number, side: number): Float32Array {
  const centre = (side - 1) / 2;
  return Float32Array.from({ length: side }, (_, i) => 1 - Math.abs(i - centre) / factor);
}

/** Bilinear upsampling of each channel by itself with a fixed kernel of `side` px; y as {@link transposedConv2dOp}'s. */
export function bilinearUpsample(graph: Graph, x: Value, factor: number, side: number): Value {
  const channels = dimension(x, 1);
  const taps = [...linearTaps(factor, side)];
  const column = graph.constant('float32', taps, [1, 1, side, 1]);
  const square = multiply(graph, column, graph.constant('float32', taps, [1, 1, 1, side]));
  const ones = graph.constant('float32', Array<number>(channels).fill(1), [channels, 1, 1, 1]);
  return transposedConv2d(graph, x, multiply(graph, square, ones), { stride: factor, groups: channels });
}
