/** Mirrored margins inside an exported model, for images of any size. */

import type { Graph } from '../graph/graph.ts';
import { absolute, add, divide, maximum, modulo, multiply, subtract } from '../graph/nodes.ts';
import { UNKNOWN, type Value } from '../graph/value.ts';
import type { NetworkSpec } from '../modelDescription.ts';
import { inputSideFor, marginPx, poolingMultiple } from './networkKinds.ts';

/** Side of `x` along an axis: int64 [1], known when the graph runs. */
function sideOf(graph: Graph, x: Value, axis: number): Value {
  const shape = graph.node('Shape', [x], {}, { type: 'int64', shape: [x.shape.length] });
  return graph.node(
    'Gather',
    [shape, graph.constant('int64', [axis])],
    { axis: 0 },
    { type: 'int64', shape: [1] },
  );
}

/**
 * image: [1, C, H, W] → network input [1, C, H', W']: the margin on top and left, the margin and what the pooling grid
 * needs at bottom and right. Positions reflect about the border pixels as often as needed: with n pixels and
 * t = i mod 2(n − 1), position (n − 1) − |n − 1 − t|.
 */
export function emitMirroredContext(graph: Graph, image: Value, spec: NetworkSpec): Value {
  const margin = marginPx(spec);
  const multiple = poolingMultiple(spec);
  const smallest = inputSideFor(spec, 2 * margin + 1);
  const number = (value: number): Value => graph.constant('int64', [value]);
  const point = (x: Value): Value => graph.node('Squeeze', [x], {}, { type: 'int64', shape: [] });
  let x = image;
  for (const axis of [2, 3]) {
    const side = sideOf(graph, image, axis);
    // The smallest fitting input ≥ side + 2 · margin, as inputSideFor.
    const missing = maximum(graph, subtract(graph, side, number(smallest - 2 * margin)), number(0));
    const steps = divide(graph, add(graph, missing, number(multiple - 1)), number(multiple));
    const length = add(graph, multiply(graph, steps, number(multiple)), number(smallest));
    const end = subtract(graph, length, number(margin));
    const range = [number(-margin), end, number(1)].map(point);
    const positions = graph.node('Range', range, {}, { type: 'int64', shape: [UNKNOWN] });
    const last = subtract(graph, side, number(1));
    const period = maximum(graph, multiply(graph, last, number(2)), number(1));
    const offset = modulo(graph, positions, period);
    const mirrored = subtract(graph, last, absolute(graph, subtract(graph, last, offset)));
    const shape = x.shape.map((size, other) => (other === axis ? UNKNOWN : size));
    x = graph.node('Gather', [x, mirrored], { axis }, { type: 'float32', shape });
  }
  return x;
}

/** Cuts probabilities, whose first pixel is the image's, to the image's plane. */
export function emitToPlane(graph: Graph, probabilities: Value, image: Value): Value {
  const ends = [2, 3].map((axis) => sideOf(graph, image, axis));
  const end = graph.node('Concat', ends, { axis: 0 }, { type: 'int64', shape: [2] });
  const inputs = [probabilities, graph.constant('int64', [0, 0]), end, graph.constant('int64', [2, 3])];
  return graph.node('Slice', inputs, {}, probabilities);
}
