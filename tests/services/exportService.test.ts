import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fromFile } from 'geotiff';
import { isLimnError } from '../../app/errors.ts';
import { openImage } from '../../app/imaging/openImage.ts';
import { exportImage, exportMasks } from '../../app/services/exportService.ts';
import { createProject, type Project } from '../../app/services/project.ts';
import type { ExportRequest } from '../../app/services/requests.ts';
import { addImage, temporaryFolder } from '../store/testProject.ts';

function prepare(context: TestContext): { project: Project; to: string } {
  const folder = temporaryFolder(context);
  const project = createProject(join(folder, 'p.limn'));
  context.after(() => project.close());
  return { project, to: join(folder, 'out') };
}

/** All planes of a TIFF, by a reader that is not ours. */
async function readPages(path: string): Promise<{ bits: number; format: number; planes: number[][] }> {
  const tiff = await fromFile(path);
  const planes: number[][] = [];
  let [bits, format] = [0, 0];
  for (let page = 0; page < (await tiff.getImageCount()); page++) {
    const image = await tiff.getImage(page);
    bits = image.getBitsPerSample();
    format = image.getSampleFormat();
    const rasters = await image.readRasters();
    for (const raster of rasters) planes.push(Array.from(raster as ArrayLike<number>));
  }
  await tiff.close();
  return { bits, format, planes };
}

function paintPlane(
  project: Project,
  imageId: number,
  labels: ArrayLike<number>,
  created: { label: number; classId: number; isRegion?: boolean }[],
  z = 0,
): void {
  const { shape } = project.store.images.get(imageId);
  const region = { x: 0, y: 0, w: shape.x, h: shape.y, labels: Uint32Array.from(labels) };
  project.store.edits.apply({ imageId, t: 0, z, kind: 'brush', regions: [region], created });
}

/** One image with two cells (labels 5 and 9, classes `cell` and `debris`), a region of `wall` in two parts, unlabelled ground. */
async function paintedProject(context: TestContext) {
  const { project, to } = prepare(context);
  const { classes } = project.store;
  const debris = classes.add({ name: 'debris', kind: 'thing' });
  const wall = classes.add({ name: 'wall', kind: 'stuff' });
  const cell = classes.add({ name: 'cell', kind: 'thing' });
  const pixels = Uint16Array.from({ length: 24 }, (_, i) => 10 * i);
  const imageId = await addImage(
    project.store,
    { y: 4, x: 6 },
    { name: 'a', numberType: 'uint16', pixelsOf: () => pixels },
  );
  // biome-ignore format: a picture
  const labels = [
    0, 0, 1, 1, 7, 7,
    5, 5, 1, 9, 1, 1,
    5, 5, 1, 9, 1, 7,
    0, 0, 0, 9, 1, 7,
  ];
  paintPlane(project, imageId, labels, [
    { label: 5, classId: cell.classId },
    { label: 9, classId: debris.classId },
    { label: 7, classId: wall.classId, isRegion: true },
  ]);
  return { project, to, imageId };
}

// biome-ignore format: a picture
const INSTANCES = [
  0, 0, 0, 0, 3, 3,
  1, 1, 0, 2, 0, 0,
  1, 1, 0, 2, 0, 4,
  0, 0, 0, 2, 0, 4,
];

test('instances are numbered from 1 without gaps, each part of a region for itself', async (context) => {
  const { project, to } = await paintedProject(context);
  const report = await exportMasks(project, { to });
  assert.deepEqual(report.files, [
    { path: join(to, 'a.tif'), imageId: 1, name: 'a', objects: 4, numberType: 'uint8' },
  ]);
  assert.deepEqual(await readPages(join(to, 'a.tif')), { bits: 8, format: 1, planes: [INSTANCES] });
});

test('keep-unlabelled: 0 unlabelled, 1 background, 2 and more objects', async (context) => {
  const { project, to } = await paintedProject(context);
  await exportMasks(project, { to, keepUnlabelled: true });
  const unlabelled = new Set([0, 1, 18, 19, 20]);
  const expected = INSTANCES.map((value, i) => (unlabelled.has(i) ? 0 : value + 1));
  assert.deepEqual((await readPages(join(to, 'a.tif'))).planes, [expected]);
});

test('classes have their position in the project as value', async (context) => {
  const { project, to } = await paintedProject(context);
  await exportMasks(project, { to, kind: 'classes' });
  const position = [0, 3, 1, 2, 2];
  assert.deepEqual((await readPages(join(to, 'a.tif'))).planes, [INSTANCES.map((value) => position[value])]);
});

test('measurements agree with sums over the mask, in pixels', async (context) => {
  const { project, to } = await paintedProject(context);
  const report = await exportMasks(project, { to, measurements: true });
  const lines = readFileSync(report.measurements ?? '', 'utf8')
    .trimEnd()
    .split('\r\n');
  assert.equal(
    lines[0],
    'image,object,class,area_px,centroid_x_px,centroid_y_px,mean_intensity channel 0 (grey value),integrated_intensity channel 0 (grey value)',
  );
  // Object 1: pixels 6, 7, 12, 13 with grey values 60, 70, 120, 130. Object 4: pixels 17 and 23.
  assert.equal(lines[1], 'a,1,cell,4,0.5,1.5,95,380');
  assert.equal(lines[4], 'a,4,wall,2,5,2.5,200,400');
  assert.equal(lines.length, 5);
});

test('a stack keeps its shape and a chosen part of it only that part', async (context) => {
  const { project, to } = prepare(context);
  const { classId } = project.store.classes.add({ name: 'cell', kind: 'thing' });
  const imageId = await addImage(project.store, { z: 4, y: 2, x: 3 }, { name: 'stack' });
  paintPlane(
    project,
    imageId,
    [2, 2, 1, 1, 3, 3],
    [2, 3].map((label) => ({ label, classId })),
    1,
  );
  paintPlane(project, imageId, [3, 3, 1, 1, 1, 1], [], 2);
  await exportMasks(project, { to });
  const reader = await openImage(join(to, 'stack.tif'));
  assert.deepEqual(reader.description.shape, { t: 1, z: 4, c: 1, y: 2, x: 3 });
  await reader.close();
  const none = [0, 0, 0, 0, 0, 0];
  assert.deepEqual((await readPages(join(to, 'stack.tif'))).planes, [
    none,
    [1, 1, 0, 0, 2, 2],
    [2, 2, 0, 0, 0, 0],
    none,
  ]);
  await exportMasks(project, { to: `${to}-part`, images: 'stack:z2-3' });
  assert.deepEqual((await readPages(join(`${to}-part`, 'stack.tif'))).planes, [[1, 1, 0, 0, 0, 0], none]);
});

test('more than 65,535 objects are written as 32-bit numbers, 256 as 16-bit', async (context) => {
  const { project, to } = prepare(context);
  const { classId } = project.store.classes.add({ name: 'dot', kind: 'thing' });
  for (const [name, side] of [
    ['many', 257],
    ['some', 16],
  ] as const) {
    const imageId = await addImage(project.store, { y: side, x: side }, { name });
    const labels = Uint32Array.from({ length: side * side }, (_, i) => i + 2);
    paintPlane(
      project,
      imageId,
      labels,
      Array.from(labels, (label) => ({ label, classId })),
    );
  }
  const report = await exportMasks(project, { to });
  assert.deepEqual(
    report.files.map((file) => [file.numberType, file.objects]),
    [
      ['uint32', 66_049],
      ['uint16', 256],
    ],
  );
  const { bits, planes } = await readPages(join(to, 'many.tif'));
  assert.equal(bits, 32);
  assert.ok(planes[0]?.every((value, i) => value === i + 1));
});

async function predictedProject(context: TestContext) {
  const { project, to } = prepare(context);
  for (const name of ['extra', 'cell', 'wall']) project.store.classes.add({ name, kind: 'thing' });
  const imageId = await addImage(project.store, { y: 2, x: 3, z: 2 }, { name: 'a' });
  const { modelId } = project.store.models.add(
    {
      name: 'm',
      runId: null,
      role: 'best',
      step: 1,
      description: { classNames: ['background', 'wall', 'cell'] },
      parameters: 1,
      validationLoss: null,
    },
    Uint8Array.of(1),
  );
  const wall = [0.75, 0.25, 0, 0, 0, 0.5];
  const cell = [0, 0.625, 0.25, 0, 0.125, 0.25];
  const instances = Uint32Array.of(1, 2, 0, 0, 0, 3);
  for (const z of [0, 1]) {
    const foreground = Float32Array.of(...wall, ...cell);
    const classIndexOf = Uint8Array.of(0, 1, 2, 1);
    await project.store.predictions.write({ imageId, modelId, t: 0, z, foreground, instances, classIndexOf });
  }
  return { project, to, imageId, wall, cell };
}

test('predicted instances are numbered through the planes, and their classes found by name', async (context) => {
  const { project, to } = await predictedProject(context);
  const report = await exportMasks(project, { to, layer: 'prediction', measurements: true });
  assert.deepEqual((await readPages(join(to, 'a.tif'))).planes, [
    [1, 2, 0, 0, 0, 3],
    [4, 5, 0, 0, 0, 6],
  ]);
  const lines = readFileSync(report.measurements ?? '', 'utf8')
    .trimEnd()
    .split('\r\n');
  assert.match(lines[0] ?? '', /^image,object,class,t,z,area_px,/);
  assert.deepEqual(
    lines.slice(1).map((line) => line.split(',').slice(1, 5).join(' ')),
    ['1 wall 0 0', '2 cell 0 0', '3 wall 0 0', '4 wall 0 1', '5 cell 0 1', '6 wall 0 1'],
  );
});

test('predicted classes are the most probable ones, as positions in the project', async (context) => {
  const { project, to } = await predictedProject(context);
  await exportMasks(project, { to, layer: 'prediction', kind: 'classes' });
  assert.deepEqual((await readPages(join(to, 'a.tif'))).planes[0], [3, 2, 0, 0, 0, 3]);
});

test('probabilities are 32-bit floats, background first, one channel a class', async (context) => {
  const { project, to, wall, cell } = await predictedProject(context);
  await exportMasks(project, { to, layer: 'prediction', kind: 'probabilities', images: 'a:z0' });
  const background = wall.map((p, i) => 1 - p - (cell[i] ?? 0));
  const { bits, format, planes } = await readPages(join(to, 'a.tif'));
  assert.deepEqual([bits, format, planes], [32, 3, [background, wall, cell]]);
  const reader = await openImage(join(to, 'a.tif'));
  context.after(() => reader.close());
  assert.deepEqual(reader.description.shape, { t: 1, z: 1, c: 3, y: 2, x: 3 });
});

test('one image is written for a download as it is into a folder', async (context) => {
  const { project, to, imageId } = await paintedProject(context);
  await exportMasks(project, { to });
  const single = join(to, 'single.tif');
  await exportImage(project, imageId, single, {});
  assert.deepEqual(await readPages(single), await readPages(join(to, 'a.tif')));
});

test('what cannot be exported is told in one sentence, and nothing is written', async (context) => {
  const { project, to } = await paintedProject(context);
  await addImage(project.store, { y: 2, x: 2 }, { name: 'bare' });
  const refusals: [string, RegExp, ExportRequest][] = [
    ['NotEnoughLabels', /nothing to export.*labels/, { to, images: 'bare' }],
    ['NotFound', /nothing to export.*prediction/, { to, layer: 'prediction' }],
    ['WrongUsage', /no probabilities/, { to, kind: 'probabilities' }],
    ['InvalidInput', /no image 'c'/, { to, images: 'c' }],
  ];
  for (const [tag, says, request] of refusals) {
    await assert.rejects(
      exportMasks(project, request),
      (error) => isLimnError(error) && error.tag === tag && says.test(error.message),
      tag,
    );
  }
  assert.equal(existsSync(to), false);
});

test('two images of one name are refused by their paths', async (context) => {
  const { project, to } = await paintedProject(context);
  const { classId } = project.store.classes.list()[0] ?? { classId: 0 };
  const imageId = await addImage(project.store, { y: 1, x: 1 }, { name: 'A' });
  paintPlane(project, imageId, [2], [{ label: 2, classId }]);
  await assert.rejects(
    exportMasks(project, { to }),
    (error) => isLimnError(error, 'InvalidInput') && /a\.tif' and '.*A\.tif' would both/.test(error.message),
  );
  assert.equal((await exportMasks(project, { to, images: '1' })).files.length, 1);
});

test('a folder that is a file, and one where an image of the project lies, are refused', async (context) => {
  const { project, to } = await paintedProject(context);
  mkdirSync(to);
  writeFileSync(join(to, 'file'), '');
  await assert.rejects(exportMasks(project, { to: join(to, 'file') }), (error) =>
    isLimnError(error, 'InvalidInput'),
  );
  await assert.rejects(
    exportMasks(project, { to: '/elsewhere' }),
    (error) => isLimnError(error, 'InvalidInput') && /overwrite an image/.test(error.message),
  );
});
