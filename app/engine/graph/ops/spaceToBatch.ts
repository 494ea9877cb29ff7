/** Fragments of planes: positions of equal parity become images of their own and back (shift-and-stitch). */

import type { Graph, Op } from '../graph.ts';
import { concatenate, stride as strided, transpose } from '../nodes.ts';
import { dimension, formatShape, UNKNOWN, type Value, type ValueType } from '../value.ts';

const FRAGMENTS = 4;

const inFragments = ([x]: readonly Value[]): ValueType[] => {
  const shape = x!.shape.map((size, axis) => {
    if (size === UNKNOWN || axis === 1) return size;
    if (axis === 0) return FRAGMENTS * size;
    if (size % 2 !== 0)
      throw new Error(`spaceToBatch: height and width of ${formatShape(x!.shape)} are not both even.`);
    return size / 2;
  });
  return [{ type: x!.type, shape }];
};

const inPlanes = ([x]: readonly Value[]): ValueType[] => {
  if (dimension(x!, 0) !== UNKNOWN && dimension(x!, 0) % FRAGMENTS !== 0)
    throw new Error(`batchToSpace: ${formatShape(x!.shape)} are not fours of fragments.`);
  const shape = x!.shape.map((size, axis) => {
    if (size === UNKNOWN || axis === 1) return size;
    return axis === 0 ? size / FRAGMENTS : 2 * size;
  });
  return [{ type: x!.type, shape }];
};

/** Fragment (a, b) takes the pixels (2i + a, 2j + b); fragments in the order (0,0), (0,1), (1,0), (1,1). */
function cutFragments(graph: Graph, x: Value): Value {
  const parts = [0, 1].flatMap((a) => [0, 1].map((b) => strided(graph, x, [2, 3], [a, b], 2)));
  return concatenate(graph, parts, 0);
}

function stitchFragments(graph: Graph, x: Value): Value {
  const [type] = inPlanes([x]);
  // DepthToSpace takes the fragments from the channel axis, its outermost part first.
  const exchanged = transpose(graph, x, [1, 0, 2, 3]);
  const [batch, channels, height, width] = type!.shape;
  const shape = [channels!, batch!, height!, width!];
  const stitched = graph.node('DepthToSpace', [exchanged], { blocksize: 2 }, { type: x.type, shape });
  return transpose(graph, stitched, [1, 0, 2, 3]);
}

/** x: [batch, channels, 2h, 2w] → y: [4 · batch, channels, h, w]. dx: dy stitched. */
export const spaceToBatchOp: Op<Record<string, never>> = {
  name: 'spaceToBatch',
  infer: inFragments,
  emit: (graph, [x]) => [cutFragments(graph, x!)],
  gradient: ({ graph, outputGradients: [dy] }) => [stitchFragments(graph, dy!)],
};

/** x: [4 · batch, channels, h, w] → y: [batch, channels, 2h, 2w], the inverse. dx: dy cut into fragments. */
export const batchToSpaceOp: Op<Record<string, never>> = {
  name: 'batchToSpace',
  infer: inPlanes,
  emit: (graph, [x]) => [stitchFragments(graph, x!)],
  gradient: ({ graph, outputGradients: [dy] }) => [cutFragments(graph, dy!)],
};

export function spaceToBatch(graph: Graph, x: Value): Value {
  return graph.apply(spaceToBatchOp, [x], {})[0]!;
}

export function batchToSpace(graph: Graph, x: Value): Value {
  return graph.apply(batchToSpaceOp, [x], {})[0]!;
}
