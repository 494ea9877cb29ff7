/** Point as disk: a press sets a disk of the brush's size, which follows the pointer until it is let go. */

import type { Gesture } from '../gesture.ts';
import type { PaintTarget } from '../paintTarget.ts';
import { rasteriseStroke } from '../rasterise.ts';
import type { PointerSample, Tool, ToolHost } from './tool.ts';

type State = { name: 'idle' } | { name: 'placing'; gesture: Gesture; target: PaintTarget };

export class DiskTool implements Tool {
  readonly name = 'disk';
  readonly #host: ToolHost;
  #state: State = { name: 'idle' };

  constructor(host: ToolHost) {
    this.#host = host;
  }

  get active(): boolean {
    return this.#state.name === 'placing';
  }

  pointerDown(sample: PointerSample): void {
    this.cancel();
    if (this.#host.ready) this.#place(sample);
    else this.#host.refuse('loading');
  }

  pointerMove(sample: PointerSample): void {
    if (this.#state.name !== 'placing') return;
    this.cancel();
    this.#place(sample);
  }

  pointerUp(): void {
    if (this.#state.name !== 'placing') return;
    const { gesture, target } = this.#state;
    this.#state = { name: 'idle' };
    if (target.blocked) this.#host.refuse(target.blocked);
    else this.#host.commit(gesture, this.name, target);
  }

  finish(): void {
    // A disk is set by the pointer's release.
  }

  cancel(): void {
    if (this.#state.name === 'placing') this.#state.gesture.cancel();
    this.#state = { name: 'idle' };
  }

  preview(): null {
    return null;
  }

  #place(at: PointerSample): void {
    const host = this.#host;
    const target = host.targetAt(at, host.mode);
    const gesture = host.document.beginGesture();
    rasteriseStroke(at, at, host.brushDiameterPx, (y, x0, x1) =>
      gesture.paintRun(y, x0, x1, target.label, target.mayReplace),
    );
    gesture.show();
    this.#state = { name: 'placing', gesture, target };
  }
}
