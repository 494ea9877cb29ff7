/** The tiled document behaves as one flat array; gestures report and restore exactly what they changed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { boundsOfLabel } from '../../../renderer/editor/labelBounds.ts';
import { LabelDocument } from '../../../renderer/editor/labelDocument.ts';

const shape = { y: 300, x: 530 };
const run = fc.record({
  y: fc.integer({ min: -3, max: 305 }),
  x0: fc.integer({ min: -10, max: 540 }),
  length: fc.integer({ min: 1, max: 300 }),
  label: fc.integer({ min: 0, max: 4 }),
});

test('painted runs read back as from a flat array, and cancelling restores it', () => {
  fc.assert(
    fc.property(fc.array(run, { maxLength: 30 }), fc.array(run, { maxLength: 30 }), (first, second) => {
      const document = new LabelDocument(shape);
      document.setBlank();
      const flat = new Uint32Array(shape.y * shape.x);
      const gesture = document.beginGesture();
      for (const { y, x0, length, label } of first) {
        gesture.paintRun(y, x0, x0 + length - 1, label, (current) => current !== 3);
        for (let x = Math.max(0, x0); x < Math.min(shape.x, x0 + length); x++) {
          if (y >= 0 && y < shape.y && flat[y * shape.x + x] !== 3) flat[y * shape.x + x] = label;
        }
      }
      const change = gesture.commit();
      assert.deepEqual(document.readPlane(), flat);
      const replayed = new LabelDocument(shape);
      replayed.setBlank();
      for (const [i, region] of change?.regions.entries() ?? [])
        replayed.pasteChanges(region, change!.pixels[i]!);
      assert.deepEqual(replayed.readPlane(), flat, 'the reported change alone rebuilds the plane');
      const undone = document.beginGesture();
      for (const { y, x0, length, label } of second) undone.paintRun(y, x0, x0 + length, label, () => true);
      undone.cancel();
      assert.deepEqual(document.readPlane(), flat);
    }),
    { numRuns: 60 },
  );
});

test('a change is reported in rectangles no larger than the painted area of each tile', () => {
  const document = new LabelDocument(shape);
  document.setBlank();
  const gesture = document.beginGesture();
  gesture.paintRun(10, 250, 260, 2, () => true);
  assert.deepEqual(gesture.commit()?.regions, [
    { x: 250, y: 10, w: 6, h: 1 },
    { x: 256, y: 10, w: 5, h: 1 },
  ]);
});

test('a change says nothing of the pixels within its rectangle that the gesture left alone', () => {
  const document = new LabelDocument(shape);
  document.setBlank();
  const gesture = document.beginGesture();
  gesture.paintRun(10, 20, 29, 2, () => true);
  gesture.paintRun(12, 20, 22, 2, () => true);
  const change = gesture.commit()!;
  const others = new LabelDocument(shape);
  others.setPlane(new Uint32Array(shape.y * shape.x).fill(7));
  others.pasteChanges(change.regions[0]!, change.pixels[0]!);
  const changed = [...others.readPlane().entries()].filter(([, label]) => label !== 7);
  const expected = [10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 12, 12, 12];
  assert.deepEqual(
    changed.map(([i]) => Math.floor(i / shape.x)),
    expected,
  );
});

test('tiles that have not arrived are neither painted nor called loaded', () => {
  const document = new LabelDocument(shape);
  document.setTile(0, 0, new Uint32Array(256 * 256));
  assert.equal(document.isLoaded({ x: 0, y: 0, w: 256, h: 256 }), true);
  assert.equal(document.isLoaded({ x: 0, y: 0, w: 257, h: 10 }), false);
  const gesture = document.beginGesture();
  gesture.paintRun(5, 250, 300, 2, () => true);
  assert.deepEqual(gesture.commit()?.regions, [{ x: 250, y: 5, w: 6, h: 1 }]);
});

test('the bounds of a label span tiles', () => {
  const document = new LabelDocument(shape);
  document.setBlank();
  const gesture = document.beginGesture();
  gesture.paintRun(255, 100, 300, 2, () => true);
  gesture.paintRun(270, 280, 280, 2, () => true);
  gesture.commit();
  assert.deepEqual(boundsOfLabel(document, 2), { x: 100, y: 255, w: 201, h: 16 });
  assert.equal(boundsOfLabel(document, 9), null);
});
