/** Directions of classes: sums against SciPy's Sobel derivatives, and the decision on lines, discs and few strokes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addDirections,
  classDirections,
  type DirectionTally,
  emptyDirections,
  mergeDirections,
} from '../../app/science/classDirections.ts';
import type { ShapeYX } from '../../app/science/geometry.ts';
import { readFixture } from './fixtures.ts';

interface Fixture {
  shape: ShapeYX;
  target: number[];
  /** A class: Σ gx², Σ gy², Σ gx·gy, blocks. */
  rows: number[][];
}

const { shape, target, rows } = readFixture<Fixture>('classDirections');
const CLASSES = 6;

function tallyOf(values: ArrayLike<number>): DirectionTally {
  const tally = emptyDirections(CLASSES);
  addDirections(tally, Uint8Array.from(values), shape);
  return tally;
}

test('sums of gradients and blocks are those of SciPy, on labelled neighbourhoods only', () => {
  const { xx, yy, xy, blocks } = tallyOf(target);
  for (const [k, row] of rows.entries()) assert.deepEqual([xx[k], yy[k], xy[k], blocks[k]], row, `${k}`);
});

test('lines of five directions are told apart, discs and the background between have none', () => {
  const found = classDirections(tallyOf(target));
  assert.deepEqual(
    found.map(({ classIndex }) => classIndex),
    [1, 2, 3, 4, 5],
  );
  for (const [i, wanted] of [0, 45, 90, 135, 20].entries()) {
    const difference = Math.abs(found[i]!.degrees - wanted);
    assert.ok(Math.min(difference, 180 - difference) < 6, `${found[i]!.degrees}, not ${wanted}`);
  }
});

test('one direction alone, or lines in few places, keep nothing from being turned', () => {
  const horizontal = target.map((value) => (value === 2 || value === 7 ? value : value && 1));
  assert.deepEqual(classDirections(tallyOf(horizontal)), []);
  const inOneCorner = target.map((value, i) => (i % shape.x < 60 && i < 60 * shape.x ? value : value && 1));
  assert.deepEqual(classDirections(tallyOf(inOneCorner)), []);
  const many = emptyDirections(CLASSES);
  for (let plane = 0; plane < 5; plane++) mergeDirections(many, tallyOf(inOneCorner));
  assert.ok(classDirections(many).length >= 2);
});
