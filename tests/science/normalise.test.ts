/** Normalisation against NumPy. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalisationOf } from '../../app/science/normalise.ts';
import { readFixture } from './fixtures.ts';

interface Case {
  type: 'uint8' | 'uint16' | 'float32';
  values: number[];
  minMax: number[];
  zScore: number[];
  percentile: number[];
}

const ARRAYS = { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array };

for (const item of readFixture<Case[]>('normalise')) {
  test(`min-max, z-score and percentile equal NumPy's on ${item.type}`, () => {
    const pixels = ARRAYS[item.type].from(item.values);
    for (const [mode, expected] of [
      ['min-max', item.minMax],
      ['z-score', item.zScore],
      ['percentile', item.percentile],
    ] as const) {
      const { scale, offset } = normalisationOf(pixels, mode);
      pixels.forEach((value, i) => {
        assert.ok(Math.abs(value * scale + offset - expected[i]!) < 1e-9, `${mode} at ${i}`);
      });
    }
  });
}

test('a plane of one value becomes zero, not infinite', () => {
  for (const mode of ['min-max', 'z-score', 'percentile'] as const) {
    for (const value of [0, 7, 65535, 0.1]) {
      const { scale, offset } = normalisationOf(new Float64Array(50).fill(value), mode);
      assert.equal(value * scale + offset, 0);
    }
  }
});

test('values that are not finite do not count', () => {
  const clean = Float32Array.of(1, 2, 3, 8);
  const dirty = Float32Array.of(1, Number.NaN, 2, Infinity, 3, -Infinity, 8);
  for (const mode of ['none', 'min-max', 'z-score', 'percentile'] as const) {
    assert.deepEqual(normalisationOf(dirty, mode), normalisationOf(clean, mode));
  }
});

test('a few bright pixels on flat ground still span the range', () => {
  const pixels = new Uint16Array(10000).fill(100);
  pixels[5] = 900;
  const { scale, offset } = normalisationOf(pixels, 'percentile');
  assert.equal(900 * scale + offset, 1);
});
