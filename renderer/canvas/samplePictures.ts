/** Pixels of a training's sample pictures: grey image, labels, weights and probability, each as canvas colours. */

import type { RawPlane } from '../api/raw.ts';
import { HEAT_TABLE } from './heatColours.ts';
import { parseColour } from './labelColours.ts';

const OPAQUE = 0xff000000;
/** Background is a quiet grey, unlabelled ground black. */
const BACKGROUND_GREY = 0xff6e6e6e;

const word = ([r, g, b]: readonly [number, number, number]): number =>
  (OPAQUE | (b << 16) | (g << 8) | r) >>> 0;

/** The first plane between its smallest and largest value. `[h · w]` colours `0xAABBGGRR`, as for all here. */
export function greyPicture({ pixels, h, w }: RawPlane): Uint32Array {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < h * w; i++) {
    const value = pixels[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const scale = high > low ? 255 / (high - low) : 0;
  return Uint32Array.from({ length: h * w }, (_, i) => {
    const grey = Math.round((pixels[i]! - low) * scale);
    return word([grey, grey, grey]);
  });
}

/** 0 unlabelled, 1 background, 1 + k class k in its colour. */
export function labelPicture({ pixels, h, w }: RawPlane, classColours: readonly string[]): Uint32Array {
  const colours = [OPAQUE, BACKGROUND_GREY, ...classColours.map((colour) => word(parseColour(colour)))];
  return Uint32Array.from({ length: h * w }, (_, i) => colours[pixels[i]!] ?? word([255, 255, 255]));
}

/** From 0 to the largest weight. */
export function weightPicture({ pixels, h, w }: RawPlane): Uint32Array {
  let most = 0;
  for (let i = 0; i < h * w; i++) if (pixels[i]! > most) most = pixels[i]!;
  const scale = most > 0 ? 255 / most : 0;
  return Uint32Array.from({ length: h * w }, (_, i) => HEAT_TABLE[Math.round(pixels[i]! * scale)]!);
}

/** Probability of anything but background, 0 … 1: the sum over the classes' planes. */
export function foregroundPicture({ pixels, h, w }: RawPlane): Uint32Array {
  const size = h * w;
  return Uint32Array.from({ length: size }, (_, i) => {
    let sum = 0;
    for (let at = i; at < pixels.length; at += size) sum += pixels[at]!;
    return HEAT_TABLE[Math.round(255 * Math.min(1, sum))]!;
  });
}
