/** Keeps the coarse levels of label planes no older than the labels: what lies over a changed tile goes. */

import type { Database } from './database.ts';

/** Enough for a side of two million pixels. */
const MOST_LEVELS = 12;

/** Place of a label tile at full size. */
interface LabelPlace {
  imageId: number;
  t: number;
  z: number;
  ty: number;
  tx: number;
}

/** Forgets what lies over a label tile on the coarse levels. Within the edit or import that changes the tile. */
export function forgetLabelLevels(database: Database, { imageId, t, z, ty, tx }: LabelPlace): void {
  for (let level = 1; level <= MOST_LEVELS; level++) {
    database.run(
      `DELETE FROM label_level_tile
       WHERE image_id = ? AND t = ? AND z = ? AND level = ? AND ty = ? AND tx = ?`,
      imageId,
      t,
      z,
      level,
      ty >> level,
      tx >> level,
    );
  }
}
