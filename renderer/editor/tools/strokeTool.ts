/** Brush and eraser: paint the trace of a round tip from press to release. */

import type { Gesture } from '../gesture.ts';
import type { PaintMode, PaintTarget } from '../paintTarget.ts';
import { type Point, rasteriseStroke } from '../rasterise.ts';
import type { PointerSample, Tool, ToolHost } from './tool.ts';

type State =
  | { name: 'idle' }
  | { name: 'painting'; gesture: Gesture; target: PaintTarget; last: PointerSample };

/** `mode` fixes what the tip lays down (the eraser); null follows the host's painting mode (the brush). */
export class StrokeTool implements Tool {
  readonly name: string;
  readonly #host: ToolHost;
  readonly #mode: PaintMode | null;
  #state: State = { name: 'idle' };

  constructor(name: string, host: ToolHost, mode: PaintMode | null) {
    this.name = name;
    this.#host = host;
    this.#mode = mode;
  }

  get active(): boolean {
    return this.#state.name === 'painting';
  }

  pointerDown(sample: PointerSample): void {
    if (this.#state.name === 'painting') return;
    if (!this.#host.ready) {
      this.#host.refuse('loading');
      return;
    }
    const target = this.#host.targetAt(sample, this.#mode ?? this.#host.mode);
    if (target.blocked) {
      this.#host.refuse(target.blocked);
      return;
    }
    const gesture = this.#host.document.beginGesture();
    this.#state = { name: 'painting', gesture, target, last: sample };
    this.#paint(sample, sample, sample.pressure);
  }

  pointerMove(sample: PointerSample): void {
    if (this.#state.name !== 'painting') return;
    this.#paint(this.#state.last, sample, sample.pressure);
    this.#state.last = sample;
  }

  pointerUp(sample: PointerSample): void {
    if (this.#state.name !== 'painting') return;
    const { last, gesture, target } = this.#state;
    // A pen that is lifted presses no more.
    if (last.x !== sample.x || last.y !== sample.y) this.#paint(last, sample, last.pressure);
    this.#state = { name: 'idle' };
    this.#host.commit(gesture, this.name, target);
  }

  finish(): void {
    // A stroke ends with the pointer's release.
  }

  cancel(): void {
    if (this.#state.name !== 'painting') return;
    this.#state.gesture.cancel();
    this.#state = { name: 'idle' };
  }

  preview(): null {
    return null;
  }

  #paint(from: Point, to: Point, pressure: number): void {
    if (this.#state.name !== 'painting') return;
    const { gesture, target } = this.#state;
    rasteriseStroke(from, to, Math.max(1, this.#host.brushDiameterPx * pressure), (y, x0, x1) =>
      gesture.paintRun(y, x0, x1, target.label, target.mayReplace),
    );
    gesture.show();
  }
}
