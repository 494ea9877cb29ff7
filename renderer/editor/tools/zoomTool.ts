/** Zoom: a click zooms in where it is, with Alt out; a drag spans the part of the image to be shown. */

import type { PixelRect } from '../paintableTiles.ts';
import type { Point } from '../rasterise.ts';
import type { PointerSample, Tool, ToolPreview } from './tool.ts';

type State = { name: 'idle' } | { name: 'spanning'; from: PointerSample; to: Point };

/** What the tool does to the view, in image coordinates. */
export interface ZoomableView {
  zoomAt(point: Point, factor: number): void;
  showArea(area: PixelRect): void;
  /** Shortest side of a span that is no click, image pixels. */
  leastSpan(): number;
}

export class ZoomTool implements Tool {
  readonly name = 'zoom';
  readonly #view: ZoomableView;
  #state: State = { name: 'idle' };

  constructor(view: ZoomableView) {
    this.#view = view;
  }

  get active(): boolean {
    return this.#state.name === 'spanning';
  }

  pointerDown(sample: PointerSample): void {
    this.#state = { name: 'spanning', from: sample, to: sample };
  }

  pointerMove({ x, y }: PointerSample): void {
    if (this.#state.name === 'spanning') this.#state.to = { x, y };
  }

  pointerUp(sample: PointerSample): void {
    this.pointerMove(sample);
    if (this.#state.name !== 'spanning') return;
    const { from, to } = this.#state;
    this.#state = { name: 'idle' };
    const area = {
      x: Math.min(from.x, to.x),
      y: Math.min(from.y, to.y),
      w: Math.abs(to.x - from.x),
      h: Math.abs(to.y - from.y),
    };
    if (Math.max(area.w, area.h) >= this.#view.leastSpan()) this.#view.showArea(area);
    else this.#view.zoomAt(from, from.alternate ? 0.5 : 2);
  }

  finish(): void {
    // A span ends with the pointer's release.
  }

  cancel(): void {
    this.#state = { name: 'idle' };
  }

  preview(): ToolPreview | null {
    if (this.#state.name === 'idle') return null;
    const { from, to } = this.#state;
    return { points: [from, { x: to.x, y: from.y }, to, { x: from.x, y: to.y }], closed: true };
  }
}
