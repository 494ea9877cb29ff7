/** Cropping of the image plane by a fixed border (the valid U-Net's skip connections, prediction margins). */

import type { Graph, Op } from '../graph.ts';
import { pad, slice, TO_END } from '../nodes.ts';
import { formatShape, UNKNOWN, type Value } from '../value.ts';

/** Pixels cut from each side of the plane. */
export interface CropAttributes {
  readonly borderPx: number;
}

/** x: [batch, channels, height, width] → y: [batch, channels, height − 2b, width − 2b]. dx: dy with zeros around it. */
export const cropOp: Op<CropAttributes> = {
  name: 'crop',
  infer([x], { borderPx }) {
    const shape = x!.shape.map((size, axis) => (axis < 2 || size === UNKNOWN ? size : size - 2 * borderPx));
    if (shape.some((size) => size !== UNKNOWN && size < 1)) {
      throw new Error(`crop: a border of ${borderPx} px leaves nothing of ${formatShape(x!.shape)}.`);
    }
    return [{ type: x!.type, shape }];
  },
  emit(graph, [x], { borderPx }) {
    const end = borderPx === 0 ? TO_END : -borderPx;
    return [
      slice(
        graph,
        x!,
        [2, 3].map((axis) => ({ axis, start: borderPx, end })),
      ),
    ];
  },
  gradient({ graph, attributes: { borderPx }, outputGradients: [dy] }) {
    const border = [0, 0, borderPx, borderPx];
    return [pad(graph, dy!, border, border)];
  },
};

export function crop(graph: Graph, x: Value, borderPx: number): Value {
  return borderPx === 0 ? x : graph.apply(cropOp, [x], { borderPx })[0]!;
}
