/** The connected pixels of about one grey value: for the magic wand. */

import type { Point, RunSink } from './rasterise.ts';
import type { GreyValues } from './tools/tool.ts';

/**
 * Visits the pixels of the area that are 4-connected to `from` and whose grey value differs from its by at most `tolerance`,
 * row run by row run, each once.
 */
export function floodGrey(grey: GreyValues, from: Point, tolerance: number, emit: RunSink): void {
  const { area } = grey;
  const value = grey.at(from.x, from.y);
  const right = area.x + area.w - 1;
  const bottom = area.y + area.h - 1;
  const seen = new Uint8Array(area.w * area.h);
  const indexOf = (x: number, y: number): number => (y - area.y) * area.w + x - area.x;
  const belongs = (x: number, y: number): boolean =>
    seen[indexOf(x, y)] === 0 && Math.abs(grey.at(x, y) - value) <= tolerance;
  const stack: Point[] = [from];
  while (stack.length > 0) {
    const { x, y } = stack.pop()!;
    if (!belongs(x, y)) continue;
    let first = x;
    let last = x;
    while (first > area.x && belongs(first - 1, y)) first--;
    while (last < right && belongs(last + 1, y)) last++;
    seen.fill(1, indexOf(first, y), indexOf(last, y) + 1);
    emit(y, first, last);
    for (const next of [y - 1, y + 1]) {
      if (next < area.y || next > bottom) continue;
      for (let column = first; column <= last; column++) {
        const starts = belongs(column, next) && (column === first || !belongs(column - 1, next));
        if (starts) stack.push({ x: column, y: next });
      }
    }
  }
}
