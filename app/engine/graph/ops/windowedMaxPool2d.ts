/** Max-pooling with windows of any size, stride and padding, overlapping or not; 2×2 with stride 2 has a faster op, `maxPool2d`. */

import type { Graph, Op } from '../graph.ts';
import { add, cast, concatenate, divide, equal, multiply, pad, reshape, slice } from '../nodes.ts';
import { fitPlane, joinPhases, splitPhases } from '../planePhases.ts';
import { dimension, formatShape, UNKNOWN, type Value } from '../value.ts';

export interface PoolWindow {
  /** Side of a window, px. */
  readonly sidePx: number;
  /** Pixels from window to window. */
  readonly stride: number;
  /** Pixels beyond each side of the plane that windows may reach over; they are never the maximum. Less than the side. */
  readonly paddingPx: number;
}

/** Stands beyond the border in the gradient: below any value of a network. */
const NEVER_MAXIMUM = -3e38;

/** Number of windows along an axis. Pixels at the end that fill no window are left out. */
export function windowsAlong(size: number, { sidePx, stride, paddingPx }: PoolWindow): number {
  return Math.floor((size + 2 * paddingPx - sidePx) / stride) + 1;
}

/**
 * x: [batch, channels, height, width] → y: [batch, channels, ⌊(height + 2p − side) / stride⌋ + 1, the same of width].
 *
 * dx: each window's dy goes to where x equals the window's maximum, in equal shares where several do; shares of
 * overlapping windows add up. It is put together phase by phase of the stride, so that each tap is one contiguous part.
 */
export const windowedMaxPool2dOp: Op<PoolWindow> = {
  name: 'windowedMaxPool2d',
  infer([x], window) {
    if (window.paddingPx >= window.sidePx)
      throw new Error(`windowedMaxPool2d: ${window.paddingPx} px of padding fill whole windows.`);
    const shape = x!.shape.map((size, axis) => {
      if (axis < 2 || size === UNKNOWN) return size;
      const windows = windowsAlong(size, window);
      if (windows < 1)
        throw new Error(`windowedMaxPool2d: ${formatShape(x!.shape)} is smaller than ${window.sidePx} px.`);
      return windows;
    });
    return [{ type: x!.type, shape }];
  },
  emit(graph, [x], { sidePx, stride, paddingPx }, [type]) {
    const attributes = {
      kernel_shape: [sidePx, sidePx],
      strides: [stride, stride],
      pads: [paddingPx, paddingPx, paddingPx, paddingPx],
    };
    return [graph.node('MaxPool', [x!], attributes, type!)];
  },
  gradient({ graph, inputs: [x], outputs: [y], attributes, outputGradients: [dy] }) {
    const { sidePx, stride, paddingPx } = attributes;
    const [batch, channels, height, width] = x!.shape as [number, number, number, number];
    const [rows, columns] = [dimension(y!, 2), dimension(y!, 3)];
    // Blocks of stride² pixels that a window reaches over, beyond its own.
    const more = Math.ceil(sidePx / stride) - 1;
    const border = [0, 0, paddingPx, paddingPx];
    const padded = pad(graph, x!, border, border, NEVER_MAXIMUM);
    const covered = fitPlane(graph, padded, stride * (rows + more), stride * (columns + more));
    const phases = splitPhases(graph, covered, stride);
    const taps = Array.from({ length: sidePx * sidePx }, (_, t) => {
      const [i, j] = [Math.floor(t / sidePx), t % sidePx];
      return { a: i % stride, b: j % stride, u: Math.floor(i / stride), v: Math.floor(j / stride) };
    });
    const masks = taps.map(({ a, b, u, v }) => {
      const part = slice(graph, phases, [
        { axis: 2, start: a, end: a + 1 },
        { axis: 3, start: b, end: b + 1 },
        { axis: 4, start: u, end: u + rows },
        { axis: 5, start: v, end: v + columns },
      ]);
      return cast(graph, equal(graph, reshape(graph, part, y!.shape), y!), 'float32');
    });
    const ties = masks.reduce((sum, mask) => add(graph, sum, mask));
    const share = divide(graph, dy!, ties);
    /** Gradient of one phase, [batch, channels, 1, 1, rows + more, columns + more]. */
    const phase = (a: number, b: number): Value => {
      const shape = [batch, channels, 1, 1, rows + more, columns + more];
      const parts = taps.flatMap(({ u, v, ...of }, t) =>
        of.a === a && of.b === b
          ? [pad(graph, multiply(graph, masks[t]!, share), [0, 0, u, v], [0, 0, more - u, more - v])]
          : [],
      );
      if (parts.length === 0) return reshape(graph, emptyPhase(graph, share, more), shape);
      return reshape(
        graph,
        parts.reduce((sum, part) => add(graph, sum, part)),
        shape,
      );
    };
    const steps = Array.from({ length: stride }, (_, index) => index);
    const lines = steps.map((a) =>
      concatenate(
        graph,
        steps.map((b) => phase(a, b)),
        3,
      ),
    );
    const whole = joinPhases(graph, concatenate(graph, lines, 2));
    const fitted = fitPlane(graph, whole, height + 2 * paddingPx, width + 2 * paddingPx);
    const cut = [2, 3].map((axis) => ({
      axis,
      start: paddingPx,
      end: dimension(fitted, axis) - paddingPx,
    }));
    return [slice(graph, fitted, cut)];
  },
};

/** Zeros for a phase that windows smaller than their stride never touch. */
function emptyPhase(graph: Graph, share: Value, more: number): Value {
  const zero = multiply(graph, share, graph.constant('float32', [0], [1]));
  return pad(graph, zero, [0, 0, 0, 0], [0, 0, more, more]);
}

/** The largest value of each window of x: [batch, channels, height, width]. */
export function windowedMaxPool2d(graph: Graph, x: Value, window: PoolWindow): Value {
  return graph.apply(windowedMaxPool2dOp, [x], window)[0]!;
}
