/** Gestures: each one a transaction that keeps the tiles' and objects' before and after, so that undo survives a restart. */

import { LimnError } from '../errors.ts';
import { BACKGROUND, FIRST_OBJECT, UNLABELLED } from '../labels/label.ts';
import {
  isInside,
  pasteRectangle,
  type Rectangle,
  type TilePlace,
  tileRectangle,
  tilesTouching,
} from '../labels/tiles.ts';
import type { Database } from './database.ts';
import type { ImageTable } from './imageTable.ts';
import { describeTile, type LabelTable } from './labelTable.ts';
import type { ObjectTable } from './objectTable.ts';
import { decodeLabels, encodeTile, type StoredTile } from './tileCodec.ts';
import { applyRegion, differenceOf, PixelBalance } from './tileDifference.ts';
import type { EditRow, ObjectRow } from './types.ts';

/** A rectangle of a plane and its labels, row by row; in a new edit `KEPT` where a pixel stays as it is. */
export interface RegionLabels extends Rectangle {
  labels: Uint32Array;
}

/** A gesture as it arrives: the new labels of rectangles, and the objects that change. */
export interface NewEdit {
  imageId: number;
  t: number;
  z: number;
  /** 'brush', 'eraser', 'accept prediction' …, shown in the history. */
  kind: string;
  regions: readonly RegionLabels[];
  /** Objects that come into being. Their label must be free. */
  created?: readonly { label: number; classId: number; isRegion?: boolean }[];
  /** Objects whose row changes. */
  changed?: readonly ObjectRow[];
  /** ISO; default: now. Edits of one gesture over several planes share it. */
  createdAt?: string;
}

/** What an edit, undo or redo has done to the image. */
export interface AppliedEdit {
  edit: EditRow;
  /** The parts of the plane that changed, with their labels now. */
  regions: RegionLabels[];
  /** Objects that came, changed their row, or won or lost pixels, as they are now. */
  objects: ObjectRow[];
  /** Labels of objects that are no more. */
  removed: number[];
  canUndo: boolean;
  canRedo: boolean;
}

/** An object's row without its area, before and after an edit; null where it did not exist. */
interface ObjectChange {
  before: ObjectRow | null;
  after: ObjectRow | null;
  /** Came with the gesture, rather than changed by it. */
  created?: boolean;
}

interface StoredEdit {
  editId: number;
  imageId: number;
  t: number;
  z: number;
  kind: string;
  createdAt: string;
  undone: number;
  objects: string;
}

interface StoredEditTile {
  ty: number;
  tx: number;
  beforeChecksum: number | null;
  afterChecksum: number | null;
  before: Uint8Array | null;
  after: Uint8Array | null;
}

interface TileChange extends TilePlace {
  before: StoredTile | null;
  after: StoredTile | null;
  labels: Uint32Array;
  changed: Rectangle;
  pixelsOf: Map<number, number>;
}

const COLUMNS =
  'edit_id AS editId, image_id AS imageId, t, z, kind, created_at AS createdAt, undone, objects';

export class EditTable {
  readonly #database: Database;
  readonly #images: ImageTable;
  readonly #labels: LabelTable;
  readonly #objects: ObjectTable;

  constructor(database: Database, images: ImageTable, labels: LabelTable, objects: ObjectTable) {
    this.#database = database;
    this.#images = images;
    this.#labels = labels;
    this.#objects = objects;
  }

  /** When the newest edit that stands was made, ISO, by image. */
  latest(): Map<number, string> {
    const rows = this.#database.all<{ imageId: number; createdAt: string }>(
      `SELECT image_id AS imageId, created_at AS createdAt FROM edit
       WHERE edit_id IN (SELECT max(edit_id) FROM edit WHERE undone = 0 GROUP BY image_id)`,
    );
    return new Map(rows.map((row) => [row.imageId, row.createdAt]));
  }

  /**
   * Applies a gesture and keeps its inverse, in one transaction; what was undone before can no longer be redone.
   * A gesture that changes nothing leaves no trace. Throws InvalidInput for a rectangle outside the plane, and
   * LabelConflict for a label without object, a created label that is in use, or a locked object that would win or lose a pixel.
   */
  apply(edit: NewEdit): AppliedEdit | null {
    const { imageId, t, z } = edit;
    this.#checkRegions(edit);
    return this.#database.transaction(() => {
      const objects = this.#objectChanges(edit);
      const tiles = this.#tileChanges(edit);
      const inUse = objects.find(({ before, created }) => created && (before?.pixels ?? 0) > 0);
      // The same gesture sent twice, as after a lost answer, finds its pixels in place.
      if (tiles.length === 0 && (objects.length === 0 || inUse !== undefined)) return null;
      if (inUse?.before) throw labelInUse(inUse.before);
      this.#checkLabels(imageId, objects, tiles);
      this.#database.run('DELETE FROM edit WHERE image_id = ? AND undone = 1', imageId);
      const { lastId } = this.#database.run(
        'INSERT INTO edit (image_id, t, z, kind, created_at, undone, objects) VALUES (?, ?, ?, ?, ?, 0, ?)',
        imageId,
        t,
        z,
        edit.kind,
        edit.createdAt ?? new Date().toISOString(),
        JSON.stringify(objects),
      );
      for (const tile of tiles) {
        this.#database.run(
          `INSERT INTO edit_tile (edit_id, ty, tx, before_checksum, after_checksum, before, after)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
          lastId,
          tile.ty,
          tile.tx,
          tile.before?.checksum ?? null,
          tile.after?.checksum ?? null,
          tile.before?.bytes ?? null,
          tile.after?.bytes ?? null,
        );
      }
      return this.#write(this.#get(lastId), tiles, objects);
    });
  }

  /** Takes back the last gesture of an image; null if there is none. */
  undo(imageId: number): AppliedEdit | null {
    return this.#step(imageId, 'undo');
  }

  /** Repeats the gesture that was taken back last; null if there is none. */
  redo(imageId: number): AppliedEdit | null {
    return this.#step(imageId, 'redo');
  }

  /** Whether an image has something to undo or redo, and its last gesture (0 if none). */
  state(imageId: number): { editId: number; canUndo: boolean; canRedo: boolean } {
    const done = this.#next(imageId, 'undo');
    return {
      editId: done?.editId ?? 0,
      canUndo: done !== undefined,
      canRedo: this.#next(imageId, 'redo') !== undefined,
    };
  }

  /** Gestures of an image, oldest first, undone ones included. */
  history(imageId: number): EditRow[] {
    return this.#database
      .all<StoredEdit>(`SELECT ${COLUMNS} FROM edit WHERE image_id = ? ORDER BY edit_id`, imageId)
      .map(editRow);
  }

  /** Decodes every tile of an image's history. Throws ProjectDamaged. */
  check(imageId: number): void {
    for (const { editId } of this.history(imageId)) this.#storedTiles(this.#get(editId), false);
  }

  #step(imageId: number, direction: 'undo' | 'redo'): AppliedEdit | null {
    return this.#database.transaction(() => {
      const edit = this.#next(imageId, direction);
      if (edit === undefined) return null;
      const undo = direction === 'undo';
      this.#database.run('UPDATE edit SET undone = ? WHERE edit_id = ?', undo ? 1 : 0, edit.editId);
      const tiles = this.#storedTiles(edit, undo);
      const objects = (JSON.parse(edit.objects) as ObjectChange[]).map(({ before, after }) =>
        undo ? { before: after, after: before } : { before, after },
      );
      return this.#write({ ...edit, undone: undo ? 1 : 0 }, tiles, objects);
    });
  }

  /** Writes tiles, objects and counts: rows that come first, then areas, then rows that go. */
  #write(edit: StoredEdit, tiles: readonly TileChange[], objects: readonly ObjectChange[]): AppliedEdit {
    const { imageId, t, z } = edit;
    const touched = new Set<number>();
    for (const { before, after } of objects) {
      if (after === null) continue;
      const pixels = before === null ? 0 : this.#objects.get(imageId, before.label).pixels;
      this.#objects.put({ ...after, pixels });
      touched.add(after.label);
    }
    const pixelsOf = new Map<number, number>();
    for (const tile of tiles) {
      this.#labels.putTile({ imageId, t, z, ty: tile.ty, tx: tile.tx }, tile.after);
      for (const [label, pixels] of tile.pixelsOf) pixelsOf.set(label, (pixelsOf.get(label) ?? 0) + pixels);
    }
    this.#labels.addLabelled(imageId, t, z, -(pixelsOf.get(UNLABELLED) ?? 0));
    for (const [label, pixels] of pixelsOf) {
      if (label < FIRST_OBJECT) continue;
      this.#objects.addPixels(imageId, label, pixels);
      touched.add(label);
    }
    for (const { before, after } of objects) {
      if (before !== null && after === null) this.#objects.remove(imageId, before.label);
    }
    const { canUndo, canRedo } = this.state(imageId);
    return {
      edit: editRow(edit),
      regions: tiles.map(regionOf),
      objects: [...touched].flatMap((label) => this.#objects.find(imageId, label) ?? []),
      removed: objects.flatMap(({ before, after }) => (before && after === null ? before.label : [])),
      canUndo,
      canRedo,
    };
  }

  #tileChanges(edit: NewEdit): TileChange[] {
    const { imageId, t, z } = edit;
    const { shape } = this.#images.get(imageId);
    const places = new Map<string, TilePlace>();
    for (const region of edit.regions) {
      for (const tile of tilesTouching(shape, region)) places.set(`${tile.ty},${tile.tx}`, tile);
    }
    const changes: TileChange[] = [];
    for (const tile of places.values()) {
      const key = { imageId, t, z, ty: tile.ty, tx: tile.tx };
      const stored = this.#labels.storedTile(key) ?? null;
      const size = tile.w * tile.h;
      const before = stored === null ? new Uint32Array(size) : decodeLabels(stored, size, describeTile(key));
      const labels = before.slice();
      const balance = new PixelBalance();
      for (const region of edit.regions) applyRegion(region, labels, tile, balance);
      const difference = balance.difference();
      if (difference === null) continue;
      const after = labels.some((label) => label !== UNLABELLED) ? encodeTile(labels) : null;
      changes.push({ ...tile, before: stored, after, labels, ...difference });
    }
    return changes;
  }

  #storedTiles(edit: StoredEdit, undo: boolean): TileChange[] {
    const { imageId, t, z } = edit;
    const { shape } = this.#images.get(imageId);
    const rows = this.#database.all<StoredEditTile>(
      `SELECT ty, tx, before_checksum AS beforeChecksum, after_checksum AS afterChecksum, before, after
       FROM edit_tile WHERE edit_id = ?`,
      edit.editId,
    );
    return rows.flatMap((row) => {
      const tile = tileRectangle(shape, row.ty, row.tx);
      const size = tile.w * tile.h;
      const what = `the history of ${describeTile({ imageId, t, z, ty: row.ty, tx: row.tx })}`;
      const early = storedTile(row.beforeChecksum, row.before);
      const late = storedTile(row.afterChecksum, row.after);
      const [before, after] = undo ? [late, early] : [early, late];
      const labels = after === null ? new Uint32Array(size) : decodeLabels(after, size, what);
      const old = before === null ? new Uint32Array(size) : decodeLabels(before, size, what);
      const difference = differenceOf(old, labels, tile.w);
      return difference === null ? [] : [{ ...tile, before, after, labels, ...difference }];
    });
  }

  #objectChanges(edit: NewEdit): ObjectChange[] {
    const { imageId } = edit;
    const changes: ObjectChange[] = [];
    for (const created of edit.created ?? []) {
      const before = this.#objects.find(imageId, created.label) ?? null;
      const after: ObjectRow = {
        imageId,
        label: created.label,
        classId: created.classId,
        isRegion: created.isRegion ?? false,
        name: null,
        colour: null,
        locked: false,
        pixels: 0,
      };
      changes.push({ before, after, created: true });
    }
    for (const after of edit.changed ?? []) {
      changes.push({ before: this.#objects.get(imageId, after.label), after });
    }
    return changes;
  }

  #checkRegions(edit: NewEdit): void {
    const { shape, name } = this.#images.get(edit.imageId);
    const outside = edit.t < 0 || edit.z < 0 || edit.t >= shape.t || edit.z >= shape.z;
    const wrong = edit.regions.some((r) => !isInside(shape, r) || r.labels.length !== r.w * r.h);
    if (outside || wrong) {
      throw new LimnError(
        'InvalidInput',
        `The edit does not lie within plane t${edit.t} z${edit.z} of image '${name}' (${shape.x} × ${shape.y} px). Reload the image.`,
        { fields: { imageId: edit.imageId, t: edit.t, z: edit.z } },
      );
    }
  }

  #checkLabels(imageId: number, objects: readonly ObjectChange[], tiles: readonly TileChange[]): void {
    const coming = new Set(objects.flatMap(({ after, created }) => (created && after ? after.label : [])));
    const touched = new Set(tiles.flatMap((tile) => [...tile.pixelsOf.keys()]));
    for (const label of touched) {
      if (label === UNLABELLED || label === BACKGROUND || coming.has(label)) continue;
      const row = this.#objects.find(imageId, label);
      if (row === undefined) {
        throw new LimnError(
          'LabelConflict',
          `Image ${imageId} has no object ${label} to paint. Reload the objects and paint again.`,
          { fields: { imageId, label } },
        );
      }
      if (row.locked) {
        throw new LimnError(
          'LabelConflict',
          `Object ${row.name ?? `#${label}`} is locked. Unlock it in the object list to change its pixels.`,
          { fields: { imageId, label } },
        );
      }
    }
  }

  #next(imageId: number, direction: 'undo' | 'redo'): StoredEdit | undefined {
    return direction === 'undo'
      ? this.#database.get<StoredEdit>(
          `SELECT ${COLUMNS} FROM edit WHERE image_id = ? AND undone = 0 ORDER BY edit_id DESC LIMIT 1`,
          imageId,
        )
      : this.#database.get<StoredEdit>(
          `SELECT ${COLUMNS} FROM edit WHERE image_id = ? AND undone = 1 ORDER BY edit_id LIMIT 1`,
          imageId,
        );
  }

  #get(editId: number): StoredEdit {
    const row = this.#database.get<StoredEdit>(`SELECT ${COLUMNS} FROM edit WHERE edit_id = ?`, editId);
    if (row === undefined) throw new LimnError('NotFound', `There is no edit ${editId}. Reload the image.`);
    return row;
  }
}

function regionOf(tile: TileChange): RegionLabels {
  const { changed } = tile;
  const region = { x: tile.x + changed.x, y: tile.y + changed.y, w: changed.w, h: changed.h };
  const labels = new Uint32Array(region.w * region.h);
  pasteRectangle(tile.labels, tile, labels, region);
  return { ...region, labels };
}

function labelInUse(row: ObjectRow): LimnError {
  return new LimnError(
    'LabelConflict',
    `Label ${row.label} of image ${row.imageId} already is an object. Reload the objects and paint again.`,
    { fields: { imageId: row.imageId, label: row.label } },
  );
}

function storedTile(checksum: number | null, bytes: Uint8Array | null): StoredTile | null {
  return checksum === null || bytes === null ? null : { checksum, bytes };
}

function editRow(row: StoredEdit): EditRow {
  return {
    editId: row.editId,
    imageId: row.imageId,
    t: row.t,
    z: row.z,
    kind: row.kind,
    createdAt: row.createdAt,
    undone: row.undone === 1,
  };
}
