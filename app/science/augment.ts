/** Random distortions of training samples: where each pixel of a tile is read from, and how its grey value changes. */

import type { ShapeYX } from './geometry.ts';
import type { Random } from './random.ts';

/** How training samples are varied. */
export interface AugmentationOptions {
  /** Mirrored at random along each axis. */
  flip: boolean;
  /** No rotation, by 0, 90, 180 or 270 degrees, or by any angle. */
  rotation: 'none' | 'right-angles' | 'free';
  /** Magnification, drawn log-uniformly; [1, 1] for none. */
  scaleRange: [number, number];
  /** Standard deviation of the displacement vectors of the elastic deformation, px; 0 for none. */
  elasticSigmaPx: number;
  /** Displacement vectors along each side of the tile, >= 2; 3 in the paper. */
  elasticGrid: number;
  /** Factor on normalised grey values, uniform, one a channel. */
  gain: [number, number];
  /** Added to normalised grey values, uniform, one a channel. */
  offset: [number, number];
  /** Exponent on the magnitude of normalised grey values, drawn log-uniformly, one a channel. */
  gamma?: [number, number];
  /** Largest standard deviation of added Gaussian noise, in normalised units; uniform from 0, one a channel. */
  noise?: number;
}

/** Samples as they are, at random places. */
export const NO_AUGMENTATION: Readonly<AugmentationOptions> = {
  flip: false,
  rotation: 'none',
  scaleRange: [1, 1],
  elasticSigmaPx: 0,
  elasticGrid: 3,
  gain: [1, 1],
  offset: [0, 0],
};

/** Ronneberger et al. 2015, section 3.1, with the ranges that the paper leaves open as SCIENCE.md states them. */
export const PAPER_AUGMENTATION: Readonly<AugmentationOptions> = {
  flip: false,
  rotation: 'free',
  scaleRange: [1, 1],
  elasticSigmaPx: 10,
  elasticGrid: 3,
  gain: [0.9, 1.1],
  offset: [-0.1, 0.1],
};

/** How the grey values of one channel change: `gain · sign(v) |v|^gamma + offset + noise · N(0, 1)`. */
export interface GreyChange {
  gain: number;
  offset: number;
  gamma: number;
  noise: number;
}

/** Uniform in [low, high]; consumes one number even when both are equal, so that options do not shift the stream. */
function drawUniform(random: Random, [low, high]: readonly [number, number]): number {
  return low + (high - low) * random.next();
}

function drawLogUniform(random: Random, [low, high]: readonly [number, number]): number {
  return low === high ? low + 0 * random.next() : low * (high / low) ** random.next();
}

/** Draws the grey-value change of one channel. */
export function drawGreyChange(random: Random, options: AugmentationOptions): GreyChange {
  return {
    gain: drawUniform(random, options.gain),
    offset: drawUniform(random, options.offset),
    gamma: drawLogUniform(random, options.gamma ?? [1, 1]),
    noise: drawUniform(random, [0, options.noise ?? 0]),
  };
}

/** Cosine and sine of the drawn angle; exact for right angles, so that pixels are moved, not resampled. */
function drawRotation(
  random: Random,
  rotation: AugmentationOptions['rotation'],
): { cos: number; sin: number } {
  const u = random.next();
  if (rotation === 'none') return { cos: 1, sin: 0 };
  if (rotation === 'free') return { cos: Math.cos(2 * Math.PI * u), sin: Math.sin(2 * Math.PI * u) };
  const quarter = Math.floor(4 * u);
  return { cos: [1, 0, -1, 0][quarter]!, sin: [0, 1, 0, -1][quarter]! };
}

/**
 * Catmull-Rom weights of the displacement grid along one side: `[length, nodes]`. Nodes span the side from its first to
 * its last pixel; beyond the ends the grid goes on linearly.
 */
function gridWeights(length: number, nodes: number): Float64Array {
  const weights = new Float64Array(length * nodes);
  for (let i = 0; i < length; i++) {
    const position = length > 1 ? (i * (nodes - 1)) / (length - 1) : 0;
    const cell = Math.min(Math.floor(position), nodes - 2);
    const t = position - cell;
    const taps = [
      ((-t + 2) * t - 1) * t * 0.5,
      ((3 * t - 5) * t * t + 2) * 0.5,
      ((-3 * t + 4) * t + 1) * t * 0.5,
      (t - 1) * t * t * 0.5,
    ];
    const row = i * nodes;
    for (let k = 0; k < 4; k++) {
      const node = cell - 1 + k;
      const inner = node < 0 ? 0 : node >= nodes ? nodes - 1 : node;
      const overshoot = Math.abs(node - inner);
      const beyond = inner === 0 ? 1 : nodes - 2;
      // Value beyond the end by linear continuation: 2 · last - last but one.
      weights[row + inner]! += taps[k]! * (1 + overshoot);
      if (overshoot > 0) weights[row + beyond]! -= taps[k]! * overshoot;
    }
  }
  return weights;
}

/**
 * A smooth random map from the pixels of a tile to positions of a plane: mirror, rotation, scale and elastic
 * deformation (displacement vectors on a coarse grid over the tile, Gaussian, bicubic in between; Ronneberger et al.
 * 2015, section 3.1).
 */
export class TileTransform {
  private readonly shape: ShapeYX;
  // Plane step for one tile pixel down and one to the right.
  private readonly yPerY: number;
  private readonly yPerX: number;
  private readonly xPerY: number;
  private readonly xPerX: number;
  private readonly nodes: number;
  private readonly displacementY: Float64Array | null = null;
  private readonly displacementX: Float64Array | null = null;
  private readonly weightsY: Float64Array;
  private readonly weightsX: Float64Array;
  private readonly rowY: Float64Array;
  private readonly rowX: Float64Array;
  private originY = 0;
  private originX = 0;

  /**
   * Draws a transform.
   *
   * @param shape of the tile, px
   */
  constructor(random: Random, options: AugmentationOptions, shape: ShapeYX) {
    this.shape = shape;
    const mirrorY = random.next() < 0.5 && options.flip ? -1 : 1;
    const mirrorX = random.next() < 0.5 && options.flip ? -1 : 1;
    const { cos, sin } = drawRotation(random, options.rotation);
    const step = 1 / drawLogUniform(random, options.scaleRange);
    this.yPerY = step * cos * mirrorY;
    this.yPerX = step * sin * mirrorX;
    this.xPerY = -step * sin * mirrorY;
    this.xPerX = step * cos * mirrorX;
    const nodes = Math.max(2, Math.floor(options.elasticGrid));
    this.nodes = nodes;
    const elastic = options.elasticSigmaPx > 0;
    if (elastic) {
      const draw = () => options.elasticSigmaPx * random.normal();
      this.displacementY = Float64Array.from({ length: nodes * nodes }, draw);
      this.displacementX = Float64Array.from({ length: nodes * nodes }, draw);
    }
    this.weightsY = elastic ? gridWeights(shape.y, nodes) : new Float64Array(0);
    this.weightsX = elastic ? gridWeights(shape.x, nodes) : new Float64Array(0);
    this.rowY = new Float64Array(nodes);
    this.rowX = new Float64Array(nodes);
  }

  /** Shifts the map so that tile pixel (tileY, tileX) is read from plane position (planeY, planeX). */
  anchor(tileY: number, tileX: number, planeY: number, planeX: number): void {
    this.originY = 0;
    this.originX = 0;
    const out = new Float64Array(2);
    this.positionsOfRow(tileY, out.subarray(0, 1), out.subarray(1, 2), tileX, 1);
    this.originY = planeY - out[0]!;
    this.originX = planeX - out[1]!;
  }

  /** Plane position from which the middle of the tile is read, elastic deformation left aside. */
  centre(): ShapeYX {
    const y = (this.shape.y - 1) / 2;
    const x = (this.shape.x - 1) / 2;
    return {
      y: this.originY + this.yPerY * y + this.yPerX * x,
      x: this.originX + this.xPerY * y + this.xPerX * x,
    };
  }

  /** Displacement on the tile of a plane vector: the inverse of the linear part. */
  toTile(planeY: number, planeX: number): ShapeYX {
    const determinant = this.yPerY * this.xPerX - this.yPerX * this.xPerY;
    return {
      y: (this.xPerX * planeY - this.yPerX * planeX) / determinant,
      x: (this.yPerY * planeX - this.xPerY * planeY) / determinant,
    };
  }

  /**
   * Plane positions of one row of the tile.
   *
   * @param y row of the tile
   * @param outY receives row positions, `outX` column positions, px, of `count` pixels from column `from` on
   */
  positionsOfRow(y: number, outY: Float64Array, outX: Float64Array, from = 0, count = this.shape.x): void {
    const { yPerX, xPerX, nodes, weightsX, displacementY, displacementX, rowY, rowX } = this;
    const startY = this.originY + this.yPerY * y;
    const startX = this.originX + this.xPerY * y;
    if (displacementY === null || displacementX === null) {
      for (let i = 0; i < count; i++) {
        outY[i] = startY + yPerX * (from + i);
        outX[i] = startX + xPerX * (from + i);
      }
      return;
    }
    for (let column = 0; column < nodes; column++) {
      let sumY = 0;
      let sumX = 0;
      for (let row = 0; row < nodes; row++) {
        const weight = this.weightsY[y * nodes + row]!;
        sumY += weight * displacementY[row * nodes + column]!;
        sumX += weight * displacementX[row * nodes + column]!;
      }
      rowY[column] = sumY;
      rowX[column] = sumX;
    }
    for (let i = 0; i < count; i++) {
      const x = from + i;
      let sumY = startY + yPerX * x;
      let sumX = startX + xPerX * x;
      for (let column = 0, w = x * nodes; column < nodes; column++, w++) {
        const weight = weightsX[w]!;
        sumY += weight * rowY[column]!;
        sumX += weight * rowX[column]!;
      }
      outY[i] = sumY;
      outX[i] = sumX;
    }
  }
}
