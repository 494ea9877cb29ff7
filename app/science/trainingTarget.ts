/** From painted labels to what a network is taught: the class of each pixel, with borders cut between touching objects. */

import { connectedComponents } from './connectedComponents.ts';
import type { ShapeYX } from './geometry.ts';

const BACKGROUND_LABEL = 1;
const FIRST_OBJECT_LABEL = 2;

/** What {@link trainingTarget} reads. */
export interface TrainingTargetInput {
  /** `[y, x]`: 0 unlabelled, 1 background, >= 2 an object. */
  labels: Uint32Array;
  shape: ShapeYX;
  /** Class number 1…K of an object label. */
  classIndexOf: (label: number) => number;
  /** True where the label is a region whose 4-connected components count as objects of their own. */
  isRegion: (label: number) => boolean;
}

/** What a network is taught about one plane. */
export interface TrainingTarget {
  /** `[y, x]`: 0 unlabelled, 1 background, 1 + k class k (1…K). */
  target: Uint8Array;
  /**
   * `[y, x]`, unshrunk objects, 0 elsewhere. An instance keeps its label, even in several parts; the components of
   * regions are numbered on from the largest label of the plane.
   */
  objects: Uint32Array;
  /** Class 1…K by object number, 0 for numbers that do not occur. */
  classOfObject: ReadonlyMap<number, number>;
}

/**
 * Builds the training target of a plane. An object pixel with a 4-neighbour in another object trains as background
 * (the border between touching objects, Ronneberger et al. 2015); `objects` keeps that pixel, since distances are
 * measured to unshrunk objects.
 *
 * @returns new arrays; the input is not changed
 */
export function trainingTarget(input: TrainingTargetInput): TrainingTarget {
  const { labels, shape } = input;
  const objects = new Uint32Array(labels.length);
  const classOfLabel = new Map<number, number>();
  const regionOfLabel = new Map<number, boolean>();
  const classOfObject = new Map<number, number>();
  let largest = 0;
  let regions: Uint32Array | null = null;
  let previous = 0;
  let previousIsRegion = false;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label < FIRST_OBJECT_LABEL) continue;
    if (label !== previous) {
      previous = label;
      if (label > largest) largest = label;
      const known = regionOfLabel.get(label);
      if (known === undefined) {
        previousIsRegion = input.isRegion(label);
        regionOfLabel.set(label, previousIsRegion);
        classOfLabel.set(label, input.classIndexOf(label));
        if (!previousIsRegion) classOfObject.set(label, classOfLabel.get(label)!);
      } else {
        previousIsRegion = known;
      }
    }
    if (previousIsRegion) {
      regions ??= new Uint32Array(labels.length);
      regions[i] = label;
    } else {
      objects[i] = label;
    }
  }
  if (regions !== null) {
    const components = connectedComponents(regions, shape, 4).labels;
    for (let i = 0; i < labels.length; i++) {
      const component = components[i]!;
      if (component === 0) continue;
      const object = largest + component;
      objects[i] = object;
      if (!classOfObject.has(object)) classOfObject.set(object, classOfLabel.get(labels[i]!)!);
    }
  }
  return { target: targetOf(labels, objects, shape, classOfObject), objects, classOfObject };
}

/** Class of each pixel, with every object pixel that touches another object turned to background. */
function targetOf(
  labels: Uint32Array,
  objects: Uint32Array,
  shape: ShapeYX,
  classOfObject: ReadonlyMap<number, number>,
): Uint8Array {
  const { y: height, x: width } = shape;
  const target = new Uint8Array(labels.length);
  let previous = 0;
  let value = 0;
  for (let y = 0, i = 0; y < height; y++) {
    // Beyond the plane's edge a pixel's neighbour is the pixel itself, which it does not touch.
    const toAbove = y > 0 ? width : 0;
    const toBelow = y + 1 < height ? width : 0;
    let left = 0;
    let own = objects[i]!;
    for (let x = 0; x < width; x++, i++) {
      const right = x + 1 < width ? objects[i + 1]! : 0;
      if (own === 0) {
        if (labels[i] === BACKGROUND_LABEL) target[i] = 1;
      } else {
        if (own !== previous) {
          previous = own;
          value = 1 + classOfObject.get(own)!;
        }
        const above = objects[i - toAbove]!;
        const below = objects[i + toBelow]!;
        const touches =
          (left !== own && left !== 0) ||
          (right !== own && right !== 0) ||
          (above !== own && above !== 0) ||
          (below !== own && below !== 0);
        target[i] = touches ? 1 : value;
      }
      left = own;
      own = right;
    }
  }
  return target;
}
