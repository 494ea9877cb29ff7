/** The backward side of broadcasting: a gradient summed over the axes that an operand was stretched along. */

import type { Graph } from './graph.ts';
import { reduceSum, reshape } from './nodes.ts';
import { equalShapes, type Value } from './value.ts';

/** Sums `gradient` over every axis that `shape` lacks or has at size 1, so that the result has `shape`. */
export function sumToShape(graph: Graph, gradient: Value, shape: readonly number[]): Value {
  if (equalShapes(gradient.shape, shape)) return gradient;
  const missing = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((size, axis) =>
    axis < missing || (shape[axis - missing] === 1 && size !== 1) ? [axis] : [],
  );
  return reshape(graph, axes.length === 0 ? gradient : reduceSum(graph, gradient, axes, true), shape);
}
