/** ONNX's elementwise operators on 32-bit integers, exact: sums and products wrap, quotients are cut off. */

import { broadcastShapes, sizeOf } from '../graph/value.ts';
import type { Integers } from './values.ts';

const INTEGER_OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => (a + b) | 0,
  Sub: (a, b) => (a - b) | 0,
  Mul: Math.imul,
  Div: (a, b) => (a / b) | 0,
  Greater: (a, b) => Number(a > b),
};

/** a and b elementwise with broadcasting. Throws Error for an operator that integers do not have. */
export function combineIntegers(opType: string, a: Integers, b: Integers): Integers {
  const combine = INTEGER_OPERATORS[opType];
  if (combine === undefined) throw new Error(`${opType} of whole numbers is not known.`);
  const shape = broadcastShapes(a.shape, b.shape, opType);
  const values = new Int32Array(sizeOf(shape));
  const [stepsA, stepsB] = [stepsAlong(a.shape, shape), stepsAlong(b.shape, shape)];
  const position = new Int32Array(shape.length);
  let [i, j] = [0, 0];
  for (let k = 0; k < values.length; k += 1) {
    values[k] = combine(a.values[i]!, b.values[j]!);
    // The next element in row-major order, and where it stands in a and b.
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      i += stepsA[axis]!;
      j += stepsB[axis]!;
      position[axis]! += 1;
      if (position[axis]! < shape[axis]!) break;
      i -= stepsA[axis]! * shape[axis]!;
      j -= stepsB[axis]! * shape[axis]!;
      position[axis] = 0;
    }
  }
  return { values, shape };
}

/** How far an element of `own` is from the next one along each axis of `shape`; 0 where it is stretched. */
function stepsAlong(own: readonly number[], shape: readonly number[]): number[] {
  let step = 1;
  const steps = shape.map(() => 0);
  for (let axis = own.length - 1; axis >= 0; axis -= 1) {
    if (own[axis] !== 1) steps[axis + shape.length - own.length] = step;
    step *= own[axis]!;
  }
  return steps;
}
