import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { isLimnError } from '../../app/errors.ts';
import { jumpTo, listGestures } from '../../app/services/historyService.ts';
import { applyEdit } from '../../app/services/labelService.ts';
import { createProject, openProject } from '../../app/services/project.ts';
import { addImage, temporaryFolder } from '../store/testProject.ts';

test('a jump leads to the labels of that moment, back and forth, over planes and a restart', async (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  let project = createProject(path, { classes: ['cell'] });
  context.after(() => project.close());
  const imageId = await addImage(project.store, { t: 1, z: 2, c: 1, y: 2, x: 8 });
  const planes = () => [0, 1].map((z) => [...project.store.labels.readPlane(imageId, 0, z)]);
  const moments = [planes()];
  for (let label = 2; label < 8; label++) {
    const z = label % 2;
    const header = {
      t: 0,
      z,
      kind: `stroke ${label}`,
      regions: [{ x: label - 2, y: 0, w: 3, h: 2 }],
      created: [{ label, classId: 1 }],
    };
    applyEdit(project, imageId, header, [new Uint32Array(6).fill(label)]);
    moments.push(planes());
  }
  const ids = [0, ...listGestures(project, imageId).map((gesture) => gesture.editId)];
  project.close();
  project = openProject(path, { mode: 'write' });
  for (const at of [3, 0, 6, 1, 5, 5, 2]) {
    const { canUndo, canRedo, objects } = jumpTo(project, imageId, ids[at]!);
    assert.deepEqual(planes(), moments[at]);
    assert.deepEqual([canUndo, canRedo], [at > 0, at < 6]);
    const labels = new Set(
      planes()
        .flat()
        .filter((label) => label > 1),
    );
    assert.deepEqual(new Set(objects.map((row) => row.label)), labels);
    assert.deepEqual(
      listGestures(project, imageId).map((gesture) => gesture.undone),
      [1, 2, 3, 4, 5, 6].map((i) => i > at),
    );
  }
  assert.throws(
    () => jumpTo(project, imageId, 999),
    (error) => isLimnError(error, 'NotFound'),
  );
});
