/** The weight map of a plane in tiles: class and border of every pixel, weighed and coloured when drawn, at the level of detail of the view. */

import { LABEL_TILE } from '../editor/labelDocument.ts';
import type { PixelRect, PlaneShape } from '../editor/paintableTiles.ts';
import { HEAT_TABLE } from './heatColours.ts';
import { drawImagePart } from './labelPainter.ts';
import type { Viewport } from './viewport.ts';

/** Tiles are coloured anew for this long a frame, ms. */
const FRAME_BUDGET_MS = 4;
/** Bytes of weights that are kept; what is out of view longest goes first. */
const KEPT_BYTES = 96 * 1024 * 1024;

/** Weight of each class, background first, and the weight that is drawn hottest. */
export interface WeightScale {
  classWeights: readonly number[];
  maximum: number;
}

interface WeightTile {
  rect: PixelRect;
  target: Uint8Array;
  border: Float32Array | null;
  picture: HTMLCanvasElement | null;
  /** Scale and level of the picture. */
  scale: WeightScale | null;
  level: number;
  /** What of the picture is out of date, in pixels of the tile. */
  stale: PixelRect | null;
  /** Pixels of every value, while they are known. */
  counts: Uint32Array | null;
}

export class WeightTiles {
  readonly shape: PlaneShape;
  readonly #tiles = new Map<number, WeightTile>();
  readonly #columns: number;
  #bytes = 0;

  constructor(shape: PlaneShape) {
    this.shape = shape;
    this.#columns = Math.ceil(shape.x / LABEL_TILE);
  }

  has(tx: number, ty: number): boolean {
    return this.#tiles.has(ty * this.#columns + tx);
  }

  /** Forgets everything: the formula has changed. */
  clear(): void {
    this.#tiles.clear();
    this.#bytes = 0;
  }

  forget(tx: number, ty: number): void {
    const tile = this.#tiles.get(ty * this.#columns + tx);
    if (!tile) return;
    this.#tiles.delete(ty * this.#columns + tx);
    this.#bytes -= bytesOf(tile);
  }

  /** Lays the weights of an area over the tiles; new tiles are made only where the area covers them whole. */
  put(area: PixelRect, target: Uint8Array, border: Float32Array | null): void {
    const last = {
      tx: Math.floor((area.x + area.w - 1) / LABEL_TILE),
      ty: Math.floor((area.y + area.h - 1) / LABEL_TILE),
    };
    for (let ty = Math.floor(area.y / LABEL_TILE); ty <= last.ty; ty++) {
      for (let tx = Math.floor(area.x / LABEL_TILE); tx <= last.tx; tx++) {
        const rect = this.#rectOf(tx, ty);
        const part = intersect(rect, area);
        const isWhole = part.w === rect.w && part.h === rect.h;
        const tile = this.#tiles.get(ty * this.#columns + tx) ?? (isWhole ? this.#add(tx, ty, rect) : null);
        if (tile) this.#write(tile, part, area, target, border);
      }
    }
    this.#forgetOldest();
  }

  /** Weight at a pixel; null where it is not known. */
  at(x: number, y: number, { classWeights }: WeightScale): number | null {
    const tile = this.#tiles.get(Math.floor(y / LABEL_TILE) * this.#columns + Math.floor(x / LABEL_TILE));
    if (!tile) return null;
    const i = (y - tile.rect.y) * tile.rect.w + x - tile.rect.x;
    const value = tile.target[i] ?? 0;
    return value === 0 ? 0 : (classWeights[value - 1] ?? 0) + (tile.border?.[i] ?? 0);
  }

  /** Pixels of each class on a tile, background first; null where the tile is not known. */
  countsOf(tx: number, ty: number, classes: number): Uint32Array | null {
    const tile = this.#tiles.get(ty * this.#columns + tx);
    if (!tile) return null;
    if (tile.counts === null) {
      tile.counts = new Uint32Array(256);
      for (const value of tile.target) tile.counts[value]!++;
    }
    return tile.counts.subarray(1, classes + 2);
  }

  /** Draws what is in view. Returns false where tiles are left to be coloured in the next frame. */
  paint(context: CanvasRenderingContext2D, viewport: Viewport, level: number, scale: WeightScale): boolean {
    const deadline = performance.now() + FRAME_BUDGET_MS;
    const area = viewport.visibleArea();
    let complete = true;
    for (const [key, tile] of [...this.#tiles]) {
      const part = intersect(tile.rect, area);
      if (part.w <= 0 || part.h <= 0) continue;
      const isNew = tile.level !== level || tile.picture === null;
      if (isNew || tile.scale !== scale || tile.stale) {
        // A stroke's small part is always drawn; whole tiles wait for their turn.
        const isSmall = !isNew && tile.scale === scale;
        if (isSmall || performance.now() < deadline) colourTile(tile, level, scale);
        else complete = false;
      }
      if (tile.picture) drawImagePart(context, viewport, tile.picture, tile.rect);
      // Map order is the age: what is in view is youngest.
      this.#tiles.delete(key);
      this.#tiles.set(key, tile);
    }
    return complete;
  }

  #rectOf(tx: number, ty: number): PixelRect {
    const [x, y] = [tx * LABEL_TILE, ty * LABEL_TILE];
    return { x, y, w: Math.min(LABEL_TILE, this.shape.x - x), h: Math.min(LABEL_TILE, this.shape.y - y) };
  }

  #add(tx: number, ty: number, rect: PixelRect): WeightTile {
    const target = new Uint8Array(rect.w * rect.h);
    const tile: WeightTile = {
      rect,
      target,
      border: null,
      picture: null,
      scale: null,
      level: -1,
      stale: null,
      counts: null,
    };
    this.#tiles.set(ty * this.#columns + tx, tile);
    this.#bytes += bytesOf(tile);
    return tile;
  }

  #write(
    tile: WeightTile,
    part: PixelRect,
    area: PixelRect,
    target: Uint8Array,
    border: Float32Array | null,
  ): void {
    const before = bytesOf(tile);
    if (border && !tile.border) tile.border = new Float32Array(tile.rect.w * tile.rect.h);
    for (let y = part.y; y < part.y + part.h; y++) {
      const from = (y - area.y) * area.w + part.x - area.x;
      const to = (y - tile.rect.y) * tile.rect.w + part.x - tile.rect.x;
      tile.target.set(target.subarray(from, from + part.w), to);
      if (border) tile.border?.set(border.subarray(from, from + part.w), to);
      else tile.border?.fill(0, to, to + part.w);
    }
    tile.counts = null;
    const own = { x: part.x - tile.rect.x, y: part.y - tile.rect.y, w: part.w, h: part.h };
    tile.stale = tile.stale ? unite(tile.stale, own) : own;
    this.#bytes += bytesOf(tile) - before;
  }

  #forgetOldest(): void {
    for (const [key, tile] of this.#tiles) {
      if (this.#bytes <= KEPT_BYTES) return;
      this.#tiles.delete(key);
      this.#bytes -= bytesOf(tile);
    }
  }
}

function bytesOf(tile: WeightTile): number {
  return tile.target.byteLength + (tile.border?.byteLength ?? 0);
}

/** Colours the stale part of a tile, or all of it at another level or scale: each pixel the heaviest of those it stands for. */
function colourTile(tile: WeightTile, level: number, scale: WeightScale): void {
  const step = 2 ** level;
  const [width, height] = [Math.ceil(tile.rect.w / step), Math.ceil(tile.rect.h / step)];
  if (tile.picture === null || tile.level !== level || tile.scale !== scale) {
    tile.stale = { x: 0, y: 0, w: tile.rect.w, h: tile.rect.h };
  }
  tile.picture ??= document.createElement('canvas');
  if (tile.picture.width !== width || tile.picture.height !== height) {
    tile.picture.width = width;
    tile.picture.height = height;
  }
  tile.level = level;
  tile.scale = scale;
  if (!tile.stale) return;
  const x0 = Math.floor(tile.stale.x / step);
  const y0 = Math.floor(tile.stale.y / step);
  const x1 = Math.min(width, Math.ceil((tile.stale.x + tile.stale.w) / step));
  const y1 = Math.min(height, Math.ceil((tile.stale.y + tile.stale.h) / step));
  tile.stale = null;
  const picture = new ImageData(x1 - x0, y1 - y0);
  const words = new Uint32Array(picture.data.buffer);
  const factor = scale.maximum > 0 ? 255 / scale.maximum : 0;
  for (let y = y0, i = 0; y < y1; y++)
    for (let x = x0; x < x1; x++, i++) {
      const weight = heaviest(tile, x * step, y * step, step, scale.classWeights);
      if (weight >= 0) words[i] = HEAT_TABLE[Math.min(255, Math.round(weight * factor))]!;
    }
  tile.picture.getContext('2d')?.putImageData(picture, x0, y0);
}

/** The largest weight in a block of a tile; -1 where nothing is labelled. */
function heaviest(
  tile: WeightTile,
  x: number,
  y: number,
  step: number,
  classWeights: readonly number[],
): number {
  const { rect, target, border } = tile;
  let weight = -1;
  for (let row = y; row < Math.min(rect.h, y + step); row++) {
    for (let i = row * rect.w + x; i < row * rect.w + Math.min(rect.w, x + step); i++) {
      const value = target[i]!;
      if (value === 0) continue;
      const own = (classWeights[value - 1] ?? 0) + (border === null ? 0 : border[i]!);
      if (own > weight) weight = own;
    }
  }
  return weight;
}

export function intersect(a: PixelRect, b: PixelRect): PixelRect {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  return {
    x,
    y,
    w: Math.max(0, Math.min(a.x + a.w, b.x + b.w) - x),
    h: Math.max(0, Math.min(a.y + a.h, b.y + b.h) - y),
  };
}

function unite(a: PixelRect, b: PixelRect): PixelRect {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}
