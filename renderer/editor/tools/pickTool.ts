/** Object picker: a click takes over what lies under it, so that the brush goes on with the same. */

import type { ObjectRow } from '../../../app/api/types.ts';
import { PressTool } from './pressTool.ts';
import type { PointerSample, ToolHost } from './tool.ts';

/** What was picked: an object, background (1) or unlabelled ground (0). */
export type Picked = ObjectRow | 0 | 1;

export class PickTool extends PressTool {
  override readonly name = 'pick';
  readonly #host: ToolHost;
  readonly #onPick: (picked: Picked) => void;

  constructor(host: ToolHost, onPick: (picked: Picked) => void) {
    super();
    this.#host = host;
    this.#onPick = onPick;
  }

  override pointerDown({ x, y }: PointerSample): void {
    if (!this.#host.ready) {
      this.#host.refuse('loading');
      return;
    }
    const label = this.#host.document.at(Math.round(x), Math.round(y));
    const picked = label < 2 ? (label as 0 | 1) : this.#host.objectOf(label);
    if (picked !== undefined) this.#onPick(picked);
  }
}
