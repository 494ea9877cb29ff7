/** Labels of a tile to what is drawn of them: fill and contour of objects, a mask of background, contour runs for close-ups. */

import { labelColour } from './labelColours.ts';

/** Pixels around a tile that contours look at. */
export const RASTER_MARGIN = 2;

/** A light line beside a dark one, so that they are seen on any image; the rest is clear. */
const HATCH_PERIOD = 10;
const HATCH = Uint32Array.from({ length: HATCH_PERIOD }, (_, i) =>
  i === 0 ? 0x57ffffff : i === 1 ? 0x4d000000 : 0,
);

export interface LabelRasterOptions {
  /** 0 … 1. */
  fillOpacity: number;
  /** Contour inside the object, image pixels (0 … 2). */
  contourPx: number;
  /** These objects get a stronger fill and a white outermost line. */
  selected: ReadonlySet<number> | null;
  /** Hatches the background, in pixels of the tile; `x`, `y` is the tile's place, so that lines go on over its border. */
  hatch?: { x: number; y: number } | null;
  /** Null hides the object. */
  colourOf?: (label: number) => readonly [number, number, number] | null;
}

/**
 * Draws objects (labels >= 2) of `padded` into `rgba` (`w * h * 4`, transparent elsewhere).
 * @param padded labels of the area with a margin of {@link RASTER_MARGIN} on each side, `(h + 4) * (w + 4)`
 */
export function renderObjects(
  padded: Uint32Array,
  w: number,
  h: number,
  rgba: Uint8ClampedArray,
  options: LabelRasterOptions,
): void {
  const stride = w + 2 * RASTER_MARGIN;
  const words = new Uint32Array(rgba.buffer, rgba.byteOffset, w * h);
  const colourOf = options.colourOf ?? labelColour;
  const fillAlpha = Math.round(options.fillOpacity * 255);
  const hatch = options.hatch ?? null;
  const hatchAt = hatch === null ? 0 : hatch.x + hatch.y;
  let lastLabel = -1;
  let fill = 0;
  let edge = 0;
  let outermost = 0;
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const i = (y + RASTER_MARGIN) * stride + x + RASTER_MARGIN;
      const label = padded[i]!;
      if (label < 2) {
        words[y * w + x] = label === 1 && hatch ? HATCH[(x + y + hatchAt) % HATCH_PERIOD]! : 0;
        continue;
      }
      if (label !== lastLabel) {
        const colour = colourOf(label);
        const rgb = colour === null ? 0 : (colour[2] << 16) | (colour[1] << 8) | colour[0];
        const isSelected = options.selected?.has(label) ?? false;
        const alpha = isSelected ? Math.min(255, fillAlpha + 70) : fillAlpha;
        fill = colour === null ? 0 : (rgb | (alpha << 24)) >>> 0;
        edge = colour === null ? 0 : (rgb | 0xff000000) >>> 0;
        outermost = isSelected && colour !== null ? 0xffffffff : edge;
        lastLabel = label;
      }
      let word = fill;
      for (let d = options.contourPx; d >= 1; d--) {
        const isRim =
          padded[i - d] !== label ||
          padded[i + d] !== label ||
          padded[i - d * stride] !== label ||
          padded[i + d * stride] !== label;
        if (isRim) word = d === 1 ? outermost : edge;
      }
      words[y * w + x] = word;
    }
  }
}

/** Draws background (label 1) as opaque white into `rgba`, transparent elsewhere; returns the number of pixels. */
export function renderBackgroundMask(
  padded: Uint32Array,
  w: number,
  h: number,
  rgba: Uint8ClampedArray,
): number {
  const stride = w + 2 * RASTER_MARGIN;
  const words = new Uint32Array(rgba.buffer, rgba.byteOffset, w * h);
  let count = 0;
  for (let y = 0; y < h; y++) {
    const row = (y + RASTER_MARGIN) * stride + RASTER_MARGIN;
    for (let x = 0; x < w; x++) {
      const isBackground = padded[row + x] === 1;
      words[y * w + x] = isBackground ? 0xffffffff : 0;
      if (isBackground) count++;
    }
  }
  return count;
}

/** Contours as runs of pixel edges, five numbers each: label, x, y, length, side (0 top, 1 bottom, 2 left, 3 right); by label. */
export function contourRuns(padded: Uint32Array, w: number, h: number): Int32Array {
  const stride = w + 2 * RASTER_MARGIN;
  const runs: number[] = [];
  const at = (x: number, y: number) => padded[(y + RASTER_MARGIN) * stride + x + RASTER_MARGIN]!;
  const scan = (lines: number, length: number, side: number, dx: number, dy: number) => {
    const horizontal = side < 2;
    for (let line = 0; line < lines; line++) {
      let start = -1;
      let current = 0;
      for (let i = 0; i <= length; i++) {
        const x = horizontal ? i : line;
        const y = horizontal ? line : i;
        const label = i < length ? at(x, y) : 0;
        const isEdge = label >= 2 && at(x + dx, y + dy) !== label;
        if (start >= 0 && (!isEdge || label !== current)) {
          runs.push(current, horizontal ? start : line, horizontal ? line : start, i - start, side);
          start = -1;
        }
        if (isEdge && start < 0) {
          start = i;
          current = label;
        }
      }
    }
  };
  scan(h, w, 0, 0, -1);
  scan(h, w, 1, 0, 1);
  scan(w, h, 2, -1, 0);
  scan(w, h, 3, 1, 0);
  return sortRuns(runs);
}

/** Runs of one label after each other, so that drawing changes its colour once a label. */
function sortRuns(runs: readonly number[]): Int32Array {
  const order = Array.from({ length: runs.length / 5 }, (_, i) => 5 * i);
  order.sort((a, b) => runs[a]! - runs[b]!);
  const sorted = new Int32Array(runs.length);
  order.forEach((from, i) => {
    for (let k = 0; k < 5; k++) sorted[5 * i + k] = runs[from + k]!;
  });
  return sorted;
}
