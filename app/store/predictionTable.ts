/** Predictions: probabilities and instances of a plane, in their own layer; they never touch a label. */

import { LimnError } from '../errors.ts';
import {
  type PlaneShape,
  pasteRectangle,
  type Rectangle,
  tileRectangle,
  tilesTouching,
} from '../labels/tiles.ts';
import type { Database } from './database.ts';
import type { ImageTable } from './imageTable.ts';
import { decodeFloats, decodeLabels, encodeTileInPool, type StoredTile } from './tileCodec.ts';
import type { PredictionRow } from './types.ts';

const COLUMNS = `prediction_id AS predictionId, image_id AS imageId, model_id AS modelId, t, z, classes, objects,
  created_at AS createdAt`;

/** Layer number of the instances; class k (1…K) is layer k. */
const INSTANCES = 0;

/** What a model said about a plane. */
export interface NewPrediction {
  imageId: number;
  modelId: number;
  t: number;
  z: number;
  /** Probabilities of the foreground classes, `[K, y, x]`; background is 1 − their sum. */
  foreground: Float32Array;
  /** 0 background, 1…N objects, `[y, x]`. */
  instances: Uint32Array;
  /** Class (1…K) of each object, `[N + 1]`, index 0 unused. */
  classIndexOf: Uint8Array;
}

export class PredictionTable {
  readonly #database: Database;
  readonly #images: ImageTable;

  constructor(database: Database, images: ImageTable) {
    this.#database = database;
    this.#images = images;
  }

  /** All predictions, or those of one image, by image and plane. */
  list(imageId?: number): PredictionRow[] {
    return imageId === undefined
      ? this.#database.all<PredictionRow>(`SELECT ${COLUMNS} FROM prediction ORDER BY image_id, t, z`)
      : this.#database.all<PredictionRow>(
          `SELECT ${COLUMNS} FROM prediction WHERE image_id = ? ORDER BY t, z`,
          imageId,
        );
  }

  /** The prediction of a plane, if there is one. */
  get(imageId: number, t: number, z: number): PredictionRow | undefined {
    return this.#database.get<PredictionRow>(
      `SELECT ${COLUMNS} FROM prediction WHERE image_id = ? AND t = ? AND z = ?`,
      imageId,
      t,
      z,
    );
  }

  /** As {@link get}. Throws NotFound where there is none. */
  need(imageId: number, t: number, z: number): PredictionRow {
    return this.#need(imageId, t, z);
  }

  /** Keeps a prediction in place of the plane's earlier one, whole or not at all. Throws NotFound, InvalidInput. */
  async write(prediction: NewPrediction): Promise<PredictionRow> {
    const { imageId, modelId, t, z, foreground, instances, classIndexOf } = prediction;
    const { shape } = this.#images.get(imageId);
    const pixels = shape.y * shape.x;
    const classes = foreground.length / pixels;
    if (
      !Number.isInteger(classes) ||
      classes < 1 ||
      instances.length !== pixels ||
      t >= shape.t ||
      z >= shape.z
    ) {
      throw new LimnError(
        'InvalidInput',
        `The prediction does not have the size of image ${imageId}. Predict again.`,
        {
          fields: { imageId, foreground: foreground.length, instances: instances.length },
        },
      );
    }
    const layers: (Float32Array | Uint32Array)[] = [instances];
    for (let k = 0; k < classes; k++) layers.push(foreground.subarray(k * pixels, (k + 1) * pixels));
    const encoded = await Promise.all(layers.map((layer) => encodeLayer(layer, shape)));
    return this.#database.transaction(() => {
      this.#database.run('DELETE FROM prediction WHERE image_id = ? AND t = ? AND z = ?', imageId, t, z);
      const { lastId } = this.#database.run(
        `INSERT INTO prediction (image_id, model_id, t, z, classes, objects, class_index_of, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        imageId,
        modelId,
        t,
        z,
        classes,
        Math.max(0, classIndexOf.length - 1),
        classIndexOf,
        new Date().toISOString(),
      );
      for (const [layer, tiles] of encoded.entries()) {
        for (const tile of tiles) {
          this.#database.run(
            'INSERT INTO prediction_tile (prediction_id, layer, ty, tx, checksum, bytes) VALUES (?, ?, ?, ?, ?, ?)',
            lastId,
            layer,
            tile.ty,
            tile.tx,
            tile.stored.checksum,
            tile.stored.bytes,
          );
        }
      }
      return this.#need(imageId, t, z);
    });
  }

  /**
   * Probabilities of the foreground classes, `[K, y, x]`, of the plane or a rectangle that lies in it. Throws NotFound,
   * ProjectDamaged.
   */
  readForeground(imageId: number, t: number, z: number, area?: Rectangle): Float32Array {
    const row = this.#need(imageId, t, z);
    const { shape } = this.#images.get(imageId);
    const part = area ?? { x: 0, y: 0, w: shape.x, h: shape.y };
    const pixels = part.w * part.h;
    const foreground = new Float32Array(row.classes * pixels);
    for (let k = 1; k <= row.classes; k++) {
      this.#readLayer(row, k, shape, foreground.subarray((k - 1) * pixels, k * pixels), decodeFloats, part);
    }
    return foreground;
  }

  /** Probability of class k (1…K; 0 gives the background) of a plane, `[y, x]`. Throws NotFound, ProjectDamaged. */
  readProbability(imageId: number, t: number, z: number, k: number): Float32Array {
    const row = this.#need(imageId, t, z);
    const { shape } = this.#images.get(imageId);
    if (!Number.isInteger(k) || k < 0 || k > row.classes) {
      throw new LimnError(
        'NotFound',
        `The prediction has no class ${k}, only 0 (background) to ${row.classes}.`,
        {
          fields: { imageId, class: k },
        },
      );
    }
    const plane = new Float32Array(shape.y * shape.x);
    if (k > 0) {
      this.#readLayer(row, k, shape, plane, decodeFloats);
      return plane;
    }
    return backgroundOf(this.readForeground(imageId, t, z), row.classes);
  }

  /** Objects of a plane, 0 background, 1…N, and the class (1…K) of each. Throws NotFound, ProjectDamaged. */
  readInstances(imageId: number, t: number, z: number): { labels: Uint32Array; classIndexOf: Uint8Array } {
    const row = this.#need(imageId, t, z);
    const { shape } = this.#images.get(imageId);
    const labels = new Uint32Array(shape.y * shape.x);
    this.#readLayer(row, INSTANCES, shape, labels, decodeLabels);
    const classes = this.#database.get<{ bytes: Uint8Array }>(
      'SELECT class_index_of AS bytes FROM prediction WHERE prediction_id = ?',
      row.predictionId,
    );
    return { labels, classIndexOf: new Uint8Array(classes?.bytes ?? []) };
  }

  #readLayer<T extends Float32Array | Uint32Array>(
    row: PredictionRow,
    layer: number,
    shape: PlaneShape,
    into: T,
    decode: (tile: StoredTile, pixels: number, what: string) => T,
    area: Rectangle = { x: 0, y: 0, w: shape.x, h: shape.y },
  ): void {
    const touched = tilesTouching(shape, area);
    const [first, last] = [touched[0], touched.at(-1)];
    if (!first || !last) return;
    const tiles = this.#database.all<StoredTile & { ty: number; tx: number }>(
      `SELECT ty, tx, checksum, bytes FROM prediction_tile
       WHERE prediction_id = ? AND layer = ? AND ty BETWEEN ? AND ? AND tx BETWEEN ? AND ?`,
      row.predictionId,
      layer,
      first.ty,
      last.ty,
      first.tx,
      last.tx,
    );
    for (const stored of tiles) {
      const tile = tileRectangle(shape, stored.ty, stored.tx);
      const what = `prediction tile (${stored.ty}, ${stored.tx}) of plane t${row.t} z${row.z} of image ${row.imageId}`;
      pasteRectangle(decode(stored, tile.w * tile.h, what), tile, into, area);
    }
  }

  #need(imageId: number, t: number, z: number): PredictionRow {
    const row = this.get(imageId, t, z);
    if (row === undefined) {
      throw new LimnError(
        'NotFound',
        `There is no prediction of plane t${t} z${z} of image ${imageId}. Run \`limn predict\` or press “Predict image”.`,
        { fields: { imageId, t, z } },
      );
    }
    return row;
  }
}

/** `1 − Σ foreground`, not below 0. */
function backgroundOf(foreground: Float32Array, classes: number): Float32Array {
  const pixels = foreground.length / classes;
  const background = new Float32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += foreground[k * pixels + i] ?? 0;
    background[i] = Math.max(0, 1 - sum);
  }
  return background;
}

function encodeLayer(layer: Float32Array | Uint32Array, shape: PlaneShape) {
  const plane = { x: 0, y: 0, w: shape.x, h: shape.y };
  return Promise.all(
    tilesTouching(shape).map(async (tile) => {
      const cut =
        layer instanceof Float32Array ? new Float32Array(tile.w * tile.h) : new Uint32Array(tile.w * tile.h);
      pasteRectangle(layer, plane, cut, tile);
      return { ty: tile.ty, tx: tile.tx, stored: await encodeTileInPool(cut) };
    }),
  );
}
