/** The live labels of one plane: tiles of 32-bit labels that tools paint on and the canvas draws; no DOM. */

import { KEPT } from '../../app/labels/label.ts';
import { Gesture } from './gesture.ts';
import type { PaintableTiles, PixelRect, PlaneShape } from './paintableTiles.ts';

/** Side of a label tile, px; equal to the server's tiles. */
export const LABEL_TILE = 256;

/** Shared by every loaded tile that holds no label, so that blank ground costs no memory. */
const EMPTY_TILE = new Uint32Array(LABEL_TILE * LABEL_TILE);

type ChangeListener = (area: PixelRect) => void;

/** Labels of one `(y, x)` plane; tiles arrive on demand and are 256 px wide in memory whatever the clipping. */
export class LabelDocument implements PaintableTiles {
  readonly shape: PlaneShape;
  readonly tilesX: number;
  readonly tilesY: number;
  readonly #tiles: (Uint32Array | null)[];
  readonly #listeners = new Set<ChangeListener>();

  constructor(shape: PlaneShape) {
    this.shape = shape;
    this.tilesX = Math.ceil(shape.x / LABEL_TILE);
    this.tilesY = Math.ceil(shape.y / LABEL_TILE);
    this.#tiles = new Array<Uint32Array | null>(this.tilesX * this.tilesY).fill(null);
  }

  /** Calls `listener` with the changed area after every change; returns the way to stop. */
  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells listeners that `area` shows something else now. */
  notify(area: PixelRect): void {
    for (const listener of this.#listeners) listener(area);
  }

  /** The tile's pixels (row stride 256), or null while it has not arrived. */
  tile(tx: number, ty: number): Uint32Array | null {
    return this.#tiles[ty * this.tilesX + tx] ?? null;
  }

  /** True for a loaded tile that certainly holds no label. */
  isBlank(tx: number, ty: number): boolean {
    return this.tile(tx, ty) === EMPTY_TILE;
  }

  /** Tiles that are held in memory of their own. */
  labelledTiles(): { tx: number; ty: number }[] {
    return this.#tiles.flatMap((tile, i) =>
      tile === null || tile === EMPTY_TILE ? [] : [{ tx: i % this.tilesX, ty: Math.floor(i / this.tilesX) }],
    );
  }

  /** Lets go of a tile; it can be loaded again. Not while a gesture is in the air. */
  forgetTile(tx: number, ty: number): void {
    this.#tiles[ty * this.tilesX + tx] = null;
  }

  /** Size of the part of a tile that lies in the image. */
  tileRect(tx: number, ty: number): PixelRect {
    const x = tx * LABEL_TILE;
    const y = ty * LABEL_TILE;
    return { x, y, w: Math.min(LABEL_TILE, this.shape.x - x), h: Math.min(LABEL_TILE, this.shape.y - y) };
  }

  /** True when every tile that `area` meets has arrived. */
  isLoaded(area: PixelRect): boolean {
    return this.missingTiles(area).length === 0;
  }

  /** Tiles of `area` that have not arrived. */
  missingTiles(area: PixelRect): { tx: number; ty: number }[] {
    const missing: { tx: number; ty: number }[] = [];
    for (const { tx, ty } of this.tilesOf(area)) if (this.tile(tx, ty) === null) missing.push({ tx, ty });
    return missing;
  }

  /** Tiles that `area` meets, clipped to the image. */
  tilesOf(area: PixelRect): { tx: number; ty: number }[] {
    const tiles: { tx: number; ty: number }[] = [];
    const lastX = Math.min(this.tilesX - 1, Math.floor((area.x + area.w - 1) / LABEL_TILE));
    const lastY = Math.min(this.tilesY - 1, Math.floor((area.y + area.h - 1) / LABEL_TILE));
    for (let ty = Math.max(0, Math.floor(area.y / LABEL_TILE)); ty <= lastY; ty++)
      for (let tx = Math.max(0, Math.floor(area.x / LABEL_TILE)); tx <= lastX; tx++) tiles.push({ tx, ty });
    return tiles;
  }

  /** The whole plane as blank ground, where the project holds no label of it. */
  setBlank(): void {
    this.#tiles.fill(EMPTY_TILE);
    this.notify({ x: 0, y: 0, w: this.shape.x, h: this.shape.y });
  }

  /** A tile as the server sends it: `w × h` values clipped to the image. */
  setTile(tx: number, ty: number, pixels: Uint32Array): void {
    const rect = this.tileRect(tx, ty);
    this.#tiles[ty * this.tilesX + tx] = EMPTY_TILE;
    if (pixels.some((value) => value !== 0)) this.#copyIn(rect, pixels, rect.w);
    this.notify(rect);
  }

  /** A whole plane, `y * x` values. */
  setPlane(values: Uint32Array): void {
    this.#tiles.fill(EMPTY_TILE);
    const all = { x: 0, y: 0, w: this.shape.x, h: this.shape.y };
    this.paste(all, values);
  }

  /** Replaces the pixels of one rectangle that lies in the image; used for undo, redo and accepted predictions. */
  paste(area: PixelRect, pixels: Uint32Array): void {
    this.#copyIn(area, pixels, area.w);
    this.notify(area);
  }

  /** As {@link paste}, but `KEPT` leaves a pixel as it is; used for gestures that are taken back or repeated. */
  pasteChanges(area: PixelRect, changes: Uint32Array): void {
    const now = this.readArea(area);
    for (let i = 0; i < now.length; i++) if (changes[i] !== KEPT) now[i] = changes[i]!;
    this.paste(area, now);
  }

  /** Label at a pixel; 0 outside the image or where the tile has not arrived. */
  at(x: number, y: number): number {
    if (x < 0 || y < 0 || x >= this.shape.x || y >= this.shape.y) return 0;
    const tile = this.#tiles[(y >> 8) * this.tilesX + (x >> 8)];
    return tile ? (tile[((y & 255) << 8) | (x & 255)] ?? 0) : 0;
  }

  /** A copy of `area` (which lies in the image), row-major; missing tiles read as 0. */
  readArea(area: PixelRect): Uint32Array {
    const out = new Uint32Array(area.w * area.h);
    for (const { tx, ty } of this.tilesOf(area)) {
      const tile = this.tile(tx, ty);
      if (!tile || tile === EMPTY_TILE) continue;
      const x0 = Math.max(area.x, tx * LABEL_TILE);
      const x1 = Math.min(area.x + area.w, (tx + 1) * LABEL_TILE);
      const y0 = Math.max(area.y, ty * LABEL_TILE);
      const y1 = Math.min(area.y + area.h, (ty + 1) * LABEL_TILE);
      for (let y = y0; y < y1; y++) {
        const from = (y - ty * LABEL_TILE) * LABEL_TILE + (x0 - tx * LABEL_TILE);
        out.set(tile.subarray(from, from + (x1 - x0)), (y - area.y) * area.w + (x0 - area.x));
      }
    }
    return out;
  }

  /** A copy of the whole plane. */
  readPlane(): Uint32Array {
    return this.readArea({ x: 0, y: 0, w: this.shape.x, h: this.shape.y });
  }

  /** Starts a gesture; until it is committed or cancelled it alone may change pixels. */
  beginGesture(): Gesture {
    return new Gesture(this);
  }

  /** A tile that may be written (a private copy of blank ground), or null if it has not arrived. For {@link Gesture}. */
  writableTile(tx: number, ty: number): Uint32Array | null {
    const index = ty * this.tilesX + tx;
    const tile = this.#tiles[index] ?? null;
    if (tile !== EMPTY_TILE) return tile;
    const own = new Uint32Array(LABEL_TILE * LABEL_TILE);
    this.#tiles[index] = own;
    return own;
  }

  #copyIn(area: PixelRect, pixels: Uint32Array, stride: number): void {
    for (const { tx, ty } of this.tilesOf(area)) {
      const tile = this.writableTile(tx, ty);
      if (!tile) continue;
      const x0 = Math.max(area.x, tx * LABEL_TILE);
      const x1 = Math.min(area.x + area.w, (tx + 1) * LABEL_TILE);
      const y0 = Math.max(area.y, ty * LABEL_TILE);
      const y1 = Math.min(area.y + area.h, (ty + 1) * LABEL_TILE);
      for (let y = y0; y < y1; y++) {
        const from = (y - area.y) * stride + (x0 - area.x);
        tile.set(
          pixels.subarray(from, from + (x1 - x0)),
          (y - ty * LABEL_TILE) * LABEL_TILE + x0 - tx * LABEL_TILE,
        );
      }
    }
  }
}
