/** Schema 1: images, labels with their edits, objects, classes, models, runs, predictions, settings. */

import type { Migration } from '../migration.ts';

export const migration0001: Migration = {
  version: 1,
  name: 'project',
  sql: `
    CREATE TABLE setting (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL -- JSON
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE class (
      class_id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL CHECK (kind IN ('thing', 'stuff')),
      colour TEXT NOT NULL,
      position INTEGER NOT NULL UNIQUE CHECK (position >= 1)
    ) STRICT;

    CREATE TABLE image (
      image_id INTEGER PRIMARY KEY AUTOINCREMENT,
      position INTEGER UNIQUE, -- NULL while an import is under way
      name TEXT NOT NULL,
      source_path TEXT NOT NULL,
      linked INTEGER NOT NULL CHECK (linked IN (0, 1)),
      source_bytes INTEGER NOT NULL,
      source_modified_ms REAL NOT NULL,
      source_sha256 TEXT, -- of linked files
      size_t INTEGER NOT NULL CHECK (size_t >= 1),
      size_z INTEGER NOT NULL CHECK (size_z >= 1),
      size_c INTEGER NOT NULL CHECK (size_c >= 1),
      size_y INTEGER NOT NULL CHECK (size_y >= 1),
      size_x INTEGER NOT NULL CHECK (size_x >= 1),
      number_type TEXT NOT NULL,
      pixel_um_y REAL,
      pixel_um_x REAL,
      pixel_um_z REAL,
      channel_names TEXT NOT NULL -- JSON
    ) STRICT;
    CREATE INDEX image_by_source ON image (source_path);

    CREATE TABLE image_tile (
      image_id INTEGER NOT NULL REFERENCES image (image_id) ON DELETE CASCADE,
      level INTEGER NOT NULL,
      t INTEGER NOT NULL,
      z INTEGER NOT NULL,
      c INTEGER NOT NULL,
      ty INTEGER NOT NULL,
      tx INTEGER NOT NULL,
      checksum INTEGER NOT NULL,
      bytes BLOB NOT NULL,
      PRIMARY KEY (image_id, level, t, z, c, ty, tx)
    ) STRICT;

    CREATE TABLE object (
      image_id INTEGER NOT NULL REFERENCES image (image_id) ON DELETE CASCADE,
      label INTEGER NOT NULL CHECK (label BETWEEN 2 AND 4294967295),
      class_id INTEGER NOT NULL REFERENCES class (class_id),
      is_region INTEGER NOT NULL CHECK (is_region IN (0, 1)),
      name TEXT,
      colour TEXT,
      locked INTEGER NOT NULL CHECK (locked IN (0, 1)),
      pixels INTEGER NOT NULL CHECK (pixels >= 0),
      PRIMARY KEY (image_id, label)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX object_by_class ON object (class_id);

    CREATE TABLE label_plane (
      image_id INTEGER NOT NULL REFERENCES image (image_id) ON DELETE CASCADE,
      t INTEGER NOT NULL,
      z INTEGER NOT NULL,
      labelled INTEGER NOT NULL CHECK (labelled >= 0),
      PRIMARY KEY (image_id, t, z)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE label_tile (
      image_id INTEGER NOT NULL REFERENCES image (image_id) ON DELETE CASCADE,
      t INTEGER NOT NULL,
      z INTEGER NOT NULL,
      ty INTEGER NOT NULL,
      tx INTEGER NOT NULL,
      checksum INTEGER NOT NULL,
      bytes BLOB NOT NULL,
      PRIMARY KEY (image_id, t, z, ty, tx)
    ) STRICT;

    CREATE TABLE edit (
      edit_id INTEGER PRIMARY KEY AUTOINCREMENT,
      image_id INTEGER NOT NULL REFERENCES image (image_id) ON DELETE CASCADE,
      t INTEGER NOT NULL,
      z INTEGER NOT NULL,
      kind TEXT NOT NULL,
      created_at TEXT NOT NULL,
      undone INTEGER NOT NULL CHECK (undone IN (0, 1)),
      objects TEXT NOT NULL -- JSON: rows before and after
    ) STRICT;
    CREATE INDEX edit_by_image ON edit (image_id, undone, edit_id);

    CREATE TABLE edit_tile (
      edit_id INTEGER NOT NULL REFERENCES edit (edit_id) ON DELETE CASCADE,
      ty INTEGER NOT NULL,
      tx INTEGER NOT NULL,
      before_checksum INTEGER,
      after_checksum INTEGER,
      before BLOB, -- NULL: unlabelled
      after BLOB,
      PRIMARY KEY (edit_id, ty, tx)
    ) STRICT;

    CREATE TABLE run (
      run_id INTEGER PRIMARY KEY AUTOINCREMENT,
      state TEXT NOT NULL
        CHECK (state IN ('queued', 'running', 'paused', 'finished', 'stopped', 'failed', 'interrupted')),
      plan TEXT NOT NULL, -- JSON
      step INTEGER NOT NULL,
      seconds REAL NOT NULL,
      started_at TEXT NOT NULL,
      updated_at TEXT NOT NULL,
      message TEXT,
      checkpoint_path TEXT, -- within the runs folder
      checkpoint_sha256 TEXT,
      model_id INTEGER REFERENCES model (model_id) ON DELETE SET NULL
    ) STRICT;

    CREATE TABLE run_metric (
      run_id INTEGER NOT NULL REFERENCES run (run_id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      seconds REAL NOT NULL,
      loss REAL,
      learning_rate REAL,
      validation_loss REAL,
      validation_iou REAL,
      PRIMARY KEY (run_id, step)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE model (
      model_id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      run_id INTEGER REFERENCES run (run_id) ON DELETE SET NULL,
      role TEXT NOT NULL CHECK (role IN ('best', 'last', 'imported')),
      step INTEGER NOT NULL,
      created_at TEXT NOT NULL,
      description TEXT NOT NULL, -- JSON
      parameters INTEGER NOT NULL,
      validation_loss REAL,
      byte_length INTEGER NOT NULL,
      sha256 TEXT NOT NULL
    ) STRICT;

    CREATE TABLE model_part (
      model_id INTEGER NOT NULL REFERENCES model (model_id) ON DELETE CASCADE,
      part INTEGER NOT NULL,
      bytes BLOB NOT NULL CHECK (length(bytes) <= 1048576),
      PRIMARY KEY (model_id, part)
    ) STRICT;

    CREATE TABLE prediction (
      prediction_id INTEGER PRIMARY KEY AUTOINCREMENT,
      image_id INTEGER NOT NULL REFERENCES image (image_id) ON DELETE CASCADE,
      model_id INTEGER NOT NULL REFERENCES model (model_id) ON DELETE CASCADE,
      t INTEGER NOT NULL,
      z INTEGER NOT NULL,
      classes INTEGER NOT NULL CHECK (classes >= 1),
      objects INTEGER NOT NULL CHECK (objects >= 0),
      class_index_of BLOB NOT NULL,
      created_at TEXT NOT NULL,
      UNIQUE (image_id, t, z)
    ) STRICT;

    CREATE TABLE prediction_tile (
      prediction_id INTEGER NOT NULL REFERENCES prediction (prediction_id) ON DELETE CASCADE,
      layer INTEGER NOT NULL, -- 0 instances, 1…K probability of that class
      ty INTEGER NOT NULL,
      tx INTEGER NOT NULL,
      checksum INTEGER NOT NULL,
      bytes BLOB NOT NULL,
      PRIMARY KEY (prediction_id, layer, ty, tx)
    ) STRICT;
  `,
};
