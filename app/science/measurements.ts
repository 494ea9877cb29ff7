/** Measures the objects of a plane: area, centroid and intensity, the rows of the measurements table. */

import type { ShapeYX } from './geometry.ts';

/** One object, in pixels and grey values. */
export interface ObjectMeasurement {
  /** Its label. */
  object: number;
  areaPx: number;
  /** Mean position of the object's pixel centres, px from the centre of the first pixel. */
  centroid: ShapeYX;
  /** One a channel: sum of grey values over area. */
  meanIntensity: number[];
  /** One a channel: sum of grey values. */
  integratedIntensity: number[];
}

/**
 * Measures every object.
 *
 * @param labels `[y, x]`, 0 no object
 * @param channels one `[y, x]` array of grey values a channel
 * @returns one row an object, by ascending label
 */
export function measureObjects(
  labels: Uint32Array,
  shape: ShapeYX,
  channels: readonly ArrayLike<number>[],
): ObjectMeasurement[] {
  const rowOf = new Map<number, number>();
  const present = [...new Set(labels)].filter((label) => label !== 0).sort((a, b) => a - b);
  present.forEach((label, row) => {
    rowOf.set(label, row);
  });
  const areas = new Float64Array(present.length);
  const sumsY = new Float64Array(present.length);
  const sumsX = new Float64Array(present.length);
  const sums = channels.map(() => new Float64Array(present.length));
  let previous = 0;
  let row = 0;
  for (let y = 0, i = 0; y < shape.y; y++) {
    for (let x = 0; x < shape.x; x++, i++) {
      const label = labels[i]!;
      if (label === 0) continue;
      if (label !== previous) {
        previous = label;
        row = rowOf.get(label)!;
      }
      areas[row]!++;
      sumsY[row]! += y;
      sumsX[row]! += x;
      for (let c = 0; c < channels.length; c++) sums[c]![row]! += channels[c]![i]!;
    }
  }
  return present.map((object, k) => ({
    object,
    areaPx: areas[k]!,
    centroid: { y: sumsY[k]! / areas[k]!, x: sumsX[k]! / areas[k]! },
    meanIntensity: sums.map((sum) => sum[k]! / areas[k]!),
    integratedIntensity: sums.map((sum) => sum[k]!),
  }));
}
