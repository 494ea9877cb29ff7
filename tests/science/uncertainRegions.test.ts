/** The ranking of unsure tiles against plain arithmetic on each tile's pixels. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uncertainRegions } from '../../app/science/uncertainRegions.ts';

/** A plane of 10 × 13 px with numbers that follow no pattern, and labels on about a third and all of one corner. */
function plane(classes: number) {
  const shape = { y: 10, x: 13 };
  let state = 7;
  const next = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
  const foreground = Float32Array.from({ length: classes * 130 }, () => next() / classes);
  const labels = Uint32Array.from({ length: 130 }, (_, i) =>
    (i % 13 < 4 && i < 52) || next() < 0.3 ? 1 + Math.floor(3 * next()) : 0,
  );
  return { shape, foreground, labels };
}

test('with one class a tile’s rank is the mean of 1 − |2p − 1| over its unlabelled pixels', () => {
  const { shape, foreground, labels } = plane(1);
  const expected: { key: string; mean: number }[] = [];
  for (const y of [0, 4, 8]) {
    for (const x of [0, 4, 8, 12]) {
      const inside = [...labels.keys()].filter((i) => {
        const [v, u] = [Math.floor(i / 13), i % 13];
        return v >= y && v < y + 4 && u >= x && u < x + 4;
      });
      const free = inside.filter((i) => labels[i] === 0);
      if (free.length === 0 || free.length < inside.length / 4) continue;
      const mean = free.reduce((sum, i) => sum + 1 - Math.abs(2 * foreground[i]! - 1), 0) / free.length;
      expected.push({ key: `${x},${y}`, mean });
    }
  }
  expected.sort((a, b) => b.mean - a.mean);
  const found = uncertainRegions(foreground, labels, shape, 4);
  assert.deepEqual(
    found.map(({ area }) => `${area.x},${area.y}`),
    expected.map(({ key }) => key),
  );
  found.forEach(({ uncertainty }, k) => {
    assert.ok(Math.abs(uncertainty - expected[k]!.mean) < 1e-6);
  });
  assert.ok(!found.some(({ area }) => area.x === 0 && area.y === 0), 'the labelled corner needs no look');
});

test('with several classes it is the margin of the two most probable, background included', () => {
  const { foreground, labels } = plane(3);
  const free = [...labels.keys()].filter((i) => labels[i] === 0);
  const sum = free.reduce((total, i) => {
    const own = [0, 1, 2].map((k) => foreground[k * 130 + i]!);
    const sorted = [1 - own[0]! - own[1]! - own[2]!, ...own].sort((a, b) => b - a);
    return total + 1 - (sorted[0]! - sorted[1]!);
  }, 0);
  const [whole] = uncertainRegions(foreground, labels, { y: 10, x: 13 });
  assert.deepEqual(whole?.area, { x: 0, y: 0, w: 13, h: 10 });
  assert.ok(Math.abs(whole.uncertainty - sum / free.length) < 1e-6);
});
