/** Elementwise difference with broadcasting. */

import type { Graph, Op } from '../graph.ts';
import { negate, subtract } from '../nodes.ts';
import { sumToShape } from '../sumToShape.ts';
import { broadcastType, type Value } from '../value.ts';

/** a, b: shapes that broadcast → y = a − b. da = dy, db = −dy, each summed over what it was stretched along. */
export const subtractTensorsOp: Op<Record<string, never>> = {
  name: 'subtractTensors',
  infer: ([a, b]) => [broadcastType(a!, b!, 'subtractTensors')],
  emit: (graph, [a, b]) => [subtract(graph, a!, b!)],
  gradient: ({ graph, inputs: [a, b], outputGradients: [dy], wanted }) => [
    wanted[0] ? sumToShape(graph, dy!, a!.shape) : null,
    wanted[1] ? negate(graph, sumToShape(graph, dy!, b!.shape)) : null,
  ],
};

export function subtractTensors(graph: Graph, a: Value, b: Value): Value {
  return graph.apply(subtractTensorsOp, [a, b], {})[0]!;
}
