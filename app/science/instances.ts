/** From class probabilities to objects: threshold, seeded watershed on the foreground, holes, sizes, regrown borders. */

import { connectedComponents } from './connectedComponents.ts';
import { distanceTransform } from './distanceTransform.ts';
import { fillHoles } from './fillHoles.ts';
import { gaussianFilter } from './gaussianFilter.ts';
import type { ShapeYX } from './geometry.ts';
import { findSeeds } from './seeds.ts';
import { watershed } from './watershed.ts';

/** How objects are cut out of probabilities; a model carries its own. */
export interface InstanceParameters {
  /** Foreground where 1 − p(background) is strictly above this. */
  threshold: number;
  /** Least height in px by which two maxima of the smoothed distance transform must stand out to be two seeds. */
  seedDistancePx: number;
  /** Objects with fewer pixels are dropped. */
  minimumSizePx: number;
  fillHoles: boolean;
  /** Objects that touch the edge of the plane are dropped; default false. */
  clearBorder?: boolean | undefined;
  /** Grow objects back by the pixels that touching objects lost to the border between them. */
  growPx: number;
}

/** Sensible where no labelled image says better. */
export const DEFAULT_INSTANCE_PARAMETERS: Readonly<InstanceParameters> = {
  threshold: 0.5,
  seedDistancePx: 1.5,
  minimumSizePx: 16,
  fillHoles: true,
  growPx: 1,
};

/** Objects of one plane. */
export interface Instances {
  /** `[y, x]`: 0 background, 1…N objects in row-major order of their first pixels. */
  labels: Uint32Array;
  /** `[N + 1]`: class 1…K of each object, 0 at place 0. */
  classIndexOf: Uint8Array;
}

/** What {@link instancesFromProbabilities} reads. */
export interface InstanceInput {
  /** `[K, y, x]` probabilities of the classes, background left out. */
  foreground: Float32Array;
  shape: ShapeYX;
  /** `[K]`: things are cut into objects; the 4-connected components of stuff are its regions. */
  kinds: readonly ('thing' | 'stuff')[];
  parameters: InstanceParameters;
}

/** Standard deviation of the smoothing that takes pixel steps out of distances, px. */
const SMOOTHING_PX = 1;
/** Where between threshold and certainty further outlines are taken; a dip at a border narrows them first. */
const OUTLINES = [0, 0.6];

/**
 * Cuts objects out of probabilities.
 *
 * Foreground is where the probabilities of all classes sum to more than the threshold. A pixel belongs to stuff or to
 * things by its most probable class. Things are cut by a watershed over the depth of the foreground, which is the mean
 * distance transform of the outlines at several probabilities: one outline's depth is blind to a border that the
 * network saw without going below the threshold. An object has the class of highest summed probability.
 */
export function instancesFromProbabilities({
  foreground,
  shape,
  kinds,
  parameters,
}: InstanceInput): Instances {
  const size = shape.y * shape.x;
  const sums = sumOfClasses(foreground, kinds.length, size);
  const best = mostProbableClasses(foreground, kinds.length, size);
  const labels = new Uint32Array(size);
  let offset = 0;
  if (kinds.includes('thing')) {
    const things = new Uint8Array(size);
    for (let i = 0; i < size; i++) {
      if (sums[i]! > parameters.threshold && kinds[best[i]!] === 'thing') things[i] = 1;
    }
    if (parameters.fillHoles) fillHoles(things, shape);
    const { labels: objects, count } = separateThings(sums, things, shape, parameters);
    labels.set(objects);
    offset = count;
  }
  const stuff = new Uint32Array(size);
  let anyStuff = false;
  for (let i = 0; i < size; i++) {
    if (labels[i] !== 0 || !(sums[i]! > parameters.threshold) || kinds[best[i]!] !== 'stuff') continue;
    stuff[i] = best[i]! + 1;
    anyStuff = true;
  }
  if (anyStuff) {
    if (parameters.fillHoles) fillHoles(stuff, shape);
    const regions = connectedComponents(stuff, shape, 4);
    for (let i = 0; i < size; i++) {
      if (labels[i] === 0 && regions.labels[i] !== 0) labels[i] = offset + regions.labels[i]!;
    }
    offset += regions.count;
  }
  dropSmall(labels, offset, parameters.minimumSizePx);
  if (parameters.fillHoles) fillHoles(labels, shape);
  if (kinds.includes('thing')) growBack(labels, shape, parameters.growPx);
  if (parameters.clearBorder === true) clearBorder(labels, offset, shape);
  return classify(labels, offset, foreground, kinds.length);
}

/** Probability of foreground: the sum over the classes, `[y, x]`. */
function sumOfClasses(foreground: Float32Array, classes: number, size: number): Float32Array {
  if (classes === 1) return foreground;
  const sums = foreground.slice(0, size);
  for (let k = 1; k < classes; k++) {
    for (let i = 0; i < size; i++) sums[i] = sums[i]! + foreground[k * size + i]!;
  }
  return sums;
}

/** Most probable class of each pixel, 0…K-1, the first among equals. */
function mostProbableClasses(foreground: Float32Array, classes: number, size: number): Uint8Array {
  const best = new Uint8Array(size);
  for (let k = 1; k < classes; k++) {
    for (let i = 0; i < size; i++) {
      if (foreground[k * size + i]! > foreground[best[i]! * size + i]!) best[i] = k;
    }
  }
  return best;
}

/** Watershed of the things' mask over its depth. */
function separateThings(
  sums: Float32Array,
  things: Uint8Array,
  shape: ShapeYX,
  { threshold, seedDistancePx }: InstanceParameters,
): { labels: Uint32Array; count: number } {
  const depth = new Float32Array(things.length);
  for (const part of OUTLINES) {
    const level = threshold + part * (1 - threshold);
    const outline = part === 0 ? things : narrowed(things, sums, level);
    const distances = distanceTransform(outline, shape);
    // A plane that is all foreground has no outside; every pixel is equally deep then.
    for (let i = 0; i < depth.length; i++) {
      const distance = distances[i]!;
      depth[i] = depth[i]! + (distance === Infinity ? 1 : distance) / OUTLINES.length;
    }
  }
  const smooth = gaussianFilter(depth, shape, SMOOTHING_PX);
  const { seeds, count } = findSeeds(smooth, things, shape, seedDistancePx);
  for (let i = 0; i < smooth.length; i++) smooth[i] = -smooth[i]!;
  return { labels: watershed(smooth, seeds, things, shape), count };
}

/** The pixels of a mask that are above a level. */
function narrowed(mask: Uint8Array, values: Float32Array, level: number): Uint8Array {
  const inside = new Uint8Array(mask.length);
  for (let i = 0; i < inside.length; i++) if (mask[i] !== 0 && values[i]! > level) inside[i] = 1;
  return inside;
}

/** Removes objects of fewer pixels than the minimum; labels keep their numbers. */
function dropSmall(labels: Uint32Array, count: number, minimumSizePx: number): void {
  const areas = new Uint32Array(count + 1);
  for (let i = 0; i < labels.length; i++) areas[labels[i]!]!++;
  for (let i = 0; i < labels.length; i++) if (areas[labels[i]!]! < minimumSizePx) labels[i] = 0;
}

/** Removes objects that touch the edge of the plane; labels keep their numbers. */
function clearBorder(labels: Uint32Array, count: number, { y: height, x: width }: ShapeYX): void {
  const touches = new Uint8Array(count + 1);
  for (let x = 0; x < width; x++) {
    touches[labels[x]!] = 1;
    touches[labels[(height - 1) * width + x]!] = 1;
  }
  for (let y = 0; y < height; y++) {
    touches[labels[y * width]!] = 1;
    touches[labels[y * width + width - 1]!] = 1;
  }
  for (let i = 0; i < labels.length; i++) if (touches[labels[i]!] === 1) labels[i] = 0;
}

/**
 * Gives the gap between neighbouring objects back to them. Training turned each pixel that touches another object into
 * background, so two objects that touch come back with a gap of two pixels; only ground that lies in such a gap, next
 * to one object and close behind it another, is regrown. Outlines that face open background stay.
 */
function growBack(labels: Uint32Array, shape: ShapeYX, growPx: number): void {
  if (!(growPx > 0)) return;
  const gap: number[] = [];
  for (let y = 0, i = 0; y < shape.y; y++) {
    for (let x = 0; x < shape.x; x++, i++) {
      if (labels[i] === 0 && isGap(labels, shape, y, x, growPx)) gap.push(i);
    }
  }
  const { x: width } = shape;
  for (let round = 0; round < Math.ceil(growPx); round++) {
    // Steps along edges first, across corners for what is left; each reads the state before it.
    for (const corners of [false, true]) {
      const grown: [number, number][] = [];
      for (const i of gap) {
        if (labels[i] !== 0) continue;
        const x = i % width;
        const label = neighbourLabel(labels, i, x, width, corners);
        if (label !== 0) grown.push([i, label]);
      }
      for (const [i, label] of grown) labels[i] = label;
    }
  }
}

/** True where an object is within growPx + ½ and the way to it and to another one sums to less than 2 · growPx + 1½. */
function isGap(labels: Uint32Array, shape: ShapeYX, y: number, x: number, growPx: number): boolean {
  const near = Math.ceil(growPx);
  let nearest = 0;
  let square1 = (growPx + 0.5) ** 2;
  for (let v = Math.max(0, y - near); v <= Math.min(shape.y - 1, y + near); v++) {
    for (let u = Math.max(0, x - near); u <= Math.min(shape.x - 1, x + near); u++) {
      const label = labels[v * shape.x + u]!;
      const square = (v - y) ** 2 + (u - x) ** 2;
      if (label === 0 || square >= square1) continue;
      square1 = square;
      nearest = label;
    }
  }
  if (nearest === 0) return false;
  const rest = 2 * growPx + 1.5 - Math.sqrt(square1);
  const far = Math.ceil(rest);
  for (let v = Math.max(0, y - far); v <= Math.min(shape.y - 1, y + far); v++) {
    for (let u = Math.max(0, x - far); u <= Math.min(shape.x - 1, x + far); u++) {
      const label = labels[v * shape.x + u]!;
      if (label !== 0 && label !== nearest && (v - y) ** 2 + (u - x) ** 2 < rest * rest) return true;
    }
  }
  return false;
}

/** Label that most of the four neighbours along edges (or across corners) bear, the first among equals; 0 for none. */
function neighbourLabel(labels: Uint32Array, i: number, x: number, width: number, corners: boolean): number {
  const left = x > 0;
  const right = x + 1 < width;
  const up = i - width;
  const down = i + width;
  const at = (index: number, inside: boolean): number => (inside ? (labels[index] ?? 0) : 0);
  const near = corners
    ? [at(up - 1, left), at(up + 1, right), at(down - 1, left), at(down + 1, right)]
    : [at(up, true), at(i - 1, left), at(i + 1, right), at(down, true)];
  let best = 0;
  let votes = 0;
  for (const label of near) {
    if (label === 0) continue;
    const own = near.filter((other) => other === label).length;
    if (own > votes) {
      votes = own;
      best = label;
    }
  }
  return best;
}

/** Numbers objects 1…N by their first pixels, and gives each the class of highest summed probability. */
function classify(labels: Uint32Array, count: number, foreground: Float32Array, classes: number): Instances {
  const renumbered = new Uint32Array(count + 1);
  let objects = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label === 0) continue;
    if (renumbered[label] === 0) renumbered[label] = ++objects;
    labels[i] = renumbered[label]!;
  }
  const sums = new Float64Array((objects + 1) * classes);
  for (let k = 0; k < classes; k++) {
    for (let i = 0; i < labels.length; i++)
      sums[labels[i]! * classes + k]! += foreground[k * labels.length + i]!;
  }
  const classIndexOf = new Uint8Array(objects + 1);
  for (let object = 1; object <= objects; object++) {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if (sums[object * classes + k]! > sums[object * classes + best]!) best = k;
    }
    classIndexOf[object] = best + 1;
  }
  return { labels, classIndexOf };
}
