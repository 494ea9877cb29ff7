/** Seeds of the watershed: the maxima of a landscape that stand out by a given height (its h-maxima). */

import type { ShapeYX } from './geometry.ts';

/** Levels are told apart in two digits of this base: 2^22 steps between the lowest and the highest. */
const DIGIT = 2 ** 11;

/**
 * Maxima whose dynamics (Grimaud 1992), the height to descend before a higher one can be reached, is at least `height`.
 * The highest maximum of each 4-connected part of the mask always counts, so each part gets a seed.
 *
 * Pixels are taken from the highest down; where two basins meet, the lower one ends there if its maximum stands out by
 * less than `height`. O(pixels).
 *
 * @param landscape `[y, x]` finite
 * @param mask `[y, x]`, 0 outside
 * @returns `[y, x]` with 1…n at one pixel of each kept maximum, and n
 */
export function findSeeds(
  landscape: Float32Array,
  mask: Uint8Array,
  shape: ShapeYX,
  height: number,
): { seeds: Uint32Array; count: number } {
  const order = descendingPixels(landscape, mask);
  const width = shape.x;
  // Basin of each pixel taken so far, as a union-find forest whose roots are the basins' maxima.
  const parents = new Int32Array(landscape.length).fill(-1);
  const rootOf = (pixel: number): number => {
    let root = pixel;
    while (parents[root]! !== root) {
      parents[root] = parents[parents[root]!]!;
      root = parents[root]!;
    }
    return root;
  };
  const kept = new Uint8Array(landscape.length);
  for (const pixel of order) {
    const x = pixel % width;
    let own = -1;
    for (let side = 0; side < 4; side++) {
      let next = pixel;
      if (side === 0) next = pixel - width;
      else if (side === 1) next = x > 0 ? pixel - 1 : -1;
      else if (side === 2) next = x + 1 < width ? pixel + 1 : -1;
      else next = pixel + width;
      if (next < 0 || next >= parents.length || parents[next]! < 0) continue;
      const other = rootOf(next);
      if (own < 0 || own === other) {
        own = other;
        continue;
      }
      const [higher, lower] = landscape[own]! >= landscape[other]! ? [own, other] : [other, own];
      // Meeting here ends the lower basin: it is a seed of its own, or a knoll on the slope of the higher.
      if (landscape[lower]! - landscape[pixel]! >= height) kept[lower] = 1;
      parents[lower] = higher;
      own = higher;
    }
    parents[pixel] = own < 0 ? pixel : own;
  }
  const seeds = new Uint32Array(landscape.length);
  let count = 0;
  for (let i = 0; i < seeds.length; i++) {
    if (parents[i] === i || kept[i] === 1) seeds[i] = ++count;
  }
  return { seeds, count };
}

/** Pixels of the mask from the highest to the lowest, equal ones in row-major order. */
function descendingPixels(landscape: Float32Array, mask: Uint8Array): Uint32Array {
  let count = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) count++;
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    if (landscape[i]! < low) low = landscape[i]!;
    if (landscape[i]! > high) high = landscape[i]!;
  }
  const steps = DIGIT * DIGIT - 1;
  const scale = high > low ? steps / (high - low) : 0;
  let order: Uint32Array = new Uint32Array(count);
  let keys: Uint32Array = new Uint32Array(count);
  for (let i = 0, k = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    order[k] = i;
    keys[k++] = steps - Math.round((landscape[i]! - low) * scale);
  }
  for (const divisor of [1, DIGIT]) [order, keys] = sortByDigit(order, keys, divisor);
  return order;
}

/** One pass of a radix sort: stable, so that the passes before it and the row-major order stand. */
function sortByDigit(order: Uint32Array, keys: Uint32Array, divisor: number): [Uint32Array, Uint32Array] {
  const starts = new Uint32Array(DIGIT + 1);
  for (let k = 0; k < keys.length; k++) starts[(Math.floor(keys[k]! / divisor) % DIGIT) + 1]!++;
  for (let digit = 1; digit <= DIGIT; digit++) starts[digit]! += starts[digit - 1]!;
  const sorted = new Uint32Array(order.length);
  const sortedKeys = new Uint32Array(order.length);
  for (let k = 0; k < keys.length; k++) {
    const to = starts[Math.floor(keys[k]! / divisor) % DIGIT]!++;
    sorted[to] = order[k]!;
    sortedKeys[to] = keys[k]!;
  }
  return [sorted, sortedKeys];
}
