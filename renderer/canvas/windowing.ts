/** Raw pixels to screen colours: each channel through its window, gamma and table, channels added; raw data is never changed. */

import type { PixelArray } from '../../app/science/pixelArray.ts';
import type { ColourTable } from './lookupTables.ts';

/** How one channel is shown: grey values `low` … `high` onto the table, bent by `gamma` (1 straight, < 1 lifts the dark). */
export interface ChannelWindow {
  low: number;
  high: number;
  gamma: number;
  table: ColourTable;
}

/** One channel of a tile and its window. */
export interface WindowedChannel {
  pixels: PixelArray;
  window: PreparedWindow;
}

/** Places on the window that are told apart where a value cannot be looked up itself. */
const STEPS = 4096;

/** Values at and above `high` or below `low` need no table: 8- and 16-bit types are looked up directly. */
const SMALL_WHOLE_NUMBERS = 65_536;

/** Red, green and blue of a sum in one word, ten bits each, so that up to four channels add without a carry. */
const pack = (r: number, g: number, b: number) => r | (g << 10) | (b << 20);
const ADDABLE_CHANNELS = 4;

/** The colour of a single channel's sum as an opaque canvas pixel. */
const opaque = (sum: number): number =>
  (0xff000000 | (((sum >>> 20) & 255) << 16) | (((sum >>> 10) & 255) << 8) | (sum & 255)) >>> 0;

/** A window made ready for many tiles: a colour for every value (8, 16 bit) or for every step of the window. */
export class PreparedWindow {
  readonly window: ChannelWindow;
  readonly #steps: Uint32Array;
  #byValue: { type: string; from: number; table: Uint32Array } | null = null;
  #opaque: { of: Uint32Array; words: Uint32Array } | null = null;

  constructor(window: ChannelWindow) {
    this.window = window;
    this.#steps = new Uint32Array(STEPS);
    for (let i = 0; i < STEPS; i++) {
      const share = i / (STEPS - 1);
      const bent = window.gamma === 1 ? share : share ** window.gamma;
      const at = 3 * Math.min(255, Math.max(0, Math.round(bent * 255)));
      this.#steps[i] = pack(window.table[at]!, window.table[at + 1]!, window.table[at + 2]!);
    }
  }

  /** Sets `words` (opaque canvas pixels) to the channel's colours, where it is the only one. */
  paintInto(words: Uint32Array, pixels: PixelArray): void {
    if (pixels.BYTES_PER_ELEMENT > 2) {
      this.addTo(words, pixels, true);
      for (let i = 0; i < words.length; i++) words[i] = opaque(words[i]!);
      return;
    }
    const { from, table } = this.#valuesOf(pixels);
    if (this.#opaque?.of !== table) this.#opaque = { of: table, words: table.map(opaque) };
    const own = this.#opaque.words;
    const length = Math.min(words.length, pixels.length);
    if (from === 0) for (let i = 0; i < length; i++) words[i] = own[pixels[i]!]!;
    else for (let i = 0; i < length; i++) words[i] = own[pixels[i]! - from]!;
  }

  /** Adds the channel's colours to packed sums, or sets them where it is the first. */
  addTo(sums: Uint32Array, pixels: PixelArray, first: boolean): void {
    const { low, high } = this.window;
    const length = Math.min(sums.length, pixels.length);
    if (pixels.BYTES_PER_ELEMENT <= 2) {
      const { from, table } = this.#valuesOf(pixels);
      if (first) for (let i = 0; i < length; i++) sums[i] = table[pixels[i]! - from]!;
      else for (let i = 0; i < length; i++) sums[i] = sums[i]! + table[pixels[i]! - from]!;
      return;
    }
    const steps = this.#steps;
    const scale = (STEPS - 1) / Math.max(1e-30, high - low);
    for (let i = 0; i < length; i++) {
      const step = (pixels[i]! - low) * scale;
      // Not-a-number fails both comparisons and comes out as the darkest.
      const colour = steps[step >= STEPS - 1 ? STEPS - 1 : step > 0 ? (step + 0.5) | 0 : 0]!;
      sums[i] = first ? colour : sums[i]! + colour;
    }
  }

  #valuesOf(pixels: PixelArray): { from: number; table: Uint32Array } {
    const type = pixels.constructor.name;
    if (this.#byValue?.type === type) return this.#byValue;
    const from = pixels instanceof Int8Array ? -128 : pixels instanceof Int16Array ? -32_768 : 0;
    const count = pixels.BYTES_PER_ELEMENT === 1 ? 256 : SMALL_WHOLE_NUMBERS;
    const table = new Uint32Array(count);
    const { low, high } = this.window;
    const scale = (STEPS - 1) / Math.max(1e-12, high - low);
    const first = Math.min(count, Math.max(0, Math.ceil(low) - from));
    const last = Math.min(count, Math.max(first, Math.floor(high) - from + 1));
    table.fill(this.#steps[0]!, 0, first);
    for (let i = first; i < last; i++) table[i] = this.#steps[((i + from - low) * scale + 0.5) | 0]!;
    table.fill(this.#steps[STEPS - 1]!, last);
    this.#byValue = { type, from, table };
    return this.#byValue;
  }
}

let sums = new Uint32Array(0);

/** Writes `channels` (equal length) additively into `rgba` (`4 * length`), opaque. */
export function renderChannels(channels: readonly WindowedChannel[], rgba: Uint8ClampedArray): void {
  const length = rgba.length / 4;
  const words = new Uint32Array(rgba.buffer, rgba.byteOffset, length);
  if (channels.length === 0) {
    words.fill(0xff000000);
    return;
  }
  const only = channels.length === 1 ? channels[0] : undefined;
  if (only) {
    only.window.paintInto(words, only.pixels);
    return;
  }
  if (sums.length < length) sums = new Uint32Array(length);
  const own = sums.subarray(0, length);
  channels.forEach(({ pixels, window }, n) => {
    if (n > 0 && n % (ADDABLE_CHANNELS - 1) === 0) clampSums(own);
    window.addTo(own, pixels, n === 0);
  });
  for (let i = 0; i < length; i++) {
    const sum = own[i]!;
    const r = sum & 1023;
    const g = (sum >>> 10) & 1023;
    const b = sum >>> 20;
    words[i] = 0xff000000 | ((b > 255 ? 255 : b) << 16) | ((g > 255 ? 255 : g) << 8) | (r > 255 ? 255 : r);
  }
}

/** Cuts each colour of the sums at full brightness, so that further channels can be added. */
function clampSums(own: Uint32Array): void {
  for (let i = 0; i < own.length; i++) {
    const sum = own[i]!;
    own[i] = pack(Math.min(255, sum & 1023), Math.min(255, (sum >>> 10) & 1023), Math.min(255, sum >>> 20));
  }
}
