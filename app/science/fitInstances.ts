/** Fits the parameters of object separation to labelled training images, so that nobody has to guess them. */

import type { ShapeYX } from './geometry.ts';
import {
  DEFAULT_INSTANCE_PARAMETERS,
  type InstanceParameters,
  instancesFromProbabilities,
} from './instances.ts';
import { instanceScores, matchInstances } from './metrics.ts';

/** One predicted training plane and its labels. */
export interface FitItem {
  /** `[K, y, x]` probabilities of the classes, background left out. */
  foreground: Float32Array;
  shape: ShapeYX;
  /** `[y, x]`: 0 unlabelled, 1 background, >= 2 objects. */
  reference: Uint32Array;
}

/** Values tried for one parameter while the others stand; the nearest to the default first, so that it wins ties. */
const CANDIDATES = {
  threshold: [0.5, 0.4, 0.6, 0.3, 0.7, 0.8],
  seedDistancePx: [1.5, 1, 2, 0.75, 3],
  growPx: [1, 0, 2],
} satisfies Partial<Record<keyof InstanceParameters, number[]>>;

/** Objects smaller than this part of the smallest usual reference object are dropped as debris. */
const DEBRIS_PART = 0.25;

/**
 * Searches the parameters of highest mean F1 over IoU 0.5…0.9 on labelled pixels, by two rounds of one parameter at a
 * time. The minimum size is a quarter of the fifth-percentile area of the reference objects, if that scores no worse.
 *
 * @param items training planes; without any object in them the defaults come back
 * @param kinds of the K classes
 * @param milliseconds once they are over nothing more is tried, and the best so far is the result
 */
export function fitInstanceParameters(
  items: readonly FitItem[],
  kinds: readonly ('thing' | 'stuff')[],
  milliseconds = Infinity,
): InstanceParameters {
  const deadline = performance.now() + milliseconds;
  const areas = referenceAreas(items);
  let best: InstanceParameters = { ...DEFAULT_INSTANCE_PARAMETERS };
  if (areas.length === 0) return best;
  const scored = new Map<string, number>();
  const score = (parameters: InstanceParameters): number => {
    const key = JSON.stringify(parameters);
    let known = scored.get(key);
    if (known === undefined) {
      known = meanF1(items, kinds, parameters);
      scored.set(key, known);
    }
    return known;
  };
  const tryOut = (parameters: InstanceParameters): void => {
    if (performance.now() < deadline && score(parameters) > score(best)) best = parameters;
  };
  const usual = areas[Math.floor(0.05 * (areas.length - 1))]!;
  const sized = { ...best, minimumSizePx: Math.max(1, Math.round(DEBRIS_PART * usual)) };
  if (score(sized) >= score(best)) best = sized;
  for (let round = 0; round < 2; round++) {
    const before = best;
    for (const threshold of CANDIDATES.threshold) tryOut({ ...best, threshold });
    for (const seedDistancePx of CANDIDATES.seedDistancePx) tryOut({ ...best, seedDistancePx });
    for (const growPx of CANDIDATES.growPx) tryOut({ ...best, growPx });
    if (best === before) break;
  }
  return best;
}

/** Areas of all reference objects, ascending, px. */
function referenceAreas(items: readonly FitItem[]): number[] {
  const areas: number[] = [];
  for (const { reference } of items) {
    const own = new Map<number, number>();
    for (const label of reference) if (label >= 2) own.set(label, (own.get(label) ?? 0) + 1);
    areas.push(...own.values());
  }
  return areas.sort((a, b) => a - b);
}

/** Mean F1 over IoU 0.5…0.9 of the objects cut with these parameters, on labelled pixels. */
export function meanF1(
  items: readonly FitItem[],
  kinds: readonly ('thing' | 'stuff')[],
  parameters: InstanceParameters,
): number {
  const matches = items.map(({ foreground, shape, reference }) =>
    matchInstances(reference, instancesFromProbabilities({ foreground, shape, kinds, parameters }).labels),
  );
  return instanceScores(matches).meanF1;
}
