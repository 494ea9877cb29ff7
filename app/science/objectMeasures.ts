/** Measures of objects beyond F1: average precision over stricter thresholds, panoptic quality, SEG, and what was merged or split. */

import { type InstanceMatches, instanceScores } from './metrics.ts';
import type { Overlaps } from './overlaps.ts';

/** IoU thresholds of the average precision of the Data Science Bowl 2018. */
export const AVERAGE_PRECISION_THRESHOLDS: readonly number[] = [
  0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95,
];

/** What one plane adds to {@link ObjectMeasures}. */
export interface ObjectTally {
  matches: InstanceMatches;
  /** Sum over reference objects of the Jaccard index with the predicted object that covers more than half of them. */
  jaccardSum: number;
  merged: number;
  split: number;
}

/** Measures of objects, pooled over planes. With neither reference nor predicted objects they are perfect. */
export interface ObjectMeasures {
  /** TP / (TP + FP + FN) at each threshold (Data Science Bowl 2018). */
  averagePrecisions: { iou: number; averagePrecision: number }[];
  /** Their mean. */
  meanAveragePrecision: number;
  /** PQ = SQ × RQ (Kirillov et al. 2019). */
  panopticQuality: number;
  /** SQ: mean IoU of the matches above ½; 0 without a match. */
  segmentationQuality: number;
  /** RQ: F1 at IoU ½. */
  recognitionQuality: number;
  /**
   * SEG of the Cell Tracking Challenge: mean over reference objects of the Jaccard index with the predicted object
   * that covers more than half of them, 0 where none does. Without reference objects 1, or 0 if some were predicted.
   */
  seg: number;
  /** Reference objects joined to another: one predicted object that covers more than half of k of them counts k − 1. */
  mergedObjects: number;
  /** Predicted objects too many: k of them that lie by more than half in one reference object count k − 1. */
  splitObjects: number;
}

/** @param matches those of the same overlaps */
export function tallyObjects({ referenceAreas, predicted }: Overlaps, matches: InstanceMatches): ObjectTally {
  let jaccardSum = 0;
  let merged = 0;
  const partsOf = new Map<number, number>();
  for (const { area, over } of predicted.values()) {
    let covered = 0;
    for (const [object, overlap] of over) {
      const referenceArea = referenceAreas.get(object)!;
      if (2 * overlap > referenceArea) {
        covered++;
        jaccardSum += overlap / (area + referenceArea - overlap);
      }
      if (2 * overlap > area) partsOf.set(object, (partsOf.get(object) ?? 0) + 1);
    }
    merged += Math.max(0, covered - 1);
  }
  let split = 0;
  for (const parts of partsOf.values()) split += parts - 1;
  return { matches, jaccardSum, merged, split };
}

/** Pools planes. */
export function objectMeasures(tallies: readonly ObjectTally[]): ObjectMeasures {
  const matches = tallies.map((tally) => tally.matches);
  const { instances, meanF1 } = instanceScores(matches, [0.5]);
  const averagePrecisions = instanceScores(matches, AVERAGE_PRECISION_THRESHOLDS).instances.map(
    ({ iou, averagePrecision }) => ({ iou, averagePrecision }),
  );
  const good = matches.flatMap(({ ious }) => ious.filter((iou) => iou > 0.5));
  const isEmpty = matches.every(({ reference, predicted }) => reference + predicted === 0);
  const reference = matches.reduce((sum, plane) => sum + plane.reference, 0);
  const mean = good.length > 0 ? good.reduce((sum, iou) => sum + iou, 0) / good.length : 0;
  const segmentationQuality = isEmpty ? 1 : mean;
  const recognitionQuality = instances[0]?.f1 ?? meanF1;
  const total = (of: (tally: ObjectTally) => number): number =>
    tallies.reduce((sum, tally) => sum + of(tally), 0);
  return {
    averagePrecisions,
    meanAveragePrecision:
      averagePrecisions.reduce((sum, { averagePrecision }) => sum + averagePrecision, 0) /
      AVERAGE_PRECISION_THRESHOLDS.length,
    panopticQuality: segmentationQuality * recognitionQuality,
    segmentationQuality,
    recognitionQuality,
    seg: reference > 0 ? total(({ jaccardSum }) => jaccardSum) / reference : isEmpty ? 1 : 0,
    mergedObjects: total(({ merged }) => merged),
    splitObjects: total(({ split }) => split),
  };
}
