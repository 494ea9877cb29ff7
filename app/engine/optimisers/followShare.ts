/** How far a moving average goes towards its new value at a step: averaged weights and running statistics alike. */

import type { Graph } from '../graph/graph.ts';
import { add, divide, minimum, scalar, subtract } from '../graph/nodes.ts';
import type { Value } from '../graph/value.ts';

/**
 * 1 − min(decay, (1 + t) / (10 + t)) for step t = 1, 2, …: [1]. The warm-up keeps the first values from lingering.
 *
 * @param step [1], the number of this step, from 1
 */
export function followShare(graph: Graph, step: Value, decay: number): Value {
  const warm = divide(graph, add(graph, step, scalar(graph, 1)), add(graph, step, scalar(graph, 10)));
  return subtract(graph, scalar(graph, 1), minimum(graph, scalar(graph, decay), warm));
}
