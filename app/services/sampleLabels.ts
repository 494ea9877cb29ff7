/** Partial labels as a person would begin them: some neighbouring objects, the rim around them, strokes of background. */

import { BACKGROUND, FIRST_OBJECT } from '../labels/label.ts';
import type { ShapeYX } from '../science/geometry.ts';

/** Background is painted so far around each object, px. */
const RIM_PX = 4;
const STROKES = 6;
const STROKE_WIDTH_PX = 12;

/**
 * @param truth `[y, x]`: 0 background, 1…N objects.
 * @param count objects to paint: those nearest to the middle that do not reach the border.
 * @returns labels `[y, x]` (0 unlabelled, 1 background, 2… objects) and the object labels in use.
 */
export function partialLabels(
  truth: Uint32Array,
  shape: ShapeYX,
  count: number,
): { labels: Uint32Array; objects: number[] } {
  const chosen = nearestToMiddle(truth, shape, count);
  const labelOf = new Map(chosen.map((object, index) => [object, FIRST_OBJECT + index]));
  const labels = new Uint32Array(truth.length);
  paintStrokes(truth, shape, labels);
  for (let y = 0, i = 0; y < shape.y; y++) {
    for (let x = 0; x < shape.x; x++, i++) {
      const label = labelOf.get(truth[i] ?? 0);
      if (label === undefined) continue;
      labels[i] = label;
      paintRim(truth, shape, labels, y, x);
    }
  }
  return { labels, objects: [...labelOf.values()] };
}

function nearestToMiddle(truth: Uint32Array, shape: ShapeYX, count: number): number[] {
  const sums = new Map<number, { pixels: number; y: number; x: number; inside: boolean }>();
  for (let y = 0, i = 0; y < shape.y; y++) {
    for (let x = 0; x < shape.x; x++, i++) {
      const object = truth[i] ?? 0;
      if (object === 0) continue;
      const sum = sums.get(object) ?? { pixels: 0, y: 0, x: 0, inside: true };
      sum.pixels++;
      sum.y += y;
      sum.x += x;
      if (y === 0 || x === 0 || y === shape.y - 1 || x === shape.x - 1) sum.inside = false;
      sums.set(object, sum);
    }
  }
  return [...sums]
    .filter(([, sum]) => sum.inside)
    .map(([object, sum]) => {
      const dy = sum.y / sum.pixels - shape.y / 2;
      const dx = sum.x / sum.pixels - shape.x / 2;
      return { object, distance: dy * dy + dx * dx };
    })
    .sort((a, b) => a.distance - b.distance || a.object - b.object)
    .slice(0, count)
    .map(({ object }) => object);
}

/** Background around an object pixel, where the truth is background. */
function paintRim(truth: Uint32Array, shape: ShapeYX, labels: Uint32Array, y: number, x: number): void {
  for (let dy = -RIM_PX; dy <= RIM_PX; dy++) {
    for (let dx = -RIM_PX; dx <= RIM_PX; dx++) {
      const [ny, nx] = [y + dy, x + dx];
      if (dy * dy + dx * dx > RIM_PX * RIM_PX || ny < 0 || nx < 0 || ny >= shape.y || nx >= shape.x) continue;
      const i = ny * shape.x + nx;
      if (truth[i] === 0) labels[i] = BACKGROUND;
    }
  }
}

/** Horizontal strokes at even distances, each a quarter of the width, left and right in turn. */
function paintStrokes(truth: Uint32Array, shape: ShapeYX, labels: Uint32Array): void {
  for (let stroke = 0; stroke < STROKES; stroke++) {
    const top = Math.round(((stroke + 0.5) * shape.y) / STROKES - STROKE_WIDTH_PX / 2);
    const left = Math.round(shape.x * (stroke % 2 === 0 ? 0.08 : 0.67));
    for (let y = top; y < top + STROKE_WIDTH_PX; y++) {
      for (let x = left; x < left + shape.x / 4; x++) {
        const i = y * shape.x + x;
        if (truth[i] === 0) labels[i] = BACKGROUND;
      }
    }
  }
}
