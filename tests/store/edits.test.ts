import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { isLimnError } from '../../app/errors.ts';
import { KEPT } from '../../app/labels/label.ts';
import type { ProjectStore } from '../../app/store/projectStore.ts';
import { addImage, assertSamePixels, createStore, openStore, temporaryFolder } from './testProject.ts';

const SHAPE = { y: 300, x: 520 };

function paint(
  store: ProjectStore,
  imageId: number,
  rectangle: { x: number; y: number; w: number; h: number },
  label: number,
  classId: number,
): boolean {
  const exists = store.objects.list(imageId).some((row) => row.label === label);
  const labels = new Uint32Array(rectangle.w * rectangle.h).fill(label);
  const created = label >= 2 && !exists ? [{ label, classId }] : [];
  const edit = { imageId, t: 0, z: 0, kind: 'brush', regions: [{ ...rectangle, labels }], created };
  return store.edits.apply(edit) !== null;
}

function paintModel(
  plane: Uint32Array,
  rectangle: { x: number; y: number; w: number; h: number },
  label: number,
) {
  const after = plane.slice();
  for (let y = rectangle.y; y < rectangle.y + rectangle.h; y++) {
    after.fill(label, y * SHAPE.x + rectangle.x, y * SHAPE.x + rectangle.x + rectangle.w);
  }
  return after;
}

/** Pixels of each label >= 2, and of all labels, counted afresh. */
function countPixels(plane: Uint32Array): { labelled: number; objects: Record<number, number> } {
  const objects: Record<number, number> = {};
  let labelled = 0;
  for (const label of plane) {
    if (label > 0) labelled++;
    if (label > 1) objects[label] = (objects[label] ?? 0) + 1;
  }
  return { labelled, objects };
}

const rectangle = fc
  .record({
    x: fc.nat(SHAPE.x - 1),
    y: fc.nat(SHAPE.y - 1),
    w: fc.integer({ min: 1, max: 300 }),
    h: fc.integer({ min: 1, max: 40 }),
  })
  .map((r) => ({ ...r, w: Math.min(r.w, SHAPE.x - r.x), h: Math.min(r.h, SHAPE.y - r.y) }));

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('paint' as const),
      rectangle,
      label: fc.constantFrom(0, 1, 2, 3, 4, 900_000),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'undo' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'redo' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
);

test('any sequence of gestures, undo, redo and reopening agrees with whole-plane snapshots', async (context) => {
  const folder = temporaryFolder(context);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      const path = join(folder, `${run++}.limn`);
      let store = createStore(path);
      try {
        const imageId = await addImage(store, SHAPE);
        const { classId } = store.classes.add({ name: 'cell', kind: 'thing' });
        const past: Uint32Array<ArrayBufferLike>[] = [];
        const future: Uint32Array<ArrayBufferLike>[] = [];
        let plane: Uint32Array<ArrayBufferLike> = new Uint32Array(SHAPE.y * SHAPE.x);
        for (const action of steps) {
          if (action.do === 'paint') {
            const after = paintModel(plane, action.rectangle, action.label);
            const changed = Buffer.compare(Buffer.from(after.buffer), Buffer.from(plane.buffer)) !== 0;
            // A label that comes into being without a pixel to show for it still is a row, hence an edit.
            if (changed) {
              assert.equal(paint(store, imageId, action.rectangle, action.label, classId), true);
              past.push(plane);
              future.length = 0;
              plane = after;
            }
          } else if (action.do === 'undo') {
            const before = past.pop();
            assert.equal(store.edits.undo(imageId) !== null, before !== undefined);
            if (before !== undefined) {
              future.push(plane);
              plane = before;
            }
          } else if (action.do === 'redo') {
            const after = future.pop();
            assert.equal(store.edits.redo(imageId) !== null, after !== undefined);
            if (after !== undefined) {
              past.push(plane);
              plane = after;
            }
          } else {
            store.close();
            store = openStore(path);
          }
          assertSamePixels(store.labels.readPlane(imageId, 0, 0), plane);
          const { labelled, objects } = countPixels(plane);
          const rows = store.objects.list(imageId);
          assert.deepEqual(Object.fromEntries(rows.map((row) => [row.label, row.pixels])), objects);
          const summary = store.labels.summary(imageId);
          assert.equal(summary.labelledPixels, labelled);
          assert.equal(summary.objects, rows.length);
          const state = store.edits.state(imageId);
          assert.deepEqual([state.canUndo, state.canRedo], [past.length > 0, future.length > 0]);
        }
      } finally {
        store.close();
      }
    }),
    { numRuns: 12 },
  );
});

test('undo tells the smallest rectangle that changed, with the labels it has now', async (context) => {
  const store = createStore(join(temporaryFolder(context), 'p.limn'));
  context.after(() => store.close());
  const imageId = await addImage(store, SHAPE);
  const { classId } = store.classes.add({ name: 'cell', kind: 'thing' });
  paint(store, imageId, { x: 10, y: 20, w: 30, h: 5 }, 1, classId);
  paint(store, imageId, { x: 30, y: 18, w: 20, h: 4 }, 2, classId);
  const undone = store.edits.undo(imageId);
  assert.equal(undone?.regions.length, 1);
  const { x, y, w, h, labels } = undone?.regions[0] ?? { x: 0, y: 0, w: 0, h: 0, labels: [] };
  assert.deepEqual({ x, y, w, h }, { x: 30, y: 18, w: 20, h: 4 });
  // Rows 18 and 19 lie above the background stroke; of rows 20 and 21 ten pixels lie on it.
  const row = [...new Array<number>(10).fill(1), ...new Array<number>(10).fill(0)];
  assert.deepEqual([...labels], [...new Array<number>(40).fill(0), ...row, ...row]);
});

test('an object that a gesture made goes with it and comes back with its name and class', async (context) => {
  const store = createStore(join(temporaryFolder(context), 'p.limn'));
  context.after(() => store.close());
  const imageId = await addImage(store, SHAPE);
  const cell = store.classes.add({ name: 'cell', kind: 'thing' });
  const debris = store.classes.add({ name: 'debris', kind: 'thing' });
  paint(store, imageId, { x: 0, y: 0, w: 4, h: 4 }, 2, cell.classId);
  const changed = { ...store.objects.get(imageId, 2), classId: debris.classId, name: 'dust' };
  store.edits.apply({ imageId, t: 0, z: 0, kind: 'change object', regions: [], changed: [changed] });
  store.edits.undo(imageId);
  assert.equal(store.objects.get(imageId, 2).classId, cell.classId);
  store.edits.undo(imageId);
  assert.deepEqual(store.objects.list(imageId), []);
  assert.equal(store.objects.find(imageId, 2), undefined);
  store.edits.redo(imageId);
  store.edits.redo(imageId);
  assert.deepEqual(store.objects.list(imageId), [{ ...changed, pixels: 16 }]);
});

test('planes and images keep their labels and their histories apart', async (context) => {
  const store = createStore(join(temporaryFolder(context), 'p.limn'));
  context.after(() => store.close());
  const first = await addImage(store, { t: 2, z: 3, y: 40, x: 30 }, { name: 'a' });
  const second = await addImage(store, { y: 40, x: 30 }, { name: 'b' });
  const labels = new Uint32Array(4).fill(1);
  const region = { x: 3, y: 5, w: 2, h: 2, labels };
  store.edits.apply({ imageId: first, t: 1, z: 2, kind: 'brush', regions: [region] });
  store.edits.apply({ imageId: second, t: 0, z: 0, kind: 'brush', regions: [region] });
  assert.deepEqual(store.labels.planes(first), [{ t: 1, z: 2 }]);
  assert.ok(store.labels.readPlane(first, 1, 1).every((label) => label === 0));
  assert.equal(store.labels.summary(first).labelledFraction, 4 / (2 * 3 * 40 * 30));
  assert.equal(store.edits.undo(first)?.edit.imageId, first);
  assert.equal(store.labels.labelledPixels(second, 0, 0), 4);
  assert.deepEqual(store.labels.planes(first), []);
});

test('edits that cannot be right are refused and leave no trace', async (context) => {
  const store = createStore(join(temporaryFolder(context), 'p.limn'));
  context.after(() => store.close());
  const imageId = await addImage(store, SHAPE);
  const { classId } = store.classes.add({ name: 'cell', kind: 'thing' });
  paint(store, imageId, { x: 0, y: 0, w: 10, h: 10 }, 2, classId);
  store.edits.apply({
    imageId,
    t: 0,
    z: 0,
    kind: 'lock',
    regions: [],
    changed: [{ ...store.objects.get(imageId, 2), locked: true }],
  });
  const before = { plane: store.labels.readPlane(imageId, 0, 0), history: store.edits.history(imageId) };
  const one = (label: number) => ({ x: 5, y: 5, w: 1, h: 1, labels: Uint32Array.of(label) });
  const base = { imageId, t: 0, z: 0, kind: 'brush' };
  const refusals: [string, () => unknown][] = [
    ['InvalidInput', () => store.edits.apply({ ...base, regions: [{ ...one(1), x: SHAPE.x }] })],
    ['InvalidInput', () => store.edits.apply({ ...base, regions: [{ ...one(1), w: 2 }] })],
    ['InvalidInput', () => store.edits.apply({ ...base, z: 1, regions: [one(1)] })],
    ['LabelConflict', () => store.edits.apply({ ...base, regions: [one(77)] })],
    [
      'LabelConflict',
      () => store.edits.apply({ ...base, regions: [{ ...one(2), x: 50 }], created: [{ label: 2, classId }] }),
    ],
    ['LabelConflict', () => store.edits.apply({ ...base, regions: [one(0)] })],
    ['NotFound', () => store.edits.apply({ ...base, imageId: 99, regions: [one(1)] })],
  ];
  for (const [tag, refused] of refusals) {
    assert.throws(refused, (error) => isLimnError(error) && error.tag === tag, tag);
  }
  assertSamePixels(store.labels.readPlane(imageId, 0, 0), before.plane);
  assert.deepEqual(store.edits.history(imageId), before.history);
});

test('the same gesture sent twice is one gesture', async (context) => {
  const store = createStore(join(temporaryFolder(context), 'p.limn'));
  context.after(() => store.close());
  const imageId = await addImage(store, SHAPE);
  const { classId } = store.classes.add({ name: 'cell', kind: 'thing' });
  const labels = new Uint32Array(9).fill(2);
  const edit = {
    imageId,
    t: 0,
    z: 0,
    kind: 'brush',
    regions: [{ x: 1, y: 1, w: 3, h: 3, labels }],
    created: [{ label: 2, classId }],
  };
  assert.notEqual(store.edits.apply(edit), null);
  assert.equal(store.edits.apply(edit), null);
  assert.equal(store.edits.history(imageId).length, 1);
});

test('a gesture changes only the pixels that it names; what others painted in its rectangle stays, also after undo', async (context) => {
  const store = createStore(join(temporaryFolder(context), 'p.limn'));
  context.after(() => store.close());
  const imageId = await addImage(store, SHAPE);
  const { classId } = store.classes.add({ name: 'cell', kind: 'thing' });
  paint(store, imageId, { x: 250, y: 10, w: 12, h: 1 }, 2, classId);
  const named = Uint32Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? 1 : KEPT));
  const regions = [{ x: 250, y: 10, w: 12, h: 1, labels: named }];
  store.edits.apply({ imageId, t: 0, z: 0, kind: 'brush', regions });
  const row = () => [
    ...store.labels.readPlane(imageId, 0, 0).subarray(10 * SHAPE.x + 249, 10 * SHAPE.x + 263),
  ];
  assert.deepEqual(row(), [0, 1, 2, 2, 1, 2, 2, 1, 2, 2, 1, 2, 2, 0]);
  assert.equal(store.objects.get(imageId, 2).pixels, 8);
  store.edits.undo(imageId);
  assert.deepEqual(row(), [0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0]);
  store.edits.redo(imageId);
  assert.deepEqual(row(), [0, 1, 2, 2, 1, 2, 2, 1, 2, 2, 1, 2, 2, 0]);
  const nothing = [{ ...regions[0]!, labels: new Uint32Array(12).fill(KEPT) }];
  assert.equal(store.edits.apply({ imageId, t: 0, z: 0, kind: 'brush', regions: nothing }), null);
});

test('no pixel of a locked object changes, not even where it wins as many as it loses', async (context) => {
  const store = createStore(join(temporaryFolder(context), 'p.limn'));
  context.after(() => store.close());
  const imageId = await addImage(store, SHAPE);
  const { classId } = store.classes.add({ name: 'cell', kind: 'thing' });
  paint(store, imageId, { x: 10, y: 10, w: 4, h: 1 }, 2, classId);
  const row = store.objects.get(imageId, 2);
  const edit = { imageId, t: 0, z: 0, kind: 'lock', regions: [], changed: [{ ...row, locked: true }] };
  store.edits.apply(edit);
  const before = store.labels.readPlane(imageId, 0, 0);
  for (const labels of [
    [1, KEPT, KEPT, KEPT, KEPT],
    [1, KEPT, KEPT, KEPT, 2],
    [KEPT, KEPT, KEPT, KEPT, 2],
  ]) {
    const regions = [{ x: 10, y: 10, w: 5, h: 1, labels: Uint32Array.from(labels) }];
    assert.throws(
      () => store.edits.apply({ imageId, t: 0, z: 0, kind: 'brush', regions }),
      (error) => isLimnError(error, 'LabelConflict'),
    );
  }
  assert.deepEqual(store.labels.readPlane(imageId, 0, 0), before);
});
