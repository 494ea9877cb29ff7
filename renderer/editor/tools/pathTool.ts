/** Split and merge: a path is drawn over objects, and what it crosses is changed when it ends. */

import type { Point } from '../rasterise.ts';
import type { PointerSample, Refusal, Tool, ToolHost, ToolPreview } from './tool.ts';

type State = { name: 'idle' } | { name: 'drawing'; points: Point[] };

/** A freehand path from press to release. */
export abstract class PathTool implements Tool {
  abstract readonly name: string;
  protected readonly host: ToolHost;
  #state: State = { name: 'idle' };

  constructor(host: ToolHost) {
    this.host = host;
  }

  get active(): boolean {
    return this.#state.name === 'drawing';
  }

  pointerDown({ x, y }: PointerSample): void {
    if (this.#state.name !== 'idle') return;
    if (!this.host.ready) this.host.refuse('loading');
    else this.#state = { name: 'drawing', points: [{ x, y }] };
  }

  pointerMove({ x, y }: PointerSample): void {
    if (this.#state.name === 'drawing') this.#state.points.push({ x, y });
  }

  pointerUp(sample: PointerSample): void {
    this.pointerMove(sample);
    this.finish();
  }

  finish(): void {
    if (this.#state.name !== 'drawing') return;
    const { points } = this.#state;
    this.#state = { name: 'idle' };
    const reason = this.attempt(points);
    if (reason) this.host.refuse(reason);
  }

  cancel(): void {
    this.#state = { name: 'idle' };
  }

  preview(): ToolPreview | null {
    return this.#state.name === 'idle' ? null : { points: this.#state.points, closed: false };
  }

  /** Does what the path asks for, as one gesture, or says why not. */
  protected abstract attempt(path: readonly Point[]): Refusal | null;
}

/** Objects under a path in the order in which they are met, with how many of its pixels lie on each and the first of them. */
export function objectsAlong(
  host: ToolHost,
  pixels: readonly Point[],
): Map<number, { count: number; first: Point }> {
  const met = new Map<number, { count: number; first: Point }>();
  for (const { x, y } of pixels) {
    const label = host.document.at(x, y);
    if (label < 2) continue;
    const known = met.get(label);
    if (known) known.count++;
    else met.set(label, { count: 1, first: { x, y } });
  }
  return met;
}

/** Pixels of a path, neighbours by an edge or a corner: no 4-connected way leads across it. */
export function pixelsAlong(path: readonly Point[]): Point[] {
  const pixels: Point[] = [];
  const start = path[0];
  if (!start) return pixels;
  let from = { x: Math.round(start.x), y: Math.round(start.y) };
  pixels.push(from);
  for (const point of path.slice(1)) {
    const to = { x: Math.round(point.x), y: Math.round(point.y) };
    const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
    for (let i = 1; i <= steps; i++) {
      pixels.push({
        x: Math.round(from.x + ((to.x - from.x) * i) / steps),
        y: Math.round(from.y + ((to.y - from.y) * i) / steps),
      });
    }
    from = to;
  }
  return pixels;
}
