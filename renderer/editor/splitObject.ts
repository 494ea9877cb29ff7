/** Cuts a connected part of an object along a path of pixels: for the split tool. */

import { connectedComponents } from '../../app/science/connectedComponents.ts';
import type { Point } from './rasterise.ts';

/** Runs of pixels: row, first and last column. */
export type Piece = [number, number, number][];

/**
 * The 4-connected pieces that are left when the pixels of the path are taken out, largest first; the path's pixels are then
 * given to the pieces beside them, so that no pixel is lost. One piece if the path does not cross from edge to edge.
 *
 * @param runs the part, any order
 * @param cut pixels of the path; those outside the part do not count
 */
export function splitObject(runs: Piece, cut: readonly Point[]): Piece[] {
  const top = runs.reduce((least, [y]) => Math.min(least, y), Infinity);
  const bottom = runs.reduce((most, [y]) => Math.max(most, y), -Infinity);
  const left = runs.reduce((least, [, x0]) => Math.min(least, x0), Infinity);
  const right = runs.reduce((most, [, , x1]) => Math.max(most, x1), -Infinity);
  if (runs.length === 0) return [];
  const shape = { y: bottom - top + 1, x: right - left + 1 };
  const inside = new Uint8Array(shape.y * shape.x);
  for (const [y, x0, x1] of runs) {
    inside.fill(1, (y - top) * shape.x + x0 - left, (y - top) * shape.x + x1 - left + 1);
  }
  const open: number[] = [];
  for (const { x, y } of cut) {
    if (x < left || x > right || y < top || y > bottom) continue;
    const i = (y - top) * shape.x + x - left;
    if (inside[i] !== 1) continue;
    inside[i] = 0;
    open.push(i);
  }
  const { labels, count } = connectedComponents(inside, shape, 4);
  giveAway(labels, open, shape);
  const sizes = new Float64Array(count + 1);
  for (const label of labels) sizes[label]!++;
  const order = Array.from({ length: count }, (_, i) => i + 1).sort((a, b) => sizes[b]! - sizes[a]!);
  const pieces = new Map<number, Piece>(order.map((label) => [label, []]));
  for (let y = 0, i = 0; y < shape.y; y++) {
    for (let x = 0; x < shape.x; ) {
      const label = labels[i]!;
      const start = x;
      while (x < shape.x && labels[i] === label) {
        x++;
        i++;
      }
      pieces.get(label)?.push([y + top, start + left, x - 1 + left]);
    }
  }
  return [...pieces.values()];
}

/** Pixels of the cut take the label of a neighbour, by edges before corners, round after round. */
function giveAway(labels: Uint32Array, open: readonly number[], shape: { y: number; x: number }): void {
  let rest = [...new Set(open)];
  while (rest.length > 0) {
    const given: [number, number][] = [];
    for (const i of rest) {
      const label = neighbourOf(labels, i, shape);
      if (label > 0) given.push([i, label]);
    }
    if (given.length === 0) return;
    for (const [i, label] of given) labels[i] = label;
    rest = rest.filter((i) => labels[i] === 0);
  }
}

const STEPS = [
  [0, -1],
  [-1, 0],
  [0, 1],
  [1, 0],
  [-1, -1],
  [-1, 1],
  [1, -1],
  [1, 1],
] as const;

function neighbourOf(labels: Uint32Array, i: number, shape: { y: number; x: number }): number {
  const y = Math.floor(i / shape.x);
  const x = i - y * shape.x;
  for (const [dy, dx] of STEPS) {
    const v = y + dy;
    const u = x + dx;
    if (v < 0 || u < 0 || v >= shape.y || u >= shape.x) continue;
    const label = labels[v * shape.x + u]!;
    if (label > 0) return label;
  }
  return 0;
}
