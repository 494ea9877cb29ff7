/** Coarse levels of label planes: built from the labels when first asked for, kept, and forgotten where a label changes. */

import { halveLabels } from '../labels/halveLabels.ts';
import { type PlaneShape, pasteRectangle, tileRectangle, tilesTouching } from '../labels/tiles.ts';
import type { Database } from './database.ts';
import type { ImageTable } from './imageTable.ts';
import type { LabelTable, LabelTileKey } from './labelTable.ts';
import { levelCount, levelShape } from './pyramidLevels.ts';
import { decodeLabels, encodeTile, encodeTileInPool, type StoredTile } from './tileCodec.ts';

interface StoredLevelTile {
  checksum: number | null;
  bytes: Uint8Array | null;
}

export class LabelLevelTable {
  readonly #database: Database;
  readonly #images: ImageTable;
  readonly #labels: LabelTable;

  constructor(database: Database, images: ImageTable, labels: LabelTable) {
    this.#database = database;
    this.#images = images;
    this.#labels = labels;
  }

  /**
   * One tile of a level (level n is 2^n times smaller, halved as `halveLabels` does), clipped to it; null where nothing is
   * labelled. What is not there yet is built from the level below and kept. Throws NotFound, ProjectDamaged.
   */
  readTile(key: LabelTileKey & { level: number }): Uint32Array | null {
    const { shape } = this.#images.get(key.imageId);
    return this.#database.transaction(() => this.#read(key, shape));
  }

  /** Stores every level of a plane that has just been written as a whole. */
  async writePlane(imageId: number, t: number, z: number, labels: Uint32Array): Promise<void> {
    const { shape } = this.#images.getStaged(imageId);
    let plane: { labels: Uint32Array; shape: PlaneShape } = { labels, shape };
    for (let level = 1; level < levelCount(shape); level++) {
      plane = halveLabels(plane.labels, plane.shape);
      const whole = { x: 0, y: 0, w: plane.shape.x, h: plane.shape.y };
      const tiles = await Promise.all(
        tilesTouching(plane.shape).map(async (tile) => {
          const pixels = new Uint32Array(tile.w * tile.h);
          pasteRectangle(plane.labels, whole, pixels, tile);
          return { tile, stored: isBlank(pixels) ? null : await encodeTileInPool(pixels) };
        }),
      );
      this.#database.transaction(() => {
        for (const { tile, stored } of tiles) {
          this.#put({ imageId, level, t, z, ty: tile.ty, tx: tile.tx }, stored);
        }
      });
    }
  }

  #read(key: LabelTileKey & { level: number }, shape: PlaneShape): Uint32Array | null {
    if (key.level === 0) return this.#labels.readTile(key.imageId, key.t, key.z, key.ty, key.tx);
    const tile = tileRectangle(levelShape(shape, key.level), key.ty, key.tx);
    const known = this.#database.get<StoredLevelTile>(
      `SELECT checksum, bytes FROM label_level_tile
       WHERE image_id = ? AND t = ? AND z = ? AND level = ? AND ty = ? AND tx = ?`,
      ...placeOf(key),
    );
    if (known !== undefined) {
      const { checksum, bytes } = known;
      if (checksum === null || bytes === null) return null;
      const what = `level ${key.level} of the labels of image ${key.imageId}`;
      return decodeLabels({ checksum, bytes }, tile.w * tile.h, what);
    }
    const built = this.#build(key, shape);
    this.#put(key, built === null ? null : encodeTile(built));
    return built;
  }

  /** Halves the four tiles below. */
  #build(key: LabelTileKey & { level: number }, shape: PlaneShape): Uint32Array | null {
    const below = levelShape(shape, key.level - 1);
    const first = tileRectangle(below, 2 * key.ty, 2 * key.tx);
    const last = tileRectangle(below, 2 * key.ty + 1, 2 * key.tx + 1);
    const area = { x: first.x, y: first.y, w: first.w + last.w, h: first.h + last.h };
    let labels: Uint32Array | null = null;
    for (const child of tilesTouching(below, area)) {
      const pixels = this.#read({ ...key, level: key.level - 1, ty: child.ty, tx: child.tx }, shape);
      if (pixels === null) continue;
      labels ??= new Uint32Array(area.w * area.h);
      pasteRectangle(pixels, child, labels, area);
    }
    return labels === null ? null : halveLabels(labels, { y: area.h, x: area.w }).labels;
  }

  #put(key: LabelTileKey & { level: number }, tile: StoredTile | null): void {
    this.#database.run(
      `INSERT INTO label_level_tile (image_id, t, z, level, ty, tx, checksum, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (image_id, t, z, level, ty, tx) DO UPDATE SET checksum = excluded.checksum, bytes = excluded.bytes`,
      ...placeOf(key),
      tile?.checksum ?? null,
      tile?.bytes ?? null,
    );
  }
}

function placeOf({ imageId, level, t, z, ty, tx }: LabelTileKey & { level: number }): number[] {
  return [imageId, t, z, level, ty, tx];
}

function isBlank(labels: Uint32Array): boolean {
  return labels.every((label) => label === 0);
}
