/** Polygon (click by click) and lasso (one drag): an outline whose inside is painted when it is closed. */

import { type Point, rasterisePolygon } from '../rasterise.ts';
import type { PointerSample, Tool, ToolHost, ToolPreview } from './tool.ts';

type State = { name: 'idle' } | { name: 'outlining'; points: Point[]; hover: Point };

/** Paints the inside of `points` by the host's mode and commits it as one gesture; `start` decides the target. */
export function paintInside(
  host: ToolHost,
  kind: string,
  points: readonly Point[],
  start: Point | undefined = points[0],
): void {
  if (!start || points.length < 3) return;
  const target = host.targetAt(start, host.mode);
  if (target.blocked) {
    host.refuse(target.blocked);
    return;
  }
  const gesture = host.document.beginGesture();
  rasterisePolygon(points, (y, x0, x1) => gesture.paintRun(y, x0, x1, target.label, target.mayReplace));
  gesture.show();
  host.commit(gesture, kind, target);
}

/** Corners by clicks; Enter, double click or a click on the first corner closes it. */
export class PolygonTool implements Tool {
  readonly name = 'polygon';
  readonly #host: ToolHost;
  /** Distance, px, at which a click counts as on the first corner. */
  readonly #closeDistance: () => number;
  #state: State = { name: 'idle' };

  constructor(host: ToolHost, closeDistance: () => number) {
    this.#host = host;
    this.#closeDistance = closeDistance;
  }

  get active(): boolean {
    return this.#state.name === 'outlining';
  }

  pointerDown(sample: PointerSample): void {
    const point = { x: sample.x, y: sample.y };
    if (this.#state.name === 'idle') {
      if (!this.#host.ready) this.#host.refuse('loading');
      else this.#state = { name: 'outlining', points: [point], hover: point };
      return;
    }
    const first = this.#state.points[0]!;
    const closes = Math.hypot(first.x - point.x, first.y - point.y) <= this.#closeDistance();
    if (closes && this.#state.points.length >= 3) this.finish();
    else this.#state.points.push(point);
  }

  pointerMove(sample: PointerSample): void {
    if (this.#state.name === 'outlining') this.#state.hover = { x: sample.x, y: sample.y };
  }

  pointerUp(): void {
    // Corners are set by presses.
  }

  finish(): void {
    if (this.#state.name !== 'outlining') return;
    const { points } = this.#state;
    this.#state = { name: 'idle' };
    paintInside(this.#host, this.name, points);
  }

  cancel(): void {
    this.#state = { name: 'idle' };
  }

  preview(): ToolPreview | null {
    if (this.#state.name === 'idle') return null;
    return { points: [...this.#state.points, this.#state.hover], closed: false };
  }
}

/** A freehand outline from press to release. */
export class LassoTool implements Tool {
  readonly name = 'lasso';
  readonly #host: ToolHost;
  #state: State = { name: 'idle' };

  constructor(host: ToolHost) {
    this.#host = host;
  }

  get active(): boolean {
    return this.#state.name === 'outlining';
  }

  pointerDown(sample: PointerSample): void {
    if (this.#state.name !== 'idle') return;
    if (!this.#host.ready) this.#host.refuse('loading');
    else this.#state = { name: 'outlining', points: [{ x: sample.x, y: sample.y }], hover: sample };
  }

  pointerMove(sample: PointerSample): void {
    if (this.#state.name === 'outlining') this.#state.points.push({ x: sample.x, y: sample.y });
  }

  pointerUp(): void {
    this.finish();
  }

  finish(): void {
    if (this.#state.name !== 'outlining') return;
    const { points } = this.#state;
    this.#state = { name: 'idle' };
    paintInside(this.#host, this.name, points);
  }

  cancel(): void {
    this.#state = { name: 'idle' };
  }

  preview(): ToolPreview | null {
    return this.#state.name === 'idle' ? null : { points: this.#state.points, closed: true };
  }
}
