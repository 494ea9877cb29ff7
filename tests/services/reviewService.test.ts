import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { applyEdit } from '../../app/services/labelService.ts';
import { createProject } from '../../app/services/project.ts';
import { reviewImage } from '../../app/services/reviewService.ts';
import { addImage, temporaryFolder } from '../store/testProject.ts';

test('unsure places come before mistakes, and regions are held against nobody', async (context) => {
  const project = createProject(join(temporaryFolder(context), 'p.limn'), { classes: ['cell'] });
  context.after(() => project.close());
  const { store } = project;
  store.classes.add({ name: 'wall', kind: 'stuff' });
  const imageId = await addImage(store, { y: 3, x: 8 });
  assert.deepEqual(reviewImage(project, imageId), [], 'nothing is predicted');
  // A cell that the prediction misses, a wall that it misses too, and background under both predicted objects.
  // biome-ignore format: a picture
  const painted = Uint32Array.of(
    2, 2, 0, 0, 0, 1, 1, 1,
    2, 2, 0, 0, 0, 1, 1, 1,
    3, 3, 3, 0, 1, 1, 1, 1,
  );
  const header = {
    t: 0,
    z: 0,
    kind: 'brush',
    regions: [{ x: 0, y: 0, w: 8, h: 3 }],
    created: [
      { label: 2, classId: 1 },
      { label: 3, classId: 2, isRegion: true },
    ],
  };
  applyEdit(project, imageId, header, [painted]);
  const description = { classNames: ['background', 'cell', 'wall'] };
  const { modelId } = store.models.add(
    { name: 'm', runId: null, role: 'best', step: 1, description, parameters: 1, validationLoss: null },
    Uint8Array.of(1),
  );
  // biome-ignore format: a picture
  const instances = Uint32Array.of(
    0, 0, 0, 0, 0, 1, 1, 0,
    0, 0, 0, 0, 0, 1, 1, 0,
    0, 0, 0, 0, 2, 2, 2, 2,
  );
  const foreground = new Float32Array(2 * 24).fill(0.25, 0, 24);
  const classIndexOf = Uint8Array.of(0, 1, 2);
  await store.predictions.write({ imageId, modelId, t: 0, z: 0, foreground, instances, classIndexOf });
  const place = { imageId, t: 0, z: 0 };
  assert.deepEqual(reviewImage(project, imageId), [
    { kind: 'unsure', ...place, area: { x: 0, y: 0, w: 8, h: 3 }, score: 0.5 },
    { kind: 'missed', ...place, area: { x: 0, y: 0, w: 2, h: 2 }, score: 4 },
    { kind: 'invented', ...place, area: { x: 5, y: 0, w: 2, h: 2 }, score: 4 },
  ]);
});
