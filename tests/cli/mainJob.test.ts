/** The whole job by command line on simulated images: import, train, predict, evaluate, export, segment. */

import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openImage } from '../../app/imaging/openImage.ts';
import type {
  EvaluationReport,
  ExportReport,
  ImportReport,
  ModelSummary,
  PredictedImage,
  RunSummary,
} from '../../app/services/requests.ts';
import { limnJson, runLimn, startLimn, temporaryFolder } from '../support/runLimn.ts';

const TINY = [
  '--base-filters',
  '4',
  '--depth',
  '2',
  '--tile-size',
  '64',
  '--device',
  'cpu',
  '--threads',
  '1',
  '--seed',
  '7',
];

async function sampleProject(folder: string): Promise<string> {
  const project = join(folder, 'p.limn');
  await limnJson('sample', join(folder, 'sample'), '--kind', 'nuclei', '--count', '3', '--seed', '5');
  await limnJson('new', project, '--classes', 'nucleus');
  const report = await limnJson<ImportReport>(
    'import',
    project,
    join(folder, 'sample/images'),
    '--labels',
    join(folder, 'sample/labels'),
  );
  assert.equal(report.images.length, 3);
  assert.ok(report.images.every((image) => (image.objects ?? 0) > 5 && image.numberType === 'uint16'));
  return project;
}

async function readTiff(
  path: string,
): Promise<{ values: ArrayLike<number>; numberType: string; channels: number }> {
  const reader = await openImage(path);
  const { numberType, shape } = reader.description;
  const values = await reader.readPlane(0, 0, 0);
  await reader.close();
  return { values, numberType, channels: shape.c };
}

test('sample to exported masks, with a model that others can read', async (t) => {
  const folder = temporaryFolder(t);
  const project = await sampleProject(folder);

  const trained = await runLimn(
    'train',
    project,
    '--steps',
    '12',
    '--images',
    '0-1',
    '--validation',
    '2',
    ...TINY,
    '--json',
  );
  assert.equal(trained.code, 0, trained.stderr);
  const events = trained.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; modelId?: number });
  assert.equal(events[0]?.type, 'started');
  assert.equal(events.at(-1)?.type, 'ended');
  const runs = await limnJson<RunSummary[]>('runs', project);
  assert.deepEqual([runs.length, runs[0]?.state, runs[0]?.step], [1, 'finished', 12]);
  const models = await limnJson<ModelSummary[]>('models', project);
  assert.ok(models.length >= 1 && models.every((model) => model.classNames[0] === 'background'));

  const predicted = await limnJson<PredictedImage[]>('predict', project, '--device', 'cpu');
  assert.equal(predicted.length, 3);
  const report = await limnJson<EvaluationReport>('evaluate', project, '--images', '2', '--device', 'cpu');
  const { overall } = report;
  assert.ok(Math.abs(overall.pixelAccuracy + overall.pixelError - 1) < 1e-12);
  // Each measure is there, in its range.
  assert.ok(overall.warpingError >= 0);
  for (const share of [
    overall.meanAccuracy,
    overall.frequencyWeightedIou,
    overall.meanAveragePrecision,
    overall.panopticQuality,
    overall.seg,
    overall.adaptedRandError,
    overall.foregroundRandError,
  ]) {
    assert.ok(share >= 0 && share <= 1, JSON.stringify(overall));
  }
  assert.ok(report.overall.pixelError >= 0 && report.overall.pixelError <= 1);
  assert.deepEqual(
    report.overall.instances.map((score) => score.iou),
    [0.5, 0.6, 0.7, 0.8, 0.9],
  );

  const masks = join(folder, 'masks');
  const exported = await limnJson<ExportReport>('export', project, '--to', masks, '--measurements');
  assert.deepEqual(
    exported.files.map((file) => file.numberType),
    ['uint8', 'uint8', 'uint8'],
  );
  for (const name of readdirSync(join(folder, 'sample/labels'))) {
    const stem = name.replace(/\.[^.]+$/, '');
    const original = await readTiff(join(folder, 'sample/labels', name));
    const copy = await readTiff(join(masks, `${stem}.tif`));
    assert.deepEqual(Array.from(copy.values), Array.from(original.values), stem);
  }
  assert.match(readFileSync(exported.measurements ?? '', 'utf8'), /^image,object,class,area/);

  const model = join(folder, 'm.onnx');
  await limnJson('export-model', project, '--out', model);
  const viaFile = join(folder, 'via-file');
  const viaProject = join(folder, 'via-project');
  const images = join(folder, 'sample/images');
  await limnJson(
    'segment',
    '--model',
    model,
    images,
    '--out',
    viaFile,
    '--kind',
    'probabilities',
    '--device',
    'cpu',
  );
  await limnJson(
    'segment',
    '--model',
    project,
    images,
    '--out',
    viaProject,
    '--kind',
    'probabilities',
    '--device',
    'cpu',
  );
  const names = readdirSync(viaFile);
  assert.equal(names.length, 3);
  for (const name of names) {
    const first = await readTiff(join(viaFile, name));
    const second = await readTiff(join(viaProject, name));
    assert.deepEqual([first.numberType, first.channels], ['float32', 2]);
    assert.deepEqual(Array.from(first.values), Array.from(second.values));
  }
  const half = join(folder, 'half.onnx');
  await limnJson('export-model', project, '--half-precision', '--out', half);
  assert.ok(statSync(half).size < statSync(model).size, `${statSync(half).size}`);
  const viaHalf = join(folder, 'via-half');
  const asked = ['--out', viaHalf, '--kind', 'probabilities', '--device', 'cpu'];
  await limnJson('segment', '--model', half, images, ...asked);
  for (const name of names) {
    const whole = await readTiff(join(viaFile, name));
    const rounded = await readTiff(join(viaHalf, name));
    const largest = Array.from(whole.values).reduce(
      (sum, p, i) => Math.max(sum, Math.abs(p - rounded.values[i]!)),
      0,
    );
    assert.ok(largest > 0 && largest < 0.01, `${largest}`);
  }
  const healthy = await runLimn('doctor', project);
  assert.equal(healthy.code, 0, healthy.stdout);
});

test('an interrupted training keeps its checkpoint, says how to resume, and ends like an uninterrupted one', async (t) => {
  const folder = temporaryFolder(t);
  const project = await sampleProject(folder);
  const uninterrupted = join(folder, 'uninterrupted.limn');
  copyFileSync(project, uninterrupted);

  const { child, done } = startLimn(['train', project, '--steps', '60', ...TINY, '--json']);
  child.stdout?.on('data', (chunk: Buffer) => {
    if (chunk.toString().includes('"step":5')) child.kill('SIGINT');
  });
  const stopped = await done;
  assert.equal(stopped.code, 130, stopped.stderr);
  assert.match(stopped.stderr, /--resume/);
  const resumed = await runLimn('train', project, '--resume', '--json');
  assert.equal(resumed.code, 0, resumed.stderr);
  const straight = await runLimn('train', uninterrupted, '--steps', '60', ...TINY, '--json');
  assert.equal(straight.code, 0, straight.stderr);

  const losses = async (path: string): Promise<(number | null)[]> =>
    (await limnJson<RunSummary[]>('runs', path)).map((run) => run.lastLoss);
  assert.deepEqual(await losses(project), await losses(uninterrupted));
  assert.equal((await runLimn('doctor', project)).code, 0);
});

test('bad input names the file, ends with 3 and leaves the project as it was', async (t) => {
  const folder = temporaryFolder(t);
  const project = await sampleProject(folder);
  const image = join(folder, 'sample/images', readdirSync(join(folder, 'sample/images'))[0] ?? '');
  const bad = join(folder, 'bad');
  mkdirSync(join(bad, 'empty'), { recursive: true });
  writeFileSync(join(bad, 'text.tif'), 'this is no image\n');
  copyFileSync(image, join(bad, 'cut.tif'));
  truncateSync(join(bad, 'cut.tif'), 3000);
  writeFileSync(join(bad, 'nothing.png'), '');
  const before = readFileSync(project);
  for (const [name, sentence] of [
    ['text.tif', /text\.tif/],
    ['cut.tif', /cut\.tif/],
    ['nothing.png', /nothing\.png/],
    ['empty', /empty/],
    ['missing.tif', /missing\.tif/],
  ] as const) {
    const { code, stderr } = await runLimn('import', project, image, join(bad, name));
    assert.equal(code, 3, `${name}: ${stderr}`);
    assert.match(stderr, sentence);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
    assert.ok(readFileSync(project).equals(before), `${name} changed the project`);
  }
});

test('training without labels is refused with what to do', async (t) => {
  const folder = temporaryFolder(t);
  const project = join(folder, 'p.limn');
  await limnJson('sample', join(folder, 'sample'), '--count', '1');
  await limnJson('new', project, '--classes', 'nucleus');
  await limnJson('import', project, join(folder, 'sample/images'));
  const { code, stderr } = await runLimn('train', project, '--steps', '3', ...TINY);
  assert.equal(code, 3, stderr);
  assert.match(stderr, /label/);
});
