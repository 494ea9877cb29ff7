/** The part of a brush's disk that belongs to what lies in its middle: grown from there until the grey values change. */

import type { PixelRect } from './paintableTiles.ts';
import type { Point, RunSink } from './rasterise.ts';
import type { GreyValues } from './tools/tool.ts';

/**
 * Visits, run by run, the pixels of a disk that are 4-connected to its middle over pixels of about the middle's grey
 * value. The middle moves with the stroke, so a slow gradient is followed and an edge is not.
 *
 * @param diameterPx of the disk
 * @param difference that a grey value may have from the middle's
 */
export function growInDisk(
  grey: GreyValues,
  middle: Point,
  diameterPx: number,
  difference: number,
  emit: RunSink,
): void {
  const cx = Math.round(middle.x);
  const cy = Math.round(middle.y);
  const radius = diameterPx / 2;
  const reach = Math.floor(radius);
  const side = 2 * reach + 1;
  const values = smoothed(grey, { x: cx - reach, y: cy - reach, w: side, h: side });
  const middleIndex = reach * side + reach;
  const mean = values[middleIndex]!;
  if (Number.isNaN(mean)) return;
  const taken = new Uint8Array(side * side);
  taken[middleIndex] = 1;
  const stack = [middleIndex];
  while (stack.length > 0) {
    const i = stack.pop()!;
    const column = i % side;
    for (const next of [
      column > 0 ? i - 1 : -1,
      column + 1 < side ? i + 1 : -1,
      i - side,
      i + side < taken.length ? i + side : -1,
    ]) {
      if (next < 0 || taken[next] === 1) continue;
      const x = (next % side) + cx - reach;
      const y = Math.floor(next / side) + cy - reach;
      if ((x - middle.x) ** 2 + (y - middle.y) ** 2 > radius * radius) continue;
      // Beyond the area values are NaN, which is never near.
      if (!(Math.abs(values[next]! - mean) <= difference)) continue;
      taken[next] = 1;
      stack.push(next);
    }
  }
  for (let row = 0; row < side; row++) {
    let first = -1;
    for (let column = 0; column <= side; column++) {
      const isTaken = column < side && taken[row * side + column] === 1;
      if (isTaken && first < 0) first = column;
      if (isTaken || first < 0) continue;
      emit(row + cy - reach, first + cx - reach, column - 1 + cx - reach);
      first = -1;
    }
  }
}

/** Means over 3 × 3 pixels, so that the camera's noise makes no edges; NaN outside of the grey values' area. */
function smoothed({ area, at }: GreyValues, rect: PixelRect): Float64Array {
  const { w, h } = rect;
  const right = area.x + area.w - 1;
  const bottom = area.y + area.h - 1;
  const clampX = (x: number): number => Math.min(right, Math.max(area.x, x));
  const clampY = (y: number): number => Math.min(bottom, Math.max(area.y, y));
  const stride = w + 2;
  const raw = new Float64Array(stride * (h + 2));
  for (let y = 0; y < h + 2; y++) {
    for (let x = 0; x < stride; x++) raw[y * stride + x] = at(clampX(rect.x + x - 1), clampY(rect.y + y - 1));
  }
  const across = new Float64Array(w * (h + 2));
  for (let y = 0; y < h + 2; y++) {
    for (let x = 0; x < w; x++) {
      const i = y * stride + x;
      across[y * w + x] = raw[i]! + raw[i + 1]! + raw[i + 2]!;
    }
  }
  const means = new Float64Array(w * h);
  for (let y = 0, i = 0; y < h; y++) {
    for (let x = 0; x < w; x++, i++) {
      const isOutside = clampX(rect.x + x) !== rect.x + x || clampY(rect.y + y) !== rect.y + y;
      means[i] = isOutside ? Number.NaN : (across[i]! + across[i + w]! + across[i + 2 * w]!) / 9;
    }
  }
  return means;
}
