/** Tiles of a prediction: fetched for the level and layer that are on view, kept while there is room, most recent wish first. */

import type { PixelArray } from '../../app/science/pixelArray.ts';
import type { PredictionTileAddress } from '../api/raw.ts';

/** Bytes of tiles that are kept beyond those on view. */
const KEPT_BYTES = 48 * 1024 * 1024;
const MAX_IN_FLIGHT = 4;

/** Where a tile of a plane's prediction lies; layer 0 are the objects, layer k the probability of class k. */
export type PredictionTilePlace = Pick<PredictionTileAddress, 'layer' | 'level' | 'ty' | 'tx'>;

export interface PredictionTilesOptions {
  fetch(place: PredictionTilePlace, signal: AbortSignal): Promise<PixelArray>;
  onArrival(place: PredictionTilePlace): void;
  onError(error: unknown): void;
}

export class PredictionTiles {
  readonly #options: PredictionTilesOptions;
  readonly #tiles = new Map<string, PixelArray>();
  readonly #failed = new Set<string>();
  readonly #inFlight = new Map<string, AbortController>();
  #wanted = new Map<string, PredictionTilePlace>();
  /** The one full-size tile under the pointer, which outlives the wishes of the view. */
  #pointed = new Map<string, PredictionTilePlace>();
  #bytes = 0;
  #closed = false;

  constructor(options: PredictionTilesOptions) {
    this.#options = options;
  }

  close(): void {
    this.#closed = true;
    for (const controller of this.#inFlight.values()) controller.abort();
  }

  /** The tile if it is at hand. */
  peek(place: PredictionTilePlace): PixelArray | undefined {
    const key = keyOf(place);
    const tile = this.#tiles.get(key);
    if (tile) {
      // Map order is the age: a used tile becomes the youngest.
      this.#tiles.delete(key);
      this.#tiles.set(key, tile);
    }
    return tile;
  }

  /** Replaces what the view wants: fetches what is missing, in this order, and gives up the rest. */
  want(places: readonly PredictionTilePlace[]): void {
    this.#wanted = new Map(places.map((place) => [keyOf(place), place]));
    this.#follow();
  }

  /** Replaces what is wanted for the place under the pointer. */
  point(places: readonly PredictionTilePlace[]): void {
    this.#pointed = new Map(places.map((place) => [keyOf(place), place]));
    this.#follow();
  }

  #follow(): void {
    for (const [key, controller] of this.#inFlight)
      if (!this.#wanted.has(key) && !this.#pointed.has(key)) controller.abort();
    this.#pump();
  }

  #pump(): void {
    if (this.#closed) return;
    for (const [key, place] of [...this.#pointed, ...this.#wanted]) {
      if (this.#inFlight.size >= MAX_IN_FLIGHT) return;
      const isKnown = this.#tiles.has(key) || this.#inFlight.has(key) || this.#failed.has(key);
      if (!isKnown) void this.#load(key, place);
    }
  }

  async #load(key: string, place: PredictionTilePlace): Promise<void> {
    const controller = new AbortController();
    this.#inFlight.set(key, controller);
    try {
      const tile = await this.#options.fetch(place, controller.signal);
      if (this.#closed) return;
      this.#keep(key, tile);
      this.#options.onArrival(place);
    } catch (error) {
      if (this.#closed || controller.signal.aborted) return;
      this.#failed.add(key);
      this.#options.onError(error);
    } finally {
      this.#inFlight.delete(key);
      this.#pump();
    }
  }

  #keep(key: string, tile: PixelArray): void {
    this.#tiles.set(key, tile);
    this.#bytes += tile.byteLength;
    for (const [oldest, old] of this.#tiles) {
      if (this.#bytes <= KEPT_BYTES) return;
      // What is on view would only be fetched again.
      if (this.#wanted.has(oldest) || this.#pointed.has(oldest)) continue;
      this.#tiles.delete(oldest);
      this.#bytes -= old.byteLength;
    }
  }
}

const keyOf = ({ layer, level, ty, tx }: PredictionTilePlace) => `${layer}/${level}/${ty}/${tx}`;
