/** Gradient of a convolution's kernel as a few large matrix products: the most expensive part of a training step. */

import type { Graph } from '../graph.ts';
import { concatenate, matrixProduct, pad, reshape, slice, TO_END, transpose } from '../nodes.ts';
import { dimension, type Value } from '../value.ts';

/**
 * dkernel[o, c, i, j] = Σ_n Σ_{y,x} dy[n, o, y, x] · xp[n, c, y + i, x + j], with xp the padded input.
 *
 * The shift is split in two: dy moved down by i (`side` copies stacked along the filters) against x moved left by j, so
 * that a kernel of side² taps takes `side` products of [side · filters, pixels] × [pixels, channels] and 2 · side moved
 * planes, where one product a tap takes side² of both. Images of a batch are accumulated through Gemm's addend.
 *
 * x: [batch, channels, height, width], dy: [batch, filters, outHeight, outWidth] → [filters, channels, side, side].
 */
export function emitKernelGradient(
  graph: Graph,
  x: Value,
  dy: Value,
  kernelShape: readonly number[],
  paddingPx: number,
): Value {
  const [filters, channels, side] = [kernelShape[0]!, kernelShape[1]!, kernelShape[2]!];
  const batch = dimension(x, 0);
  const height = dimension(x, 2) + 2 * paddingPx;
  const width = dimension(dy, 3);
  const border = [0, 0, paddingPx, paddingPx];
  const padded = pad(graph, x, border, border);
  const taps = Array.from({ length: side }, (_, index) => index);
  const perColumn: (Value | null)[] = taps.map(() => null);
  for (let n = 0; n < batch; n += 1) {
    const image = (value: Value): Value =>
      batch === 1 ? value : slice(graph, value, [{ axis: 0, start: n, end: n + 1 }]);
    const dyOne = image(dy);
    const rows = concatenate(
      graph,
      taps.map((i) => pad(graph, dyOne, [0, 0, i, 0], [0, 0, side - 1 - i, 0])),
      1,
    );
    const left = reshape(graph, rows, [side * filters, height * width]);
    for (const j of taps) {
      const columns = slice(graph, padded, [
        { axis: 0, start: n, end: n + 1 },
        { axis: 3, start: j, end: j + width === dimension(padded, 3) ? TO_END : j + width },
      ]);
      const right = reshape(graph, columns, [channels, height * width]);
      perColumn[j] = matrixProduct(graph, left, right, { transposeB: true, addend: perColumn[j] ?? null });
    }
  }
  const stacked = perColumn.map((product) => reshape(graph, product!, [side, filters, channels, 1]));
  return transpose(graph, concatenate(graph, stacked, 3), [1, 2, 0, 3]);
}
