import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isLimnError } from '../../app/errors.ts';
import { acceptPrediction, acceptPredictions, predictedObjects } from '../../app/services/acceptService.ts';
import { applyEdit, undoEdit } from '../../app/services/labelService.ts';
import { createProject } from '../../app/services/project.ts';
import { addImage, temporaryFolder } from '../store/testProject.ts';

/** A painted plane of 3 × 8 pixels with a prediction of two cells and a wall; cell 2 at 0.9, the others at 0.6. */
async function prepare(context: TestContext) {
  const project = createProject(join(temporaryFolder(context), 'p.limn'), { classes: ['cell'] });
  context.after(() => project.close());
  project.store.classes.add({ name: 'wall', kind: 'stuff' });
  const imageId = await addImage(project.store, { y: 3, x: 8 });
  const { store } = project;
  // biome-ignore format: a picture
  const painted = Uint32Array.of(
    5, 5, 5, 0, 0, 0, 0, 0,
    5, 5, 5, 0, 0, 0, 1, 1,
    0, 0, 0, 0, 0, 0, 1, 1,
  );
  const header = {
    t: 0,
    z: 0,
    kind: 'brush',
    regions: [{ x: 0, y: 0, w: 8, h: 3 }],
    created: [{ label: 5, classId: 1 }],
  };
  applyEdit(project, imageId, header, [painted]);
  const description = { classNames: ['background', 'cell', 'wall'] };
  const { modelId } = store.models.add(
    { name: 'm', runId: null, role: 'best', step: 1, description, parameters: 1, validationLoss: null },
    Uint8Array.of(1),
  );
  // 1: mostly what is painted already. 2: a new cell, a corner of it on painted background. 3: wall.
  // biome-ignore format: a picture
  const instances = Uint32Array.of(
    1, 1, 1, 1, 0, 2, 2, 2,
    1, 1, 1, 1, 0, 2, 2, 0,
    3, 3, 3, 0, 0, 0, 0, 0,
  );
  const classIndexOf = Uint8Array.of(0, 1, 1, 2);
  const foreground = new Float32Array(2 * 24);
  for (const [i, object] of instances.entries()) {
    if (object === 1) foreground[i] = 0.6;
    if (object === 2) foreground[i] = foreground[24 + i] = 0.45;
    if (object === 3) foreground[24 + i] = 0.6;
  }
  await store.predictions.write({ imageId, modelId, t: 0, z: 0, foreground, instances, classIndexOf });
  return { project, imageId, painted };
}

test('accepting a prediction fills unlabelled pixels only, and can be undone', async (context) => {
  const { project, imageId, painted } = await prepare(context);
  const { store } = project;
  acceptPrediction(project, imageId, 0, 0);
  // biome-ignore format: a picture
  assert.deepEqual([...store.labels.readPlane(imageId, 0, 0)], [
    5, 5, 5, 0, 1, 6, 6, 6,
    5, 5, 5, 0, 1, 6, 1, 1,
    7, 7, 7, 1, 1, 1, 1, 1,
  ]);
  assert.deepEqual(
    store.objects.list(imageId).map((row) => [row.label, row.classId, row.isRegion, row.pixels]),
    [
      [5, 1, false, 6],
      [6, 1, false, 4],
      [7, 2, true, 3],
    ],
  );
  undoEdit(project, imageId);
  assert.deepEqual(store.labels.readPlane(imageId, 0, 0), painted);
  assert.equal(store.predictions.list(imageId).length, 1);
});

test('one object is accepted by its number, and nothing else', async (context) => {
  const { project, imageId } = await prepare(context);
  acceptPrediction(project, imageId, 0, 0, { objects: [2] });
  // biome-ignore format: a picture
  assert.deepEqual([...project.store.labels.readPlane(imageId, 0, 0)], [
    5, 5, 5, 0, 0, 6, 6, 6,
    5, 5, 5, 0, 0, 6, 1, 1,
    0, 0, 0, 0, 0, 0, 1, 1,
  ]);
  assert.equal(project.store.edits.history(imageId).length, 2);
  assert.throws(
    () => acceptPrediction(project, imageId, 0, 0, { objects: [4] }),
    (error) => isLimnError(error, 'InvalidInput') && /no object 4, only 1 to 3/.test(error.message),
  );
});

test('objects are accepted by their mean probability over all classes', async (context) => {
  const { project, imageId, painted } = await prepare(context);
  assert.deepEqual(
    predictedObjects(project, imageId, 0, 0).map((row) => [
      row.object,
      row.classIndex,
      row.pixels,
      Number(row.confidence.toFixed(3)),
    ]),
    [
      [1, 1, 8, 0.6],
      [2, 1, 5, 0.9],
      [3, 2, 3, 0.6],
    ],
  );
  acceptPrediction(project, imageId, 0, 0, { minimumConfidence: 0.95 });
  assert.deepEqual(project.store.labels.readPlane(imageId, 0, 0), painted, 'nothing is so sure');
  assert.equal(project.store.edits.history(imageId).length, 1, 'no change, no edit');
  const report = acceptPredictions(project, { minimumConfidence: 0.7 });
  assert.deepEqual([report[0]?.objects, report[0]?.pixels], [1, 4]);
  // biome-ignore format: a picture
  assert.deepEqual([...project.store.labels.readPlane(imageId, 0, 0)], [
    5, 5, 5, 0, 0, 6, 6, 6,
    5, 5, 5, 0, 0, 6, 1, 1,
    0, 0, 0, 0, 0, 0, 1, 1,
  ]);
});

test('of a rectangle, whole objects, background and the part of regions inside are accepted', async (context) => {
  const { project, imageId, painted } = await prepare(context);
  acceptPrediction(project, imageId, 0, 0, { area: { x: 1, y: 0, w: 6, h: 3 } });
  // biome-ignore format: a picture
  assert.deepEqual([...project.store.labels.readPlane(imageId, 0, 0)], [
    5, 5, 5, 0, 1, 0, 0, 0,
    5, 5, 5, 0, 1, 0, 1, 1,
    0, 6, 6, 1, 1, 1, 1, 1,
  ]);
  undoEdit(project, imageId);
  assert.deepEqual(project.store.labels.readPlane(imageId, 0, 0), painted);
  acceptPrediction(project, imageId, 0, 0, { area: { x: 4, y: 0, w: 100, h: 2 } });
  // biome-ignore format: a picture
  assert.deepEqual([...project.store.labels.readPlane(imageId, 0, 0)], [
    5, 5, 5, 0, 1, 6, 6, 6,
    5, 5, 5, 0, 1, 6, 1, 1,
    0, 0, 0, 0, 0, 0, 1, 1,
  ]);
});
