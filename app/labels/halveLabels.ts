/** Halves label planes for the coarse levels that are drawn when a large image is seen from afar; by store and page alike. */

import type { PlaneShape } from './tiles.ts';

/**
 * The most frequent label of every 2×2 block; among equally frequent ones an object before background before unlabelled,
 * then the first in reading order, so that thin objects stay. A block at an odd border counts the pixels that are there.
 *
 * @param labels `[y, x]`
 * @returns `[⌈y/2⌉, ⌈x/2⌉]`
 */
export function halveLabels(
  labels: Uint32Array,
  shape: PlaneShape,
): { labels: Uint32Array; shape: PlaneShape } {
  const [height, width] = [Math.ceil(shape.y / 2), Math.ceil(shape.x / 2)];
  const out = new Uint32Array(height * width);
  for (let y = 0, i = 0; y < height; y++) {
    const top = 2 * y * shape.x;
    const bottom = 2 * y + 1 < shape.y ? top + shape.x : top;
    for (let x = 0; x < width; x++, i++) {
      const left = 2 * x;
      const right = left + 1 < shape.x ? left + 1 : left;
      const a = labels[top + left]!;
      const b = labels[top + right]!;
      const c = labels[bottom + left]!;
      const d = labels[bottom + right]!;
      out[i] = a === b && a === c && a === d ? a : mostFrequent(a, b, c, d);
    }
  }
  return { labels: out, shape: { y: height, x: width } };
}

function mostFrequent(a: number, b: number, c: number, d: number): number {
  // Three or four of a kind, or a pair against two different ones.
  const ofA = 1 + Number(b === a) + Number(c === a) + Number(d === a);
  if (ofA >= 3) return a;
  const ofB = 1 + Number(a === b) + Number(c === b) + Number(d === b);
  if (ofB >= 3) return b;
  const ofC = 1 + Number(a === c) + Number(b === c) + Number(d === c);
  let best = a;
  let count = ofA;
  if (ofB > count || (ofB === count && rank(b) > rank(best))) [best, count] = [b, ofB];
  if (ofC > count || (ofC === count && rank(c) > rank(best))) [best, count] = [c, ofC];
  if (count === 1 && rank(d) > rank(best)) best = d;
  return best;
}

/** 0 unlabelled, 1 background, 2 an object. */
const rank = (label: number): number => Math.min(label, 2);
