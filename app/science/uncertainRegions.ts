/** Where to look next: square parts of a plane by how little the network could decide on their unlabelled ground. */

import type { ShapeYX } from './geometry.ts';

/** A part of a plane, px, and its mean uncertainty, 0 certain … 1 undecided. */
export interface UncertainRegion {
  area: { x: number; y: number; w: number; h: number };
  uncertainty: number;
}

/** Less unlabelled ground than this part of a tile has been looked at already. */
const LEAST_UNLABELLED = 0.25;

/**
 * Ranks the tiles of a plane by the mean uncertainty of their unlabelled pixels, highest first, the upper left among
 * equals. The uncertainty of a pixel is 1 − (p₁ − p₂), the margin between its two most probable classes, background
 * included (Scheffer et al. 2001); with one class this is 1 − |2p − 1|. Tiles with less than a quarter unlabelled are
 * left out.
 *
 * @param foreground `[K, y, x]` probabilities of the classes, background left out
 * @param labels `[y, x]`: 0 unlabelled
 * @param tilePx side of a tile; the last ones of a row or column may be smaller
 */
export function uncertainRegions(
  foreground: Float32Array,
  labels: Uint32Array,
  shape: ShapeYX,
  tilePx = 64,
): UncertainRegion[] {
  const regions: UncertainRegion[] = [];
  for (let y = 0; y < shape.y; y += tilePx) {
    for (let x = 0; x < shape.x; x += tilePx) {
      const area = { x, y, w: Math.min(tilePx, shape.x - x), h: Math.min(tilePx, shape.y - y) };
      let sum = 0;
      let unlabelled = 0;
      for (let v = y; v < y + area.h; v++) {
        for (let i = v * shape.x + x; i < v * shape.x + x + area.w; i++) {
          if (labels[i] !== 0) continue;
          unlabelled++;
          sum += 1 - marginAt(foreground, i, labels.length);
        }
      }
      if (unlabelled > 0 && unlabelled >= LEAST_UNLABELLED * area.w * area.h) {
        regions.push({ area, uncertainty: sum / unlabelled });
      }
    }
  }
  return regions.sort((a, b) => b.uncertainty - a.uncertainty);
}

/** Distance between the two highest probabilities of a pixel. */
function marginAt(foreground: Float32Array, i: number, size: number): number {
  let background = 1;
  let first = 0;
  let second = 0;
  for (let at = i; at < foreground.length; at += size) {
    const p = foreground[at]!;
    background -= p;
    if (p > first) {
      second = first;
      first = p;
    } else if (p > second) second = p;
  }
  const rest = Math.max(0, background);
  if (rest > first) return rest - first;
  return first - Math.max(second, rest);
}
