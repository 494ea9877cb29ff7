/** Schema 3: coarse levels of label planes, derived from the labels and kept so that a large image is seen from afar at once. */

import type { Migration } from '../migration.ts';

export const migration0003: Migration = {
  version: 3,
  name: 'label-levels',
  sql: `
    CREATE TABLE label_level_tile (
      image_id INTEGER NOT NULL REFERENCES image (image_id) ON DELETE CASCADE,
      t INTEGER NOT NULL,
      z INTEGER NOT NULL,
      level INTEGER NOT NULL CHECK (level >= 1),
      ty INTEGER NOT NULL,
      tx INTEGER NOT NULL,
      checksum INTEGER,
      bytes BLOB, -- NULL: unlabelled
      PRIMARY KEY (image_id, t, z, level, ty, tx)
    ) STRICT;
  `,
};
