/** The last gestures with the labels before and after, so that undo and redo show at once what the store will answer. */

import type { PixelRect } from './paintableTiles.ts';

/** What a gesture did to one plane. */
export interface RecentGesture {
  /** In the store; null until it has answered. */
  editId: number | null;
  t: number;
  z: number;
  regions: readonly PixelRect[];
  /** Of each region; `KEPT` where the gesture changed nothing. */
  before: readonly Uint32Array[];
  after: readonly Uint32Array[];
}

/** Labels kept, at most; older gestures are left to the store. */
const MOST_PIXELS = 8_000_000;

/** Two stacks as in the store, as far back as memory allows. */
export class RecentGestures {
  #done: RecentGesture[] = [];
  #undone: RecentGesture[] = [];
  #pixels = 0;

  /** A gesture was made: nothing can be repeated any more. */
  add(gesture: RecentGesture): void {
    this.#undone = [];
    this.#done.push(gesture);
    this.#pixels = this.#done.reduce((sum, one) => sum + pixelsOf(one), 0);
    while (this.#pixels > MOST_PIXELS) this.#pixels -= pixelsOf(this.#done.shift()!);
  }

  /** The gesture that an undo takes back, if it is known. */
  undo(): RecentGesture | undefined {
    const gesture = this.#done.pop();
    if (gesture) this.#undone.push(gesture);
    return gesture;
  }

  /** The gesture that a redo repeats, if it is known. */
  redo(): RecentGesture | undefined {
    const gesture = this.#undone.pop();
    if (gesture) this.#done.push(gesture);
    return gesture;
  }

  /** The store's history went another way. */
  clear(): void {
    this.#done = [];
    this.#undone = [];
  }
}

function pixelsOf({ before }: RecentGesture): number {
  return 2 * before.reduce((sum, part) => sum + part.length, 0);
}
