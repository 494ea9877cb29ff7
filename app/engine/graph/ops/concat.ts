/** Concatenation along the channel axis (U-Net's skip connections). */

import type { Graph, Op } from '../graph.ts';
import { concatenate, split } from '../nodes.ts';
import { dimension, type Value } from '../value.ts';

const CHANNELS = 1;

/** parts: [batch, channels_i, height, width] → y: [batch, Σ channels_i, height, width]. dparts: dy cut at the seams. */
export const concatOp: Op<Record<string, never>> = {
  name: 'concat',
  infer(parts) {
    const channels = parts.reduce((sum, part) => sum + dimension(part, CHANNELS), 0);
    const [first] = parts;
    return [
      { type: 'float32', shape: first!.shape.map((size, axis) => (axis === CHANNELS ? channels : size)) },
    ];
  },
  emit: (graph, parts) => [concatenate(graph, parts, CHANNELS)],
  gradient({ graph, inputs, outputGradients: [dy] }) {
    return split(
      graph,
      dy!,
      inputs.map((part) => dimension(part, CHANNELS)),
      CHANNELS,
    );
  },
};

export function concat(graph: Graph, parts: readonly Value[]): Value {
  return graph.apply(concatOp, parts, {})[0]!;
}
