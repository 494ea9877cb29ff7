/** Objects: what a label value (>= 2) of an image stands for. Changed only by edits and imports. */

import { LimnError } from '../errors.ts';
import { FIRST_OBJECT } from '../labels/label.ts';
import type { Database } from './database.ts';
import type { ObjectRow } from './types.ts';

const COLUMNS =
  'image_id AS imageId, label, class_id AS classId, is_region AS isRegion, name, colour, locked, pixels';

type StoredObject = Omit<ObjectRow, 'isRegion' | 'locked'> & { isRegion: number; locked: number };

export class ObjectTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Objects of an image that have pixels, by label. */
  list(imageId: number): ObjectRow[] {
    return this.#database
      .all<StoredObject>(
        `SELECT ${COLUMNS} FROM object WHERE image_id = ? AND pixels > 0 ORDER BY label`,
        imageId,
      )
      .map(objectRow);
  }

  /** The row of a label, one without pixels included. */
  find(imageId: number, label: number): ObjectRow | undefined {
    const row = this.#database.get<StoredObject>(
      `SELECT ${COLUMNS} FROM object WHERE image_id = ? AND label = ?`,
      imageId,
      label,
    );
    return row === undefined ? undefined : objectRow(row);
  }

  /** Throws NotFound. */
  get(imageId: number, label: number): ObjectRow {
    const row = this.find(imageId, label);
    if (row === undefined) {
      throw new LimnError(
        'NotFound',
        `Image ${imageId} has no object ${label}. Reload the list of objects.`,
        {
          fields: { imageId, label },
        },
      );
    }
    return row;
  }

  /** The region object of a class in an image, if it was ever painted. */
  regionOf(imageId: number, classId: number): ObjectRow | undefined {
    const row = this.#database.get<StoredObject>(
      `SELECT ${COLUMNS} FROM object WHERE image_id = ? AND class_id = ? AND is_region = 1 ORDER BY label LIMIT 1`,
      imageId,
      classId,
    );
    return row === undefined ? undefined : objectRow(row);
  }

  /** The smallest label above all that the image has used. */
  nextLabel(imageId: number): number {
    const row = this.#database.get<{ last: number | null }>(
      'SELECT max(label) AS last FROM object WHERE image_id = ?',
      imageId,
    );
    return (row?.last ?? FIRST_OBJECT - 1) + 1;
  }

  /** Inserts or overwrites a row, its pixel count included. Within an edit or import only. */
  put(row: ObjectRow): void {
    this.#database.run(
      `INSERT INTO object (image_id, label, class_id, is_region, name, colour, locked, pixels)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (image_id, label) DO UPDATE SET class_id = excluded.class_id, is_region = excluded.is_region,
         name = excluded.name, colour = excluded.colour, locked = excluded.locked, pixels = excluded.pixels`,
      row.imageId,
      row.label,
      row.classId,
      row.isRegion ? 1 : 0,
      row.name,
      row.colour,
      row.locked ? 1 : 0,
      row.pixels,
    );
  }

  /** Adds to an object's area (may be negative). Within an edit only. */
  addPixels(imageId: number, label: number, pixels: number): void {
    this.#database.run(
      'UPDATE object SET pixels = pixels + ? WHERE image_id = ? AND label = ?',
      pixels,
      imageId,
      label,
    );
  }

  /** Removes a row. Within an edit only. */
  remove(imageId: number, label: number): void {
    this.#database.run('DELETE FROM object WHERE image_id = ? AND label = ?', imageId, label);
  }
}

function objectRow(row: StoredObject): ObjectRow {
  return { ...row, isRegion: row.isRegion === 1, locked: row.locked === 1 };
}
