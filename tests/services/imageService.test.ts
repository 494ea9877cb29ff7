import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { decode } from 'fast-png';
import {
  listImages,
  planeStatistics,
  readPixelTile,
  statisticsOf,
  thumbnail,
} from '../../app/services/imageService.ts';
import { createProject } from '../../app/services/project.ts';
import { addImage, temporaryFolder } from '../store/testProject.ts';

test('statistics are those of NumPy on a known ramp', () => {
  const ramp = Uint16Array.from({ length: 1001 }, (_, i) => 2 * i);
  const statistics = statisticsOf(ramp);
  // numpy.percentile(2 * numpy.arange(1001), [0.35, 99.65]) = [7, 1993]
  assert.deepEqual([statistics.minimum, statistics.maximum], [0, 2000]);
  assert.ok(Math.abs(statistics.low - 7) < 1e-9 && Math.abs(statistics.high - 1993) < 1e-9);
  assert.equal(statistics.bins.length, 256);
  assert.equal(
    statistics.bins.reduce((sum, count) => sum + count, 0),
    1001,
  );
});

test('planes of one value, or of no number at all, have a display range of finite width', () => {
  const flat = statisticsOf(new Uint8Array(50).fill(7));
  assert.deepEqual([flat.minimum, flat.maximum, flat.low, flat.high], [7, 7, 7, 8]);
  const none = statisticsOf(new Float32Array(5).fill(Number.NaN));
  assert.deepEqual([none.minimum, none.maximum], [0, 1]);
  const some = statisticsOf(Float32Array.of(Number.NaN, 1, Number.POSITIVE_INFINITY, 3));
  assert.deepEqual([some.minimum, some.maximum], [1, 3]);
});

test('an image is unlabelled, partly painted, painted, predicted, corrected; the list counts as the image alone', async (context) => {
  const project = createProject(join(temporaryFolder(context), 'p.limn'), { classes: ['cell'] });
  context.after(() => project.close());
  const { store } = project;
  const add = (name: string) =>
    addImage(store, { y: 4, x: 4, z: 2 }, { name, numberType: 'uint8', pixelsOf: () => new Uint8Array(16) });
  const ids = [await add('a'), await add('b')] as const;
  const states = () => listImages(project).map((image) => image.state);
  assert.deepEqual(states(), ['unlabelled', 'unlabelled']);
  const paint = (imageId: number, z: number, label: number) =>
    store.edits.apply({
      imageId,
      t: 0,
      z,
      kind: 'brush',
      regions: [{ x: 0, y: 0, w: 4, h: 4, labels: new Uint32Array(16).fill(label) }],
      ...(label > 1 && { created: [{ label, classId: 1, isRegion: false }] }),
    });
  paint(ids[0], 0, 2);
  assert.deepEqual(states(), ['partly', 'unlabelled']);
  paint(ids[0], 1, 1);
  assert.deepEqual(states(), ['labelled', 'unlabelled']);
  const model = {
    name: 'm',
    runId: null,
    role: 'best',
    step: 1,
    parameters: 1,
    validationLoss: null,
  } as const;
  const { modelId } = store.models.add(
    { ...model, description: { classNames: ['background', 'cell'] } },
    Uint8Array.of(1),
  );
  for (const z of [0, 1]) {
    const foreground = new Float32Array(16);
    const classIndexOf = Uint8Array.from({ length: z + 2 }, (_, i) => Math.min(i, 1));
    await store.predictions.write({
      imageId: ids[1],
      modelId,
      t: 0,
      z,
      foreground,
      instances: new Uint32Array(16),
      classIndexOf,
    });
  }
  const predicted = listImages(project)[1];
  assert.deepEqual(
    [predicted?.state, predicted?.predictedObjects, predicted?.predictionModelId],
    ['predicted', 3, modelId],
  );
  await new Promise((resolve) => setTimeout(resolve, 5));
  paint(ids[1], 0, 1);
  assert.deepEqual(states(), ['labelled', 'corrected']);
  store.edits.undo(ids[1]);
  assert.deepEqual(states(), ['labelled', 'predicted']);
  for (const { imageId, labelledFraction, objects } of listImages(project)) {
    const alone = store.labels.summary(imageId);
    assert.deepEqual([labelledFraction, objects], [alone.labelledFraction, alone.objects]);
  }
});

test('a thumbnail is of the plane that is asked for, of the middle one otherwise', async (context) => {
  const project = createProject(join(temporaryFolder(context), 'p.limn'), { classes: ['cell'] });
  context.after(() => project.close());
  // Plane z is dark but for a bright column at x = z.
  const pixelsOf = (_t: number, z: number) =>
    Uint8Array.from({ length: 64 }, (_, i) => (i % 8 === z ? 200 : 10));
  const imageId = await addImage(
    project.store,
    { y: 8, x: 8, z: 5 },
    { name: 's', numberType: 'uint8', pixelsOf },
  );
  const brightest = async (z?: number) => {
    const { data } = decode(await thumbnail(project, imageId, 8, z === undefined ? {} : { z }));
    return data.subarray(0, 8).indexOf(255);
  };
  assert.deepEqual([await brightest(), await brightest(4), await brightest(0)], [2, 4, 0]);
});

test('the list tells how far each image is, and thumbnails have its form', async (context) => {
  const project = createProject(join(temporaryFolder(context), 'p.limn'), { classes: ['cell'] });
  context.after(() => project.close());
  const pixels = Uint16Array.from({ length: 1200 * 600 }, (_, i) => (i % 1200) * 50);
  const imageId = await addImage(
    project.store,
    { y: 600, x: 1200 },
    { name: 'wide', numberType: 'uint16', pixelsOf: () => pixels },
  );
  const region = { x: 0, y: 0, w: 1200, h: 6, labels: new Uint32Array(7200).fill(1) };
  project.store.edits.apply({ imageId, t: 0, z: 0, kind: 'brush', regions: [region] });
  const [info] = listImages(project);
  assert.deepEqual(
    [info?.name, info?.levels, info?.labelledFraction, info?.predicted],
    ['wide', 3, 0.01, false],
  );
  const png = decode(await thumbnail(project, imageId, 160));
  assert.deepEqual([png.width, png.height, png.channels], [160, 80, 1]);
  assert.ok((png.data[0] ?? 0) < 10 && (png.data[159] ?? 0) > 245);
  const tile = await readPixelTile(project, { imageId, level: 0, t: 0, z: 0, c: 0, ty: 2, tx: 4 });
  assert.deepEqual([tile.numberType, tile.shape, tile.pixels[0]], ['uint16', { y: 88, x: 176 }, 1024 * 50]);
  assert.equal((await planeStatistics(project, imageId, 0, 0, 0)).bins.length, 256);
});
