/** Rectified linear unit: max(x, 0). */

import type { Graph, Op } from '../graph.ts';
import { isPositive, multiply, rectify } from '../nodes.ts';
import type { Value } from '../value.ts';

/** x: any shape → y: the same. dx = dy where y > 0, else 0. */
export const reluOp: Op<Record<string, never>> = {
  name: 'relu',
  infer: ([x]) => [x!],
  emit: (graph, [x]) => [rectify(graph, x!)],
  gradient: ({ graph, outputs: [y], outputGradients: [dy] }) => [multiply(graph, dy!, isPositive(graph, y!))],
};

export function relu(graph: Graph, x: Value): Value {
  return graph.apply(reluOp, [x], {})[0]!;
}
