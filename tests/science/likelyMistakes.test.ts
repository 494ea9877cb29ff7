/** Likely mistakes on a drawn example, and against a slow count of every pair of objects. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { likelyMistakes } from '../../app/science/likelyMistakes.ts';

test('a merged, a split, a missed and an invented object are found where they are', () => {
  // biome-ignore format: a picture
  const reference = Uint32Array.of(
    2, 2, 1, 3, 3, 1, 4, 4, 4, 4,
    2, 2, 1, 3, 3, 1, 4, 4, 4, 4,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    5, 5, 0, 0, 1, 1, 1, 0, 6, 6,
    5, 5, 0, 0, 1, 1, 1, 0, 6, 6,
  );
  // biome-ignore format: a picture
  const predicted = Uint32Array.of(
    1, 1, 1, 1, 1, 0, 2, 2, 3, 3,
    1, 1, 1, 1, 1, 0, 2, 2, 3, 3,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 4, 4, 5, 5, 0, 0, 6, 6,
    0, 5, 4, 4, 5, 5, 0, 0, 6, 6,
  );
  assert.deepEqual(likelyMistakes(reference, predicted, { y: 5, x: 10 }), [
    { kind: 'merged', area: { x: 0, y: 0, w: 5, h: 2 }, pixels: 8 },
    { kind: 'split', area: { x: 6, y: 0, w: 4, h: 2 }, pixels: 8 },
    { kind: 'missed', area: { x: 0, y: 3, w: 2, h: 2 }, pixels: 4 },
    { kind: 'invented', area: { x: 1, y: 3, w: 5, h: 2 }, pixels: 4 },
  ]);
});

test('kinds and sizes are those of the rules, applied pair by pair', () => {
  let state = 3;
  const next = (below: number) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
  const kinds = new Set<string>();
  for (let round = 0; round < 300; round++) {
    const few = 2 + next(5);
    const reference = Uint32Array.from({ length: 24 }, () => next(few));
    const predicted = Uint32Array.from({ length: 24 }, (_, i) => (next(3) > 0 ? reference[i]! % 3 : next(4)));
    const pixelsOf = (values: Uint32Array, value: number) =>
      [...values.keys()].filter((i) => values[i] === value);
    const numbers = (values: Uint32Array, from: number) =>
      [...new Set(values)].filter((value) => value >= from);
    const expected: string[] = [];
    const common = (a: number[], b: number[]) => a.filter((i) => b.includes(i)).length;
    for (const object of numbers(predicted, 1)) {
      const own = pixelsOf(predicted, object);
      const inside = numbers(reference, 2)
        .map((label) => pixelsOf(reference, label))
        .filter((pixels) => common(pixels, own) > pixels.length / 2);
      if (inside.length > 1) expected.push(`merged ${inside.flat().length}`);
      const wrong = own.filter((i) => reference[i] === 1).length;
      if (wrong > own.length / 2) expected.push(`invented ${wrong}`);
    }
    for (const label of numbers(reference, 2)) {
      const own = pixelsOf(reference, label);
      const pieces = numbers(predicted, 1).filter((object) => {
        const labelled = pixelsOf(predicted, object).filter((i) => reference[i] !== 0);
        const shared = common(own, labelled);
        return shared > labelled.length / 2 && shared >= own.length / 10;
      });
      if (pieces.length > 1) expected.push(`split ${own.length}`);
      if (own.filter((i) => predicted[i] !== 0).length < own.length / 2)
        expected.push(`missed ${own.length}`);
    }
    const found = likelyMistakes(reference, predicted, { y: 4, x: 6 });
    assert.deepEqual(found.map(({ kind, pixels }) => `${kind} ${pixels}`).sort(), expected.sort());
    for (const { kind } of found) kinds.add(kind);
  }
  assert.equal(kinds.size, 4, 'each kind has come up');
});
