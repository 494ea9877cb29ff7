/** Predictions in tiles at every level of detail, for the page: coarse tiles are made of the stored ones when they are asked for. */

import { throwIfCancelled } from '../errors.ts';
import { halvePlane } from '../imaging/pyramid.ts';
import { halveLabels } from '../labels/halveLabels.ts';
import { type PlaneShape, pasteRectangle, tileRectangle, tilesTouching } from '../labels/tiles.ts';
import type { Database } from './database.ts';
import type { ImageTable } from './imageTable.ts';
import { levelShape } from './pyramidLevels.ts';
import { decodeFloatsInPool, decodeLabelsInPool, type StoredTile } from './tileCodec.ts';

/** Place of a tile of a level; layer 0 are the objects, layer k the probability of class k. */
export interface PredictionTileKey {
  predictionId: number;
  layer: number;
  level: number;
  ty: number;
  tx: number;
}

/** Up to this level the four tiles below are read at once, above it one after the other, so that memory stays small. */
const LEVEL_AT_ONCE = 2;

export class PredictionLevelTable {
  readonly #database: Database;
  readonly #images: ImageTable;

  constructor(database: Database, images: ImageTable) {
    this.#database = database;
    this.#images = images;
  }

  /**
   * One tile, clipped to its level: objects by number (halved as labels are, 0 background) or probabilities (means). Decoding
   * goes on beside other work. Throws ProjectDamaged, Cancelled.
   */
  readTile(
    imageId: number,
    key: PredictionTileKey,
    signal?: AbortSignal,
  ): Promise<Uint32Array | Float32Array> {
    return this.#read(key, this.#images.get(imageId).shape, signal);
  }

  async #read(
    key: PredictionTileKey,
    shape: PlaneShape,
    signal?: AbortSignal,
  ): Promise<Uint32Array | Float32Array> {
    throwIfCancelled(signal);
    return key.level === 0 ? this.#stored(key, shape) : this.#halved(key, shape, signal);
  }

  async #stored(key: PredictionTileKey, shape: PlaneShape): Promise<Uint32Array | Float32Array> {
    const { predictionId, layer, ty, tx } = key;
    const { w, h } = tileRectangle(shape, ty, tx);
    const stored = this.#database.get<StoredTile>(
      'SELECT checksum, bytes FROM prediction_tile WHERE prediction_id = ? AND layer = ? AND ty = ? AND tx = ?',
      predictionId,
      layer,
      ty,
      tx,
    );
    // Predicted anew meanwhile; the page hears of it and asks again.
    if (stored === undefined) return layer === 0 ? new Uint32Array(w * h) : new Float32Array(w * h);
    const what = `prediction tile (${ty}, ${tx})`;
    return layer === 0 ? decodeLabelsInPool(stored, w * h, what) : decodeFloatsInPool(stored, w * h, what);
  }

  async #halved(
    key: PredictionTileKey,
    shape: PlaneShape,
    signal?: AbortSignal,
  ): Promise<Uint32Array | Float32Array> {
    const below = levelShape(shape, key.level - 1);
    const first = tileRectangle(below, 2 * key.ty, 2 * key.tx);
    const last = tileRectangle(below, 2 * key.ty + 1, 2 * key.tx + 1);
    const area = { x: first.x, y: first.y, w: first.w + last.w, h: first.h + last.h };
    const size = { y: area.h, x: area.w };
    const children = tilesTouching(below, area);
    const read = ({ ty, tx }: { ty: number; tx: number }) =>
      this.#read({ ...key, level: key.level - 1, ty, tx }, shape, signal);
    const parts: (Uint32Array | Float32Array)[] = [];
    if (key.level <= LEVEL_AT_ONCE) parts.push(...(await Promise.all(children.map(read))));
    else for (const child of children) parts.push(await read(child));
    const joined = key.layer === 0 ? new Uint32Array(area.w * area.h) : new Float32Array(area.w * area.h);
    for (const [i, child] of children.entries()) pasteRectangle(parts[i]!, child, joined, area);
    return joined instanceof Uint32Array ? halveLabels(joined, size).labels : halvePlane(joined, size).pixels;
  }
}
