/** Up-convolution: transposed 2×2 convolution with stride 2, which doubles height and width. */

import type { Graph, Op } from '../graph.ts';
import { matrixProduct, reduceSum, reshape, slice, transpose } from '../nodes.ts';
import { dimension, formatShape, UNKNOWN, type Value } from '../value.ts';

const SQUARE = { kernel_shape: [2, 2], strides: [2, 2] };

/**
 * x: [batch, channels, h, w], kernel: [channels, filters, 2, 2], bias: [filters] → y: [batch, filters, 2h, 2w];
 * y[n, o, 2i + a, 2j + b] = bias[o] + Σ_c x[n, c, i, j] · kernel[c, o, a, b].
 *
 * dx: the convolution of dy with the same kernel, stride 2. dkernel: x times dy rearranged to [filters·4, pixels],
 * image by image.
 */
export const upConv2dOp: Op<Record<string, never>> = {
  name: 'upConv2d',
  infer([x, kernel, bias]) {
    if (dimension(x!, 1) !== dimension(kernel!, 0) || dimension(kernel!, 1) !== dimension(bias!, 0)) {
      throw new Error(
        `upConv2d: a kernel of ${formatShape(kernel!.shape)} does not fit an input of ${formatShape(x!.shape)}.`,
      );
    }
    const plane = x!.shape.slice(2).map((size) => (size === UNKNOWN ? UNKNOWN : size * 2));
    return [{ type: 'float32', shape: [dimension(x!, 0), dimension(kernel!, 1), ...plane] }];
  },
  emit: (graph, inputs, _, [type]) => [graph.node('ConvTranspose', inputs, SQUARE, type!)],
  gradient({ graph, inputs: [x, kernel], outputGradients: [dy], wanted }) {
    return [
      wanted[0] ? graph.node('Conv', [dy!, kernel!], SQUARE, { type: 'float32', shape: x!.shape }) : null,
      wanted[1] ? emitUpKernelGradient(graph, x!, dy!, kernel!.shape) : null,
      wanted[2] ? reduceSum(graph, dy!, [0, 2, 3], false) : null,
    ];
  },
};

function emitUpKernelGradient(graph: Graph, x: Value, dy: Value, kernelShape: readonly number[]): Value {
  const [channels, filters] = [kernelShape[0]!, kernelShape[1]!];
  const [batch, height, width] = [dimension(x, 0), dimension(x, 2), dimension(x, 3)];
  let total: Value | null = null;
  for (let n = 0; n < batch; n += 1) {
    const one = [{ axis: 0, start: n, end: n + 1 }];
    const left = reshape(graph, slice(graph, x, one), [channels, height * width]);
    const blocks = reshape(graph, slice(graph, dy, one), [filters, height, 2, width, 2]);
    const right = reshape(graph, transpose(graph, blocks, [0, 2, 4, 1, 3]), [filters * 4, height * width]);
    total = matrixProduct(graph, left, right, { transposeB: true, addend: total });
  }
  return reshape(graph, total!, kernelShape);
}

/** Doubles the plane of x: [batch, channels, h, w] with kernel: [channels, filters, 2, 2] and bias: [filters]. */
export function upConv2d(graph: Graph, x: Value, kernel: Value, bias: Value): Value {
  return graph.apply(upConv2dOp, [x, kernel, bias], {})[0]!;
}
