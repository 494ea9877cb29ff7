/** Reads planes at fractional positions: the smooth and the nearest-neighbour half of drawing a training sample. */

import type { ShapeYX } from './geometry.ts';
import { mirrorIndex } from './tiling.ts';

/** Positions nearer than this to a pixel centre are taken as that centre (rounding of sums of steps), px. */
const SNAP_PX = 1e-6;

/**
 * Bicubic (Catmull-Rom) values of one row of positions, normalised, with the plane mirrored at its borders. A position
 * on a pixel centre gives that pixel's value.
 *
 * @param plane `[y, x]` grey values
 * @param positionsY `positionsX` where to read, px
 * @param out receives value · scale + offset of the first `count` positions from `outOffset` on
 */
export function sampleRow(
  plane: ArrayLike<number>,
  shape: ShapeYX,
  positionsY: Float64Array,
  positionsX: Float64Array,
  count: number,
  scale: number,
  offset: number,
  out: Float32Array,
  outOffset: number,
): void {
  const { y: height, x: width } = shape;
  for (let i = 0; i < count; i++) {
    const y = positionsY[i]!;
    const x = positionsX[i]!;
    const y1 = Math.floor(y + SNAP_PX);
    const x1 = Math.floor(x + SNAP_PX);
    const v = y - y1;
    const u = x - x1;
    if (v < SNAP_PX && u < SNAP_PX) {
      out[outOffset + i] = plane[mirrorIndex(y1, height) * width + mirrorIndex(x1, width)]! * scale + offset;
      continue;
    }
    const inside = y1 >= 1 && y1 < height - 2 && x1 >= 1 && x1 < width - 2;
    const column0 = inside ? x1 - 1 : mirrorIndex(x1 - 1, width);
    const column1 = inside ? x1 : mirrorIndex(x1, width);
    const column2 = inside ? x1 + 1 : mirrorIndex(x1 + 1, width);
    const column3 = inside ? x1 + 2 : mirrorIndex(x1 + 2, width);
    const row0 = (inside ? y1 - 1 : mirrorIndex(y1 - 1, height)) * width;
    const row1 = (inside ? y1 : mirrorIndex(y1, height)) * width;
    const row2 = (inside ? y1 + 1 : mirrorIndex(y1 + 1, height)) * width;
    const row3 = (inside ? y1 + 2 : mirrorIndex(y1 + 2, height)) * width;
    const u0 = ((-u + 2) * u - 1) * u * 0.5;
    const u1 = ((3 * u - 5) * u * u + 2) * 0.5;
    const u2 = ((-3 * u + 4) * u + 1) * u * 0.5;
    const u3 = (u - 1) * u * u * 0.5;
    const first =
      u0 * plane[row0 + column0]! +
      u1 * plane[row0 + column1]! +
      u2 * plane[row0 + column2]! +
      u3 * plane[row0 + column3]!;
    const second =
      u0 * plane[row1 + column0]! +
      u1 * plane[row1 + column1]! +
      u2 * plane[row1 + column2]! +
      u3 * plane[row1 + column3]!;
    const third =
      u0 * plane[row2 + column0]! +
      u1 * plane[row2 + column1]! +
      u2 * plane[row2 + column2]! +
      u3 * plane[row2 + column3]!;
    const fourth =
      u0 * plane[row3 + column0]! +
      u1 * plane[row3 + column1]! +
      u2 * plane[row3 + column2]! +
      u3 * plane[row3 + column3]!;
    const value =
      ((-v + 2) * v - 1) * v * 0.5 * first +
      ((3 * v - 5) * v * v + 2) * 0.5 * second +
      ((-3 * v + 4) * v + 1) * v * 0.5 * third +
      (v - 1) * v * v * 0.5 * fourth;
    out[outOffset + i] = value * scale + offset;
  }
}

/**
 * Index of the pixel nearest to each of `count` positions from `from` on, with the plane mirrored at its borders.
 *
 * @param out receives `count` indices into the plane
 */
export function nearestPixels(
  shape: ShapeYX,
  positionsY: Float64Array,
  positionsX: Float64Array,
  from: number,
  count: number,
  out: Int32Array,
): void {
  const { y: height, x: width } = shape;
  for (let i = 0; i < count; i++) {
    const y = mirrorIndex(Math.floor(positionsY[from + i]! + 0.5), height);
    const x = mirrorIndex(Math.floor(positionsX[from + i]! + 0.5), width);
    out[i] = y * width + x;
  }
}
