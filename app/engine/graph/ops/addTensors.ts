/** Elementwise sum with broadcasting (fused scores of networks with skips). */

import type { Graph, Op } from '../graph.ts';
import { add } from '../nodes.ts';
import { sumToShape } from '../sumToShape.ts';
import { broadcastType, type Value } from '../value.ts';

/** a, b: shapes that broadcast → y = a + b. da = dy, db = dy, each summed over what it was stretched along. */
export const addTensorsOp: Op<Record<string, never>> = {
  name: 'addTensors',
  infer: ([a, b]) => [broadcastType(a!, b!, 'addTensors')],
  emit: (graph, [a, b]) => [add(graph, a!, b!)],
  gradient: ({ graph, inputs: [a, b], outputGradients: [dy], wanted }) => [
    wanted[0] ? sumToShape(graph, dy!, a!.shape) : null,
    wanted[1] ? sumToShape(graph, dy!, b!.shape) : null,
  ],
};

export function addTensors(graph: Graph, a: Value, b: Value): Value {
  return graph.apply(addTensorsOp, [a, b], {})[0]!;
}
