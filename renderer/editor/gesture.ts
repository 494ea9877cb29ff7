/** One stroke, click or shape from press to release: paints on the document, then is committed as a change or taken back. */

import { KEPT } from '../../app/labels/label.ts';
import type { PaintableTiles, PixelRect } from './paintableTiles.ts';

const SIDE_BITS = 8;
const SIDE = 1 << SIDE_BITS;

/** What a gesture changed: rectangles with the labels they hold now, and held before; `KEPT` where they are the same. */
export interface LabelChange {
  regions: PixelRect[];
  pixels: Uint32Array[];
  before: Uint32Array[];
}

interface TouchedTile {
  tx: number;
  ty: number;
  before: Uint32Array;
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
}

/** Records the tiles it touches, so that {@link Gesture.cancel} restores them to the pixel. */
export class Gesture {
  readonly #document: PaintableTiles;
  readonly #touched = new Map<number, TouchedTile>();
  #open = true;
  #fresh: PixelRect | null = null;

  constructor(document: PaintableTiles) {
    this.#document = document;
  }

  /** True once a pixel has changed. */
  get hasChanges(): boolean {
    return this.#touched.size > 0;
  }

  /**
   * Gives the pixels `x0 … x1` (inclusive) of row `y` the label, where `mayReplace(current)` allows it.
   * Parts outside the image or on tiles that have not arrived are left alone.
   */
  paintRun(y: number, x0: number, x1: number, label: number, mayReplace: (current: number) => boolean): void {
    const { shape, tilesX } = this.#document;
    if (!this.#open || y < 0 || y >= shape.y) return;
    const first = Math.max(0, x0);
    const last = Math.min(shape.x - 1, x1);
    const ty = y >> SIDE_BITS;
    for (let tx = first >> SIDE_BITS; tx <= last >> SIDE_BITS && first <= last; tx++) {
      const tile = this.#document.tile(tx, ty);
      if (!tile) continue;
      const row = (y & (SIDE - 1)) << SIDE_BITS;
      const from = row + Math.max(0, first - tx * SIDE);
      const to = row + Math.min(SIDE - 1, last - tx * SIDE);
      let target: Uint32Array | null = null;
      let touched: TouchedTile | undefined;
      for (let i = from; i <= to; i++) {
        const current = (target ?? tile)[i] ?? 0;
        if (current === label || !mayReplace(current)) continue;
        if (!target || !touched) {
          touched = this.#touch(tx, ty, ty * tilesX + tx, tile);
          target = this.#document.writableTile(tx, ty);
          if (!target) return;
        }
        target[i] = label;
        const column = i - row;
        if (column < touched.minX) touched.minX = column;
        if (column > touched.maxX) touched.maxX = column;
        const line = y & (SIDE - 1);
        if (line < touched.minY) touched.minY = line;
        if (line > touched.maxY) touched.maxY = line;
      }
      if (touched) {
        this.#fresh = union(this.#fresh, { x: first, y, w: last - first + 1, h: 1 });
      }
    }
  }

  /** Tells the document's listeners what was painted since the last call. */
  show(): void {
    if (this.#fresh) this.#document.notify(this.#fresh);
    this.#fresh = null;
  }

  /** Ends the gesture and returns what it changed, one rectangle a tile; null if nothing did. */
  commit(): LabelChange | null {
    this.#open = false;
    this.show();
    if (this.#touched.size === 0) return null;
    const change: LabelChange = { regions: [], pixels: [], before: [] };
    for (const tile of this.#touched.values()) {
      const region = changedRect(tile);
      const before = partOfTile(tile, region);
      const now = this.#document.readArea(region);
      if (!keepOnlyChanges(before, now)) continue;
      change.regions.push(region);
      change.pixels.push(now);
      change.before.push(before);
    }
    return change.regions.length === 0 ? null : change;
  }

  /** Ends the gesture and restores every pixel it changed. */
  cancel(): void {
    this.#open = false;
    for (const tile of this.#touched.values()) {
      const target = this.#document.writableTile(tile.tx, tile.ty);
      target?.set(tile.before);
      this.#document.notify(changedRect(tile));
    }
    this.#touched.clear();
  }

  #touch(tx: number, ty: number, index: number, tile: Uint32Array): TouchedTile {
    const known = this.#touched.get(index);
    if (known) return known;
    const touched = { tx, ty, before: tile.slice(), minX: SIDE, minY: SIDE, maxX: -1, maxY: -1 };
    this.#touched.set(index, touched);
    return touched;
  }
}

/** Leaves {@link KEPT} where two rectangles are the same; false if they are so everywhere. */
function keepOnlyChanges(before: Uint32Array, now: Uint32Array): boolean {
  let isChanged = false;
  for (let i = 0; i < now.length; i++) {
    if (before[i] === now[i]) {
      before[i] = KEPT;
      now[i] = KEPT;
    } else isChanged = true;
  }
  return isChanged;
}

/** The labels that a part of a touched tile held before the gesture. */
function partOfTile({ tx, ty, before }: TouchedTile, { x, y, w, h }: PixelRect): Uint32Array {
  const part = new Uint32Array(w * h);
  for (let row = 0; row < h; row++) {
    const from = (y - ty * SIDE + row) * SIDE + x - tx * SIDE;
    part.set(before.subarray(from, from + w), row * w);
  }
  return part;
}

function changedRect(tile: TouchedTile): PixelRect {
  return {
    x: tile.tx * SIDE + tile.minX,
    y: tile.ty * SIDE + tile.minY,
    w: tile.maxX - tile.minX + 1,
    h: tile.maxY - tile.minY + 1,
  };
}

function union(a: PixelRect | null, b: PixelRect): PixelRect {
  if (!a) return b;
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}
