/** What flows through a graph that TensorFlow.js runs: its tensors, and whole numbers that are computed here. */

import type { Tensor } from '@tensorflow/tfjs';

/**
 * Whole numbers outside TensorFlow.js: shapes and axes (int64), and the dropout hash (int32), whose wrapping products a
 * backend that multiplies in floating point would round.
 */
export interface Integers {
  readonly values: Int32Array | readonly number[];
  readonly shape: readonly number[];
}

export type TfValue = Tensor | Integers;

export function isIntegers(value: TfValue): value is Integers {
  return 'values' in value;
}

/** Throws where the value is not a tensor. */
export function tensorOf(value: TfValue | undefined): Tensor {
  if (value === undefined || isIntegers(value)) throw new Error('A tensor was expected, not whole numbers.');
  return value;
}

/** Throws where the value is not a list of whole numbers. */
export function integersOf(value: TfValue | undefined): number[] {
  if (value === undefined || !isIntegers(value))
    throw new Error('Whole numbers were expected, not a tensor.');
  return Array.from(value.values);
}
