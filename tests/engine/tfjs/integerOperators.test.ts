/** Whole numbers beside TensorFlow.js against arithmetic with integers of any length. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { combineIntegers } from '../../../app/engine/tfjs/integerOperators.ts';

/** To 32 bits with a sign. */
const wrap = (value: bigint): number => Number(BigInt.asIntN(32, value));

const REFERENCE: Record<string, (a: bigint, b: bigint) => number> = {
  Add: (a, b) => wrap(a + b),
  Sub: (a, b) => wrap(a - b),
  Mul: (a, b) => wrap(a * b),
  // Cut off towards zero, as bigint division is.
  Div: (a, b) => wrap(a / b),
  Greater: (a, b) => Number(a > b),
};

const integer = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

for (const [opType, reference] of Object.entries(REFERENCE)) {
  test(`${opType} of 32-bit integers is exact and broadcasts`, () => {
    const list = fc.array(opType === 'Div' ? integer.filter((n) => n > 0) : integer, {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.array(integer, { minLength: 8, maxLength: 8 }), list, (a, b) => {
        const { values, shape } = combineIntegers(
          opType,
          { values: a, shape: [2, 1, 4] },
          { values: b, shape: [3, 1] },
        );
        assert.deepEqual(shape, [2, 3, 4]);
        const expected = [0, 1].flatMap((i) =>
          [0, 1, 2].flatMap((j) => [0, 1, 2, 3].map((k) => reference(BigInt(a[4 * i + k]!), BigInt(b[j]!)))),
        );
        assert.deepEqual([...values], expected);
      }),
    );
  });
}

test('an operator that integers do not have is an error', () => {
  const one = { values: [1], shape: [1] };
  assert.throws(() => combineIntegers('Pow', one, one), /Pow of whole numbers/);
});
