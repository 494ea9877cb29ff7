/** Elementwise quotient with broadcasting. */

import type { Graph, Op } from '../graph.ts';
import { divide, multiply, negate } from '../nodes.ts';
import { sumToShape } from '../sumToShape.ts';
import { broadcastType, type Value } from '../value.ts';

/** a, b: shapes that broadcast, b ≠ 0 → y = a / b. da = dy / b, db = −dy · y / b, each summed over what it was stretched along. */
export const divideTensorsOp: Op<Record<string, never>> = {
  name: 'divideTensors',
  infer: ([a, b]) => [broadcastType(a!, b!, 'divideTensors')],
  emit: (graph, [a, b]) => [divide(graph, a!, b!)],
  gradient({ graph, inputs: [a, b], outputs: [y], outputGradients: [dy], wanted }) {
    const quotient = divide(graph, dy!, b!);
    return [
      wanted[0] ? sumToShape(graph, quotient, a!.shape) : null,
      wanted[1] ? negate(graph, sumToShape(graph, multiply(graph, quotient, y!), b!.shape)) : null,
    ];
  },
};

export function divideTensors(graph: Graph, a: Value, b: Value): Value {
  return graph.apply(divideTensorsOp, [a, b], {})[0]!;
}
