/** Images of a project: rows, pixel tiles of every pyramid level, and linked files that are checked before they are read. */

import { LimnError } from '../errors.ts';
import type { ImageDescription, NumberType, PixelArray, PixelSizeUm } from '../imaging/image.ts';
import { halvePlane } from '../imaging/pyramid.ts';
import { type PlaneShape, pasteRectangle, tileRectangle, tilesTouching } from '../labels/tiles.ts';
import { createPixelArray } from '../science/pixelArray.ts';
import type { Database } from './database.ts';
import { LinkedFiles, type OpenImage, type SourceStamp } from './linkedFiles.ts';
import { levelCount, levelShape } from './pyramidLevels.ts';
import { decodeTile, encodeTileInPool, type StoredTile } from './tileCodec.ts';
import type { ImageRow } from './types.ts';

const COLUMNS = `image_id, position, name, source_path, linked, source_bytes, source_modified_ms, source_sha256,
  size_t, size_z, size_c, size_y, size_x, number_type, pixel_um_y, pixel_um_x, pixel_um_z, channel_names`;

interface StoredImage {
  image_id: number;
  position: number | null;
  name: string;
  source_path: string;
  linked: number;
  source_bytes: number;
  source_modified_ms: number;
  source_sha256: string | null;
  size_t: number;
  size_z: number;
  size_c: number;
  size_y: number;
  size_x: number;
  number_type: NumberType;
  pixel_um_y: number | null;
  pixel_um_x: number | null;
  pixel_um_z: number | null;
  channel_names: string;
}

/** An image that an import is about to add. */
export interface NewImage extends ImageDescription {
  name: string;
  sourcePath: string;
  linked: boolean;
  stamp: SourceStamp;
}

export class ImageTable {
  readonly #database: Database;
  readonly #linkedFiles: LinkedFiles;
  /** A published image changes nothing in its row but the pixel size, so it is kept. */
  readonly #rows = new Map<number, ImageRow>();

  constructor(database: Database, openImage: OpenImage) {
    this.#database = database;
    this.#linkedFiles = new LinkedFiles(openImage);
  }

  /** All images in import order. */
  list(): ImageRow[] {
    return this.#database
      .all<StoredImage>(`SELECT ${COLUMNS} FROM image WHERE position IS NOT NULL ORDER BY position`)
      .map(imageRow);
  }

  /** Throws NotFound. */
  get(imageId: number): ImageRow {
    const known = this.#rows.get(imageId);
    if (known !== undefined) return known;
    const row = this.#stored(imageId);
    if (row === undefined || row.position === null) throw noSuchImage(imageId);
    const image = imageRow(row);
    this.#rows.set(imageId, image);
    return image;
  }

  /** The image that was imported from this file, if any. */
  bySource(sourcePath: string): ImageRow | undefined {
    const row = this.#database.get<StoredImage>(
      `SELECT ${COLUMNS} FROM image WHERE source_path = ? AND position IS NOT NULL`,
      sourcePath,
    );
    return row === undefined ? undefined : imageRow(row);
  }

  /** Pyramid levels of an image; level n is 2^n times smaller, rounded up. */
  levels(imageId: number): number {
    return levelCount(this.get(imageId).shape);
  }

  /** One plane at full size. Throws NotFound, ProjectDamaged, and CorruptFile where a linked file has changed. */
  async readPlane(
    imageId: number,
    t: number,
    z: number,
    c: number,
    signal?: AbortSignal,
  ): Promise<PixelArray> {
    const row = this.get(imageId);
    checkPlane(row, t, z, c);
    if (row.linked) return this.#readLinked(row, t, z, c, signal);
    return this.readLevel(imageId, 0, t, z, c);
  }

  /** One plane of a stored pyramid level. Level 0 of a linked image is read with {@link readPlane}. */
  readLevel(imageId: number, level: number, t: number, z: number, c: number): PixelArray {
    const row = this.get(imageId);
    checkPlane(row, t, z, c);
    const shape = levelShape(row.shape, level);
    const pixels = createPixelArray(row.numberType, shape.y * shape.x);
    const plane = { x: 0, y: 0, w: shape.x, h: shape.y };
    for (const tile of tilesTouching(shape)) {
      const decoded = this.#readStoredTile(row, shape, level, t, z, c, tile.ty, tile.tx);
      pasteRectangle(decoded, tile, pixels, plane);
    }
    return pixels;
  }

  /** One tile of a level, clipped to the plane. Throws NotFound outside of it. */
  async readTile(
    imageId: number,
    level: number,
    t: number,
    z: number,
    c: number,
    ty: number,
    tx: number,
    signal?: AbortSignal,
  ): Promise<{ shape: PlaneShape; pixels: PixelArray }> {
    const row = this.get(imageId);
    checkPlane(row, t, z, c);
    const shape = levelShape(row.shape, level);
    const tile = tileRectangle(shape, ty, tx);
    if (level >= levelCount(row.shape) || tile.w === 0 || tile.h === 0) {
      throw new LimnError(
        'NotFound',
        `Image '${row.name}' has no tile (${ty}, ${tx}) at level ${level}. Reload it.`,
        {
          fields: { imageId, level, ty, tx },
        },
      );
    }
    const size = { y: tile.h, x: tile.w };
    if (!row.linked || level > 0) {
      return { shape: size, pixels: this.#readStoredTile(row, shape, level, t, z, c, ty, tx) };
    }
    const plane = await this.#readLinked(row, t, z, c, signal);
    const pixels = createPixelArray(row.numberType, tile.w * tile.h);
    pasteRectangle(plane, { x: 0, y: 0, w: shape.x, h: shape.y }, pixels, tile);
    return { shape: size, pixels };
  }

  /** Adds an image that nobody sees until {@link publish}. @returns its id. */
  stage(image: NewImage): number {
    const { shape, pixelSizeUm } = image;
    return this.#database.run(
      `INSERT INTO image (name, source_path, linked, source_bytes, source_modified_ms, source_sha256,
         size_t, size_z, size_c, size_y, size_x, number_type, pixel_um_y, pixel_um_x, pixel_um_z, channel_names)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      image.name,
      image.sourcePath,
      image.linked ? 1 : 0,
      image.stamp.bytes,
      image.stamp.modifiedMs,
      image.stamp.sha256,
      shape.t,
      shape.z,
      shape.c,
      shape.y,
      shape.x,
      image.numberType,
      pixelSizeUm?.y ?? null,
      pixelSizeUm?.x ?? null,
      pixelSizeUm?.z ?? null,
      JSON.stringify(image.channelNames),
    ).lastId;
  }

  /** Notes the pixel size, µm, of images, whatever their files say; null: unknown. Throws NotFound, and changes nothing then. */
  setPixelSize(imageIds: readonly number[], size: PixelSizeUm | null): void {
    this.#database.transaction(() => {
      for (const imageId of imageIds) {
        this.get(imageId);
        this.#database.run(
          'UPDATE image SET pixel_um_y = ?, pixel_um_x = ?, pixel_um_z = ? WHERE image_id = ?',
          size?.y ?? null,
          size?.x ?? null,
          size?.z ?? null,
          imageId,
        );
      }
    });
    for (const imageId of imageIds) this.#rows.delete(imageId);
  }

  /** Row of an image that may still be staged; its position is then -1. */
  getStaged(imageId: number): ImageRow {
    const row = this.#stored(imageId);
    if (row === undefined) throw noSuchImage(imageId);
    return imageRow(row);
  }

  /** Stores every pyramid level of a plane of a staged image; of a linked one all but the first. */
  async writePlane(imageId: number, t: number, z: number, c: number, pixels: PixelArray): Promise<void> {
    const row = this.getStaged(imageId);
    const levels = levelCount(row.shape);
    let current: PixelArray = pixels;
    for (let level = 0; level < levels; level++) {
      const shape = levelShape(row.shape, level);
      if (level > 0) current = halvePlane(current, levelShape(row.shape, level - 1)).pixels;
      if (level > 0 || !row.linked) await this.#writeLevel(row, level, shape, t, z, c, current);
    }
  }

  /** Makes a staged image visible at the end of the list. Within the transaction that ends an import. */
  publish(imageId: number): void {
    this.#database.run(
      'UPDATE image SET position = (SELECT coalesce(max(position) + 1, 0) FROM image) WHERE image_id = ?',
      imageId,
    );
  }

  /** Removes staged images of an import that failed; gives the room back to the disk. */
  discard(imageIds: readonly number[]): void {
    this.#database.transaction(() => {
      for (const imageId of imageIds) {
        this.#database.run('DELETE FROM image WHERE image_id = ? AND position IS NULL', imageId);
      }
    });
    this.#database.pragmaRows('incremental_vacuum');
  }

  /** Removes what interrupted imports left. Only right after opening, when no import is under way. */
  discardStaged(): void {
    this.discard(
      this.#database
        .all<{ imageId: number }>('SELECT image_id AS imageId FROM image WHERE position IS NULL')
        .map((row) => row.imageId),
    );
  }

  /** Staged images: an import under way or, in a closed project, an interrupted one. */
  stagedCount(): number {
    const row = this.#database.get<{ count: number }>(
      'SELECT count(*) AS count FROM image WHERE position IS NULL',
    );
    return row?.count ?? 0;
  }

  /** Closes linked files as soon as nobody reads them. */
  closeFiles(): void {
    this.#linkedFiles.close();
  }

  /** Checks a linked image's file as reading would. Throws NotFound or CorruptFile. */
  async checkLinked(imageId: number): Promise<void> {
    const row = this.get(imageId);
    if (row.linked) await this.#linkedFiles.check(row.sourcePath, this.#stamp(imageId));
  }

  async #readLinked(
    row: ImageRow,
    t: number,
    z: number,
    c: number,
    signal?: AbortSignal,
  ): Promise<PixelArray> {
    return this.#linkedFiles.readPlane(row.sourcePath, this.#stamp(row.imageId), t, z, c, signal);
  }

  #stamp(imageId: number): SourceStamp {
    const row = this.#stored(imageId);
    if (row === undefined) throw noSuchImage(imageId);
    return { bytes: row.source_bytes, modifiedMs: row.source_modified_ms, sha256: row.source_sha256 };
  }

  #stored(imageId: number): StoredImage | undefined {
    return this.#database.get<StoredImage>(`SELECT ${COLUMNS} FROM image WHERE image_id = ?`, imageId);
  }

  #readStoredTile(
    row: ImageRow,
    shape: PlaneShape,
    level: number,
    t: number,
    z: number,
    c: number,
    ty: number,
    tx: number,
  ): PixelArray {
    const tile = tileRectangle(shape, ty, tx);
    const what = `tile (${ty}, ${tx}) at level ${level} of plane t${t} z${z} c${c} of image '${row.name}'`;
    const stored = this.#database.get<StoredTile>(
      `SELECT checksum, bytes FROM image_tile
       WHERE image_id = ? AND level = ? AND t = ? AND z = ? AND c = ? AND ty = ? AND tx = ?`,
      row.imageId,
      level,
      t,
      z,
      c,
      ty,
      tx,
    );
    if (stored === undefined) {
      throw new LimnError(
        'ProjectDamaged',
        `The project is damaged: ${what} is missing. Go back to a backup.`,
        {
          fields: { imageId: row.imageId },
        },
      );
    }
    return decodeTile(stored, row.numberType, tile.w * tile.h, what);
  }

  async #writeLevel(
    row: ImageRow,
    level: number,
    shape: PlaneShape,
    t: number,
    z: number,
    c: number,
    pixels: PixelArray,
  ): Promise<void> {
    const plane = { x: 0, y: 0, w: shape.x, h: shape.y };
    const tiles = await Promise.all(
      tilesTouching(shape).map(async (tile) => {
        const cut = createPixelArray(row.numberType, tile.w * tile.h);
        pasteRectangle(pixels, plane, cut, tile);
        return { tile, stored: await encodeTileInPool(cut) };
      }),
    );
    this.#database.transaction(() => {
      for (const { tile, stored } of tiles) {
        this.#database.run(
          'INSERT INTO image_tile (image_id, level, t, z, c, ty, tx, checksum, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
          row.imageId,
          level,
          t,
          z,
          c,
          tile.ty,
          tile.tx,
          stored.checksum,
          stored.bytes,
        );
      }
    });
  }
}

function checkPlane(row: ImageRow, t: number, z: number, c: number): void {
  const { shape } = row;
  if (t < 0 || z < 0 || c < 0 || t >= shape.t || z >= shape.z || c >= shape.c) {
    throw new LimnError(
      'NotFound',
      `Image '${row.name}' has no plane t${t} z${z} channel ${c}; it has ${shape.t} × ${shape.z} × ${shape.c}. Choose another plane.`,
      { fields: { imageId: row.imageId, t, z, c } },
    );
  }
}

function noSuchImage(imageId: number): LimnError {
  return new LimnError('NotFound', `The project has no image ${imageId}. Reload the list of images.`, {
    fields: { imageId },
  });
}

function imageRow(row: StoredImage): ImageRow {
  return {
    imageId: row.image_id,
    position: row.position ?? -1,
    name: row.name,
    sourcePath: row.source_path,
    linked: row.linked === 1,
    shape: { t: row.size_t, z: row.size_z, c: row.size_c, y: row.size_y, x: row.size_x },
    numberType: row.number_type,
    pixelSizeUm:
      row.pixel_um_y === null || row.pixel_um_x === null
        ? null
        : { y: row.pixel_um_y, x: row.pixel_um_x, z: row.pixel_um_z },
    channelNames: JSON.parse(row.channel_names) as string[],
  };
}
