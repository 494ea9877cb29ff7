/** How the weight under the pointer comes about: its terms, and the pixels that d1 and d2 are measured to. */

import { type NearPixel, nearestTwo } from '../../app/science/nearestTwo.ts';
import { trainingTarget } from '../../app/science/trainingTarget.ts';
import { FIJI_BACKGROUND_SIGMA_PX, weightReachPx } from '../../app/science/weightMap.ts';
import { intersect } from '../canvas/weightTiles.ts';
import { useEditing } from './editing.ts';
import { useWeightLayer, weightAt } from './weightMapLayer.ts';
import { usePointerPixel, useWorkspace } from './workspace.ts';

/** A pixel of background between objects. */
export interface WeightReading {
  preset: 'paper' | 'fiji';
  at: { x: number; y: number };
  weight: number;
  /** Class weight of background; v of the Fiji plugin. */
  base: number;
  w0: number;
  sigmaPx: number;
  /** In image pixels; one where there is only one object within reach. */
  near: readonly NearPixel[];
}

/** Weights of the map and of the formula may differ by this share: the last digits of a float32. */
const SAME_SHARE = 0.01;

let last: { key: readonly unknown[]; reading: WeightReading | null } = { key: [], reading: null };

/** Of the pixel under the pointer; null where no border term is added, or the weight map is not shown. */
export function weightReading(): WeightReading | null {
  const { pixel } = usePointerPixel.getState();
  const { showWeightMap } = useWorkspace.getState();
  const { layer } = useWeightLayer.getState();
  const key = [pixel?.x, pixel?.y, showWeightMap, layer];
  if (key.every((value, i) => value === last.key[i])) return last.reading;
  last = { key, reading: pixel && showWeightMap && layer ? read(pixel.x, pixel.y) : null };
  return last.reading;
}

/** The border term that the reading's numbers give. */
export function borderTerm({ w0, sigmaPx, near }: WeightReading): number {
  const [first, second] = near;
  if (!first || !second) return 0;
  return w0 * Math.exp(-((first.distance + second.distance) ** 2) / (2 * sigmaPx ** 2));
}

/** What the Fiji plugin adds near a single object. */
export function nearTerm({ preset, base, near }: WeightReading): number {
  const [first] = near;
  if (preset !== 'fiji' || !first) return 0;
  return (1 - base) * Math.exp(-(first.distance ** 2) / (2 * FIJI_BACKGROUND_SIGMA_PX ** 2));
}

function read(x: number, y: number): WeightReading | null {
  const { document, objects, classes } = useEditing.getState();
  const { layer } = useWeightLayer.getState();
  const { weightPreset: preset, w0, sigma: sigmaPx } = useWorkspace.getState();
  const weight = weightAt(x, y);
  const base = layer?.exact.classWeights[0];
  if (!document || weight === null || weight === 0 || base === undefined) return null;
  // With several classes the plugin adds a term for each: no one sum of two distances says it.
  if (preset === 'fiji' && classes.length > 1) return null;
  const reach = Math.ceil(weightReachPx(preset, { w0, sigmaPx }, base)) + 1;
  const whole = { x: 0, y: 0, w: document.shape.x, h: document.shape.y };
  const area = intersect({ x: x - reach, y: y - reach, w: 2 * reach + 1, h: 2 * reach + 1 }, whole);
  const shape = { y: area.h, x: area.w };
  const regions = new Set(objects.filter((row) => row.isRegion).map((row) => row.label));
  const { target, objects: plane } = trainingTarget({
    labels: document.readArea(area),
    shape,
    classIndexOf: () => 1,
    isRegion: (label) => regions.has(label),
  });
  const at = { x: x - area.x, y: y - area.y };
  if (target[at.y * area.w + at.x] !== 1) return null;
  const near = nearestTwo(plane, shape, at, reach).map((pixel) => ({
    ...pixel,
    x: pixel.x + area.x,
    y: pixel.y + area.y,
  }));
  const reading: WeightReading = { preset, at: { x, y }, weight, base, w0, sigmaPx, near };
  const added = borderTerm(reading) + nearTerm(reading);
  // A map that is still being computed says something else; so does a region whose parts meet far away.
  return Math.abs(base + added - weight) <= SAME_SHARE * weight ? reading : null;
}
