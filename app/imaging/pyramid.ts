/** Halves planes for the levels of an image pyramid. */
import type { PixelArray } from './image.ts';

export interface HalvedPlane<T extends PixelArray> {
  pixels: T;
  shape: { y: number; x: number };
}

/**
 * Mean of every 2×2 block, keeping the type; integers are rounded to the nearest (a half away from the floor), and a
 * last odd row or column is averaged over what is there. Output is ⌈y/2⌉ × ⌈x/2⌉.
 */
export function halvePlane<T extends PixelArray>(pixels: T, shape: { y: number; x: number }): HalvedPlane<T> {
  const [y, x] = [Math.ceil(shape.y / 2), Math.ceil(shape.x / 2)];
  const out = pixels.slice(0, y * x) as T;
  const whole = !(pixels instanceof Float32Array || pixels instanceof Float64Array);
  for (let row = 0; row < y; row++) {
    const top = 2 * row * shape.x;
    // At an odd border the last row or column stands in for the missing one, which leaves the mean as it is.
    const below = 2 * row + 1 < shape.y ? top + shape.x : top;
    for (let column = 0; column < x; column++) {
      const left = 2 * column;
      const right = left + 1 < shape.x ? left + 1 : left;
      const sum = pixels[top + left]! + pixels[top + right]! + pixels[below + left]! + pixels[below + right]!;
      out[row * x + column] = whole ? Math.floor(sum / 4 + 0.5) : sum / 4;
    }
  }
  return { pixels: out, shape: { y, x } };
}
