/** Moves the arrays of training planes into shared memory, once, so that every sample worker reads the same copy. */

import type { TrainingPlane } from '../../science/trainingSample.ts';

type Shareable =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

function share<T extends Shareable>(values: T): T {
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
    channels: plane.channels.map((channel) => share(channel as Shareable) as typeof channel),
    target: share(plane.target),
    weight: share(plane.weight),
  };
}
