/** Import of images and labels, one behaviour a test; over 400 lines because the cases share their small project and file makers. */

import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isLimnError } from '../../app/errors.ts';
import type { PixelArray } from '../../app/imaging/image.ts';
import { type WrittenNumberType, writeTiff } from '../../app/imaging/writeTiff.ts';
import { checkProject } from '../../app/services/doctorService.ts';
import { importImages } from '../../app/services/importService.ts';
import { createProject, openProject, type Project } from '../../app/services/project.ts';
import type { ImportRequest } from '../../app/services/requests.ts';
import { temporaryFolder } from '../store/testProject.ts';

interface Setting {
  project: Project;
  folder: string;
  images: string;
  labels: string;
}

function prepare(context: TestContext, classes: string[] = []): Setting {
  const folder = temporaryFolder(context);
  const [images, labels] = [join(folder, 'images'), join(folder, 'labels')];
  mkdirSync(images);
  mkdirSync(labels);
  const project = createProject(join(folder, 'p.limn'), { classes });
  context.after(() => project.close());
  return { project, folder, images, labels };
}

async function write(
  path: string,
  values: PixelArray,
  shape: { t?: number; z?: number; c?: number; y: number; x: number },
  numberType: WrittenNumberType = 'uint8',
): Promise<void> {
  const full = { t: 1, z: 1, c: 1, ...shape };
  const size = full.y * full.x;
  const planes = Array.from({ length: full.t * full.z * full.c }, (_, i) =>
    values.subarray(i * size, (i + 1) * size),
  );
  await writeTiff(path, { planes, shape: full, numberType, pixelSizeUm: null });
}

const GREY = Uint8Array.from({ length: 30 }, (_, i) => 5 * i);
const SMALL = { y: 5, x: 6 };

/** Everything that an import could change. */
function stateOf(project: Project): unknown {
  const { store } = project;
  return {
    images: store.images.list(),
    staged: store.images.stagedCount(),
    classes: store.classes.list(),
    channels: store.settings.channels(),
    objects: store.images.list().map((image) => store.objects.list(image.imageId)),
  };
}

test('images come in natural order, with their values, and only once', async (context) => {
  const { project, images } = prepare(context);
  for (const name of ['img10', 'img2', 'img1']) await write(join(images, `${name}.tif`), GREY, SMALL);
  const report = await importImages(project, { paths: [images] });
  assert.deepEqual(
    report.images.map((image) => [image.name, image.objects]),
    [
      ['img1', null],
      ['img2', null],
      ['img10', null],
    ],
  );
  const [first] = project.store.images.list();
  assert.deepEqual(await project.store.images.readPlane(first?.imageId ?? 0, 0, 0, 0), GREY);
  const again = await importImages(project, { paths: [join(images, 'img2.tif'), images] });
  assert.deepEqual(again.images, []);
  assert.equal(again.notes.filter((note) => note.includes('already')).length, 1);
});

test('instances: 0 is background, every other value an object, whatever its number', async (context) => {
  const { project, images, labels } = prepare(context);
  const values = new Uint32Array(30);
  values.fill(4_000_000_000, 0, 4);
  values.fill(7, 10, 13);
  await write(join(images, 'a.tif'), GREY, SMALL);
  await write(join(labels, 'a.tif'), values, SMALL, 'uint32');
  const report = await importImages(project, { paths: [images], labels });
  const imageId = report.images[0]?.imageId ?? 0;
  const expected = Uint32Array.from(values, (value) => (value === 0 ? 1 : value === 7 ? 2 : 3));
  assert.deepEqual(project.store.labels.readPlane(imageId, 0, 0), expected);
  assert.deepEqual(
    project.store.objects.list(imageId).map((row) => [row.label, row.pixels, row.isRegion]),
    [
      [2, 3, false],
      [3, 4, false],
    ],
  );
  assert.deepEqual(
    project.store.classes.list().map((row) => [row.name, row.kind]),
    [['object', 'thing']],
  );
  assert.equal(report.images[0]?.objects, 2);
});

test('with --unlabelled 0: 0 unlabelled, 1 background, 2 and more objects', async (context) => {
  const { project, images, labels } = prepare(context, ['nucleus']);
  const values = Uint8Array.from({ length: 30 }, (_, i) => i % 4);
  await write(join(images, 'a.tif'), GREY, SMALL);
  await write(join(labels, 'a_mask.tif'), values, SMALL);
  const report = await importImages(project, { paths: [images], labels, unlabelled: 0 });
  const imageId = report.images[0]?.imageId ?? 0;
  assert.deepEqual(project.store.labels.readPlane(imageId, 0, 0), Uint32Array.from(values));
  assert.deepEqual(
    project.store.classes.list().map((row) => row.name),
    ['nucleus'],
    'the only class of the project takes the objects',
  );
  assert.equal(
    project.store.labels.summary(imageId).labelledPixels,
    values.filter((value) => value > 0).length,
  );
});

test('classes: the lowest value is background, the others become regions named by value', async (context) => {
  const { project, images, labels } = prepare(context);
  const values = Uint8Array.from({ length: 30 }, (_, i) => (i < 10 ? 64 : i < 20 ? 128 : 255));
  for (const name of ['a', 'b']) await write(join(images, `${name}.tif`), GREY, SMALL);
  await write(join(labels, 'a.tif'), values, SMALL);
  await write(join(labels, 'b.tif'), new Uint8Array(30).fill(128), SMALL);
  await importImages(project, { paths: [images], labels, labelKind: 'classes' });
  const { store } = project;
  assert.deepEqual(
    store.classes.list().map((row) => [row.name, row.kind]),
    [
      ['128', 'stuff'],
      ['255', 'stuff'],
    ],
  );
  const [a, b] = store.images.list().map((image) => image.imageId);
  assert.deepEqual(
    store.labels.readPlane(a ?? 0, 0, 0),
    Uint32Array.from(values, (v) => (v === 64 ? 1 : v === 128 ? 2 : 3)),
  );
  // 128 is the lowest value of this file, but not of the import.
  assert.ok(store.labels.readPlane(b ?? 0, 0, 0).every((label) => label === 2));
  assert.ok(store.objects.list(a ?? 0).every((row) => row.isRegion));
});

test('a map names classes, background and unlabelled', async (context) => {
  const { project, images, labels } = prepare(context, ['membrane']);
  const values = Uint8Array.from({ length: 30 }, (_, i) => [0, 128, 191, 255][i % 4] ?? 0);
  await write(join(images, 'a.tif'), GREY, SMALL);
  await write(join(labels, 'a.tif'), values, SMALL);
  const map = { 0: 'unlabelled', 128: 'mitochondrion', 191: 'membrane', 255: 'background' };
  await importImages(project, { paths: [images], labels, map });
  const { store } = project;
  assert.deepEqual(
    store.classes.list().map((row) => row.name),
    ['membrane', 'mitochondrion'],
  );
  const imageId = store.images.list()[0]?.imageId ?? 0;
  const [mito, membrane] = ['mitochondrion', 'membrane'].map(
    (name) => store.objects.regionOf(imageId, store.classes.byName(name)?.classId ?? 0)?.label ?? -1,
  );
  const expected = Uint32Array.from(values, (v) =>
    v === 0 ? 0 : v === 255 ? 1 : v === 128 ? (mito ?? 0) : (membrane ?? 0),
  );
  assert.deepEqual(store.labels.readPlane(imageId, 0, 0), expected);
});

test('stacks keep their planes, and an object keeps its label through them', async (context) => {
  const { project, images, labels } = prepare(context);
  const shape = { t: 2, z: 3, y: 4, x: 5 };
  const values = Uint16Array.from({ length: 120 }, (_, i) => (i % 20 < 3 ? 0 : 1 + Math.floor(i / 60)));
  await write(join(images, 'stack.tif'), Uint8Array.from(values), shape);
  await write(join(labels, 'stack.tif'), values, shape, 'uint16');
  const { images: imported } = await importImages(project, { paths: [images], labels });
  const imageId = imported[0]?.imageId ?? 0;
  assert.deepEqual(imported[0]?.shape, { ...shape, c: 1 });
  for (let t = 0; t < 2; t++) {
    for (let z = 0; z < 3; z++) {
      const expected = Uint32Array.from(
        values.subarray((t * 3 + z) * 20, (t * 3 + z + 1) * 20),
        (v) => v + 1,
      );
      assert.deepEqual(project.store.labels.readPlane(imageId, t, z), expected);
    }
  }
  assert.equal(project.store.objects.list(imageId).length, 2);
});

test('labels that come later are added to images without any, as an edit that can be undone', async (context) => {
  const { project, images, labels } = prepare(context);
  await write(join(images, 'a.tif'), GREY, SMALL);
  await importImages(project, { paths: [images] });
  await write(
    join(labels, 'a.tif'),
    Uint8Array.from(GREY, (v) => (v > 100 ? 1 : 0)),
    SMALL,
  );
  const report = await importImages(project, { paths: [images], labels });
  assert.deepEqual([report.images.length, report.images[0]?.objects], [1, 1]);
  const imageId = report.images[0]?.imageId ?? 0;
  assert.equal(project.store.labels.summary(imageId).labelledPixels, 30);
  assert.equal(project.store.images.list().length, 1);
  project.store.edits.undo(imageId);
  assert.equal(project.store.labels.summary(imageId).labelledPixels, 0);
  assert.deepEqual(project.store.objects.list(imageId), []);
});

test('names that share only a number at their end are matched by it, and the report says so', async (context) => {
  const { project, images, labels } = prepare(context);
  for (const [image, label, value] of [
    ['00', 'labels00000000', 1],
    ['01', 'labels00000001', 2],
  ] as const) {
    await write(join(images, `${image}.tif`), GREY, SMALL);
    await write(
      join(labels, `${label}.tif`),
      Uint8Array.from(GREY, (_, i) => (i < value ? 9 : 0)),
      SMALL,
    );
  }
  const report = await importImages(project, { paths: [images], labels });
  assert.match(report.notes[0] ?? '', /number at the end.*'00\.tif'.*'labels00000000\.tif'/);
  assert.deepEqual(
    project.store.images.list().map((image) => project.store.objects.list(image.imageId)[0]?.pixels),
    [1, 2],
  );
});

test('a linked image stays in its file, and --channels and --pixel-size-um are kept', async (context) => {
  const { project, folder, images } = prepare(context);
  const path = join(images, 'rgb.tif');
  await write(
    path,
    Uint8Array.from({ length: 90 }, (_, i) => i),
    { ...SMALL, c: 3 },
  );
  const request = { paths: [path], link: true, channels: [2, 0], pixelSizeUm: 0.5 };
  const report = await importImages(project, request);
  assert.deepEqual(report.images[0]?.pixelSizeUm, { y: 0.5, x: 0.5, z: null });
  assert.deepEqual(project.store.settings.channels(), [2, 0]);
  const imageId = report.images[0]?.imageId ?? 0;
  const plane = await project.store.images.readPlane(imageId, 0, 0, 2);
  assert.deepEqual(
    [...plane],
    Array.from({ length: 30 }, (_, i) => 60 + i),
  );
  const moved = join(folder, 'moved.tif');
  copyFileSync(path, moved);
  truncateSync(path, 10);
  await assert.rejects(
    project.store.images.readPlane(imageId, 0, 0, 2),
    (error) => isLimnError(error, 'CorruptFile') && error.message.includes(path),
  );
});

test('channels that images of the project lack are refused, though nothing new is imported', async (context) => {
  const { project, images } = prepare(context);
  await write(join(images, 'a.tif'), GREY, SMALL);
  await importImages(project, { paths: [images] });
  await assert.rejects(
    importImages(project, { paths: [images], channels: [3] }),
    (error) => isLimnError(error, 'InvalidInput') && /'a' has 1 channel.*no channel 3/.test(error.message),
  );
  assert.equal(project.store.settings.channels(), null);
});

const BAD: [string, string, RegExp, (setting: Setting) => Promise<ImportRequest>][] = [
  [
    'a truncated TIFF after good ones',
    'CorruptFile',
    /b\.tif/,
    async ({ images }) => {
      await write(
        join(images, 'b.tif'),
        Uint8Array.from({ length: 90_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24),
        { y: 300, x: 300 },
      );
      truncateSync(join(images, 'b.tif'), Math.floor(statSync(join(images, 'b.tif')).size / 2));
      return { paths: [images] };
    },
  ],
  [
    'a text file named .tif',
    'UnsupportedFormat',
    /b\.tif/,
    async ({ images }) => {
      writeFileSync(join(images, 'b.tif'), 'x;y\n1;2\n'.repeat(100));
      return { paths: [images] };
    },
  ],
  [
    'an image with pixels that are no numbers',
    'InvalidInput',
    /“b\.tif” holds 2 of 30 pixels.*NaN or infinite/,
    async ({ images }) => {
      const values = Float32Array.from(GREY);
      values[3] = Number.NaN;
      values[20] = Number.NEGATIVE_INFINITY;
      await write(join(images, 'b.tif'), values, SMALL, 'float32');
      return { paths: [images] };
    },
  ],
  [
    'labels of another size',
    'InvalidInput',
    /labels.a\.tif.*\(7 × 5 px\).*images.a\.tif.*\(6 × 5 px\)/,
    async ({ images, labels }) => {
      await write(join(labels, 'a.tif'), new Uint8Array(35), { y: 5, x: 7 });
      return { paths: [images], labels };
    },
  ],
  [
    'labels of which none has the name of an image',
    'InvalidInput',
    /'other\.tif' and 'a\.tif'/,
    async ({ images, labels }) => {
      await write(join(labels, 'other.tif'), GREY, SMALL);
      return { paths: [images], labels };
    },
  ],
  [
    'an instance image taken as classes',
    'InvalidInput',
    /300 different values.*instances/,
    async ({ images, labels }) => {
      const values = Uint16Array.from({ length: 400 }, (_, i) => i % 300);
      await write(join(images, 'b.tif'), Uint8Array.from(values), { y: 20, x: 20 });
      await write(join(labels, 'b.tif'), values, { y: 20, x: 20 }, 'uint16');
      return { paths: [images], labels, labelKind: 'classes' };
    },
  ],
  [
    'a channel that an image does not have',
    'InvalidInput',
    /a\.tif' has 1 channel.*no channel 1/,
    async ({ images }) => ({ paths: [images], channels: [0, 1] }),
  ],
];

for (const [what, tag, says, make] of BAD) {
  test(`${what}: one sentence, and the project is as it was`, async (context) => {
    const setting = prepare(context, ['cell']);
    await write(join(setting.images, 'a.tif'), GREY, SMALL);
    const request = await make(setting);
    const before = stateOf(setting.project);
    await assert.rejects(importImages(setting.project, request), (error) => {
      assert.ok(isLimnError(error), String(error));
      assert.equal(error.tag, tag, error.message);
      assert.match(error.message, says);
      return true;
    });
    assert.deepEqual(stateOf(setting.project), before);
    const path = setting.project.path;
    setting.project.close();
    assert.deepEqual(await checkProject(path), { ok: true, findings: [] });
  });
}

test('an empty folder is no import', async (context) => {
  const { project, images } = prepare(context);
  await assert.rejects(importImages(project, { paths: [images] }), (error) => {
    assert.ok(isLimnError(error));
    assert.match(error.message, /images/);
    return true;
  });
});

test('images that are there already are told in one sentence', async (context) => {
  const { project, images } = prepare(context);
  for (const name of ['a2', 'a10', 'a1']) await write(join(images, `${name}.tif`), GREY, SMALL);
  await importImages(project, { paths: [images] });
  const again = await importImages(project, { paths: [images] });
  assert.deepEqual(again, {
    images: [],
    notes: ["3 images are in the project already and were skipped: 'a1.tif' to 'a10.tif'."],
  });
});

test('one label file that is named itself belongs to the one image, whatever its name', async (context) => {
  const { project, images, labels } = prepare(context);
  await write(join(images, 'a.tif'), GREY, SMALL);
  const masks = Uint8Array.from(GREY, (_, i) => (i < 4 ? 7 : 0));
  await write(join(labels, 'drawn by hand.tif'), masks, SMALL);
  const report = await importImages(project, {
    paths: [join(images, 'a.tif')],
    labels: join(labels, 'drawn by hand.tif'),
  });
  assert.deepEqual([report.images[0]?.objects, report.notes], [1, []]);
});

test('a stopped import leaves nothing', async (context) => {
  const { project, images } = prepare(context);
  for (const name of ['a', 'b', 'c']) await write(join(images, `${name}.tif`), GREY, SMALL);
  const stop = new AbortController();
  const onProgress = ({ done }: { done: number }) => {
    if (done === 1) stop.abort();
  };
  for (const context of [{ signal: stop.signal, onProgress }, { signal: AbortSignal.abort() }]) {
    await assert.rejects(
      importImages(project, { paths: [images] }, context),
      (error) => isLimnError(error, 'Cancelled') && /nothing of it was kept/.test(error.message),
    );
  }
  assert.deepEqual([project.store.images.list(), project.store.images.stagedCount()], [[], 0]);
});

test('painting goes on while an import is under way and survives its failure', async (context) => {
  const { project, images } = prepare(context);
  await write(join(images, 'a.tif'), GREY, SMALL);
  const [first] = (await importImages(project, { paths: [images] })).images;
  await write(join(images, 'b.tif'), GREY, SMALL);
  await write(
    join(images, 'c.tif'),
    Uint8Array.from({ length: 90_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24),
    { y: 300, x: 300 },
  );
  const imageId = first?.imageId ?? 0;
  const onProgress = ({ done }: { done: number }) => {
    const regions = [{ x: done, y: 0, w: 1, h: 1, labels: Uint32Array.of(1) }];
    project.store.edits.apply({ imageId, t: 0, z: 0, kind: 'brush', regions });
    // Every header was read by now; the pixels of the last file are not.
    if (done === 1) truncateSync(join(images, 'c.tif'), 1000);
  };
  await assert.rejects(importImages(project, { paths: [images] }, { onProgress }));
  assert.equal(project.store.labels.summary(imageId).labelledPixels, 2);
  assert.equal(project.store.images.list().length, 1);
});

const DATA = process.env['LIMN_DATA'] ?? join(import.meta.dirname, '../../../shared/data');

test('real partial labels keep their values', {
  skip: !existsSync(join(DATA, 'bbbc039_partial')) && 'no real data here',
}, async (context) => {
  const { project } = prepare(context);
  const labels = join(DATA, 'bbbc039_partial/labels');
  const report = await importImages(project, {
    paths: [join(DATA, 'bbbc039/images')],
    labels,
    unlabelled: 0,
  });
  const labelled = report.images.filter((image) => image.objects !== null);
  assert.deepEqual([report.images.length, labelled.length], [24, 3]);
  assert.ok(labelled.every((image) => image.objects === 10));
  project.close();
  const reader = openProject(project.path, { mode: 'read' });
  context.after(() => reader.close());
  assert.ok(readFileSync(project.path).length > 1_000_000);
  const fractions = labelled.map((image) => reader.store.labels.summary(image.imageId).labelledFraction);
  assert.ok(
    fractions.every((fraction) => fraction > 0.02 && fraction < 0.1),
    String(fractions),
  );
});
