/** Local response normalisation across channels (Krizhevsky, Sutskever, Hinton 2012, section 3.3, in Caffe's form). */

import type { Graph, Op } from '../graph.ts';
import { add, divide, multiply, power, reshape, scalar, subtract } from '../nodes.ts';
import { dimension, UNKNOWN, type Value } from '../value.ts';

/** Numbers of AlexNet and GoogLeNet as their published weights were trained with (Caffe, ONNX). */
export const ALEXNET_RESPONSE: LocalResponseAttributes = { size: 5, alpha: 1e-4, beta: 0.75, bias: 1 };

export interface LocalResponseAttributes {
  /** Channels that one is measured against, itself included; odd. */
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly bias: number;
}

/** Mean over `size` neighbouring channels, those beyond the ends counting as 0. x: [batch, channels, h, w] → the same. */
function meanOfNeighbours(graph: Graph, x: Value, size: number): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const plane = reshape(graph, x, [batch, 1, channels, height * width]);
  const reach = (size - 1) / 2;
  const attributes = { kernel_shape: [size, 1], pads: [reach, 0, reach, 0], count_include_pad: 1 };
  return reshape(graph, graph.node('AveragePool', [plane], attributes, plane), x.shape);
}

function emitScale(graph: Graph, x: Value, { size, alpha, bias }: LocalResponseAttributes): Value {
  const mean = meanOfNeighbours(graph, multiply(graph, x, x), size);
  return add(graph, multiply(graph, mean, scalar(graph, alpha)), scalar(graph, bias));
}

/**
 * x: [batch, channels, height, width] → y = x / s^β of the same shape, s_c = bias + α / n · Σ x²_j over the n channels
 * around c.
 *
 * dx_c = dy_c · s_c^−β − 2αβ / n · x_c · Σ dy_j · y_j / s_j over the same neighbours.
 */
export const localResponseNormaliseOp: Op<LocalResponseAttributes> = {
  name: 'localResponseNormalise',
  infer([x], { size }) {
    if (size % 2 !== 1) throw new Error(`localResponseNormalise: ${size} channels have no middle one.`);
    dimension(x!, 3);
    return [x!];
  },
  emit(graph, [x], attributes) {
    const { size, alpha, beta, bias } = attributes;
    if (x!.shape.includes(UNKNOWN)) {
      const numbers = { size, alpha: { float: alpha }, beta: { float: beta }, bias: { float: bias } };
      return [graph.node('LRN', [x!], numbers, x!)];
    }
    return [multiply(graph, x!, power(graph, emitScale(graph, x!, attributes), scalar(graph, -beta)))];
  },
  gradient({ graph, inputs: [x], outputs: [y], attributes, outputGradients: [dy] }) {
    const { size, alpha, beta } = attributes;
    const scale = emitScale(graph, x!, attributes);
    const own = multiply(graph, dy!, power(graph, scale, scalar(graph, -beta)));
    const pull = meanOfNeighbours(graph, divide(graph, multiply(graph, dy!, y!), scale), size);
    return [
      subtract(graph, own, multiply(graph, multiply(graph, x!, pull), scalar(graph, 2 * alpha * beta))),
    ];
  },
};

export function localResponseNormalise(
  graph: Graph,
  x: Value,
  attributes: LocalResponseAttributes = ALEXNET_RESPONSE,
): Value {
  return graph.apply(localResponseNormaliseOp, [x], attributes)[0]!;
}
