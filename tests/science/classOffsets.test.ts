/** Offsets on logits against what is known by construction: weights that pushed probabilities are taken back. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyClassOffsets, fitClassOffsets } from '../../app/science/classOffsets.ts';
import { createRandom } from '../../app/science/random.ts';

/** True probabilities, labels drawn from them, and the probabilities that a training with class weights would give. */
function pushedProbabilities(weights: readonly number[], size: number) {
  const random = createRandom(3, 1, 4);
  const classes = weights.length - 1;
  const honest = new Float32Array(classes * size);
  const pushed = new Float32Array(classes * size);
  const labels = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const values = weights.map(() => Math.exp(2 * random.normal()));
    const sum = values.reduce((a, b) => a + b);
    const pushedSum = values.reduce((total, value, k) => total + value * weights[k]!, 0);
    let draw = random.next() * sum;
    let drawn = 0;
    while (drawn < classes && draw >= values[drawn]!) draw -= values[drawn++]!;
    labels[i] = 1 + drawn;
    for (let k = 1; k <= classes; k++) {
      honest[(k - 1) * size + i] = values[k]! / sum;
      pushed[(k - 1) * size + i] = (values[k]! * weights[k]!) / pushedSum;
    }
  }
  return { honest, pushed, labels };
}

for (const weights of [
  [4, 1],
  [0.5, 1],
  [3, 1, 0.4],
]) {
  test(`weights ${weights.join(' : ')} in the loss are taken back`, () => {
    const { honest, pushed, labels } = pushedProbabilities(weights, 60_000);
    const offsets = fitClassOffsets([{ foreground: pushed, classes: labels }], weights.length - 1);
    for (const [k, weight] of weights.entries()) {
      const expected = Math.log(weights[0]! / weight);
      assert.ok(Math.abs(offsets[k]! - expected) < 0.06, `class ${k}: ${offsets[k]}, not ${expected}`);
    }
    applyClassOffsets(pushed, offsets);
    const error = pushed.reduce((sum, value, i) => sum + Math.abs(value - honest[i]!), 0) / pushed.length;
    assert.ok(error < 0.01, `${error}`);
  });
}

test('unlabelled pixels do not count; without labels nothing changes', () => {
  const { pushed, labels } = pushedProbabilities([4, 1], 20_000);
  const half = labels.map((value, i) => (i % 2 === 0 ? value : 0));
  const rest = pushed.map((value, i) => (i % 2 === 0 ? value : 0.5));
  assert.deepEqual(
    fitClassOffsets([{ foreground: rest, classes: half }], 1),
    fitClassOffsets(
      [
        {
          foreground: pushed.filter((_, i) => i % 2 === 0),
          classes: labels.filter((_, i) => i % 2 === 0),
        },
      ],
      1,
    ),
  );
  assert.deepEqual(fitClassOffsets([{ foreground: pushed, classes: new Uint8Array(20_000) }], 1), [0, 0]);
});

test('a class that no label shows keeps its probability, and sure predictions stay finite', () => {
  const offsets = fitClassOffsets(
    [{ foreground: Float32Array.of(1, 0, 1, 0, 0, 0, 0, 0), classes: Uint8Array.of(2, 1, 2, 1) }],
    2,
  );
  assert.equal(offsets[2], 0);
  assert.ok(offsets.every((offset) => Math.abs(offset) <= 3));
});

test('a class hardly seen, or seen nearly everywhere, moves by a factor of e³ at most', () => {
  const foreground = new Float32Array(10_000).fill(0.5);
  for (const [rare, common, offset] of [
    [2, 1, -3],
    [1, 2, 3],
  ] as const) {
    const classes = new Uint8Array(10_000).fill(common);
    classes[17] = rare;
    assert.deepEqual(fitClassOffsets([{ foreground, classes }], 1), [0, offset]);
  }
});
