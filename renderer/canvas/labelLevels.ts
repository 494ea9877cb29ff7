/** The live labels at every level of detail: the document itself close up, coarse tiles of the server from afar, kept up to date as one paints. */

import { halveLabels } from '../../app/labels/halveLabels.ts';
import { LABEL_TILE, type LabelDocument } from '../editor/labelDocument.ts';
import type { PixelRect, PlaneShape } from '../editor/paintableTiles.ts';

/** Fetches one tile of a level; null where nothing is labelled. */
export type FetchLevelTile = (
  level: number,
  ty: number,
  tx: number,
  signal: AbortSignal,
) => Promise<Uint32Array | null>;

/** What a tile of a level holds: nothing yet, no label at all, or labels. */
export type TileState = 'missing' | 'blank' | 'labelled';

/** A level with both sides at most this long is the last; the server's levels end there, too. */
const LAST_LEVEL_SIDE = 512;
/** Bytes of coarse tiles that are kept. */
const KEPT_BYTES = 48 * 1024 * 1024;
const MAX_IN_FLIGHT = 6;

const BLANK = new Uint32Array(0);

type LevelListener = (level: number, area: PixelRect) => void;

export interface LabelLevelsOptions {
  fetch: FetchLevelTile;
  onError(error: unknown): void;
}

/** Labels of one plane. Level n is 2^n times smaller; its tiles are clipped to it. */
export class LabelLevels {
  readonly document: LabelDocument;
  readonly #options: LabelLevelsOptions;
  readonly #tiles = new Map<string, Uint32Array>();
  /** Tiles of the document that were changed here, by level-0 place: the server may not know of it yet. */
  readonly #changed = new Set<number>();
  readonly #inFlight = new Map<string, AbortController>();
  readonly #listeners = new Set<LevelListener>();
  readonly #stop: () => void;
  #wanted: { level: number; ty: number; tx: number }[] = [];
  #bytes = 0;
  #loading = false;
  #closed = false;

  constructor(document: LabelDocument, options: LabelLevelsOptions) {
    this.document = document;
    this.#options = options;
    this.#stop = document.subscribe((area) => this.#noteChange(area));
  }

  /** Number of levels, the full size included. */
  get levelCount(): number {
    let levels = 1;
    let { y, x } = this.document.shape;
    while (y > LAST_LEVEL_SIDE || x > LAST_LEVEL_SIDE) {
      [y, x] = [Math.ceil(y / 2), Math.ceil(x / 2)];
      levels++;
    }
    return levels;
  }

  /** True while tiles are being given to the document as the store holds them. */
  get isLoading(): boolean {
    return this.#loading;
  }

  close(): void {
    this.#closed = true;
    this.#stop();
    for (const controller of this.#inFlight.values()) controller.abort();
    this.#wanted = [];
  }

  /** Calls `listener` after labels of a level have come or changed, with the area in that level's pixels. */
  subscribe(listener: LevelListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Runs `load`, which gives the document tiles as the store holds them: no change by hand. */
  load(load: () => void): void {
    this.#loading = true;
    load();
    this.#loading = false;
  }

  shape(level: number): PlaneShape {
    let { y, x } = this.document.shape;
    for (let n = 0; n < level; n++) [y, x] = [Math.ceil(y / 2), Math.ceil(x / 2)];
    return { y, x };
  }

  tileRect(level: number, tx: number, ty: number): PixelRect {
    const shape = this.shape(level);
    const [x, y] = [tx * LABEL_TILE, ty * LABEL_TILE];
    return { x, y, w: Math.min(LABEL_TILE, shape.x - x), h: Math.min(LABEL_TILE, shape.y - y) };
  }

  /** Tiles of a level that an area (in its pixels) meets. */
  tilesOf(level: number, area: PixelRect): { tx: number; ty: number }[] {
    const shape = this.shape(level);
    const tiles: { tx: number; ty: number }[] = [];
    const lastX = Math.floor(Math.min(shape.x - 1, area.x + area.w - 1) / LABEL_TILE);
    const lastY = Math.floor(Math.min(shape.y - 1, area.y + area.h - 1) / LABEL_TILE);
    for (let ty = Math.max(0, Math.floor(area.y / LABEL_TILE)); ty <= lastY; ty++)
      for (let tx = Math.max(0, Math.floor(area.x / LABEL_TILE)); tx <= lastX; tx++) tiles.push({ tx, ty });
    return tiles;
  }

  state(level: number, tx: number, ty: number): TileState {
    if (level === 0) {
      if (this.document.isBlank(tx, ty)) return 'blank';
      return this.document.tile(tx, ty) ? 'labelled' : 'missing';
    }
    const tile = this.#tiles.get(keyOf(level, ty, tx));
    return tile === undefined ? 'missing' : tile === BLANK ? 'blank' : 'labelled';
  }

  /** Fetches what of these tiles is missing, in this order, and gives up what was wanted before. Level 0 is the document's own. */
  want(level: number, tiles: readonly { tx: number; ty: number }[]): void {
    this.#wanted = [];
    const keys = new Set<string>();
    for (const { tx, ty } of level === 0 ? [] : tiles) {
      const key = keyOf(level, ty, tx);
      const known = this.#tiles.get(key);
      keys.add(key);
      if (known === undefined) this.#wanted.push({ level, ty, tx });
      else {
        // Map order is the age: what is in view is youngest.
        this.#tiles.delete(key);
        this.#tiles.set(key, known);
      }
    }
    for (const [key, controller] of this.#inFlight) if (!keys.has(key)) controller.abort();
    this.#pump();
  }

  /** A copy of an area of a level with `margin` pixels around it, 0 outside of the plane and where tiles are missing. */
  readPadded(level: number, area: PixelRect, margin: number): Uint32Array {
    const shape = this.shape(level);
    const stride = area.w + 2 * margin;
    const out = new Uint32Array(stride * (area.h + 2 * margin));
    const x0 = Math.max(0, area.x - margin);
    const y0 = Math.max(0, area.y - margin);
    const inside = {
      x: x0,
      y: y0,
      w: Math.min(shape.x, area.x + area.w + margin) - x0,
      h: Math.min(shape.y, area.y + area.h + margin) - y0,
    };
    for (const { tx, ty } of this.tilesOf(level, inside)) {
      const tile = level === 0 ? this.document.tile(tx, ty) : this.#tiles.get(keyOf(level, ty, tx));
      if (!tile || tile === BLANK || (level === 0 && this.document.isBlank(tx, ty))) continue;
      const own = this.tileRect(level, tx, ty);
      // The document's tiles are 256 wide whatever the clipping.
      const width = level === 0 ? LABEL_TILE : own.w;
      const left = Math.max(inside.x, own.x);
      const right = Math.min(inside.x + inside.w, own.x + own.w);
      const bottom = Math.min(inside.y + inside.h, own.y + own.h);
      for (let y = Math.max(inside.y, own.y); y < bottom; y++) {
        const from = (y - own.y) * width + left - own.x;
        const to = (y - area.y + margin) * stride + left - area.x + margin;
        out.set(tile.subarray(from, from + right - left), to);
      }
    }
    return out;
  }

  /** The smallest rectangle around the pixels of an object within an area of a level; null where there are none. */
  boundsOf(level: number, area: PixelRect, label: number): PixelRect | null {
    let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
    for (const { tx, ty } of this.tilesOf(level, area)) {
      if (this.state(level, tx, ty) !== 'labelled') continue;
      const tile = level === 0 ? this.document.tile(tx, ty) : this.#tiles.get(keyOf(level, ty, tx));
      const rect = this.tileRect(level, tx, ty);
      const width = level === 0 ? LABEL_TILE : rect.w;
      for (let i = tile?.indexOf(label) ?? -1; i >= 0; i = tile!.indexOf(label, i + 1)) {
        const x = rect.x + (i % width);
        const y = rect.y + Math.floor(i / width);
        if (x < left) left = x;
        if (x > right) right = x;
        if (y < top) top = y;
        if (y > bottom) bottom = y;
      }
    }
    return right < 0 ? null : { x: left, y: top, w: right - left + 1, h: bottom - top + 1 };
  }

  #pump(): void {
    for (const place of this.#wanted) {
      if (this.#inFlight.size >= MAX_IN_FLIGHT) return;
      const key = keyOf(place.level, place.ty, place.tx);
      if (!this.#inFlight.has(key) && !this.#tiles.has(key)) void this.#load(key, place);
    }
  }

  async #load(key: string, { level, ty, tx }: { level: number; ty: number; tx: number }): Promise<void> {
    const controller = new AbortController();
    this.#inFlight.set(key, controller);
    try {
      const labels = await this.#options.fetch(level, ty, tx, controller.signal);
      if (this.#closed || controller.signal.aborted) return;
      this.#keep(key, labels ?? BLANK);
      const rect = this.tileRect(level, tx, ty);
      this.#followDocument(level, tx, ty);
      this.#notify(level, rect);
    } catch (error) {
      if (controller.signal.aborted || this.#closed) return;
      this.#wanted = this.#wanted.filter((place) => keyOf(place.level, place.ty, place.tx) !== key);
      this.#options.onError(error);
    } finally {
      this.#inFlight.delete(key);
      if (!this.#closed) this.#pump();
    }
  }

  #keep(key: string, labels: Uint32Array): void {
    this.#bytes += labels.byteLength - (this.#tiles.get(key)?.byteLength ?? 0);
    this.#tiles.set(key, labels);
    for (const [oldest, old] of this.#tiles) {
      if (this.#bytes <= KEPT_BYTES || oldest === key) return;
      this.#tiles.delete(oldest);
      this.#bytes -= old.byteLength;
    }
  }

  #noteChange(area: PixelRect): void {
    this.#notify(0, area);
    if (this.#loading) return;
    for (const { tx, ty } of this.document.tilesOf(area)) this.#changed.add(ty * this.document.tilesX + tx);
    const levels = new Set([...this.#tiles.keys()].map((key) => Number.parseInt(key, 10)));
    for (const level of levels) this.#halveInto(level, area);
  }

  /** A tile has come from the server: what was painted meanwhile is laid over it. */
  #followDocument(level: number, tx: number, ty: number): void {
    const side = LABEL_TILE << level;
    const cover = { x: tx * side, y: ty * side, w: side, h: side };
    for (const place of this.document.tilesOf(cover)) {
      // Where the page no longer holds the labels, the server has them all.
      const isKnown = this.document.tile(place.tx, place.ty) !== null;
      if (!isKnown || !this.#changed.has(place.ty * this.document.tilesX + place.tx)) continue;
      this.#halveInto(level, this.document.tileRect(place.tx, place.ty));
    }
  }

  /** Makes an area of the document anew on the tiles of a level that are there. */
  #halveInto(level: number, area: PixelRect): void {
    const step = 2 ** level;
    const x = Math.floor(area.x / step) * step;
    const y = Math.floor(area.y / step) * step;
    const { shape } = this.document;
    const full = {
      x,
      y,
      w: Math.min(shape.x, Math.ceil((area.x + area.w) / step) * step) - x,
      h: Math.min(shape.y, Math.ceil((area.y + area.h) / step) * step) - y,
    };
    const target = { x: x / step, y: y / step, w: Math.ceil(full.w / step), h: Math.ceil(full.h / step) };
    const tiles = this.tilesOf(level, target).filter(({ tx, ty }) => this.#tiles.has(keyOf(level, ty, tx)));
    if (tiles.length === 0) return;
    if (!this.document.isLoaded(full)) {
      // Changed where the page does not hold the labels: the server is asked again.
      for (const { tx, ty } of tiles) this.#forget(keyOf(level, ty, tx));
      this.#notify(level, target);
      return;
    }
    let plane = { labels: this.document.readArea(full), shape: { y: full.h, x: full.w } };
    for (let n = 0; n < level; n++) plane = halveLabels(plane.labels, plane.shape);
    for (const { tx, ty } of tiles) this.#paste(level, tx, ty, plane.labels, target);
    this.#notify(level, target);
  }

  #paste(level: number, tx: number, ty: number, labels: Uint32Array, area: PixelRect): void {
    const key = keyOf(level, ty, tx);
    const rect = this.tileRect(level, tx, ty);
    let tile = this.#tiles.get(key) ?? BLANK;
    if (tile === BLANK) {
      if (!labels.some((label) => label !== 0)) return;
      tile = new Uint32Array(rect.w * rect.h);
      this.#keep(key, tile);
    }
    const left = Math.max(rect.x, area.x);
    const right = Math.min(rect.x + rect.w, area.x + area.w);
    for (let y = Math.max(rect.y, area.y); y < Math.min(rect.y + rect.h, area.y + area.h); y++) {
      const from = (y - area.y) * area.w + left - area.x;
      tile.set(labels.subarray(from, from + right - left), (y - rect.y) * rect.w + left - rect.x);
    }
  }

  #forget(key: string): void {
    const tile = this.#tiles.get(key);
    if (!tile) return;
    this.#tiles.delete(key);
    this.#bytes -= tile.byteLength;
  }

  #notify(level: number, area: PixelRect): void {
    for (const listener of this.#listeners) listener(level, area);
  }
}

const keyOf = (level: number, ty: number, tx: number) => `${level}/${ty}/${tx}`;
