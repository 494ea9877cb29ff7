/** Gaussian smoothing of a plane with mirrored borders, for distance transforms and for simulated optics. */

import type { ShapeYX } from './geometry.ts';
import { mirrorIndex } from './tiling.ts';

/** Kernel of standard deviation sigma, cut at 4 sigma and of sum 1, from its middle outward. */
function gaussianKernel(sigmaPx: number): Float64Array {
  const radius = Math.max(1, Math.floor(4 * sigmaPx + 0.5));
  const half = Float64Array.from({ length: radius + 1 }, (_, k) =>
    Math.exp((-k * k) / (2 * sigmaPx * sigmaPx)),
  );
  const sum = half.reduce((total, value) => total + 2 * value, -half[0]!);
  return half.map((value) => value / sum);
}

/**
 * Separable Gaussian filter; the plane goes on mirrored about its border pixels (SciPy's mode `mirror`, truncate 4).
 *
 * @param sigmaPx standard deviation, px; 0 gives a copy
 * @returns `[y, x]`
 */
export function gaussianFilter(plane: ArrayLike<number>, shape: ShapeYX, sigmaPx: number): Float32Array {
  if (!(sigmaPx > 0)) return Float32Array.from(plane);
  const { y: height, x: width } = shape;
  const kernel = gaussianKernel(sigmaPx);
  const radius = kernel.length - 1;
  const across = new Float32Array(height * width);
  const line = new Float64Array(width + 2 * radius);
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < line.length; k++) line[k] = plane[y * width + mirrorIndex(k - radius, width)]!;
    for (let x = 0; x < width; x++) {
      let sum = kernel[0]! * line[x + radius]!;
      for (let k = 1; k <= radius; k++) sum += kernel[k]! * (line[x + radius - k]! + line[x + radius + k]!);
      across[y * width + x] = sum;
    }
  }
  const result = new Float32Array(height * width);
  const sums = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) sums[x] = kernel[0]! * across[y * width + x]!;
    for (let k = 1; k <= radius; k++) {
      const above = mirrorIndex(y - k, height) * width;
      const below = mirrorIndex(y + k, height) * width;
      const weight = kernel[k]!;
      for (let x = 0; x < width; x++) sums[x]! += weight * (across[above + x]! + across[below + x]!);
    }
    result.set(sums, y * width);
  }
  return result;
}
