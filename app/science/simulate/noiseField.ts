/** Smooth random fields and detector noise: what simulated specimens and cameras have in common. */

import type { ShapeYX } from '../geometry.ts';
import type { Random } from '../random.ts';
import { sampleRow } from '../resample.ts';

/**
 * A smooth Gaussian random field of mean 0 and variance near 1: normal values on a lattice, bicubic in between.
 *
 * @param scalePx lattice spacing, px: the size of its features
 * @returns `[y, x]`
 */
export function noiseField(random: Random, shape: ShapeYX, scalePx: number): Float32Array {
  const lattice = { y: Math.ceil(shape.y / scalePx) + 5, x: Math.ceil(shape.x / scalePx) + 5 };
  // Interpolation averages neighbours; 1.2 restores the variance.
  const values = Float32Array.from({ length: lattice.y * lattice.x }, () => 1.2 * random.normal());
  const phaseY = 2 + random.next();
  const phaseX = 2 + random.next();
  const field = new Float32Array(shape.y * shape.x);
  const rows = new Float64Array(shape.x);
  const columns = Float64Array.from({ length: shape.x }, (_, x) => x / scalePx + phaseX);
  for (let y = 0; y < shape.y; y++) {
    rows.fill(y / scalePx + phaseY);
    sampleRow(values, lattice, rows, columns, shape.x, 1, 0, field, y * shape.x);
  }
  return field;
}

/** A Poisson number of the given mean; above 30 the normal distribution of the same mean and variance, rounded. */
export function drawPoisson(random: Random, mean: number): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const limit = Math.exp(-Math.max(0, mean));
  let count = 0;
  for (let product = random.next(); product > limit; product *= random.next()) count++;
  return count;
}
