/** Halving labels against a plain count of each block. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { halveLabels } from '../../app/labels/halveLabels.ts';

/** The rule by sorting: most frequent, then objects before background before unlabelled, then reading order. */
function byCounting(block: number[]): number {
  const rank = (label: number) => Math.min(2, label);
  return [...new Set(block)].sort((a, b) => {
    const frequency = block.filter((v) => v === b).length - block.filter((v) => v === a).length;
    return frequency || rank(b) - rank(a) || block.indexOf(a) - block.indexOf(b);
  })[0]!;
}

test('every block gives its most frequent label, ties to objects', () => {
  const label = fc.constantFrom(0, 1, 2, 3, 4_294_967_294);
  fc.assert(
    fc.property(fc.array(label, { minLength: 4, maxLength: 4 }), (block) => {
      const half = halveLabels(Uint32Array.from(block), { y: 2, x: 2 });
      assert.deepEqual([...half.labels], [byCounting(block)]);
    }),
    { numRuns: 700 },
  );
});

test('odd borders keep their last row and column', () => {
  const half = halveLabels(Uint32Array.of(0, 0, 2, 0, 0, 2, 3, 3, 1), { y: 3, x: 3 });
  assert.deepEqual(half.shape, { y: 2, x: 2 });
  assert.deepEqual([...half.labels], [0, 2, 3, 1]);
});
