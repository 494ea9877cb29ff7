/** The connected ground under a click: for the fill tool. */

import type { LabelDocument } from './labelDocument.ts';
import type { RunSink } from './rasterise.ts';

export interface FloodResult {
  pixels: number;
  /** The ground reaches the image's border: it is not enclosed. */
  reachesBorder: boolean;
  /** Labels (>= 1) that the ground touches. */
  neighbours: Set<number>;
  /** A tile that has not arrived was met; the result is incomplete. */
  incomplete: boolean;
}

/**
 * Visits the pixels 4-connected to `(x, y)` that carry the same label, row run by row run.
 * Visiting changes nothing, `emit` may therefore be called only after the whole ground is known: runs are collected first.
 */
export function floodFill(document: LabelDocument, x: number, y: number, emit: RunSink): FloodResult {
  const { shape } = document;
  const result: FloodResult = { pixels: 0, reachesBorder: false, neighbours: new Set(), incomplete: false };
  if (x < 0 || y < 0 || x >= shape.x || y >= shape.y) return result;
  const label = document.at(x, y);
  const seen = new Uint8Array(Math.ceil((shape.x * shape.y) / 8));
  const isSeen = (index: number) => ((seen[index >> 3] ?? 0) >> (index & 7)) & 1;
  const runs: [number, number, number][] = [];
  const stack: number[] = [y * shape.x + x];
  while (stack.length > 0) {
    const index = stack.pop()!;
    if (isSeen(index)) continue;
    const row = Math.floor(index / shape.x);
    let first = index - row * shape.x;
    let last = first;
    while (first > 0 && document.at(first - 1, row) === label) first--;
    while (last < shape.x - 1 && document.at(last + 1, row) === label) last++;
    if (!document.isLoaded({ x: first, y: row, w: last - first + 1, h: 1 })) result.incomplete = true;
    runs.push([row, first, last]);
    result.pixels += last - first + 1;
    if (first === 0 || last === shape.x - 1 || row === 0 || row === shape.y - 1) result.reachesBorder = true;
    if (first > 0) noteNeighbour(result, document.at(first - 1, row));
    if (last < shape.x - 1) noteNeighbour(result, document.at(last + 1, row));
    for (let column = first; column <= last; column++) {
      const at = row * shape.x + column;
      seen[at >> 3] = (seen[at >> 3] ?? 0) | (1 << (at & 7));
    }
    for (const next of [row - 1, row + 1]) {
      if (next < 0 || next >= shape.y) continue;
      for (let column = first; column <= last; column++) {
        const value = document.at(column, next);
        if (value !== label) {
          noteNeighbour(result, value);
          continue;
        }
        const startsRun = column === first || document.at(column - 1, next) !== label;
        if (startsRun && !isSeen(next * shape.x + column)) stack.push(next * shape.x + column);
      }
    }
  }
  if (!result.incomplete) for (const [row, first, last] of runs) emit(row, first, last);
  return result;
}

function noteNeighbour(result: FloodResult, label: number): void {
  if (label > 0) result.neighbours.add(label);
}
