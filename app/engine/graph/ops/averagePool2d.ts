/** Average pooling with windows of any size and stride. */

import type { Graph, Op } from '../graph.ts';
import { pad } from '../nodes.ts';
import { fitPlane, spreadPixels } from '../planePhases.ts';
import { dimension, formatShape, UNKNOWN, type Value } from '../value.ts';

export interface AveragePool2dAttributes {
  /** Side of a window, px. */
  readonly sidePx: number;
  /** Pixels from window to window. */
  readonly stride: number;
}

/**
 * x: [batch, channels, height, width] → y: [batch, channels, ⌊(height − side) / stride⌋ + 1, the same of width].
 *
 * dx: dy, spread to the pixels that its windows start at, averaged over windows of the same size (each pixel belongs to
 * those that start up to `side − 1` px before it).
 */
export const averagePool2dOp: Op<AveragePool2dAttributes> = {
  name: 'averagePool2d',
  infer([x], { sidePx, stride }) {
    const shape = x!.shape.map((size, axis) => {
      if (axis < 2 || size === UNKNOWN) return size;
      if (size < sidePx)
        throw new Error(`averagePool2d: ${formatShape(x!.shape)} is smaller than ${sidePx} px.`);
      return Math.floor((size - sidePx) / stride) + 1;
    });
    return [{ type: x!.type, shape }];
  },
  emit: (graph, [x], { sidePx, stride }, [type]) => [
    graph.node('AveragePool', [x!], { kernel_shape: [sidePx, sidePx], strides: [stride, stride] }, type!),
  ],
  gradient({ graph, inputs: [x], attributes: { sidePx, stride }, outputGradients: [dy] }) {
    const border = [0, 0, sidePx - 1, sidePx - 1];
    const starts = pad(graph, spreadPixels(graph, dy!, stride), border, border);
    const shape = starts.shape.map((size, axis) => (axis < 2 ? size : size - sidePx + 1));
    const attributes = { kernel_shape: [sidePx, sidePx], strides: [1, 1] };
    const covered = graph.node('AveragePool', [starts], attributes, { type: 'float32', shape });
    return [fitPlane(graph, covered, dimension(x!, 2), dimension(x!, 3))];
  },
};

/** The mean of each window of x: [batch, channels, height, width]. */
export function averagePool2d(graph: Graph, x: Value, attributes: AveragePool2dAttributes): Value {
  return graph.apply(averagePool2dOp, [x], attributes)[0]!;
}
