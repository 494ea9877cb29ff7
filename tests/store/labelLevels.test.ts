/** Coarse label levels: the same whether written with an import or built on demand, and never older than the labels. */

import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { halveLabels } from '../../app/labels/halveLabels.ts';
import { pasteRectangle, tilesTouching } from '../../app/labels/tiles.ts';
import type { ProjectStore } from '../../app/store/projectStore.ts';
import { levelCount, levelShape } from '../../app/store/pyramidLevels.ts';
import { addImage, assertSamePixels, createStore, temporaryFolder } from './testProject.ts';

const SHAPE = { y: 1100, x: 1300 };

/** An empty store with one image; it has three levels. */
async function openImage(test: TestContext): Promise<{ store: ProjectStore; imageId: number }> {
  const store = createStore(join(temporaryFolder(test), 'p.limn'));
  test.after(() => store.close());
  return { store, imageId: await addImage(store, SHAPE) };
}

function readLevel(store: ProjectStore, imageId: number, level: number): Uint32Array {
  const shape = levelShape(SHAPE, level);
  const plane = new Uint32Array(shape.y * shape.x);
  for (const tile of tilesTouching(shape)) {
    const labels = store.labelLevels.readTile({ imageId, level, t: 0, z: 0, ty: tile.ty, tx: tile.tx });
    if (labels) pasteRectangle(labels, tile, plane, { x: 0, y: 0, w: shape.x, h: shape.y });
  }
  return plane;
}

/** Every level of the store against the whole plane halved again and again. */
function assertLevels(store: ProjectStore, imageId: number): void {
  let plane = { labels: store.labels.readPlane(imageId, 0, 0), shape: SHAPE };
  for (let level = 0; level < levelCount(SHAPE); level++) {
    assertSamePixels(readLevel(store, imageId, level), plane.labels);
    plane = halveLabels(plane.labels, plane.shape);
  }
}

function paint(store: ProjectStore, imageId: number, x: number, y: number, label: number): void {
  const region = { x, y, w: 90, h: 70, labels: new Uint32Array(90 * 70).fill(label) };
  const created = label >= 2 ? [{ label, classId: 1 }] : [];
  store.edits.apply({ imageId, t: 0, z: 0, kind: 'brush', regions: [region], created });
}

test('levels follow every gesture, undo and redo', async (context) => {
  const { store, imageId } = await openImage(context);
  store.classes.add({ name: 'cell', kind: 'thing' });
  assertLevels(store, imageId);
  paint(store, imageId, 200, 230, 2);
  assertLevels(store, imageId);
  paint(store, imageId, 1203, 1021, 3);
  paint(store, imageId, 240, 250, 1);
  assertLevels(store, imageId);
  store.edits.undo(imageId);
  assertLevels(store, imageId);
  store.edits.redo(imageId);
  assertLevels(store, imageId);
});

test('levels written with a whole plane are those that would be built', async (context) => {
  const { store, imageId } = await openImage(context);
  const labels = Uint32Array.from({ length: SHAPE.y * SHAPE.x }, (_, i) => (i * 2_654_435_761) % 4);
  await store.labels.writePlane(imageId, 0, 0, labels);
  await store.labelLevels.writePlane(imageId, 0, 0, labels);
  assertLevels(store, imageId);
});
