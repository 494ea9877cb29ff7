/** A tool whose press does it all: nothing is in the air afterwards, so nothing follows the pointer and nothing can be cancelled. */

import type { PointerSample, Tool } from './tool.ts';

export abstract class PressTool implements Tool {
  abstract readonly name: Tool['name'];
  readonly active = false;

  abstract pointerDown(sample: PointerSample): void;

  pointerMove(): void {
    // Nothing follows the pointer.
  }

  pointerUp(): void {
    // The press did it all.
  }

  finish(): void {
    // Nothing is ever open.
  }

  cancel(): void {
    // Nothing is ever in the air.
  }

  preview(): null {
    return null;
  }
}
