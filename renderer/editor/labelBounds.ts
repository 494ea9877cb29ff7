/** Where an object lies on the plane on view. */

import { LABEL_TILE, type LabelDocument } from './labelDocument.ts';
import type { PixelRect } from './paintableTiles.ts';

/** Bounding rectangle of a label over the tiles that have arrived; null if it is on none. */
export function boundsOfLabel(document: LabelDocument, label: number): PixelRect | null {
  let x0 = Number.POSITIVE_INFINITY;
  let y0 = Number.POSITIVE_INFINITY;
  let x1 = -1;
  let y1 = -1;
  for (const { tx, ty } of document.tilesOf({ x: 0, y: 0, w: document.shape.x, h: document.shape.y })) {
    const tile = document.tile(tx, ty);
    if (!tile || document.isBlank(tx, ty)) continue;
    for (let i = tile.indexOf(label); i >= 0; i = tile.indexOf(label, i + 1)) {
      const x = tx * LABEL_TILE + (i % LABEL_TILE);
      const y = ty * LABEL_TILE + Math.floor(i / LABEL_TILE);
      x0 = Math.min(x0, x);
      y0 = Math.min(y0, y);
      x1 = Math.max(x1, x);
      y1 = Math.max(y1, y);
    }
  }
  return x1 < 0 ? null : { x: x0, y: y0, w: x1 - x0 + 1, h: y1 - y0 + 1 };
}
