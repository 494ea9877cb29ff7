/** Smart brush: as the brush, but its disk takes only what looks like its middle and ends at edges; Alt paints over them. */

import type { Gesture } from '../gesture.ts';
import type { PaintTarget } from '../paintTarget.ts';
import { type Point, rasteriseStroke } from '../rasterise.ts';
import { growInDisk } from '../smartDisk.ts';
import type { GreyValues, PointerSample, Tool, ToolHost } from './tool.ts';

type State =
  | { name: 'idle' }
  | { name: 'painting'; gesture: Gesture; target: PaintTarget; grey: GreyValues; last: PointerSample };

/** Difference from the middle that counts as an edge, as a share of the contrast window. */
const DIFFERENCE_SHARE = 0.2;
/** Disks follow each other at this share of the diameter. */
const SPACING = 0.15;

export class SmartBrushTool implements Tool {
  readonly name = 'smart brush';
  readonly #host: ToolHost;
  #state: State = { name: 'idle' };

  constructor(host: ToolHost) {
    this.#host = host;
  }

  get active(): boolean {
    return this.#state.name === 'painting';
  }

  pointerDown(sample: PointerSample): void {
    const host = this.#host;
    if (this.#state.name === 'painting') return;
    const grey = host.ready ? host.greyValues() : null;
    if (!grey) {
      host.refuse(host.ready ? 'pixels-loading' : 'loading');
      return;
    }
    const target = host.targetAt(sample, host.mode);
    if (target.blocked) {
      host.refuse(target.blocked);
      return;
    }
    this.#state = { name: 'painting', gesture: host.document.beginGesture(), target, grey, last: sample };
    this.#paint(sample, sample);
  }

  pointerMove(sample: PointerSample): void {
    if (this.#state.name !== 'painting') return;
    this.#paint(this.#state.last, sample);
    this.#state.last = sample;
  }

  pointerUp(sample: PointerSample): void {
    if (this.#state.name !== 'painting') return;
    const { last, gesture, target } = this.#state;
    if (last.x !== sample.x || last.y !== sample.y) this.#paint(last, { ...sample, pressure: last.pressure });
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

  /** Disks from the point after `from` to `to`; a press is one disk. */
  #paint(from: PointerSample, to: PointerSample): void {
    if (this.#state.name !== 'painting') return;
    const { gesture, target, grey } = this.#state;
    const diameter = Math.max(1, this.#host.brushDiameterPx * to.pressure);
    const put = (y: number, x0: number, x1: number): void =>
      gesture.paintRun(y, x0, x1, target.label, target.mayReplace);
    if (to.alternate === true) rasteriseStroke(from, to, diameter, put);
    else {
      const difference = DIFFERENCE_SHARE * grey.window;
      for (const middle of between(from, to, Math.max(1, SPACING * diameter))) {
        growInDisk(grey, middle, diameter, difference, put);
      }
    }
    gesture.show();
  }
}

/** Points at even distances after `from`, the last one `to`. */
function between(from: Point, to: Point, spacing: number): Point[] {
  const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / spacing));
  return Array.from({ length: steps }, (_, i) => ({
    x: from.x + ((to.x - from.x) * (i + 1)) / steps,
    y: from.y + ((to.y - from.y) * (i + 1)) / steps,
  }));
}
