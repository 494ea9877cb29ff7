/** A click on a predicted object takes it into the labels. */

import { predictionAt } from '../canvas/predictionLayer.ts';
import type { PointerSample, Tool } from '../editor/tools/tool.ts';
import { acceptObject } from './predicting.ts';

export class AcceptTool implements Tool {
  readonly name = 'accept';
  #pressed: PointerSample | null = null;

  get active(): boolean {
    return this.#pressed !== null;
  }

  pointerDown(sample: PointerSample): void {
    this.#pressed = sample;
  }

  pointerMove(): void {}

  pointerUp(): void {
    const at = this.#pressed;
    this.#pressed = null;
    if (at) void acceptObject(predictionAt(Math.round(at.x), Math.round(at.y))?.object ?? 0);
  }

  finish(): void {}

  cancel(): void {
    this.#pressed = null;
  }

  preview(): null {
    return null;
  }
}
