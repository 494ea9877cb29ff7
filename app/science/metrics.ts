/** How well a prediction agrees with labels: pixel scores and object matching, on labelled pixels only. */

import { type Overlaps, overlapsOf } from './overlaps.ts';

/** IoU thresholds at which objects are matched. */
export const IOU_THRESHOLDS: readonly number[] = [0.5, 0.6, 0.7, 0.8, 0.9];

/** Scores of the pixels. */
export interface PixelScores {
  labelledPixels: number;
  /** Σ n_ii / Σ t_i. */
  pixelAccuracy: number;
  /** 1 − pixel accuracy. */
  pixelError: number;
  /** Mean over the classes that the reference has of n_ii / t_i. */
  meanAccuracy: number;
  meanIou: number;
  /** IoU of each class weighted with its share of the reference's pixels. */
  frequencyWeightedIou: number;
  /** One a class, background first; null where neither reference nor prediction has it. */
  iouOfClass: (number | null)[];
  /** 2 n_ii / (t_i + predicted pixels of i), likewise. */
  diceOfClass: (number | null)[];
}

/** Scores of the objects at one IoU threshold. */
export interface InstanceScore {
  iou: number;
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
  precision: number;
  recall: number;
  f1: number;
  /** TP / (TP + FP + FN), as the Data Science Bowl 2018 defines it. */
  averagePrecision: number;
}

/** What can be added up over planes to score objects: see {@link matchInstances}. */
export interface InstanceMatches {
  /** Reference objects. */
  reference: number;
  /** Predicted objects, without those that are ignored. */
  predicted: number;
  /** Best IoU of each reference object that any predicted object overlaps. */
  ious: number[];
}

/**
 * Confusion matrix n_ij of one plane, `[classes, classes]`, reference i in rows, prediction j in columns, background
 * first. Unlabelled pixels do not count.
 *
 * @param reference `[y, x]`: 0 unlabelled, 1 background, 1 + k class k
 * @param predicted `[y, x]`: 0 background, k class k
 * @param classes number of classes, background included
 */
export function countConfusion(reference: Uint8Array, predicted: Uint8Array, classes: number): Float64Array {
  const confusion = new Float64Array(classes * classes);
  for (let i = 0; i < reference.length; i++) {
    const value = reference[i]!;
    if (value > 0) confusion[(value - 1) * classes + predicted[i]!]!++;
  }
  return confusion;
}

/** Adds confusion matrices, to pool planes. */
export function sumConfusions(confusions: readonly Float64Array[], classes: number): Float64Array {
  const sum = new Float64Array(classes * classes);
  for (const confusion of confusions) {
    for (let i = 0; i < sum.length; i++) sum[i]! += confusion[i]!;
  }
  return sum;
}

/**
 * Pixel scores of a confusion matrix (Long et al. 2015, section 5, with n_ij and t_i). A class that neither reference
 * nor prediction has counts in no mean. Without any labelled pixel nothing is wrong: error 0, all else 1.
 */
export function pixelScores(confusion: Float64Array, classes: number): PixelScores {
  let labelledPixels = 0;
  let right = 0;
  const rows = new Float64Array(classes);
  const columns = new Float64Array(classes);
  for (let i = 0; i < classes; i++) {
    for (let j = 0; j < classes; j++) {
      const n = confusion[i * classes + j]!;
      labelledPixels += n;
      rows[i]! += n;
      columns[j]! += n;
    }
    right += confusion[i * classes + i]!;
  }
  const iouOfClass = Array.from({ length: classes }, (_, k) => {
    const union = rows[k]! + columns[k]! - confusion[k * classes + k]!;
    return union > 0 ? confusion[k * classes + k]! / union : null;
  });
  const diceOfClass = Array.from({ length: classes }, (_, k) => {
    const both = rows[k]! + columns[k]!;
    return both > 0 ? (2 * confusion[k * classes + k]!) / both : null;
  });
  const accuracies = Array.from({ length: classes }, (_, k) =>
    rows[k]! > 0 ? confusion[k * classes + k]! / rows[k]! : null,
  );
  const weighted = iouOfClass.reduce<number>((sum, iou, k) => sum + rows[k]! * (iou ?? 0), 0);
  return {
    labelledPixels,
    pixelAccuracy: labelledPixels > 0 ? right / labelledPixels : 1,
    pixelError: labelledPixels > 0 ? 1 - right / labelledPixels : 0,
    meanAccuracy: meanOfPresent(accuracies),
    meanIou: meanOfPresent(iouOfClass),
    frequencyWeightedIou: labelledPixels > 0 ? weighted / labelledPixels : 1,
    iouOfClass,
    diceOfClass,
  };
}

/** Mean of what is not null; 1 where nothing is. */
function meanOfPresent(values: readonly (number | null)[]): number {
  const present = values.filter((value) => value !== null);
  return present.length > 0 ? present.reduce((sum, value) => sum + value, 0) / present.length : 1;
}

/**
 * Best matches of one plane; see {@link overlapsOf} for what unlabelled pixels do.
 *
 * @param reference `[y, x]`: 0 unlabelled, 1 background, >= 2 objects (regions already split)
 * @param predicted `[y, x]`: 0 background, 1…N objects
 */
export function matchInstances(reference: Uint32Array, predicted: Uint32Array): InstanceMatches {
  return matchesOf(overlapsOf(reference, predicted));
}

/** The same from the table of overlaps. */
export function matchesOf({ referenceAreas, predicted }: Overlaps): InstanceMatches {
  const best = new Map<number, number>();
  for (const { area, over } of predicted.values()) {
    for (const [object, overlap] of over) {
      const iou = overlap / (area + referenceAreas.get(object)! - overlap);
      if (iou > (best.get(object) ?? 0)) best.set(object, iou);
    }
  }
  return { reference: referenceAreas.size, predicted: predicted.size, ious: [...best.values()] };
}

/**
 * Scores of matched objects, pooled over planes. An IoU strictly above a threshold of at least ½ makes a match, which is
 * then unique. With neither reference nor predicted objects all ratios are 1; with one of both missing they are 0.
 *
 * @param thresholds each in [0.5, 1)
 */
export function instanceScores(
  matches: readonly InstanceMatches[],
  thresholds: readonly number[] = IOU_THRESHOLDS,
): { instances: InstanceScore[]; meanF1: number } {
  let reference = 0;
  let predicted = 0;
  for (const plane of matches) {
    reference += plane.reference;
    predicted += plane.predicted;
  }
  const ratio = (part: number, whole: number): number => {
    if (whole > 0) return part / whole;
    return reference + predicted === 0 ? 1 : 0;
  };
  const instances = thresholds.map((iou) => {
    const truePositives = matches.reduce(
      (sum, plane) => sum + plane.ious.filter((value) => value > iou).length,
      0,
    );
    const falsePositives = predicted - truePositives;
    const falseNegatives = reference - truePositives;
    return {
      iou,
      truePositives,
      falsePositives,
      falseNegatives,
      precision: ratio(truePositives, predicted),
      recall: ratio(truePositives, reference),
      f1: ratio(2 * truePositives, reference + predicted),
      averagePrecision: ratio(truePositives, reference + predicted - truePositives),
    };
  });
  const meanF1 = instances.reduce((sum, { f1 }) => sum + f1, 0) / Math.max(1, instances.length);
  return { instances, meanF1 };
}
