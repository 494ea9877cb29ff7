/** Which labels the page holds: coarse tiles of what is in view, full ones wherever painting is possible, in this order. */

import type { LabelLevels } from '../canvas/labelLevels.ts';
import { LABEL_TILE } from '../editor/labelDocument.ts';
import { texts } from '../texts.ts';
import { showError } from './showError.ts';
import { viewLevel, viewport } from './workspace.ts';

/** Planes up to this size are loaded as a whole, so that every tool reaches everywhere. */
const WHOLE_PLANE_PIXELS = 16_800_000;
/** Larger planes can be painted while no more tiles than this are in view. */
const MOST_TILES_IN_VIEW = 400;
/** Full tiles of larger planes that are kept in memory. */
const MOST_TILES_KEPT = 448;
const MAX_IN_FLIGHT = 4;

/** Where full label tiles come from; null where nothing is labelled. */
type FetchTile = (ty: number, tx: number, signal: AbortSignal) => Promise<Uint32Array | null>;

/** Loads the labels of one plane for as long as it is on view. */
export class LabelLoading {
  readonly levels: LabelLevels;
  readonly #fetch: FetchTile;
  readonly #onLoaded: () => void;
  readonly #controller = new AbortController();
  readonly #inFlight = new Set<string>();
  readonly #failed = new Set<string>();
  #wasComplete = false;

  /** `onLoaded` is called after labels have come. */
  constructor(levels: LabelLevels, fetch: FetchTile, onLoaded: () => void) {
    this.levels = levels;
    this.#fetch = fetch;
    this.#onLoaded = onLoaded;
    levels.subscribe((level) => {
      if (level > 0) {
        this.#onLoaded();
        this.follow();
      }
    });
  }

  close(): void {
    this.#controller.abort();
    this.levels.close();
  }

  /** The view has moved: what it needs is asked for, the rest given up. */
  follow(): void {
    if (this.#controller.signal.aborted) return;
    const level = viewLevel(this.levels.levelCount);
    this.levels.want(level, this.#inView(level));
    if (level === 0 || this.#isShown(level)) this.#loadFullTiles();
    const { isComplete } = this;
    if (isComplete !== this.#wasComplete) this.#onLoaded();
    this.#wasComplete = isComplete;
  }

  /** True once what is in view is drawn, and can be painted unless it is too far away. */
  get isComplete(): boolean {
    const level = viewLevel(this.levels.levelCount);
    if (!this.#isShown(level)) return false;
    return this.isTooFar || this.levels.document.isLoaded(viewport.visibleArea());
  }

  /** So much of a large plane is in view that its labels would not fit in memory: it has to be enlarged for painting. */
  get isTooFar(): boolean {
    if (this.#isWhole) return false;
    return this.levels.document.tilesOf(viewport.visibleArea()).length > MOST_TILES_IN_VIEW;
  }

  get #isWhole(): boolean {
    const { x, y } = this.levels.document.shape;
    return x * y <= WHOLE_PLANE_PIXELS;
  }

  #inView(level: number): { tx: number; ty: number }[] {
    const area = viewport.visibleArea();
    const size = 2 ** level;
    const x = Math.floor(area.x / size);
    const y = Math.floor(area.y / size);
    const w = Math.ceil((area.x + area.w) / size) - x;
    const h = Math.ceil((area.y + area.h) / size) - y;
    return this.levels.tilesOf(level, { x, y, w, h });
  }

  #isShown(level: number): boolean {
    return this.#inView(level).every(({ tx, ty }) => this.levels.state(level, tx, ty) !== 'missing');
  }

  #loadFullTiles(): void {
    const { document } = this.levels;
    const area = viewport.visibleArea();
    const places = this.isTooFar ? [] : document.missingTiles(area);
    if (this.#isWhole) {
      places.push(...document.missingTiles({ x: 0, y: 0, w: document.shape.x, h: document.shape.y }));
    } else this.#forgetFarTiles();
    for (const { tx, ty } of places) {
      if (this.#inFlight.size >= MAX_IN_FLIGHT) return;
      const key = `${ty}/${tx}`;
      if (!this.#inFlight.has(key) && !this.#failed.has(key)) void this.#load(key, tx, ty);
    }
  }

  async #load(key: string, tx: number, ty: number): Promise<void> {
    const { signal } = this.#controller;
    const { document } = this.levels;
    this.#inFlight.add(key);
    try {
      const labels = await this.#fetch(ty, tx, signal);
      if (signal.aborted) return;
      this.levels.load(() => document.setTile(tx, ty, labels ?? new Uint32Array()));
      this.#onLoaded();
    } catch (error) {
      if (signal.aborted) return;
      this.#failed.add(key);
      showError(texts.errors.labels, error);
    } finally {
      this.#inFlight.delete(key);
      this.follow();
    }
  }

  /** Full tiles of a large plane out of view go once there are many; those that are blank cost nothing. */
  #forgetFarTiles(): void {
    const { document } = this.levels;
    const held = document.labelledTiles();
    if (held.length <= MOST_TILES_KEPT) return;
    const area = viewport.visibleArea();
    const margin = 2 * LABEL_TILE;
    for (const { tx, ty } of held) {
      const tile = document.tileRect(tx, ty);
      const isNear =
        tile.x < area.x + area.w + margin &&
        tile.y < area.y + area.h + margin &&
        tile.x + tile.w > area.x - margin &&
        tile.y + tile.h > area.y - margin;
      if (!isNear) document.forgetTile(tx, ty);
    }
  }
}
