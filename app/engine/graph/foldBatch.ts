/** Small planes of a batch laid side by side, so that work that is done image by image is done once. */

import type { Graph } from './graph.ts';
import { pad, reshape, slice, transpose } from './nodes.ts';
import { dimension, type Value } from './value.ts';

/** Fewer images, or larger ones, are as fast one by one and need no moving. */
const LEAST_IMAGES = 16;
const LARGEST_PLANE = 64 * 64;

/** x: [batch, channels, height, width] → [1, channels, height, batch · width]. */
function sideBySide(graph: Graph, x: Value): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const rows = transpose(graph, x, [1, 2, 0, 3]);
  return reshape(graph, rows, [1, channels, height, batch * width]);
}

/**
 * Input and output gradient of an unpadded convolution of stride 1 as those of one wide image, where that pays: the
 * gradient is 0 where a window would reach from one image into the next.
 *
 * x: [batch, channels, height, width], dy: [batch, filters, height − side + 1, width − side + 1].
 */
export function foldBatch(graph: Graph, x: Value, dy: Value, side: number): { x: Value; dy: Value } {
  const [batch, , height, width] = x.shape as [number, number, number, number];
  if (batch < LEAST_IMAGES || height * width > LARGEST_PLANE) return { x, dy };
  const apart = sideBySide(graph, pad(graph, dy, [0, 0, 0, 0], [0, 0, 0, side - 1]));
  const ends = [{ axis: 3, start: 0, end: dimension(apart, 3) - side + 1 }];
  return { x: sideBySide(graph, x), dy: slice(graph, apart, ends) };
}
