/** Gradient of a convolution's kernel as a few large matrix products: the most expensive part of a training step. */

import type { Graph } from '../graph.ts';
import { concatenate, matrixProduct, pad, reshape, scalar, slice, transpose } from '../nodes.ts';
import { dimension, type Value } from '../value.ts';

const BYTES_PER_NUMBER = 4;
/** A larger stack of moved gradients is taken apart: some 10 % slower for such a layer, but a third of the memory. */
const LARGEST_STACK_BYTES = 128 * 2 ** 20;

/**
 * dkernel[o, c, i, j] = Σ_n Σ_{y,x} dy[n, o, y, x] · xp[n, c, y + i, x + j], with xp the padded input.
 *
 * The shift is split in two: dy moved down by i (`side` copies stacked after each filter's rows) against x moved left by j, so
 * that a kernel of side² taps takes `side` products of [filters · side, pixels] × [pixels, channels] and 2 · side moved
 * planes, where one product a tap takes side² of both (measured 9–33 % faster on planes of 256²). Images of a batch are
 * accumulated through Gemm's addend. A stack above `largestStackBytes` is taken apart into its copies.
 *
 * x: [batch, channels, height, width], dy: [batch, filters, outHeight, outWidth] → [filters, channels, side, side].
 */
export function emitKernelGradient(
  graph: Graph,
  x: Value,
  dy: Value,
  kernelShape: readonly number[],
  paddingPx: number,
  largestStackBytes = LARGEST_STACK_BYTES,
): Value {
  const [filters, channels, side] = [kernelShape[0]!, kernelShape[1]!, kernelShape[2]!];
  const batch = dimension(x, 0);
  const height = dimension(x, 2) + 2 * paddingPx;
  const width = dimension(dy, 3);
  const border = [0, 0, paddingPx, paddingPx];
  const padded = pad(graph, x, border, border);
  const taps = Array.from({ length: side }, (_, index) => index);
  const stacked = side * filters * height * width * BYTES_PER_NUMBER <= largestStackBytes;
  const groups = stacked ? [taps] : taps.map((i) => [i]);
  /** One product a group of rows and column, summed over the batch: [group · filters, channels]. */
  const products: (Value | null)[] = groups.flatMap(() => taps.map(() => null));
  for (let n = 0; n < batch; n += 1) {
    const dyOne = batch === 1 ? dy : slice(graph, dy, [{ axis: 0, start: n, end: n + 1 }]);
    for (const [g, group] of groups.entries()) {
      const moved = stacked ? stackMoved(graph, dyOne, side) : moveDown(graph, dyOne, group[0]!, side);
      const left = reshape(graph, moved, [group.length * filters, height * width]);
      for (const j of taps) {
        const columns = slice(graph, padded, [
          { axis: 0, start: n, end: n + 1 },
          { axis: 3, start: j, end: j + width },
        ]);
        const right = reshape(graph, columns, [channels, height * width]);
        const addend = products[g * side + j] ?? null;
        products[g * side + j] = matrixProduct(graph, left, right, { transposeB: true, addend });
      }
    }
  }
  // Rows of the kernel: one group of all, or one group each; then [filters, side, channels, side] → the kernel's order.
  const rows = groups.map((group, g) => {
    const ofGroup = taps.map((j) =>
      reshape(graph, products[g * side + j]!, [filters, group.length, channels, 1]),
    );
    return concatenate(graph, ofGroup, 3);
  });
  return transpose(graph, concatenate(graph, rows, 1), [0, 2, 1, 3]);
}

/** dy: [1, filters, height, width] with i rows of zeros above and side − 1 − i below. */
function moveDown(graph: Graph, dy: Value, i: number, side: number): Value {
  return pad(graph, dy, [0, 0, i, 0], [0, 0, side - 1 - i, 0]);
}

/**
 * dy: [1, filters, height, width] → [1, filters, side · (height + side − 1), width]: the copies moved down by 0 … side − 1,
 * one below the other. With `side` rows of zeros between them each begins one row further down in its part than the one before.
 */
function stackMoved(graph: Graph, dy: Value, side: number): Value {
  const apart = [1, dimension(dy, 1), side, dimension(dy, 3)];
  const zeros = graph.node(
    'Expand',
    [scalar(graph, 0), graph.constant('int64', apart)],
    {},
    { type: 'float32', shape: apart },
  );
  const parts = Array.from({ length: 2 * side - 1 }, (_, index) => (index % 2 === 0 ? dy : zeros));
  return concatenate(graph, parts, 2);
}
