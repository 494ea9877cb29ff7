/** 8-bit PNGs for thumbnails and previews. */
import { encode } from 'fast-png';
import type { PixelArray } from './image.ts';

/** PNG file of interleaved 8-bit samples, `y * x * channels` with 1 (grey) or 3 (RGB) channels. */
export function encodePng(samples: Uint8Array, shape: { y: number; x: number }, channels: 1 | 3): Uint8Array {
  return encode({ width: shape.x, height: shape.y, data: samples, depth: 8, channels });
}

/**
 * A PNG of at most `maxSide` pixels a side: each pixel the mean of the block it stands for, `low`…`high` mapped to
 * 0…255. One plane gives grey; three planes give RGB. Values that are no numbers come out black.
 */
export function encodeThumbnail(
  pixels: PixelArray | readonly [PixelArray, PixelArray, PixelArray],
  shape: { y: number; x: number },
  low: number,
  high: number,
  maxSide: number,
): Uint8Array {
  const planes: readonly PixelArray[] = ArrayBuffer.isView(pixels) ? [pixels] : pixels;
  const scale = Math.min(1, maxSide / Math.max(shape.y, shape.x));
  const out = { y: Math.max(1, Math.round(shape.y * scale)), x: Math.max(1, Math.round(shape.x * scale)) };
  const channels = planes.length === 3 ? 3 : 1;
  const samples = new Uint8Array(out.y * out.x * channels);
  planes.forEach((plane, c) => {
    shrinkInto(samples, plane, shape, out, channels, c, low, high > low ? 255 / (high - low) : 0);
  });
  return encodePng(samples, out, channels);
}

function shrinkInto(
  samples: Uint8Array,
  plane: PixelArray,
  shape: { y: number; x: number },
  out: { y: number; x: number },
  channels: number,
  channel: number,
  low: number,
  gain: number,
): void {
  for (let row = 0; row < out.y; row++) {
    const [top, bottom] = blockOf(row, out.y, shape.y);
    for (let column = 0; column < out.x; column++) {
      const [left, right] = blockOf(column, out.x, shape.x);
      let sum = 0;
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) sum += plane[y * shape.x + x]!;
      }
      const grey = (sum / ((bottom - top) * (right - left)) - low) * gain;
      samples[(row * out.x + column) * channels + channel] = Math.max(0, Math.min(255, Math.round(grey)));
    }
  }
}

/** The input rows (or columns) from … to that output row `i` of `n` stands for. */
function blockOf(i: number, n: number, size: number): [number, number] {
  const from = Math.floor((i * size) / n);
  return [from, Math.max(from + 1, Math.floor(((i + 1) * size) / n))];
}
