/** Magic wand: connected pixels of about the same grey value; dragging to the right takes in more, to the left less. */

import { floodGrey } from '../floodGrey.ts';
import type { Gesture } from '../gesture.ts';
import type { PaintTarget } from '../paintTarget.ts';
import type { Point } from '../rasterise.ts';
import type { GreyValues, PointerSample, Tool, ToolHost } from './tool.ts';

type State =
  | { name: 'idle' }
  | { name: 'growing'; from: Point; grey: GreyValues; target: PaintTarget; gesture: Gesture; share: number };

/** Tolerance of a click, as a share of the contrast window. */
const SHARE_AT_PRESS = 0.15;
/** A drag over this share of the view changes the tolerance by a whole contrast window. */
const DRAG_SHARE = 0.5;
/** Smallest change of the tolerance that is worth a new look. */
const LEAST_STEP = 0.005;

export class WandTool implements Tool {
  readonly name = 'wand';
  readonly #host: ToolHost;
  #state: State = { name: 'idle' };

  constructor(host: ToolHost) {
    this.#host = host;
  }

  get active(): boolean {
    return this.#state.name === 'growing';
  }

  pointerDown({ x, y }: PointerSample): void {
    const host = this.#host;
    if (this.#state.name !== 'idle') return;
    const grey = host.ready ? host.greyValues() : null;
    if (!grey) {
      host.refuse(host.ready ? 'pixels-loading' : 'loading');
      return;
    }
    const { area } = grey;
    const from = { x: Math.round(x), y: Math.round(y) };
    const isInside =
      from.x >= area.x && from.y >= area.y && from.x < area.x + area.w && from.y < area.y + area.h;
    if (!isInside) return;
    const target = host.targetAt(from, host.mode);
    if (target.blocked) {
      host.refuse(target.blocked);
      return;
    }
    const gesture = host.document.beginGesture();
    this.#state = { name: 'growing', from, grey, target, gesture, share: 0 };
    this.#grow(SHARE_AT_PRESS);
  }

  pointerMove({ x }: PointerSample): void {
    if (this.#state.name !== 'growing') return;
    const { from, grey, share } = this.#state;
    const wanted = Math.max(0, SHARE_AT_PRESS + (x - from.x) / (DRAG_SHARE * grey.area.w));
    if (Math.abs(wanted - share) >= LEAST_STEP) this.#grow(wanted);
  }

  pointerUp(sample: PointerSample): void {
    this.pointerMove(sample);
    if (this.#state.name !== 'growing') return;
    const { gesture, target } = this.#state;
    this.#state = { name: 'idle' };
    this.#host.commit(gesture, this.name, target);
  }

  finish(): void {
    // A selection ends with the pointer's release.
  }

  cancel(): void {
    if (this.#state.name !== 'growing') return;
    this.#state.gesture.cancel();
    this.#state = { name: 'idle' };
  }

  preview(): null {
    return null;
  }

  /** Takes the selection back and makes it anew with another tolerance. */
  #grow(share: number): void {
    if (this.#state.name !== 'growing') return;
    const { from, grey, target } = this.#state;
    this.#state.gesture.cancel();
    const gesture = this.#host.document.beginGesture();
    floodGrey(grey, from, share * grey.window, (y, x0, x1) =>
      gesture.paintRun(y, x0, x1, target.label, target.mayReplace),
    );
    gesture.show();
    this.#state.gesture = gesture;
    this.#state.share = share;
  }
}
