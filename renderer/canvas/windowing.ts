/** Raw pixels to screen colours: each channel through its window and colour, channels added; raw data is never changed. */

import type { RawPixels } from '../api/raw.ts';

/** How one channel is shown. `low` and `high` are grey values, `colour` is `[r, g, b]` at full brightness. */
export interface ChannelWindow {
  low: number;
  high: number;
  colour: readonly [number, number, number];
}

/** One channel of a tile and its window. */
export interface WindowedChannel {
  pixels: RawPixels;
  window: ChannelWindow;
}

const SMALL_WHOLE_NUMBERS = 65_536;

/** Brightness 0 … 255 of every value of an 8- or 16-bit type, so that drawing is one look-up a pixel. */
function brightnessTable(window: ChannelWindow, from: number, count: number): Uint8ClampedArray {
  const table = new Uint8ClampedArray(count);
  const scale = 255 / Math.max(1e-12, window.high - window.low);
  for (let i = 0; i < count; i++) table[i] = (i + from - window.low) * scale;
  return table;
}

/** Writes `channels` (equal length) additively into `rgba` (`4 * length`), opaque. */
export function renderChannels(channels: readonly WindowedChannel[], rgba: Uint8ClampedArray): void {
  const length = rgba.length / 4;
  const words = new Uint32Array(rgba.buffer, rgba.byteOffset, length);
  const only = channels[0];
  if (!only) {
    words.fill(0xff000000);
    return;
  }
  const [r, g, b] = only.window.colour;
  if (channels.length === 1 && r === 255 && g === 255 && b === 255) {
    const levels = brightnessOf(only);
    for (let i = 0; i < length; i++) words[i] = 0xff000000 | ((levels[i] ?? 0) * 0x010101);
    return;
  }
  words.fill(0xff000000);
  for (const channel of channels) {
    const levels = brightnessOf(channel);
    const [red, green, blue] = channel.window.colour;
    for (let i = 0, p = 0; i < length; i++, p += 4) {
      const level = (levels[i] ?? 0) / 255;
      rgba[p] = rgba[p]! + red * level;
      rgba[p + 1] = rgba[p + 1]! + green * level;
      rgba[p + 2] = rgba[p + 2]! + blue * level;
    }
  }
}

function brightnessOf({ pixels, window }: WindowedChannel): Uint8ClampedArray {
  const out = new Uint8ClampedArray(pixels.length);
  if (pixels.BYTES_PER_ELEMENT <= 2) {
    const from = pixels instanceof Int8Array ? -128 : pixels instanceof Int16Array ? -32_768 : 0;
    const table = brightnessTable(window, from, pixels.BYTES_PER_ELEMENT === 1 ? 256 : SMALL_WHOLE_NUMBERS);
    for (let i = 0; i < pixels.length; i++) out[i] = table[(pixels[i] ?? 0) - from] ?? 0;
    return out;
  }
  const scale = 255 / Math.max(1e-30, window.high - window.low);
  for (let i = 0; i < pixels.length; i++) out[i] = ((pixels[i] ?? 0) - window.low) * scale;
  return out;
}
