/** The nearest pixels of the two nearest objects of one pixel: what d1 and d2 of the weight map are measured to. */

import type { ShapeYX } from './geometry.ts';

/** A pixel and how far it is. */
export interface NearPixel {
  x: number;
  y: number;
  /** Pixel centre to pixel centre, adjacent = 1. */
  distance: number;
  object: number;
}

/**
 * Looks at the pixels of a plane, or of a part of it, for the nearest pixel of the nearest object and of the nearest
 * other object; among equally near ones the first in row-major order. O(pixels).
 *
 * @param objects `[y, x]`, 0 for no object
 * @param reachPx pixels that are farther do not count
 * @returns up to two pixels, the nearer first
 */
export function nearestTwo(
  objects: Uint32Array,
  { y: height, x: width }: ShapeYX,
  at: { x: number; y: number },
  reachPx: number,
): NearPixel[] {
  const limit = reachPx * reachPx;
  let first = { x: 0, y: 0, square: Infinity, object: 0 };
  let second = first;
  for (let y = 0, i = 0; y < height; y++) {
    const down = (y - at.y) ** 2;
    for (let x = 0; x < width; x++, i++) {
      const object = objects[i]!;
      if (object === 0) continue;
      const square = down + (x - at.x) ** 2;
      if (square > limit || square >= second.square) continue;
      const found = { x, y, square, object };
      if (object === first.object) {
        if (square < first.square) first = found;
      } else if (square < first.square) {
        second = first;
        first = found;
      } else second = found;
    }
  }
  return [first, second]
    .filter(({ object }) => object !== 0)
    .map(({ x, y, square, object }) => ({ x, y, object, distance: Math.sqrt(square) }));
}
