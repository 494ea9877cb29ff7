/** Seeded watershed: grows seeds over a landscape, lowest ground first, until they meet. */

import type { ShapeYX } from './geometry.ts';

/** Pixels ordered by level, equal levels by arrival: a binary heap over typed arrays. */
class FloodQueue {
  private readonly pixels: Int32Array;
  private readonly levels: Float64Array;
  private readonly arrivals: Float64Array;
  private size = 0;
  private arrived = 0;

  constructor(capacity: number) {
    this.pixels = new Int32Array(capacity);
    this.levels = new Float64Array(capacity);
    this.arrivals = new Float64Array(capacity);
  }

  push(pixel: number, level: number): void {
    const { pixels, levels, arrivals } = this;
    const arrival = this.arrived++;
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      // The newcomer arrived last, so it passes a parent only from a lower level.
      if (levels[parent]! <= level) break;
      pixels[at] = pixels[parent]!;
      levels[at] = levels[parent]!;
      arrivals[at] = arrivals[parent]!;
      at = parent;
    }
    pixels[at] = pixel;
    levels[at] = level;
    arrivals[at] = arrival;
  }

  /** The pixel of lowest level, -1 if there is none. */
  pop(): number {
    if (this.size === 0) return -1;
    const { pixels, levels, arrivals } = this;
    const top = pixels[0]!;
    const last = --this.size;
    const pixel = pixels[last]!;
    const level = levels[last]!;
    const arrival = arrivals[last]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      if (child + 1 < last && this.isBefore(child + 1, child)) child++;
      if (level < levels[child]! || (level === levels[child]! && arrival < arrivals[child]!)) break;
      pixels[at] = pixels[child]!;
      levels[at] = levels[child]!;
      arrivals[at] = arrivals[child]!;
      at = child;
    }
    pixels[at] = pixel;
    levels[at] = level;
    arrivals[at] = arrival;
    return top;
  }

  private isBefore(a: number, b: number): boolean {
    const { levels, arrivals } = this;
    return levels[a]! < levels[b]! || (levels[a] === levels[b] && arrivals[a]! < arrivals[b]!);
  }
}

/**
 * Watershed by flooding with 4-connectivity (Beucher & Meyer 1993; no watershed lines, as scikit-image's).
 *
 * @param levels `[y, x]` landscape; seeds spread over low ground first
 * @param seeds `[y, x]`, 0 no seed; seeds outside the mask are dropped
 * @param mask `[y, x]`, 0 is never flooded
 * @returns `[y, x]` the seed whose flood came first, 0 outside the mask or out of reach
 */
export function watershed(
  levels: ArrayLike<number>,
  seeds: Uint32Array,
  mask: ArrayLike<number>,
  shape: ShapeYX,
): Uint32Array {
  const { y: height, x: width } = shape;
  const labels = new Uint32Array(height * width);
  const queue = new FloodQueue(height * width);
  for (let i = 0; i < labels.length; i++) {
    if (seeds[i] === 0 || mask[i] === 0) continue;
    labels[i] = seeds[i]!;
    queue.push(i, levels[i]!);
  }
  for (let pixel = queue.pop(); pixel >= 0; pixel = queue.pop()) {
    const x = pixel % width;
    const own = labels[pixel]!;
    for (let side = 0; side < 4; side++) {
      let next = pixel;
      if (side === 0) next = pixel - width;
      else if (side === 1) next = x > 0 ? pixel - 1 : -1;
      else if (side === 2) next = x + 1 < width ? pixel + 1 : -1;
      else next = pixel + width;
      if (next < 0 || next >= labels.length || labels[next] !== 0 || mask[next] === 0) continue;
      labels[next] = own;
      queue.push(next, levels[next]!);
    }
  }
  return labels;
}
