/** Two-dimensional convolution (cross-correlation) with stride 1 and zero padding. */

import { foldBatch } from '../foldBatch.ts';
import type { Graph, Op } from '../graph.ts';
import { pad, reduceSum, reverse, transpose } from '../nodes.ts';
import { dimension, formatShape, UNKNOWN, type Value } from '../value.ts';
import { emitKernelGradient } from './conv2dKernelGradient.ts';

export interface Conv2dAttributes {
  /** Zeros added to each side of the plane, less than the kernel's side. */
  readonly paddingPx: number;
}

function emitConvolution(
  graph: Graph,
  inputs: readonly Value[],
  paddingPx: number,
  shape: readonly number[],
): Value {
  const side = dimension(inputs[1]!, 2);
  const attributes = { kernel_shape: [side, side], pads: [paddingPx, paddingPx, paddingPx, paddingPx] };
  return graph.node('Conv', inputs, attributes, { type: 'float32', shape });
}

/**
 * x: [batch, channels, height, width], kernel: [filters, channels, side, side], bias (may be absent): [filters]
 * → y: [batch, filters, height + 2p − side + 1, width + 2p − side + 1].
 *
 * dx: the convolution of dy with the kernel turned by 180° and its first two axes exchanged (measured faster on ONNX
 * Runtime than a transposed convolution). dkernel: {@link emitKernelGradient}. dbias: dy summed over batch and plane.
 */
export const conv2dOp: Op<Conv2dAttributes> = {
  name: 'conv2d',
  infer([x, kernel, bias], { paddingPx }) {
    const [filters, channels, side] = kernel!.shape;
    if (dimension(x!, 1) !== channels || (bias !== undefined && dimension(bias, 0) !== filters)) {
      throw new Error(
        `conv2d: a kernel of ${formatShape(kernel!.shape)} does not fit an input of ${formatShape(x!.shape)}.`,
      );
    }
    const shrink = side! - 1 - 2 * paddingPx;
    const plane = x!.shape.slice(2).map((size) => (size === UNKNOWN ? UNKNOWN : size - shrink));
    if (plane.some((size) => size !== UNKNOWN && size < 1)) {
      throw new Error(
        `conv2d: an input of ${formatShape(x!.shape)} is smaller than the kernel's ${side} px.`,
      );
    }
    return [{ type: 'float32', shape: [dimension(x!, 0), filters!, ...plane] }];
  },
  emit: (graph, inputs, { paddingPx }, [type]) => [emitConvolution(graph, inputs, paddingPx, type!.shape)],
  gradient({ graph, inputs: [x, kernel], attributes: { paddingPx }, outputGradients: [dy], wanted }) {
    const side = dimension(kernel!, 2);
    const turn = (): Value => {
      const exchanged = transpose(graph, kernel!, [1, 0, 2, 3]);
      return side === 1 ? exchanged : reverse(graph, exchanged, [2, 3]);
    };
    return [
      wanted[0] ? emitConvolution(graph, [dy!, turn()], side - 1 - paddingPx, x!.shape) : null,
      wanted[1] ? emitOfBatch(graph, x!, dy!, kernel!, paddingPx) : null,
      wanted[2] ? reduceSum(graph, dy!, [0, 2, 3], false) : null,
    ];
  },
};

/** The kernel's gradient, many small images as one wide one. */
function emitOfBatch(graph: Graph, x: Value, dy: Value, kernel: Value, paddingPx: number): Value {
  const border = [0, 0, paddingPx, paddingPx];
  const folded = foldBatch(graph, pad(graph, x, border, border), dy, dimension(kernel, 2));
  if (folded.dy === dy) return emitKernelGradient(graph, x, dy, kernel.shape, paddingPx);
  return emitKernelGradient(graph, folded.x, folded.dy, kernel.shape, 0);
}

/** Convolution of x: [batch, channels, height, width] with kernel: [filters, channels, side, side] and bias: [filters]. */
export function conv2d(graph: Graph, x: Value, kernel: Value, bias: Value | null, paddingPx: number): Value {
  return graph.apply(conv2dOp, bias === null ? [x, kernel] : [x, kernel, bias], { paddingPx })[0]!;
}
