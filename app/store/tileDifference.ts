/** What an edit changes within a label tile: which part, and how many pixels each label wins or loses. */

import { KEPT } from '../labels/label.ts';
import type { Rectangle } from '../labels/tiles.ts';

export interface TileDifference {
  /** Smallest rectangle around the changed pixels, within the tile. */
  changed: Rectangle;
  /** Pixels won by each label, negative where lost; unlabelled (0) included, and labels that won as many as they lost. */
  pixelsOf: Map<number, number>;
}

/** Compares two tiles of the same size, `w` px wide. Null if they are equal. */
export function differenceOf(before: Uint32Array, after: Uint32Array, w: number): TileDifference | null {
  const balance = new PixelBalance();
  for (let i = 0; i < before.length; i++) {
    if (before[i] !== after[i]) balance.note(before[i]!, after[i]!, i % w, Math.floor(i / w));
  }
  return balance.difference();
}

/**
 * Writes a rectangle's labels onto a tile, {@link KEPT} leaving a pixel as it is, and notes what changes.
 *
 * @param tile labels of `tileAt`, changed in place
 */
export function applyRegion(
  region: Rectangle & { labels: Uint32Array },
  tile: Uint32Array,
  tileAt: Rectangle,
  balance: PixelBalance,
): void {
  const left = Math.max(region.x, tileAt.x);
  const right = Math.min(region.x + region.w, tileAt.x + tileAt.w);
  const bottom = Math.min(region.y + region.h, tileAt.y + tileAt.h);
  for (let y = Math.max(region.y, tileAt.y); y < bottom; y++) {
    let from = (y - region.y) * region.w + left - region.x;
    let to = (y - tileAt.y) * tileAt.w + left - tileAt.x;
    for (let x = left; x < right; x++, from++, to++) {
      const now = region.labels[from]!;
      const old = tile[to]!;
      if (now === old || now === KEPT) continue;
      tile[to] = now;
      balance.note(old, now, x - tileAt.x, y - tileAt.y);
    }
  }
}

/** Gathers changed pixels of one tile; those that follow each other mostly change alike and are counted together. */
export class PixelBalance {
  readonly #pixelsOf = new Map<number, number>();
  #old = 0;
  #now = 0;
  #alike = 0;
  #left = Number.POSITIVE_INFINITY;
  #top = Number.POSITIVE_INFINITY;
  #right = -1;
  #bottom = -1;

  /** The pixel at (`x`, `y`) goes from one label to another. */
  note(old: number, now: number, x: number, y: number): void {
    if (old !== this.#old || now !== this.#now) {
      this.#count();
      this.#old = old;
      this.#now = now;
    }
    this.#alike++;
    if (x < this.#left) this.#left = x;
    if (x > this.#right) this.#right = x;
    if (y < this.#top) this.#top = y;
    if (y > this.#bottom) this.#bottom = y;
  }

  /** Null if nothing was noted. */
  difference(): TileDifference | null {
    this.#count();
    if (this.#bottom < 0) return null;
    const [x, y] = [this.#left, this.#top];
    return {
      changed: { x, y, w: this.#right - x + 1, h: this.#bottom - y + 1 },
      pixelsOf: this.#pixelsOf,
    };
  }

  #count(): void {
    if (this.#alike === 0) return;
    this.#pixelsOf.set(this.#old, (this.#pixelsOf.get(this.#old) ?? 0) - this.#alike);
    this.#pixelsOf.set(this.#now, (this.#pixelsOf.get(this.#now) ?? 0) + this.#alike);
    this.#alike = 0;
  }
}
