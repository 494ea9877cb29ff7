/** How far training reaches: which pixels of a plane a sample can touch, so that a plane may be cropped without changing any sample. */

import type { AugmentationOptions } from '../../science/augment.ts';
import type { ShapeYX } from '../../science/geometry.ts';

/** A rectangle of pixels, `x1` and `y1` excluded. */
export interface Box {
  y0: number;
  x0: number;
  y1: number;
  x1: number;
}

/**
 * Largest distance, px, from a labelled pixel to a pixel that a sample drawn around it may read: half the output
 * tile's diagonal to the tile's centre, half the input tile's diagonal on, both stretched by the largest scale,
 * plus five standard deviations of the elastic displacement and the interpolation's two.
 */
export function sampleReachPx(input: ShapeYX, output: ShapeYX, augmentation: AugmentationOptions): number {
  const diagonals = (Math.hypot(input.y, input.x) + Math.hypot(output.y, output.x)) / 2;
  const stretch = Math.max(...augmentation.scaleRange, ...augmentation.scaleRange.map((scale) => 1 / scale));
  return Math.ceil(diagonals * stretch + 5 * augmentation.elasticSigmaPx + 2);
}

/** The smallest box around all non-zero labels, or null if there is none. */
export function labelledBox(labels: Uint32Array, shape: ShapeYX): Box | null {
  let y0 = shape.y;
  let y1 = 0;
  let x0 = shape.x;
  let x1 = 0;
  for (let y = 0; y < shape.y; y++) {
    const row = labels.subarray(y * shape.x, (y + 1) * shape.x);
    const first = row.findIndex((label) => label !== 0);
    if (first < 0) continue;
    const last = row.findLastIndex((label) => label !== 0);
    y0 = Math.min(y0, y);
    y1 = y + 1;
    x0 = Math.min(x0, first);
    x1 = Math.max(x1, last + 1);
  }
  return y1 === 0 ? null : { y0, x0, y1, x1 };
}

/** The box grown by `byPx` on each side, clipped to the plane. */
export function growBox(box: Box, byPx: number, shape: ShapeYX): Box {
  return {
    y0: Math.max(0, box.y0 - byPx),
    x0: Math.max(0, box.x0 - byPx),
    y1: Math.min(shape.y, box.y1 + byPx),
    x1: Math.min(shape.x, box.x1 + byPx),
  };
}

/** The pixels of a box, row by row, in a new array of the same type. */
export function cropPlane<
  T extends {
    subarray(start: number, end: number): T;
    set(part: T, at: number): void;
    slice(start: number, end: number): T;
  },
>(pixels: T, shape: ShapeYX, box: Box): T {
  const width = box.x1 - box.x0;
  const height = box.y1 - box.y0;
  const cropped = pixels.slice(0, width * height);
  for (let y = 0; y < height; y++) {
    const start = (box.y0 + y) * shape.x + box.x0;
    cropped.set(pixels.subarray(start, start + width), y * width);
  }
  return cropped;
}
