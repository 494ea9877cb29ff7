/** Planes on another grid: grey values and probabilities smoothly, labels by the nearest pixel. */

import type { ShapeYX } from './geometry.ts';

/** Larger differences of pixel sizes are typing errors more often than microscopes. */
export const LARGEST_RESCALING = 16;
/** Pixel sizes that differ by less count as the same. */
const SAME_SIZE = 0.01;

/**
 * Shape of a plane on a grid of another pixel size; the plane's own where the sizes are the same or one is not known.
 *
 * @param fromUm pixel size of the plane, µm
 * @param toUm side of a pixel of the other grid, µm
 */
export function shapeOnGrid(
  shape: ShapeYX,
  fromUm: { y: number; x: number } | null | undefined,
  toUm: number | null | undefined,
): ShapeYX {
  if (!fromUm || !toUm) return { y: shape.y, x: shape.x };
  const side = (length: number, size: number): number =>
    Math.abs(size / toUm - 1) <= SAME_SIZE ? length : Math.max(1, Math.round((length * size) / toUm));
  return { y: side(shape.y, fromUm.y), x: side(shape.x, fromUm.x) };
}

/** Positions and weights that one output position of an axis is the mean of. */
interface Taps {
  from: Int32Array;
  count: Int32Array;
  weights: Float64Array;
  most: number;
}

/** Triangles that reach one pixel where the grid becomes finer, and one output pixel where it becomes coarser. */
function tapsOf(from: number, to: number): Taps {
  const step = from / to;
  const radius = Math.max(1, step);
  const most = 2 * Math.ceil(radius) + 1;
  const taps: Taps = {
    from: new Int32Array(to),
    count: new Int32Array(to),
    weights: new Float64Array(to * most),
    most,
  };
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * step - 0.5;
    const first = Math.max(0, Math.ceil(centre - radius));
    const last = Math.min(from - 1, Math.floor(centre + radius));
    let sum = 0;
    for (let k = first; k <= last; k++) sum += Math.max(0, 1 - Math.abs(k - centre) / radius);
    for (let k = first; k <= last; k++)
      taps.weights[i * most + k - first] = Math.max(0, 1 - Math.abs(k - centre) / radius) / sum;
    taps.from[i] = first;
    taps.count[i] = last - first + 1;
  }
  return taps;
}

/**
 * A plane on another grid over the same area: bilinear where it becomes finer, averaged over the area of the new pixel
 * where it becomes coarser (a triangle filter, so that nothing is aliased). Weights sum to 1 also at the borders.
 *
 * @param plane `[y, x]` of `shape`
 * @returns `[y, x]` of `to`
 */
export function rescalePlane(plane: ArrayLike<number>, shape: ShapeYX, to: ShapeYX): Float32Array {
  const columns = tapsOf(shape.x, to.x);
  const rows = tapsOf(shape.y, to.y);
  const narrow = new Float32Array(shape.y * to.x);
  for (let y = 0; y < shape.y; y++) {
    for (let x = 0; x < to.x; x++) {
      const first = y * shape.x + columns.from[x]!;
      let sum = 0;
      for (let k = 0; k < columns.count[x]!; k++)
        sum += columns.weights[x * columns.most + k]! * plane[first + k]!;
      narrow[y * to.x + x] = sum;
    }
  }
  const out = new Float32Array(to.y * to.x);
  const line = new Float64Array(to.x);
  for (let y = 0; y < to.y; y++) {
    line.fill(0);
    for (let k = 0; k < rows.count[y]!; k++) {
      const weight = rows.weights[y * rows.most + k]!;
      const first = (rows.from[y]! + k) * to.x;
      for (let x = 0; x < to.x; x++) line[x]! += weight * narrow[first + x]!;
    }
    out.set(line, y * to.x);
  }
  return out;
}

/** Labels on another grid: those of the pixel in which each new pixel's centre lies. */
export function rescaleLabels(labels: Uint32Array, shape: ShapeYX, to: ShapeYX): Uint32Array {
  const nearest = (from: number, count: number): Int32Array =>
    Int32Array.from({ length: count }, (_, i) => Math.min(from - 1, Math.floor(((i + 0.5) * from) / count)));
  const [rows, columns] = [nearest(shape.y, to.y), nearest(shape.x, to.x)];
  const out = new Uint32Array(to.y * to.x);
  for (let y = 0; y < to.y; y++) {
    const row = rows[y]! * shape.x;
    for (let x = 0; x < to.x; x++) out[y * to.x + x] = labels[row + columns[x]!]!;
  }
  return out;
}
