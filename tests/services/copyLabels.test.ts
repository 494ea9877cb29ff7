import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { isLimnError } from '../../app/errors.ts';
import { copyLabels } from '../../app/services/copyLabels.ts';
import { applyEdit, undoEdit } from '../../app/services/labelService.ts';
import { createProject } from '../../app/services/project.ts';
import { addImage, temporaryFolder } from '../store/testProject.ts';

test('labels fill what is unlabelled on the next plane, over tile borders, and go in one step', async (context) => {
  const project = createProject(join(temporaryFolder(context), 'p.limn'), { classes: ['cell'] });
  context.after(() => project.close());
  const { store } = project;
  const imageId = await addImage(store, { t: 1, z: 2, c: 1, y: 3, x: 300 });
  const paint = (z: number, region: { x: number; y: number; w: number; h: number }, label: number) => {
    const created = label < 2 ? [] : [{ label, classId: 1 }];
    const header = { t: 0, z, kind: 'brush', regions: [region], created };
    applyEdit(project, imageId, header, [new Uint32Array(region.w * region.h).fill(label)]);
  };
  paint(0, { x: 250, y: 0, w: 12, h: 2 }, 2);
  paint(0, { x: 10, y: 0, w: 5, h: 1 }, 1);
  paint(1, { x: 258, y: 0, w: 2, h: 3 }, 3);
  const before = store.labels.readPlane(imageId, 0, 1);
  const source = store.labels.readPlane(imageId, 0, 0);
  const done = copyLabels(project, imageId, { t: 0, z: 0 }, { t: 0, z: 1 });
  const after = store.labels.readPlane(imageId, 0, 1);
  for (let i = 0; i < after.length; i++) assert.equal(after[i], before[i] || source[i], `pixel ${i}`);
  assert.deepEqual([done?.z, done?.kind, done?.acknowledged.canUndo], [1, 'copy labels', true]);
  assert.deepEqual(
    store.objects.list(imageId).map(({ label, pixels }) => [label, pixels]),
    [
      [2, 24 + 20],
      [3, 6],
    ],
  );
  assert.equal(copyLabels(project, imageId, { t: 0, z: 0 }, { t: 0, z: 1 }), null, 'nothing is left to copy');
  undoEdit(project, imageId);
  assert.deepEqual(store.labels.readPlane(imageId, 0, 1), before);
  assert.throws(
    () => copyLabels(project, imageId, { t: 0, z: 1 }, { t: 0, z: 2 }),
    (error) => isLimnError(error, 'InvalidInput') && /has no plane t0 z2/.test(error.message),
  );
});
