/** Class counts tile by tile against those of the whole plane's training target. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { trainingTarget } from '../../app/science/trainingTarget.ts';
import { countClasses } from '../../app/science/weightMap.ts';
import { classCountsOfPlane } from '../../app/services/classCounts.ts';
import { createProject } from '../../app/services/project.ts';
import { addImage, temporaryFolder } from '../store/testProject.ts';

const SHAPE = { y: 530, x: 700 };

test('counts of all tiles add up to those of the plane, touching objects and regions included', async (context) => {
  const project = createProject(join(temporaryFolder(context), 'p.limn'), { classes: ['cell', 'fibre'] });
  context.after(() => project.close());
  const { store } = project;
  const imageId = await addImage(store, SHAPE);
  const [cell, fibre] = store.classes.list();
  const labels = new Uint32Array(SHAPE.y * SHAPE.x);
  const paint = (x: number, y: number, w: number, h: number, label: number) => {
    for (let row = y; row < y + h; row++) labels.fill(label, row * SHAPE.x + x, row * SHAPE.x + x + w);
  };
  paint(100, 100, 500, 400, 1);
  // Two cells that touch along a tile's border, a region in two parts, one of them at the other cell.
  paint(200, 200, 56, 120, 2);
  paint(256, 210, 40, 90, 3);
  paint(296, 230, 20, 300, 4);
  paint(500, 0, 7, 40, 4);
  const region = { x: 0, y: 0, w: SHAPE.x, h: SHAPE.y, labels };
  const created = [
    { label: 2, classId: cell!.classId },
    { label: 3, classId: cell!.classId },
    { label: 4, classId: fibre!.classId, isRegion: true },
  ];
  store.edits.apply({ imageId, t: 0, z: 0, kind: 'brush', regions: [region], created });
  const { target } = trainingTarget({
    labels,
    shape: SHAPE,
    classIndexOf: (label) => (label === 4 ? 2 : 1),
    isRegion: (label) => label === 4,
  });
  const { counts, tiles, classes } = await classCountsOfPlane(project, imageId, 0, 0);
  assert.deepEqual([tiles, classes], [9, 3]);
  const sums = [0, 0, 0];
  counts.forEach((count, i) => {
    sums[i % 3]! += count;
  });
  assert.deepEqual(sums, [...countClasses(target, 3)]);
});
