/** What an edit changed within a label tile: which part, and how many pixels each label won or lost. */

import type { Rectangle } from '../labels/tiles.ts';

export interface TileDifference {
  /** Smallest rectangle around the changed pixels, within the tile. */
  changed: Rectangle;
  /** Pixels won by each label, negative where lost; unlabelled (0) included. */
  pixelsOf: Map<number, number>;
}

/** Compares two tiles of the same size, `w` px wide. Null if they are equal. */
export function differenceOf(before: Uint32Array, after: Uint32Array, w: number): TileDifference | null {
  const pixelsOf = new Map<number, number>();
  const h = before.length / w;
  let left = w;
  let right = -1;
  let top = h;
  let bottom = -1;
  for (let y = 0, i = 0; y < h; y++) {
    for (let x = 0; x < w; x++, i++) {
      const old = before[i] ?? 0;
      const now = after[i] ?? 0;
      if (old === now) continue;
      pixelsOf.set(old, (pixelsOf.get(old) ?? 0) - 1);
      pixelsOf.set(now, (pixelsOf.get(now) ?? 0) + 1);
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  if (bottom < 0) return null;
  return { changed: { x: left, y: top, w: right - left + 1, h: bottom - top + 1 }, pixelsOf };
}
