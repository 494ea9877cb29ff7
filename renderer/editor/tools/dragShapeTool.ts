/** Box and ellipse: spanned from press to release, the inside is painted. */

import type { Point } from '../rasterise.ts';
import { paintInside } from './shapeTool.ts';
import type { PointerSample, Tool, ToolHost, ToolPreview } from './tool.ts';

type State = { name: 'idle' } | { name: 'spanning'; from: Point; to: Point };

/** Corners of an ellipse's outline; more than its pixels could tell apart up to some 1,000 px. */
const ELLIPSE_CORNERS = 180;

/** Outline of a shape that two corners span. */
const OUTLINES = {
  box: (from: Point, to: Point): Point[] => [from, { x: to.x, y: from.y }, to, { x: from.x, y: to.y }],
  ellipse: (from: Point, to: Point): Point[] => {
    const centre = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
    return Array.from({ length: ELLIPSE_CORNERS }, (_, i) => {
      const angle = (2 * Math.PI * i) / ELLIPSE_CORNERS;
      return {
        x: centre.x + (Math.abs(to.x - from.x) / 2) * Math.cos(angle),
        y: centre.y + (Math.abs(to.y - from.y) / 2) * Math.sin(angle),
      };
    });
  },
} as const;

/** What lies under the press decides the target: on an object the shape extends it, on free ground it makes a new one. */
export class DragShapeTool implements Tool {
  readonly name: keyof typeof OUTLINES;
  readonly #host: ToolHost;
  #state: State = { name: 'idle' };

  constructor(name: keyof typeof OUTLINES, host: ToolHost) {
    this.name = name;
    this.#host = host;
  }

  get active(): boolean {
    return this.#state.name === 'spanning';
  }

  pointerDown({ x, y }: PointerSample): void {
    if (this.#state.name !== 'idle') return;
    if (!this.#host.ready) this.#host.refuse('loading');
    else this.#state = { name: 'spanning', from: { x, y }, to: { x, y } };
  }

  pointerMove({ x, y }: PointerSample): void {
    if (this.#state.name === 'spanning') this.#state.to = { x, y };
  }

  pointerUp(sample: PointerSample): void {
    this.pointerMove(sample);
    this.finish();
  }

  finish(): void {
    if (this.#state.name !== 'spanning') return;
    const { from, to } = this.#state;
    this.#state = { name: 'idle' };
    paintInside(this.#host, this.name, OUTLINES[this.name](from, to), from);
  }

  cancel(): void {
    this.#state = { name: 'idle' };
  }

  preview(): ToolPreview | null {
    if (this.#state.name === 'idle') return null;
    return { points: OUTLINES[this.name](this.#state.from, this.#state.to), closed: true };
  }
}
