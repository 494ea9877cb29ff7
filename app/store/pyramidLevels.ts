/** Sizes of the stored pyramid: halved, rounded up, until both sides fit a screen's worth of pixels. */

import type { PlaneShape } from '../labels/tiles.ts';

/** A level with both sides at most this long is the last. */
const LAST_LEVEL_SIDE = 512;

/** Number of levels of a plane, the full size included. */
export function levelCount(shape: PlaneShape): number {
  let levels = 1;
  let { y, x } = shape;
  while (y > LAST_LEVEL_SIDE || x > LAST_LEVEL_SIDE) {
    y = Math.ceil(y / 2);
    x = Math.ceil(x / 2);
    levels++;
  }
  return levels;
}

/** Size of level n: 2^n times smaller, rounded up at each halving. */
export function levelShape(shape: PlaneShape, level: number): PlaneShape {
  let { y, x } = shape;
  for (let n = 0; n < level; n++) {
    y = Math.ceil(y / 2);
    x = Math.ceil(x / 2);
  }
  return { y, x };
}
