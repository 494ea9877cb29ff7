/** Overlap-tile geometry: output tiles that abut, input tiles that overlap by the margin, missing context mirrored. */

import type { ShapeYX } from './geometry.ts';

/**
 * Reflects a position into 0…n-1 about the first and the last pixel, which are not repeated (… 2 1 0 1 2 …), as often
 * as needed.
 *
 * @param i any integer
 * @param n number of positions, >= 1
 */
export function mirrorIndex(i: number, n: number): number {
  if (i >= 0 && i < n) return i;
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  const position = ((i % period) + period) % period;
  return position < n ? position : period - position;
}

/** Mirrored positions of `start`…`start + length - 1` in a range of n. */
function mirroredRange(start: number, length: number, n: number): Int32Array {
  return Int32Array.from({ length }, (_, k) => mirrorIndex(start + k, n));
}

/** One tile of a plan. */
export interface Tile {
  /** Where the tile's output stands in the plane. */
  outputStart: ShapeYX;
  /** How much of it lies in the plane; less than the plan's output shape at the bottom and right edges. */
  outputShape: ShapeYX;
  /** First pixel of the input, `outputStart - margin`: negative where context is mirrored. */
  inputStart: ShapeYX;
}

/** Tiles that cover a plane. All inputs have one shape, so one compiled network serves them all. */
export interface TilePlan {
  tiles: Tile[];
  /** Output of the network for one tile, before cropping to the plane. */
  outputShape: ShapeYX;
  /** `outputShape + 2 · margin`. */
  inputShape: ShapeYX;
}

/** What {@link planTiles} reads. */
export interface TilingOptions {
  /** Shape of the plane, px. */
  shape: ShapeYX;
  /** Largest output tile, px; rounded down to the multiple, but at least one multiple. */
  outputTile: ShapeYX;
  /** Context needed on each side of an output, px. */
  margin: number;
  /** Output sides are multiples of this (a network's pooling factor). */
  multiple: number;
}

/**
 * Plans the tiles of a plane: the fewest whose outputs, none larger than `outputTile`, abut and cover the plane
 * (Ronneberger et al. 2015, figure 2), in row-major order.
 */
export function planTiles({ shape, outputTile, margin, multiple }: TilingOptions): TilePlan {
  const sideOf = (length: number, largest: number): number => {
    const limit = Math.max(multiple, Math.floor(largest / multiple) * multiple);
    const count = Math.max(1, Math.ceil(length / limit));
    return Math.max(1, Math.ceil(length / count / multiple)) * multiple;
  };
  const outputShape = { y: sideOf(shape.y, outputTile.y), x: sideOf(shape.x, outputTile.x) };
  const tiles: Tile[] = [];
  for (let y = 0; y < shape.y; y += outputShape.y) {
    for (let x = 0; x < shape.x; x += outputShape.x) {
      tiles.push({
        outputStart: { y, x },
        outputShape: { y: Math.min(outputShape.y, shape.y - y), x: Math.min(outputShape.x, shape.x - x) },
        inputStart: { y: y - margin, x: x - margin },
      });
    }
  }
  const inputShape = { y: outputShape.y + 2 * margin, x: outputShape.x + 2 * margin };
  return { tiles, outputShape, inputShape };
}

/**
 * Copies a tile out of one channel, normalised, with mirrored context.
 *
 * @param plane `[y, x]` of `shape`
 * @param inputStart first pixel, may lie outside the plane
 * @param inputShape pixels to copy
 * @param normalisation written value = value · scale + offset
 * @param out receives `[inputShape.y, inputShape.x]` from `outOffset` on
 */
export function extractTile(
  plane: ArrayLike<number>,
  shape: ShapeYX,
  inputStart: ShapeYX,
  inputShape: ShapeYX,
  normalisation: { scale: number; offset: number },
  out: Float32Array,
  outOffset = 0,
): void {
  const { scale, offset } = normalisation;
  const columns = mirroredRange(inputStart.x, inputShape.x, shape.x);
  let to = outOffset;
  for (let y = 0; y < inputShape.y; y++) {
    const row = mirrorIndex(inputStart.y + y, shape.y) * shape.x;
    for (let x = 0; x < inputShape.x; x++) out[to++] = plane[row + columns[x]!]! * scale + offset;
  }
}

/**
 * Writes the output of one tile to its place in the plane, cropped to it.
 *
 * @param output `[channels, tileShape.y, tileShape.x]`
 * @param plane `[channels, shape.y, shape.x]`
 */
export function placeTile(
  output: Float32Array,
  tileShape: ShapeYX,
  channels: number,
  tile: Tile,
  plane: Float32Array,
  shape: ShapeYX,
): void {
  const { outputStart, outputShape } = tile;
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < outputShape.y; y++) {
      const from = (channel * tileShape.y + y) * tileShape.x;
      const to = (channel * shape.y + outputStart.y + y) * shape.x + outputStart.x;
      plane.set(output.subarray(from, from + outputShape.x), to);
    }
  }
}
