/** Simulated electron microscopy: a network of thin dark membranes between cells, with exact ground truth. */

import { gaussianFilter } from '../gaussianFilter.ts';
import type { ShapeYX } from '../geometry.ts';
import { createRandom, type Random } from '../random.ts';
import { drawCells, warpedCells } from './cellMosaic.ts';
import { noiseField } from './noiseField.ts';
import type { SimulationRequest } from './nuclei.ts';
import { paintMitochondria, paintVesicles } from './organelles.ts';

/** Half the thickness of a membrane, px. */
const HALF_THICKNESS_PX = 2.1;

/**
 * Simulates one section of neural tissue: cells of very different size (a Voronoi mosaic of unequal weights, warped),
 * parted by dark membranes of varying thickness and sharpness; cytoplasm, vesicles, mitochondria with cristae; uneven
 * staining; blur and grain.
 *
 * @returns `image` `[y, x]`; `labels` `[y, x]` 0 membrane, 255 cell interior. The same request gives the same pixels
 */
export function simulateMembranes({ shape, seed, index }: SimulationRequest): {
  image: Uint8Array;
  labels: Uint8Array;
} {
  const random = createRandom(seed, index, 2);
  const cells = drawCells(random, shape);
  const { cell, toBorder } = warpedCells(random, cells, shape);
  const thickness = noiseField(random, shape, 35);
  const labels = new Uint8Array(cell.length);
  const half = new Float32Array(cell.length);
  for (let i = 0; i < cell.length; i++) {
    half[i] = HALF_THICKNESS_PX * (1 + 0.14 * Math.max(-2, Math.min(2.5, thickness[i]!)));
    labels[i] = toBorder[i]! <= half[i]! ? 0 : 255;
  }
  const ink = cytoplasm(random, cell, cells.length, shape);
  paintVesicles(ink, toBorder, cell, shape, random);
  paintMitochondria(ink, toBorder, shape, random);
  paintMembranes(ink, toBorder, half, shape, random);
  return { image: micrograph(ink, shape, random), labels };
}

/** Brightness of cytoplasm, 0…1: each cell has its own, with fine filaments. */
function cytoplasm(random: Random, cell: Uint32Array, cells: number, shape: ShapeYX): Float32Array {
  const tones = Float32Array.from({ length: cells }, () => 0.56 + 0.035 * random.normal());
  const grain = noiseField(random, shape, 3.2);
  const clouds = noiseField(random, shape, 12);
  return Float32Array.from(cell, (number, i) => tones[number]! + 0.05 * grain[i]! + 0.022 * clouds[i]!);
}

/** Darkens membranes; here and there a density beside one. */
function paintMembranes(
  ink: Float32Array,
  toBorder: Float32Array,
  half: Float32Array,
  shape: ShapeYX,
  random: Random,
): void {
  const staining = noiseField(random, shape, 18);
  const densities = noiseField(random, shape, 28);
  for (let i = 0; i < ink.length; i++) {
    const distance = toBorder[i]! / half[i]!;
    if (distance > 4) continue;
    const dark = 0.4 + 0.05 * staining[i]!;
    ink[i] = ink[i]! - dark * Math.exp(-0.8 * distance ** 2.4);
    if (densities[i]! > 1.7)
      ink[i] = ink[i]! - 0.22 * Math.min(1, densities[i]! - 1.7) * Math.exp(-0.2 * distance ** 2);
  }
}

/** Section thickness, optics and film: blur, uneven staining, grain. */
function micrograph(ink: Float32Array, shape: ShapeYX, random: Random): Uint8Array {
  for (let i = 0; i < ink.length; i++) ink[i] = Math.max(0.1, ink[i]!) + 0.1 * random.normal();
  const blurred = gaussianFilter(ink, shape, 0.75);
  const uneven = noiseField(random, shape, 150);
  return Uint8Array.from(blurred, (value, i) => {
    const grey = 255 * (value * (1 + 0.03 * uneven[i]!)) + 3.5 * random.normal();
    return Math.min(255, Math.max(0, Math.round(grey)));
  });
}
