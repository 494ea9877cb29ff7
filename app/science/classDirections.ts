/** Whether classes lie in directions of their own, so that turning or mirroring a training tile would make its labels wrong. */

import type { ShapeYX } from './geometry.ts';

/** Sums over the borders of each class, background first, `[K + 1]` each. */
export interface DirectionTally {
  /** Structure tensor of the class's mask by Sobel derivatives: Σ gx², Σ gy², Σ gx·gy. */
  xx: Float64Array;
  yy: Float64Array;
  xy: Float64Array;
  /** Blocks of {@link BLOCK_PX}² px that hold some of its border. */
  blocks: Uint32Array;
}

/** A class whose parts lie in one direction. */
export interface ClassDirection {
  /** 0 background, k class k. */
  classIndex: number;
  /** Of its parts' long side, from the x axis towards y, 0 <= degrees < 180. */
  degrees: number;
  /** Of the structure tensor: (λ1 − λ2) / (λ1 + λ2), 0 (no direction) … 1. */
  coherence: number;
}

/** Border in fewer blocks than {@link FEWEST_BLOCKS} may lie in one direction by chance. */
const BLOCK_PX = 32;
const FEWEST_BLOCKS = 16;
/**
 * Classes of membrane pieces sorted by direction have 0.35 to 0.48 (ssTEM, Gerhard et al. 2013), other tissue of the same images up to
 * 0.23, membranes as one class 0.13, nuclei 0.06.
 */
const LEAST_COHERENCE = 0.3;
/** Two classes that differ by less may both follow the grain of the sample. */
const LEAST_DIFFERENCE_DEGREES = 20;

export function emptyDirections(classes: number): DirectionTally {
  const zeros = (): Float64Array => new Float64Array(classes + 1);
  return { xx: zeros(), yy: zeros(), xy: zeros(), blocks: new Uint32Array(classes + 1) };
}

/**
 * Adds one plane. Only pixels whose 3 × 3 neighbours are all labelled count, so that the ends of a stroke say nothing.
 *
 * @param target `[y, x]`: 0 unlabelled, 1 background, 1 + k class k
 */
export function addDirections(tally: DirectionTally, target: Uint8Array, shape: ShapeYX): void {
  const { y: height, x: width } = shape;
  const acrossBlocks = Math.ceil(width / BLOCK_PX);
  const counted = Array.from(tally.blocks, () => new Set<number>());
  for (let y = 1; y < height - 1; y++) {
    const above = (y - 1) * width;
    const here = y * width;
    const below = (y + 1) * width;
    for (let x = 1; x < width - 1; x++) {
      const a = target[above + x - 1]!;
      const b = target[above + x]!;
      const c = target[above + x + 1]!;
      const d = target[here + x - 1]!;
      const f = target[here + x + 1]!;
      const g = target[below + x - 1]!;
      const h = target[below + x]!;
      const i = target[below + x + 1]!;
      if (a === b && b === c && c === d && d === f && f === g && g === h && h === i) continue;
      if (a * b * c * d * target[here + x]! * f * g * h * i === 0) continue;
      const around = [a, b, c, d, f, g, h, i];
      for (const [n, value] of around.entries()) {
        if (around.indexOf(value) < n) continue;
        const is = (other: number): number => (other === value ? 1 : 0);
        const gx = is(c) + 2 * is(f) + is(i) - is(a) - 2 * is(d) - is(g);
        const gy = is(g) + 2 * is(h) + is(i) - is(a) - 2 * is(b) - is(c);
        const k = value - 1;
        tally.xx[k]! += gx * gx;
        tally.yy[k]! += gy * gy;
        tally.xy[k]! += gx * gy;
        counted[k]!.add(Math.floor(y / BLOCK_PX) * acrossBlocks + Math.floor(x / BLOCK_PX));
      }
    }
  }
  for (const [k, blocks] of counted.entries()) tally.blocks[k]! += blocks.size;
}

/** Adds one tally to another. */
export function mergeDirections(into: DirectionTally, from: DirectionTally): void {
  for (const name of ['xx', 'yy', 'xy', 'blocks'] as const) {
    for (const [k, value] of from[name].entries()) into[name][k]! += value;
  }
}

/**
 * Classes with a direction of their own: parts that lie in one direction, in many places, and another class that does so in another.
 * Empty where no two classes differ, since then nothing is lost by turning tiles.
 */
export function classDirections({ xx, yy, xy, blocks }: DirectionTally): ClassDirection[] {
  const directed: ClassDirection[] = [];
  for (const [classIndex, count] of blocks.entries()) {
    if (count < FEWEST_BLOCKS) continue;
    const difference = xx[classIndex]! - yy[classIndex]!;
    const coherence = Math.hypot(difference, 2 * xy[classIndex]!) / (xx[classIndex]! + yy[classIndex]!);
    if (coherence < LEAST_COHERENCE) continue;
    // The gradient stands across the long side.
    const degrees = (Math.atan2(2 * xy[classIndex]!, difference) * 90) / Math.PI + 90;
    directed.push({ classIndex, degrees: degrees % 180, coherence });
  }
  const apart = (a: number, b: number): number => Math.min(Math.abs(a - b), 180 - Math.abs(a - b));
  const differs = directed.some(({ degrees }) =>
    directed.some((other) => apart(degrees, other.degrees) >= LEAST_DIFFERENCE_DEGREES),
  );
  return differs ? directed : [];
}
