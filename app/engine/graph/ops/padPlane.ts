/** Zeros around the image plane. */

import type { Graph, Op } from '../graph.ts';
import { pad, slice, TO_END } from '../nodes.ts';
import { UNKNOWN, type Value } from '../value.ts';

/** Pixels added to each side of the plane. */
export interface PlaneSides {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** x: [batch, channels, height, width] → y: [batch, channels, height + top + bottom, width + left + right]. dx: dy without them. */
export const padPlaneOp: Op<PlaneSides> = {
  name: 'padPlane',
  infer([x], { top, left, bottom, right }) {
    const more = [0, 0, top + bottom, left + right];
    const shape = x!.shape.map((size, axis) => (size === UNKNOWN ? UNKNOWN : size + more[axis]!));
    return [{ type: x!.type, shape }];
  },
  emit: (graph, [x], { top, left, bottom, right }) => [
    pad(graph, x!, [0, 0, top, left], [0, 0, bottom, right]),
  ],
  gradient({ graph, attributes: { top, left, bottom, right }, outputGradients: [dy] }) {
    const end = (cut: number): number => (cut === 0 ? TO_END : -cut);
    const ranges = [
      { axis: 2, start: top, end: end(bottom) },
      { axis: 3, start: left, end: end(right) },
    ];
    return [slice(graph, dy!, ranges)];
  },
};

export function padPlane(graph: Graph, x: Value, sides: PlaneSides): Value {
  return graph.apply(padPlaneOp, [x], sides)[0]!;
}
