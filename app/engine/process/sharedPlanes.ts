/** Moves the arrays of training planes into shared memory, once, so that every sample worker reads the same copy. */

import type { PixelArray } from '../../science/pixelArray.ts';
import type { TrainingPlane } from '../../science/trainingSample.ts';

function share<T extends PixelArray>(values: T): T {
  const memory = new SharedArrayBuffer(values.byteLength);
  // All these constructors take (buffer, byteOffset, length); the type of the result is the type given.
  const Constructor = values.constructor as new (buffer: SharedArrayBuffer) => T;
  const shared = new Constructor(memory);
  shared.set(values);
  return shared;
}

/** The same plane over SharedArrayBuffers. */
export function sharePlane(plane: TrainingPlane): TrainingPlane {
  return {
    ...plane,
    channels: plane.channels.map((channel) => share(channel)),
    target: share(plane.target),
    weight: share(plane.weight),
  };
}
