/** Exact Euclidean distance transform of a mask: how deep each pixel lies inside, the source of watershed seeds. */

import type { ShapeYX } from './geometry.ts';

/**
 * Distance of each pixel of a mask to the nearest pixel outside it (Felzenszwalb & Huttenlocher 2012), O(pixels).
 * Ground beyond the plane counts neither as mask nor as outside.
 *
 * @param mask `[y, x]`, 0 outside
 * @returns `[y, x]` in px, 0 outside, Infinity throughout where there is no outside
 */
export function distanceTransform(mask: ArrayLike<number>, shape: ShapeYX): Float32Array {
  const { y: height, x: width } = shape;
  const distances = new Float32Array(height * width);
  // Distance to the nearest outside pixel of the own column, from above, then from both sides.
  for (let i = 0; i < distances.length; i++) {
    distances[i] = mask[i] === 0 ? 0 : i >= width ? distances[i - width]! + 1 : Infinity;
  }
  for (let i = distances.length - width - 1; i >= 0; i--) {
    const below = distances[i + width]! + 1;
    if (below < distances[i]!) distances[i] = below;
  }
  const squares = new Float64Array(width);
  const apex = new Int32Array(width);
  const start = new Int32Array(width + 1);
  for (let row = 0; row < distances.length; row += width) {
    let parabolas = 0;
    for (let x = 0; x < width; x++) {
      const height1 = distances[row + x]!;
      if (height1 === Infinity) continue;
      const square = height1 * height1;
      squares[x] = square;
      let from = 0;
      while (parabolas > 0) {
        const other = apex[parabolas - 1]!;
        from = Math.floor((square + x * x - squares[other]! - other * other) / (2 * (x - other))) + 1;
        if (from > start[parabolas - 1]!) break;
        parabolas--;
        from = 0;
      }
      if (from >= width) continue;
      apex[parabolas] = x;
      start[parabolas++] = from;
    }
    start[parabolas] = width;
    for (let p = 0; p < parabolas; p++) {
      const x = apex[p]!;
      const square = squares[x]!;
      for (let q = start[p]!; q < start[p + 1]!; q++)
        distances[row + q] = Math.sqrt((q - x) * (q - x) + square);
    }
  }
  return distances;
}
