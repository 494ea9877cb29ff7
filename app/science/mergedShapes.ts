/** Finds objects whose shape suggests that two objects were painted under one label, before a network learns to merge. */

import { connectedComponents } from './connectedComponents.ts';
import { distanceTransform } from './distanceTransform.ts';
import { gaussianFilter } from './gaussianFilter.ts';
import type { ShapeYX } from './geometry.ts';
import { findSeeds } from './seeds.ts';

/** Smallest rectangle around an object, px. */
export interface ObjectBox {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** Why one label looks like several objects: parts that do not touch, or one part with a waist. */
export type MergeSign = 'parts' | 'waist';

/** Objects are looked at with at most about this many samples; larger ones at every second, third … pixel. */
const MOST_SAMPLES = 40_000;
/** A part counts from this share of the object's area, and from this many samples. */
const LEAST_PART = 0.1;
const LEAST_PART_SAMPLES = 12;
/** A waist counts where both sides stand out of it by this share of the larger depth, and by this many samples. */
const WAIST_SHARE = 0.2;
const LEAST_WAIST = 1;

/** Rectangles of all labels from 2 on, by label; one pass over the plane. */
export function boxesOfObjects(labels: Uint32Array, shape: ShapeYX): Map<number, ObjectBox> {
  const edges = new Map<number, { x0: number; y0: number; x1: number; y1: number }>();
  let previous = 0;
  let box: { x0: number; y0: number; x1: number; y1: number } | undefined;
  for (let y = 0, i = 0; y < shape.y; y++) {
    for (let x = 0; x < shape.x; x++, i++) {
      const label = labels[i]!;
      if (label < 2) continue;
      if (label !== previous || box === undefined) {
        previous = label;
        box = edges.get(label);
        if (box === undefined) {
          box = { x0: x, y0: y, x1: x, y1: y };
          edges.set(label, box);
        }
      }
      if (x < box.x0) box.x0 = x;
      if (x > box.x1) box.x1 = x;
      box.y1 = y;
    }
  }
  return new Map(
    [...edges].map(([label, { x0, y0, x1, y1 }]) => [
      label,
      { x: x0, y: y0, w: x1 - x0 + 1, h: y1 - y0 + 1 },
    ]),
  );
}

/**
 * Whether the pixels of one label look like two or more objects. Parts are 8-connected, each at least a tenth of the
 * object; a waist is a saddle of the smoothed distance transform with two maxima that stand out of it.
 *
 * @param box rectangle of the label, from {@link boxesOfObjects}
 */
export function mergeSignOf(
  labels: Uint32Array,
  shape: ShapeYX,
  label: number,
  box: ObjectBox,
): MergeSign | null {
  const stride = Math.max(1, Math.ceil(Math.sqrt((box.w * box.h) / MOST_SAMPLES)));
  // One sample of margin, so that the rectangle's edge counts as outside.
  const crop = { y: Math.ceil(box.h / stride) + 2, x: Math.ceil(box.w / stride) + 2 };
  const mask = new Uint8Array(crop.y * crop.x);
  let area = 0;
  for (let v = 1; v < crop.y - 1; v++) {
    for (let u = 1; u < crop.x - 1; u++) {
      if (labels[(box.y + (v - 1) * stride) * shape.x + box.x + (u - 1) * stride] !== label) continue;
      mask[v * crop.x + u] = 1;
      area++;
    }
  }
  const { labels: parts, count } = connectedComponents(mask, crop, 8);
  const areas = new Uint32Array(count + 1);
  for (const part of parts) areas[part]!++;
  const large = areas.slice(1).filter((own) => own >= LEAST_PART_SAMPLES && own >= LEAST_PART * area).length;
  if (large > 1) return 'parts';
  const depth = gaussianFilter(distanceTransform(mask, crop), crop, 1);
  let deepest = 0;
  for (const value of depth) deepest = Math.max(deepest, value);
  const height = Math.max(LEAST_WAIST, WAIST_SHARE * deepest);
  return findSeeds(depth, mask, crop, height).count > count ? 'waist' : null;
}
