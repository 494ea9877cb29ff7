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
