import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readLabelImage } from '../../app/imaging/readLabelImage.ts';
import { simulateNuclei } from '../../app/science/simulate/nuclei.ts';
import { checkProject } from '../../app/services/doctorService.ts';
import { importImages } from '../../app/services/importService.ts';
import { createProject, openProject } from '../../app/services/project.ts';
import { partialLabels } from '../../app/services/sampleLabels.ts';
import { createSampleProject, writeSample } from '../../app/services/sampleService.ts';
import { temporaryFolder } from '../store/testProject.ts';

test('a sample is the same for the same seed, another for another, and can be imported', async (context) => {
  const folder = temporaryFolder(context);
  const first = await writeSample(join(folder, 'a'), { kind: 'nuclei', count: 2, seed: 3 });
  await writeSample(join(folder, 'b'), { kind: 'nuclei', count: 1, seed: 3 });
  await writeSample(join(folder, 'c'), { kind: 'nuclei', count: 1, seed: 4 });
  const file = (name: string) => readFileSync(join(folder, name));
  assert.deepEqual(file('a/images/nuclei_00.tif'), file('b/images/nuclei_00.tif'));
  assert.deepEqual(file('a/labels/nuclei_00.tif'), file('b/labels/nuclei_00.tif'));
  assert.notDeepEqual(file('a/images/nuclei_00.tif'), file('a/images/nuclei_01.tif'));
  assert.notDeepEqual(file('b/images/nuclei_00.tif'), file('c/images/nuclei_00.tif'));
  const manifest = JSON.parse(file('a/manifest.json').toString()) as {
    pairs: { image: string; label: string }[];
  };
  assert.equal(manifest.pairs.length, 2);
  for (const { image, label } of manifest.pairs) {
    assert.ok(existsSync(join(folder, 'a', image)) && existsSync(join(folder, 'a', label)));
  }
  const project = createProject(join(folder, 'p.limn'));
  context.after(() => project.close());
  const report = await importImages(project, {
    paths: [join(folder, 'a/images')],
    labels: join(folder, 'a/labels'),
  });
  const { values } = await readLabelImage(first.labels[0] ?? '');
  assert.equal(report.images[0]?.objects, new Set(values).size - 1);
  assert.deepEqual(report.images[0]?.pixelSizeUm, { y: 0.5, x: 0.5, z: null });
});

test('membranes are a class mask of 0 and 255', async (context) => {
  const folder = temporaryFolder(context);
  const { labels } = await writeSample(folder, { kind: 'membranes', count: 1, seed: 1 });
  const { values } = await readLabelImage(labels[0] ?? '');
  assert.deepEqual(
    [...new Set(values)].sort((a, b) => a - b),
    [0, 255],
  );
  assert.deepEqual(readdirSync(folder).sort(), ['images', 'labels', 'manifest.json']);
});

test('the sample project can be trained on at once: objects, background, and unlabelled ground', async (context) => {
  const path = join(temporaryFolder(context), 'sample.limn');
  await createSampleProject(path);
  assert.deepEqual(await checkProject(path), { ok: true, findings: [] });
  const project = openProject(path, { mode: 'read' });
  context.after(() => project.close());
  const { store } = project;
  const images = store.images.list();
  assert.equal(images.length, 4);
  const summaries = images.map((image) => store.labels.summary(image.imageId));
  assert.deepEqual(
    summaries.map((summary) => summary.objects),
    [10, 0, 0, 0],
  );
  const fraction = summaries[0]?.labelledFraction ?? 0;
  assert.ok(fraction > 0.03 && fraction < 0.3, String(fraction));
  assert.deepEqual(
    store.classes.list().map((row) => [row.name, row.kind]),
    [['nucleus', 'thing']],
  );
});

test('partial labels never contradict the truth', () => {
  const shape = { y: 200, x: 260 };
  const { labels: truth } = simulateNuclei({ shape, seed: 5, index: 0 });
  const { labels, objects } = partialLabels(truth, shape, 3);
  assert.deepEqual(objects, [2, 3, 4]);
  const truthOf = new Map<number, number>();
  for (const [i, label] of labels.entries()) {
    if (label === 0) continue;
    if (label === 1) assert.equal(truth[i], 0);
    else {
      assert.equal(truthOf.get(label) ?? truth[i], truth[i]);
      truthOf.set(label, truth[i] ?? 0);
    }
  }
  for (const [label, object] of truthOf) {
    assert.equal(
      labels.filter((value) => value === label).length,
      truth.filter((value) => value === object).length,
    );
  }
});
