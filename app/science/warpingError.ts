/** Topology-preserving warping error (Jain et al. 2010): what is left when a reference is bent towards a prediction without tearing or joining. */

import type { ShapeYX } from './geometry.ts';

/** The eight neighbours in turn round a pixel, from the one to the right; even ones share an edge with it. */
const RING: readonly (readonly [number, number])[] = [
  [0, 1],
  [1, 1],
  [1, 0],
  [1, -1],
  [0, -1],
  [-1, -1],
  [-1, 0],
  [-1, 1],
];

/** 1 where flipping the middle of a 3 × 3 neighbourhood changes no topology, by the bits of its foreground neighbours. */
const SIMPLE = Uint8Array.from({ length: 256 }, (_, bits) => (isSimple(bits) ? 1 : 0));

/**
 * A pixel is simple when its neighbourhood holds one 4-connected part of foreground that shares an edge with it, and
 * one 8-connected part of background.
 */
function isSimple(bits: number): boolean {
  const isForeground = (k: number): boolean => ((bits >> (k & 7)) & 1) === 1;
  if (bits === 0b11111111) return false;
  let foregroundParts = 0;
  let backgroundParts = 0;
  for (let k = 0; k < 8; k++) {
    const isEdge = k % 2 === 0;
    if (isForeground(k)) {
      // An edge neighbour begins a part unless the corner before joins it to the edge neighbour before.
      if (isEdge && !(isForeground(k + 7) && isForeground(k + 6))) foregroundParts++;
    } else {
      // Edge neighbours touch each other across the corner between them.
      const touchesBefore = !isForeground(k + 7) || (isEdge && !isForeground(k + 6));
      if (!touchesBefore) backgroundParts++;
    }
  }
  // A closed ring of background has no beginning.
  return foregroundParts === 1 && backgroundParts <= 1;
}

/** Pixels that differ still, and pixels that were compared. */
export interface WarpingTally {
  wrong: number;
  pixels: number;
}

/**
 * Bends the reference towards the prediction, one simple pixel at a time where both differ, until none is left.
 * Foreground is 4-connected and background 8-connected; beyond the edge lies background. Pixels outside `labelled` are
 * taken as the prediction has them and never flip.
 *
 * @param reference `[y, x]`, 1 foreground with touching objects already parted
 * @param predicted `[y, x]`, 1 foreground
 * @param labelled `[y, x]`, 0 where nothing is known
 */
export function tallyWarping(
  reference: Uint8Array,
  predicted: Uint8Array,
  labelled: Uint8Array,
  shape: ShapeYX,
): WarpingTally {
  const { y: height, x: width } = shape;
  const stride = width + 2;
  // A frame of background, so that every pixel has eight neighbours.
  const warped = new Uint8Array(stride * (height + 2));
  const goal = new Uint8Array(warped.length);
  const steps = RING.map(([dy, dx]) => dy * stride + dx);
  let pixels = 0;
  const queue: number[] = [];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0, at = (y + 1) * stride + 1; x < width; x++, i++, at++) {
      goal[at] = predicted[i]!;
      if (labelled[i] === 0) {
        warped[at] = predicted[i]!;
        continue;
      }
      pixels++;
      warped[at] = reference[i]!;
      if (warped[at] !== goal[at]) queue.push(at);
    }
  }
  // A flip can make only its neighbours simple: they are looked at again.
  for (let next = 0; next < queue.length; next++) {
    const at = queue[next]!;
    if (warped[at] === goal[at]) continue;
    let bits = 0;
    for (let k = 0; k < 8; k++) bits |= warped[at + steps[k]!]! << k;
    if (SIMPLE[bits] === 0) continue;
    warped[at] = goal[at]!;
    for (const step of steps) if (warped[at + step] !== goal[at + step]) queue.push(at + step);
  }
  let wrong = 0;
  for (let at = 0; at < warped.length; at++) if (warped[at] !== goal[at]) wrong++;
  return { wrong, pixels };
}

/** Share of pixels that differ after warping, pooled over planes; 0 without a labelled pixel. */
export function warpingError(tallies: readonly WarpingTally[]): number {
  const pixels = tallies.reduce((sum, plane) => sum + plane.pixels, 0);
  return pixels > 0 ? tallies.reduce((sum, plane) => sum + plane.wrong, 0) / pixels : 0;
}
