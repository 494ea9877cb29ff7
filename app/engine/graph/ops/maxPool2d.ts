/** 2×2 max-pooling with stride 2. */

import type { Graph, Op } from '../graph.ts';
import { cast, divide, equal, multiply } from '../nodes.ts';
import { formatShape, UNKNOWN, type Value } from '../value.ts';

const POOL = { kernel_shape: [2, 2], strides: [2, 2] };

/** Repeats every pixel as a 2×2 block: [batch, channels, h, w] → [batch, channels, 2h, 2w]. */
function repeatPixels(graph: Graph, x: Value): Value {
  const [batch, channels, height, width] = x.shape;
  const none = graph.constant('float32', [], [0]);
  const factors = graph.constant('float32', [1, 1, 2, 2]);
  const attributes = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
  const shape = [batch!, channels!, height! * 2, width! * 2];
  return graph.node('Resize', [x, none, factors], attributes, { type: x.type, shape });
}

/**
 * x: [batch, channels, height, width], height and width even → y: [batch, channels, height/2, width/2].
 * dx: dy where x equals its block's maximum. Several equal maxima share the gradient (flat grey areas would otherwise
 * count up to fourfold); the zeros behind a ReLU tie too, and the ReLU's own gradient removes them.
 */
export const maxPool2dOp: Op<Record<string, never>> = {
  name: 'maxPool2d',
  infer([x]) {
    const shape = x!.shape.map((size, axis) => {
      if (axis < 2 || size === UNKNOWN) return size;
      if (size % 2 !== 0)
        throw new Error(`maxPool2d: height and width of ${formatShape(x!.shape)} are not both even.`);
      return size / 2;
    });
    return [{ type: x!.type, shape }];
  },
  emit: (graph, [x], _, [type]) => [graph.node('MaxPool', [x!], POOL, type!)],
  gradient({ graph, inputs: [x], outputs: [y], outputGradients: [dy] }) {
    const isMaximum = cast(graph, equal(graph, x!, repeatPixels(graph, y!)), 'float32');
    const share = graph.node('AveragePool', [isMaximum], POOL, { type: 'float32', shape: y!.shape });
    const perTie = multiply(graph, divide(graph, dy!, share), graph.constant('float32', [0.25], [1]));
    return [multiply(graph, isMaximum, repeatPixels(graph, perTie))];
  },
};

export function maxPool2d(graph: Graph, x: Value): Value {
  return graph.apply(maxPool2dOp, [x], {})[0]!;
}
