import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isLimnError } from '../../app/errors.ts';
import { applyEdit, redoEdit, undoEdit } from '../../app/services/labelService.ts';
import { changeObjects, deleteObjects } from '../../app/services/objectService.ts';
import { createProject } from '../../app/services/project.ts';
import { addImage, temporaryFolder } from '../store/testProject.ts';

async function prepare(context: TestContext) {
  const project = createProject(join(temporaryFolder(context), 'p.limn'), { classes: ['cell'] });
  context.after(() => project.close());
  project.store.classes.add({ name: 'wall', kind: 'stuff' });
  const imageId = await addImage(project.store, { y: 3, x: 8 });
  return { project, imageId };
}

test('a gesture, its undo and its redo answer with pixels, objects and what can be undone', async (context) => {
  const { project, imageId } = await prepare(context);
  const header = {
    t: 0,
    z: 0,
    kind: 'brush',
    regions: [{ x: 1, y: 1, w: 2, h: 1 }],
    created: [{ label: 2, classId: 1 }],
  };
  const done = applyEdit(project, imageId, header, [Uint32Array.of(2, 2)]);
  assert.deepEqual([done.canUndo, done.canRedo, done.objects.map((row) => row.pixels)], [true, false, [2]]);
  const undone = undoEdit(project, imageId);
  assert.deepEqual(undone?.regions, [{ x: 1, y: 1, w: 2, h: 1 }]);
  assert.deepEqual(undone?.pixels, [Uint32Array.of(0, 0)]);
  assert.deepEqual([undone?.acknowledged.canRedo, undone?.acknowledged.objects], [true, []]);
  assert.deepEqual(redoEdit(project, imageId)?.pixels, [Uint32Array.of(2, 2)]);
  assert.equal(redoEdit(project, imageId), null);
  assert.throws(
    () =>
      applyEdit(project, imageId, { ...header, created: [{ label: 3, classId: 99 }] }, [
        Uint32Array.of(3, 3),
      ]),
    (error) => isLimnError(error, 'NotFound'),
  );
});

test('an object changes its class and name, and changes back', async (context) => {
  const { project, imageId } = await prepare(context);
  const header = {
    t: 0,
    z: 0,
    kind: 'brush',
    regions: [{ x: 0, y: 0, w: 1, h: 1 }],
    created: [{ label: 2, classId: 1 }],
  };
  applyEdit(project, imageId, header, [Uint32Array.of(2)]);
  const [changed] = changeObjects(project, imageId, [2], { classId: 2, name: 'odd' });
  assert.deepEqual([changed?.classId, changed?.name, changed?.pixels], [2, 'odd', 1]);
  changeObjects(project, imageId, [2], { name: 'odd' });
  assert.equal(project.store.edits.history(imageId).length, 2, 'no change, no edit');
  undoEdit(project, imageId);
  assert.deepEqual(
    [project.store.objects.get(imageId, 2).classId, project.store.objects.get(imageId, 2).name],
    [1, null],
  );
});

test('several objects change and go at once, each in one step of undo; a locked one keeps all', async (context) => {
  const { project, imageId } = await prepare(context);
  const header = {
    t: 0,
    z: 0,
    kind: 'brush',
    regions: [{ x: 0, y: 0, w: 4, h: 1 }],
    created: [2, 3, 4].map((label) => ({ label, classId: 1 })),
  };
  applyEdit(project, imageId, header, [Uint32Array.of(2, 3, 4, 1)]);
  const row = () => [...project.store.labels.readPlane(imageId, 0, 0).subarray(0, 4)];
  const classes = () => project.store.objects.list(imageId).map((object) => object.classId);
  changeObjects(project, imageId, [2, 4], { classId: 2 });
  assert.deepEqual(classes(), [2, 1, 2]);
  undoEdit(project, imageId);
  assert.deepEqual(classes(), [1, 1, 1]);
  const deleted = deleteObjects(project, imageId, 0, 0, [2, 4]);
  assert.deepEqual(row(), [0, 3, 0, 1]);
  assert.deepEqual([deleted?.kind, deleted?.acknowledged.canUndo], ['delete', true]);
  assert.deepEqual(
    project.store.objects.list(imageId).map((object) => object.label),
    [3],
  );
  undoEdit(project, imageId);
  assert.deepEqual(row(), [2, 3, 4, 1]);
  assert.equal(deleteObjects(project, imageId, 0, 0, [77]), null);
  changeObjects(project, imageId, [3], { locked: true });
  assert.throws(
    () => deleteObjects(project, imageId, 0, 0, [2, 3]),
    (error) => isLimnError(error, 'LabelConflict'),
  );
  assert.deepEqual(row(), [2, 3, 4, 1]);
});

test('an object goes from every plane that has it, and comes back with one undo', async (context) => {
  const project = createProject(join(temporaryFolder(context), 'p.limn'), { classes: ['cell'] });
  context.after(() => project.close());
  const imageId = await addImage(project.store, { y: 1, x: 4, z: 3 });
  const { store } = project;
  const paint = (z: number, created: number[], labels: number[]) => {
    const regions = [{ x: 0, y: 0, w: 4, h: 1 }];
    const made = created.map((label) => ({ label, classId: 1 }));
    applyEdit(project, imageId, { t: 0, z, kind: 'brush', regions, created: made }, [
      Uint32Array.from(labels),
    ]);
  };
  paint(0, [2, 3], [2, 2, 3, 1]);
  paint(1, [], [2, 0, 3, 0]);
  paint(2, [], [0, 3, 3, 3]);
  const planes = () => [0, 1, 2].map((z) => [...store.labels.readPlane(imageId, 0, z)]);
  const before = planes();
  const gone = deleteObjects(project, imageId, 0, 0, [2]);
  const after = [
    [0, 0, 3, 1],
    [0, 0, 3, 0],
    [0, 3, 3, 3],
  ];
  assert.deepEqual(planes(), after);
  assert.deepEqual(
    [gone?.z, gone?.acknowledged.objects.map(({ label, pixels }) => [label, pixels])],
    [0, [[2, 0]]],
  );
  const back = undoEdit(project, imageId);
  assert.deepEqual(planes(), before);
  assert.deepEqual(
    [back?.z, back?.acknowledged.objects.map(({ label, pixels }) => [label, pixels])],
    [0, [[2, 3]]],
  );
  const again = redoEdit(project, imageId);
  assert.deepEqual(planes(), after);
  assert.deepEqual([again?.z, [...(again?.pixels[0] ?? [])]], [0, [0, 0]]);
  undoEdit(project, imageId);
  changeObjects(project, imageId, [3], { locked: true });
  assert.throws(
    () => deleteObjects(project, imageId, 0, 0, [2, 3]),
    (error) => isLimnError(error, 'LabelConflict'),
  );
  assert.deepEqual(planes(), before);
});
