import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FindingKind } from '../../app/api/types.ts';
import { writeTiff } from '../../app/imaging/writeTiff.ts';
import { importImages } from '../../app/services/importService.ts';
import { planTraining } from '../../app/services/planTraining.ts';
import { createProject, type Project } from '../../app/services/project.ts';
import { outlook } from '../../app/services/trainingOutlook.ts';
import { SIDE, smallProject, testFolder, writeImages } from './smallProject.ts';

/** Labels in one corner of the image only. */
const inCorner = (label: number, pixel: number): number => {
  const y = Math.floor(pixel / SIDE);
  return y < 40 && pixel % SIDE >= SIDE - 40 ? label + 1 : 0;
};

const kindsOf = async (project: Project, request: Parameters<typeof outlook>[1] = {}) =>
  (await outlook(project, request)).findings.map(({ kind }) => kind);

/** Paints a rectangle of a plane of image 1. */
function paint(project: Project, label: number, at: { x: number; y: number; w: number; h: number }): void {
  const known = project.store.objects.find(1, label);
  project.store.edits.apply({
    imageId: 1,
    t: 0,
    z: 0,
    kind: 'brush',
    regions: [{ ...at, labels: new Uint32Array(at.w * at.h).fill(label) }],
    created: label >= 2 && !known ? [{ label, classId: 1 }] : [],
  });
}

test('class pixels, objects and labelled share are those of the label image', async (t) => {
  const project = await smallProject(testFolder(t), { count: 1, relabel: inCorner });
  t.after(() => project.close());
  const labels = project.store.labels.readPlane(1, 0, 0);
  const summary = await outlook(project);
  const painted = labels.filter((label) => label > 0).length;
  const objects = new Set(labels.filter((label) => label > 1)).size;
  assert.deepEqual([summary.images, summary.objects], [1, objects]);
  assert.equal(summary.classes[1]?.objects, objects);
  assert.ok(Math.abs(summary.labelledFraction - painted / labels.length) < 1e-12);
  assert.equal(
    summary.classes.reduce((sum, { pixels }) => sum + pixels, 0),
    painted,
  );
  assert.deepEqual(
    summary.findings.filter(({ blocks }) => blocks),
    [],
  );
});

test('what is missing stops a training, each with its kind, and follows the painting', async (t) => {
  const project = await smallProject(testFolder(t), { count: 1, labelled: false });
  t.after(() => project.close());
  assert.deepEqual(await kindsOf(project), ['no-labels']);
  paint(project, 2, { x: 10, y: 10, w: 12, h: 12 });
  assert.deepEqual(await kindsOf(project), ['no-background']);
  paint(project, 1, { x: 40, y: 10, w: 12, h: 12 });
  assert.deepEqual(await kindsOf(project), []);
  project.store.classes.add({ name: 'debris', kind: 'thing' });
  const [finding] = (await outlook(project)).findings;
  assert.deepEqual([finding?.kind, finding?.blocks, finding?.classId], ['class-missing', false, 2]);
  project.store.edits.undo(1);
  project.store.edits.undo(1);
  paint(project, 1, { x: 40, y: 10, w: 12, h: 12 });
  assert.deepEqual(await kindsOf(project), ['no-object']);
});

test('two objects under one label and an object larger than the network sees are shown with their place', async (t) => {
  const project = await smallProject(testFolder(t), { count: 1, labelled: false });
  t.after(() => project.close());
  paint(project, 1, { x: 0, y: 0, w: SIDE, h: 4 });
  paint(project, 2, { x: 10, y: 10, w: 12, h: 12 });
  paint(project, 2, { x: 30, y: 14, w: 12, h: 12 });
  paint(project, 3, { x: 2, y: 60, w: 90, h: 6 });
  const { findings } = await outlook(project, { depth: 4 });
  assert.deepEqual(
    findings.map(({ kind, place }) => [kind, place?.label, place?.area]),
    [['shared-label', 2, { x: 10, y: 10, w: 32, h: 16 }]],
  );
  // At depth 2 an output pixel depends on at most 22 px to either side.
  const narrow = (await outlook(project, { depth: 2 })).findings.find(
    ({ kind }) => kind === 'larger-than-seen',
  );
  assert.deepEqual(narrow?.place?.area, { x: 2, y: 60, w: 90, h: 6 });
});

test('blank, saturated, doubled and uncalibrated images are named', async (t) => {
  const folder = testFolder(t);
  const ramp = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => i % 200);
  await writeImages(join(folder, 'images'), [
    ramp,
    new Uint8Array(SIDE * SIDE).fill(9),
    ramp.map((value) => (value > 150 ? 255 : value)),
    ramp,
  ]);
  await writeTiff(join(folder, 'images', 'plain.tif'), {
    planes: [ramp.map((value) => value + 1)],
    shape: { t: 1, z: 1, c: 1, y: SIDE, x: SIDE },
    numberType: 'uint8',
    pixelSizeUm: null,
  });
  const mask = Uint16Array.from({ length: SIDE * SIDE }, (_, i) => (i % SIDE < 30 && i < 30 * SIDE ? 1 : 0));
  await writeImages(join(folder, 'labels'), [mask, mask, mask, mask]);
  await writeTiff(join(folder, 'labels', 'plain.tif'), {
    planes: [mask],
    shape: { t: 1, z: 1, c: 1, y: SIDE, x: SIDE },
    numberType: 'uint16',
    pixelSizeUm: null,
  });
  const project = createProject(join(folder, 'p.limn'), { classes: ['cell'] });
  t.after(() => project.close());
  await importImages(project, { paths: [join(folder, 'images')], labels: join(folder, 'labels') });
  const told = (await outlook(project)).findings.map(({ kind, place }): [FindingKind, string | null] => [
    kind,
    place ? project.store.images.get(place.imageId).name : null,
  ]);
  assert.deepEqual(told, [
    ['blank', 'cell1'],
    ['no-pixel-size', 'plain'],
    ['saturated', 'cell2'],
    ['duplicate', 'cell3'],
    ['no-validation', null],
  ]);
  const split = await outlook(project, { validation: 'cell3' });
  assert.ok(split.findings.some(({ kind }) => kind === 'trains-on-validation'));
  assert.ok(!split.findings.some(({ kind }) => kind === 'no-validation'));
  assert.equal(split.images, 4);
  const same = await outlook(project, { images: '0-1', validation: '1' });
  assert.deepEqual([same.findings[0]?.kind, same.findings[0]?.blocks], ['split', true]);
  assert.match(same.findings[0]?.sentence ?? '', /cell1.*training and for validation/);
});

test('classes that differ in direction keep tiles from being turned, unless it is asked for', async (t) => {
  const folder = testFolder(t);
  const side = 224;
  // Short lines on a lattice: lying ones of class 80, standing ones of class 160.
  const lines = Uint8Array.from({ length: side * side }, (_, i) => {
    const x = i % side;
    const y = Math.floor(i / side);
    const lies = (Math.floor(x / 28) + Math.floor(y / 28)) % 2 === 0;
    const [along, across] = lies ? [x % 28, y % 28] : [y % 28, x % 28];
    return along >= 4 && along < 24 && across >= 12 && across < 16 ? (lies ? 80 : 160) : 0;
  });
  const grey = Uint8Array.from(lines, (value, i) => value + ((i * 7) % 50));
  await writeImages(join(folder, 'images'), [grey], side);
  await writeImages(join(folder, 'labels'), [lines], side);
  const project = createProject(join(folder, 'lines.limn'));
  t.after(() => project.close());
  await importImages(project, {
    paths: [join(folder, 'images')],
    labels: join(folder, 'labels'),
    labelKind: 'classes',
  });
  const finding = (await outlook(project)).findings.find(({ kind }) => kind === 'directions');
  assert.match(finding?.sentence ?? '', /^The classes 80 and 160 lie in directions of their own/);
  const turned = async (orientation?: 'any' | 'kept') => {
    const plan = await planTraining(project, orientation ? { orientation } : {}, {});
    const { augmentation, mirrorAveraging } = plan.hyperParameters;
    return [augmentation.rotation, augmentation.flip, mirrorAveraging, plan.directedClasses];
  };
  assert.deepEqual(await turned(), ['none', false, false, ['80', '160']]);
  assert.deepEqual(await turned('kept'), ['none', false, false, ['80', '160']]);
  assert.deepEqual(await turned('any'), ['free', true, true, undefined]);
});
