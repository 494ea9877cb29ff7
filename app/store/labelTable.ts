/** Labels of an image, plane by plane, as compressed uint32 tiles; a tile with no label has no row. */

import { type PlaneShape, pasteRectangle, tileRectangle, tilesTouching } from '../labels/tiles.ts';
import type { Database } from './database.ts';
import { forgetLabelLevels } from './forgetLabelLevels.ts';
import type { ImageTable } from './imageTable.ts';
import { decodeLabels, encodeTileInPool, type StoredTile } from './tileCodec.ts';
import type { LabelSummary } from './types.ts';

/** Place of a label tile. */
export interface LabelTileKey {
  imageId: number;
  t: number;
  z: number;
  ty: number;
  tx: number;
}

export class LabelTable {
  readonly #database: Database;
  readonly #images: ImageTable;

  constructor(database: Database, images: ImageTable) {
    this.#database = database;
    this.#images = images;
  }

  /** Labels of a plane, `y * x` values, 0 where unlabelled. Throws NotFound, ProjectDamaged. */
  readPlane(imageId: number, t: number, z: number): Uint32Array {
    const { shape } = this.#images.get(imageId);
    const plane = { x: 0, y: 0, w: shape.x, h: shape.y };
    const labels = new Uint32Array(shape.y * shape.x);
    const rows = this.#database.all<StoredTile & { ty: number; tx: number }>(
      'SELECT ty, tx, checksum, bytes FROM label_tile WHERE image_id = ? AND t = ? AND z = ?',
      imageId,
      t,
      z,
    );
    for (const row of rows) {
      const tile = tileRectangle(shape, row.ty, row.tx);
      pasteRectangle(
        decodeLabels(row, tile.w * tile.h, describeTile({ imageId, t, z, ...row })),
        tile,
        labels,
        plane,
      );
    }
    return labels;
  }

  /** Labels of one tile, clipped to the plane; null where nothing is labelled. */
  readTile(imageId: number, t: number, z: number, ty: number, tx: number): Uint32Array | null {
    const key = { imageId, t, z, ty, tx };
    const stored = this.storedTile(key);
    if (stored === undefined) return null;
    const tile = tileRectangle(this.#images.get(imageId).shape, ty, tx);
    return decodeLabels(stored, tile.w * tile.h, describeTile(key));
  }

  /** Planes that hold any label, in order. */
  planes(imageId: number): { t: number; z: number }[] {
    return this.#database.all<{ t: number; z: number }>(
      'SELECT t, z FROM label_plane WHERE image_id = ? AND labelled > 0 ORDER BY t, z',
      imageId,
    );
  }

  /** Labelled pixels of a plane. */
  labelledPixels(imageId: number, t: number, z: number): number {
    const row = this.#database.get<{ labelled: number }>(
      'SELECT labelled FROM label_plane WHERE image_id = ? AND t = ? AND z = ?',
      imageId,
      t,
      z,
    );
    return row?.labelled ?? 0;
  }

  /** How much of an image is painted, without reading a pixel. */
  summary(imageId: number): LabelSummary {
    const { shape } = this.#images.get(imageId);
    const painted = this.#database.get<{ labelled: number | null }>(
      'SELECT sum(labelled) AS labelled FROM label_plane WHERE image_id = ?',
      imageId,
    );
    const counts = this.#database.get<{ objects: number; regions: number | null }>(
      'SELECT count(*) AS objects, sum(is_region) AS regions FROM object WHERE image_id = ? AND pixels > 0',
      imageId,
    );
    const labelledPixels = painted?.labelled ?? 0;
    const regions = counts?.regions ?? 0;
    return {
      labelledPixels,
      labelledFraction: labelledPixels / (shape.t * shape.z * shape.y * shape.x),
      objects: (counts?.objects ?? 0) - regions,
      regions,
    };
  }

  /** {@link summary} of all images that are painted, in figures, by image. */
  summaries(): Map<number, { labelledPixels: number; objects: number }> {
    const found = new Map<number, { labelledPixels: number; objects: number }>();
    const painted = this.#database.all<{ imageId: number; labelled: number }>(
      'SELECT image_id AS imageId, sum(labelled) AS labelled FROM label_plane GROUP BY image_id',
    );
    for (const row of painted) found.set(row.imageId, { labelledPixels: row.labelled, objects: 0 });
    const counts = this.#database.all<{ imageId: number; objects: number }>(
      'SELECT image_id AS imageId, count(*) AS objects FROM object WHERE pixels > 0 AND is_region = 0 GROUP BY image_id',
    );
    for (const row of counts) {
      const labelledPixels = found.get(row.imageId)?.labelledPixels ?? 0;
      found.set(row.imageId, { labelledPixels, objects: row.objects });
    }
    return found;
  }

  /**
   * Writes a whole plane of an image that is being imported and has no labels there yet.
   * Not an edit: it cannot be undone. The objects are added by the import.
   */
  async writePlane(imageId: number, t: number, z: number, labels: Uint32Array): Promise<void> {
    const shape: PlaneShape = this.#images.getStaged(imageId).shape;
    const plane = { x: 0, y: 0, w: shape.x, h: shape.y };
    const tiles = await Promise.all(
      tilesTouching(shape).map(async (tile) => {
        const pixels = new Uint32Array(tile.w * tile.h);
        pasteRectangle(labels, plane, pixels, tile);
        const labelled = countLabelled(pixels);
        return { ...tile, labelled, stored: labelled === 0 ? null : await encodeTileInPool(pixels) };
      }),
    );
    this.#database.transaction(() => {
      let labelled = 0;
      for (const tile of tiles) {
        labelled += tile.labelled;
        this.putTile({ imageId, t, z, ty: tile.ty, tx: tile.tx }, tile.stored);
      }
      this.addLabelled(imageId, t, z, labelled);
    });
  }

  /** The tile as it lies in the file. */
  storedTile(key: LabelTileKey): StoredTile | undefined {
    return this.#database.get<StoredTile>(
      'SELECT checksum, bytes FROM label_tile WHERE image_id = ? AND t = ? AND z = ? AND ty = ? AND tx = ?',
      key.imageId,
      key.t,
      key.z,
      key.ty,
      key.tx,
    );
  }

  /** Replaces a stored tile; null removes it. Within an edit or import only. */
  putTile(key: LabelTileKey, tile: StoredTile | null): void {
    forgetLabelLevels(this.#database, key);
    const place = [key.imageId, key.t, key.z, key.ty, key.tx];
    if (tile === null) {
      this.#database.run(
        'DELETE FROM label_tile WHERE image_id = ? AND t = ? AND z = ? AND ty = ? AND tx = ?',
        ...place,
      );
      return;
    }
    this.#database.run(
      `INSERT INTO label_tile (image_id, t, z, ty, tx, checksum, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (image_id, t, z, ty, tx) DO UPDATE SET checksum = excluded.checksum, bytes = excluded.bytes`,
      ...place,
      tile.checksum,
      tile.bytes,
    );
  }

  /** Adds to a plane's count of labelled pixels (may be negative). Within an edit or import only. */
  addLabelled(imageId: number, t: number, z: number, pixels: number): void {
    if (pixels === 0) return;
    this.#database.run(
      `INSERT INTO label_plane (image_id, t, z, labelled) VALUES (?, ?, ?, max(0, ?))
       ON CONFLICT (image_id, t, z) DO UPDATE SET labelled = labelled + ?`,
      imageId,
      t,
      z,
      pixels,
      pixels,
    );
  }
}

/** Names a label tile in an error. */
export function describeTile(key: LabelTileKey): string {
  return `label tile (${key.ty}, ${key.tx}) of plane t${key.t} z${key.z} of image ${key.imageId}`;
}

function countLabelled(labels: Uint32Array): number {
  let count = 0;
  for (const label of labels) if (label !== 0) count++;
  return count;
}
