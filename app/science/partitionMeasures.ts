/** Measures of a partition into objects, as the ISBI 2012 challenge and its successors score it: Rand errors and variation of information. */

import { connectedComponents } from './connectedComponents.ts';
import type { ShapeYX } from './geometry.ts';

/** Thresholds on the foreground probability among which the ISBI 2012 Rand error takes the best. */
export const RAND_THRESHOLDS: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/**
 * What one plane adds, over the pixels of reference objects: `n` of them, sums of squared overlaps and areas,
 * and Σ n_ij log2(n_i / n_ij) for both conditional entropies.
 */
export interface PartitionTally {
  pixels: number;
  jointSquares: number;
  referenceSquares: number;
  predictedSquares: number;
  /** bits: what the prediction splits, H(predicted | reference) × pixels. */
  splitBits: number;
  /** bits: what the prediction merges, H(reference | predicted) × pixels. */
  mergeBits: number;
}

export interface PartitionMeasures {
  /** 1 − F-score of the pairs of pixels that lie in one object in both (`adapted_rand_error` of scikit-image). */
  adaptedRandError: number;
  /**
   * 1 − the best F-score over {@link RAND_THRESHOLDS} of the 4-connected parts of the foreground, of pixels of
   * reference objects only (Arganda-Carreras et al. 2015); a pixel that is not foreground is a part of its own.
   */
  foregroundRandError: number;
  /** Variation of information, bits: of objects that are split, of objects that are merged, and both together. */
  variationOfInformation: { split: number; merge: number; total: number };
}

/**
 * Compares two partitions over the pixels of reference objects. Predicted background is one part more, or, with
 * `singletons`, each of its pixels is (in the squares; the entropies take it as one part).
 *
 * @param reference `[y, x]`: 0 unlabelled, 1 background, >= 2 objects
 * @param predicted `[y, x]`: 0 background, 1…N objects
 */
export function tallyPartition(
  reference: Uint32Array,
  predicted: Uint32Array,
  { singletons }: { singletons: boolean },
): PartitionTally {
  const rows = new Map<number, Map<number, number>>();
  const areas = new Map<number, number>();
  let pixels = 0;
  for (let i = 0; i < reference.length; i++) {
    const object = reference[i]!;
    if (object < 2) continue;
    const part = predicted[i]!;
    pixels++;
    let row = rows.get(object);
    if (row === undefined) {
      row = new Map();
      rows.set(object, row);
    }
    row.set(part, (row.get(part) ?? 0) + 1);
    areas.set(part, (areas.get(part) ?? 0) + 1);
  }
  const tally = {
    pixels,
    jointSquares: 0,
    referenceSquares: 0,
    predictedSquares: 0,
    splitBits: 0,
    mergeBits: 0,
  };
  const isLoose = (part: number): boolean => singletons && part === 0;
  for (const [part, area] of areas) tally.predictedSquares += isLoose(part) ? area : area * area;
  for (const row of rows.values()) {
    let own = 0;
    for (const overlap of row.values()) own += overlap;
    tally.referenceSquares += own * own;
    for (const [part, overlap] of row) {
      tally.jointSquares += isLoose(part) ? overlap : overlap * overlap;
      tally.splitBits += overlap * Math.log2(own / overlap);
      tally.mergeBits += overlap * Math.log2(areas.get(part)! / overlap);
    }
  }
  return tally;
}

/** A partition of the foreground at each of {@link RAND_THRESHOLDS}. `foreground` `[y, x]`: probability of any class. */
export function tallyThresholds(
  reference: Uint32Array,
  foreground: Float32Array,
  shape: ShapeYX,
): PartitionTally[] {
  return RAND_THRESHOLDS.map((threshold) => {
    const mask = Uint8Array.from(foreground, (p) => (p > threshold ? 1 : 0));
    return tallyPartition(reference, connectedComponents(mask, shape, 4).labels, { singletons: true });
  });
}

/**
 * Pools planes. Without a pixel of a reference object nothing can be wrong: errors 0.
 *
 * @param objects one a plane, of the predicted objects
 * @param thresholds one a plane, see {@link tallyThresholds}
 */
export function partitionMeasures(
  objects: readonly PartitionTally[],
  thresholds: readonly (readonly PartitionTally[])[],
): PartitionMeasures {
  const pixels = objects.reduce((sum, plane) => sum + plane.pixels, 0);
  const bits = (of: (tally: PartitionTally) => number): number =>
    pixels > 0 ? objects.reduce((sum, plane) => sum + of(plane), 0) / pixels : 0;
  const split = bits(({ splitBits }) => splitBits);
  const merge = bits(({ mergeBits }) => mergeBits);
  const errors = RAND_THRESHOLDS.map((_, k) =>
    randError(
      thresholds.flatMap((plane) => plane[k] ?? []),
      'squares',
    ),
  );
  return {
    adaptedRandError: randError(objects, 'pairs'),
    foregroundRandError: Math.min(...errors),
    variationOfInformation: { split, merge, total: split + merge },
  };
}

/**
 * 1 − 2PR / (P + R), with P = Σ n_ij² / Σ predicted², R = Σ n_ij² / Σ reference² as in the challenges' scripts, or with
 * pairs n (n − 1) in the place of squares as in scikit-image.
 */
function randError(tallies: readonly PartitionTally[], of: 'squares' | 'pairs'): number {
  let joint = 0;
  let both = 0;
  for (const { pixels, jointSquares, referenceSquares, predictedSquares } of tallies) {
    const single = of === 'pairs' ? pixels : 0;
    joint += jointSquares - single;
    both += referenceSquares + predictedSquares - 2 * single;
  }
  return both > 0 ? 1 - (2 * joint) / both : 0;
}
