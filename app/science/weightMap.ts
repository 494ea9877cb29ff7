/** The weight of each pixel in the training loss: class balance plus the separation border between neighbouring objects. */

import type { ShapeYX } from './geometry.ts';
import { scanTwoNearestObjects } from './twoNearestObjects.ts';

export type WeightMapPreset = 'paper' | 'fiji';

/** Height and width of the border term; the names differ between the sources, the roles do not. */
export interface WeightMapDefaults {
  /** w0 of the paper, λ of the Fiji plugin. */
  w0: number;
  /** σ of the paper, σ_b of the Fiji plugin, px. */
  sigmaPx: number;
}

/** Published values: Ronneberger et al. 2015, section 3; Falk et al. 2019, Methods. */
export const WEIGHT_MAP_DEFAULTS: Readonly<Record<WeightMapPreset, Readonly<WeightMapDefaults>>> = {
  paper: { w0: 10, sigmaPx: 5 },
  fiji: { w0: 50, sigmaPx: 6 },
};

/** Weight of background far from every object in the Fiji plugin (v), and as its sampling density. */
export const FIJI_BACKGROUND_WEIGHT = 0.1;
/** Reach of the raised background weight around objects in the Fiji plugin (σ_1), px. */
export const FIJI_BACKGROUND_SIGMA_PX = 10;

/** Beyond this exponent a float32 is zero. */
const LARGEST_EXPONENT = 120;
/** ln 2^25: a part that is smaller than this is rounded away. */
const FLOAT32_DIGITS = 17.4;

/** What {@link weightMap} reads. */
export interface WeightMapInput {
  /** `[y, x]`: 0 unlabelled, 1 background, 1 + k class k, after the touching rule. */
  target: Uint8Array;
  /** `[y, x]`: unshrunk objects, 0 elsewhere. */
  objects: Uint32Array;
  shape: ShapeYX;
  preset: WeightMapPreset;
  w0: number;
  /** > 0. */
  sigmaPx: number;
  /** w_c, background first, from {@link classWeights}; the `fiji` preset does not use it. */
  classWeights: ArrayLike<number>;
  /** Class by object, as `trainingTarget` gives it; without it `fiji` reads it from `target`. */
  classOfObject?: ReadonlyMap<number, number>;
}

/**
 * Labelled pixels of each class.
 *
 * @param target `[y, x]`: 0 unlabelled, 1 background, 1 + k class k
 * @param classes number of classes, background included (K + 1)
 * @returns `[classes]`, background first
 */
export function countClasses(target: Uint8Array, classes: number): Float64Array {
  const histogram = new Uint32Array(256);
  for (let i = 0; i < target.length; i++) histogram[target[i]!]!++;
  return Float64Array.from({ length: classes }, (_, k) => histogram[k + 1] ?? 0);
}

/**
 * Balancing weights `w_c(k) = N / (K · N_k)` over N labelled pixels in K classes (background included): each class
 * weighs the same in sum. A class without pixels has weight 0.
 *
 * @param counts `[K]` labelled pixels a class, summed over the training set
 */
export function classWeights(counts: ArrayLike<number>): Float64Array {
  let labelled = 0;
  for (let k = 0; k < counts.length; k++) labelled += counts[k]!;
  return Float64Array.from(counts, (count) => (count > 0 ? labelled / (counts.length * count) : 0));
}

/**
 * Weight of each pixel, 0 where unlabelled.
 *
 * `paper`: `w_c + w0 · exp(-(d1 + d2)² / 2σ²)`, the second term on background only (Ronneberger et al. 2015, eq. 2).
 * `fiji`: objects 1, background `v + Σ_classes [w0 · exp(-(d1 + d2)² / 2σ²) + (1 - v) · exp(-d1² / 2σ_1²)]` with the
 * distances of each class on its own (Falk et al. 2019). Missing objects are infinitely far: their terms are 0.
 *
 * @returns `[y, x]`, >= 0
 */
export function weightMap(input: WeightMapInput): Float32Array {
  return input.preset === 'paper' ? paperWeightMap(input) : fijiWeightMap(input);
}

/**
 * Distance beyond which an object changes no weight, px: what is computed from the labels within this reach of a pixel is its
 * weight to the last digit of a float32.
 *
 * @param background weight of background that the border term is added to; the `fiji` preset has its own
 */
export function weightReachPx(
  preset: WeightMapPreset,
  { w0, sigmaPx }: WeightMapDefaults,
  background: number,
): number {
  const reach = (exponent: number, sigma: number) => sigma * Math.sqrt(2 * exponent);
  if (preset === 'paper') return reach(exponentOfNothing(w0, background), sigmaPx);
  const border = reach(exponentOfNothing(w0, FIJI_BACKGROUND_WEIGHT), sigmaPx);
  return Math.max(border, reach(exponentOfNothing(1, FIJI_BACKGROUND_WEIGHT), FIJI_BACKGROUND_SIGMA_PX));
}

function paperWeightMap({ target, objects, shape, w0, sigmaPx, classWeights }: WeightMapInput): Float32Array {
  const weights = new Float32Array(target.length);
  const factor = 1 / (2 * sigmaPx * sigmaPx);
  const background = classWeights[0] ?? 0;
  const reachSquare = exponentOfNothing(w0, background) / factor;
  const { x: width } = shape;
  const input = { objects, shape, reachPx: Math.sqrt(reachSquare), wanted: target };
  scanTwoNearestObjects(input, (y, square1, square2) => {
    for (let x = 0, i = y * width; x < width; x++, i++) {
      const value = target[i]!;
      if (value !== 1) {
        if (value !== 0) weights[i] = classWeights[value - 1] ?? 0;
        continue;
      }
      let weight = background;
      if (square1[x]! + square2[x]! < reachSquare) {
        const square = squareOfSum(square1[x]!, square2[x]!);
        if (square < reachSquare) weight += w0 * Math.exp(-square * factor);
      }
      weights[i] = weight;
    }
  });
  return weights;
}

/** Beyond this exponent `w0 · exp(-exponent)` changes no digit of a float32 that it is added to. */
function exponentOfNothing(w0: number, base: number): number {
  if (!(base > 0) || !(w0 > 0)) return LARGEST_EXPONENT;
  return Math.min(LARGEST_EXPONENT, Math.max(0, Math.log(w0 / base)) + FLOAT32_DIGITS);
}

function fijiWeightMap({ target, objects, shape, w0, sigmaPx, classOfObject }: WeightMapInput): Float32Array {
  const weights = new Float32Array(target.length);
  for (let i = 0; i < target.length; i++) {
    const value = target[i]!;
    weights[i] = value === 0 ? 0 : value === 1 ? FIJI_BACKGROUND_WEIGHT : 1;
  }
  const classes = classOfObject ?? classesFromTarget(target, objects);
  const borderFactor = 1 / (2 * sigmaPx * sigmaPx);
  const nearFactor = 1 / (2 * FIJI_BACKGROUND_SIGMA_PX * FIJI_BACKGROUND_SIGMA_PX);
  const largestBorder = exponentOfNothing(w0, FIJI_BACKGROUND_WEIGHT);
  const largestNear = exponentOfNothing(1, FIJI_BACKGROUND_WEIGHT);
  const borderSquare = largestBorder / borderFactor;
  const nearSquare = largestNear / nearFactor;
  const reachPx = Math.sqrt(Math.max(borderSquare, nearSquare));
  const { x: width } = shape;
  for (const classIndex of new Set(classes.values())) {
    const own = objectsOfClass(objects, classes, classIndex);
    scanTwoNearestObjects({ objects: own, shape, reachPx, wanted: target }, (y, square1, square2) => {
      for (let x = 0, i = y * width; x < width; x++, i++) {
        if (target[i] !== 1) continue;
        const nearest = square1[x]!;
        const second = square2[x]!;
        let weight = weights[i]!;
        if (nearest + second < borderSquare) {
          const square = squareOfSum(nearest, second);
          if (square < borderSquare) weight += w0 * Math.exp(-square * borderFactor);
        }
        if (nearest < nearSquare) weight += (1 - FIJI_BACKGROUND_WEIGHT) * Math.exp(-nearest * nearFactor);
        weights[i] = weight;
      }
    });
  }
  return weights;
}

/** (√a + √b)² with one square root. */
function squareOfSum(a: number, b: number): number {
  return a + b + 2 * Math.sqrt(a * b);
}

/** Class by object, read off the target; an object that is all border takes class 1. */
function classesFromTarget(target: Uint8Array, objects: Uint32Array): Map<number, number> {
  const classes = new Map<number, number>();
  let settled = 0;
  for (let i = 0; i < objects.length; i++) {
    const object = objects[i]!;
    if (object === 0 || object === settled) continue;
    if (target[i]! > 1) {
      classes.set(object, target[i]! - 1);
      settled = object;
    } else if (!classes.has(object)) {
      classes.set(object, 1);
    }
  }
  return classes;
}

/** The objects of one class; the others become 0. */
function objectsOfClass(
  objects: Uint32Array,
  classes: ReadonlyMap<number, number>,
  classIndex: number,
): Uint32Array {
  const own = new Uint32Array(objects.length);
  let previous = 0;
  let matches = false;
  for (let i = 0; i < objects.length; i++) {
    const object = objects[i]!;
    if (object === 0) continue;
    if (object !== previous) {
      previous = object;
      matches = classes.get(object) === classIndex;
    }
    if (matches) own[i] = object;
  }
  return own;
}
