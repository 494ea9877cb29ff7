/** Raw pixel tiles by address: fetched when first wanted, most recent wish first, forgotten by age when memory is full. */

import { getPixelTile, type RawPlane, type TileAddress } from '../api/raw.ts';

const MAX_BYTES = 96 * 1024 * 1024;
const MAX_IN_FLIGHT = 6;

type Fetch = (at: TileAddress, signal: AbortSignal) => Promise<RawPlane>;

const keyOf = (at: TileAddress) => `${at.imageId}/${at.level}/${at.t}/${at.z}/${at.c}/${at.ty}/${at.tx}`;

/** Keeps contrast changes free of traffic: drawing asks here, only missing tiles are fetched. */
export class PixelTiles {
  readonly #fetch: Fetch;
  readonly #onArrival: (error: unknown) => void;
  readonly #cache = new Map<string, RawPlane>();
  readonly #wanted = new Map<string, TileAddress>();
  readonly #inFlight = new Map<string, AbortController>();
  readonly #failed = new Map<string, number>();
  #bytes = 0;

  /** `onArrival` is called when a tile has come (error null) or could not be had. */
  constructor(onArrival: (error: unknown) => void, fetch: Fetch = getPixelTile) {
    this.#fetch = fetch;
    this.#onArrival = onArrival;
  }

  /** The tile if it is at hand. */
  peek(at: TileAddress): RawPlane | undefined {
    const key = keyOf(at);
    const plane = this.#cache.get(key);
    if (plane) {
      // Map order is the age: a used tile becomes the youngest.
      this.#cache.delete(key);
      this.#cache.set(key, plane);
    }
    return plane;
  }

  /**
   * Replaces the wish list: fetches what is missing, in this order, and gives up what nobody wants any more.
   * `later` is fetched once nothing else is wanted.
   */
  want(addresses: readonly TileAddress[], later: readonly TileAddress[] = []): void {
    this.#wanted.clear();
    for (const list of [addresses, later]) {
      for (const at of list) {
        const key = keyOf(at);
        const isNeeded = !this.#cache.has(key) && (this.#failed.get(key) ?? 0) < 3;
        if (isNeeded && !this.#wanted.has(key)) this.#wanted.set(key, at);
      }
    }
    for (const [key, controller] of this.#inFlight) if (!this.#wanted.has(key)) controller.abort();
    this.#pump();
  }

  #pump(): void {
    for (const [key, at] of this.#wanted) {
      if (this.#inFlight.size >= MAX_IN_FLIGHT) return;
      if (!this.#inFlight.has(key)) void this.#load(key, at);
    }
  }

  async #load(key: string, at: TileAddress): Promise<void> {
    const controller = new AbortController();
    this.#inFlight.set(key, controller);
    try {
      const plane = await this.#fetch(at, controller.signal);
      this.#keep(key, plane);
      this.#onArrival(null);
    } catch (error) {
      if (!controller.signal.aborted) {
        this.#failed.set(key, (this.#failed.get(key) ?? 0) + 1);
        this.#onArrival(error);
      }
    } finally {
      this.#inFlight.delete(key);
      if (this.#cache.has(key) || this.#failed.has(key)) this.#wanted.delete(key);
      this.#pump();
    }
  }

  #keep(key: string, plane: RawPlane): void {
    this.#cache.set(key, plane);
    this.#bytes += plane.pixels.byteLength;
    for (const [oldest, old] of this.#cache) {
      if (this.#bytes <= MAX_BYTES || oldest === key) return;
      this.#cache.delete(oldest);
      this.#bytes -= old.pixels.byteLength;
    }
  }
}
