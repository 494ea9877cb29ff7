/** Elementwise product with broadcasting. */

import type { Graph, Op } from '../graph.ts';
import { multiply } from '../nodes.ts';
import { sumToShape } from '../sumToShape.ts';
import { broadcastType, type Value } from '../value.ts';

/** a, b: shapes that broadcast → y = a · b. da = dy · b, db = dy · a, each summed over what it was stretched along. */
export const multiplyTensorsOp: Op<Record<string, never>> = {
  name: 'multiplyTensors',
  infer: ([a, b]) => [broadcastType(a!, b!, 'multiplyTensors')],
  emit: (graph, [a, b]) => [multiply(graph, a!, b!)],
  gradient: ({ graph, inputs: [a, b], outputGradients: [dy], wanted }) => [
    wanted[0] ? sumToShape(graph, multiply(graph, dy!, b!), a!.shape) : null,
    wanted[1] ? sumToShape(graph, multiply(graph, dy!, a!), b!.shape) : null,
  ],
};

export function multiplyTensors(graph: Graph, a: Value, b: Value): Value {
  return graph.apply(multiplyTensorsOp, [a, b], {})[0]!;
}
