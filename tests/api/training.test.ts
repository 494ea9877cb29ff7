import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  BackendEvent,
  EditAcknowledged,
  ImageInfo,
  JobInfo,
  ModelSummary,
  RunDetail,
  RunSample,
  RunStarted,
  RunSummary,
  TrainingChoices,
  TrainingOutlook,
} from '../../app/api/types.ts';
import { createSampleProject } from '../../app/services/sampleService.ts';
import { type OpenBackend, openBackend } from './backendFixture.ts';

let open: OpenBackend;
const tiny = { preset: 'fast', baseFilters: 2, depth: 1, tileSize: 32, seed: 1, device: 'cpu' };

before(async () => {
  open = await openBackend();
  const path = join(open.folder, 's.limn');
  await createSampleProject(path);
  await open.send('/api/project/open', { path });
});
after(() => open.close());

async function json<T>(response: Promise<Response>): Promise<T> {
  const answered = await response;
  assert.ok(answered.ok, await answered.clone().text());
  return (await answered.json()) as T;
}

async function jobEnds(jobId: number): Promise<JobInfo> {
  for (;;) {
    const job = (await json<JobInfo[]>(open.get('/api/jobs'))).find((one) => one.jobId === jobId);
    assert.ok(job);
    if (['done', 'failed', 'cancelled'].includes(job.state)) return job;
    await delay(50);
  }
}

const trainEvents = (): (BackendEvent & { type: 'train' })[] =>
  open.events.filter((event) => event.type === 'train');

test('the outlook tells what a training would learn from', async () => {
  const outlook = await json<TrainingOutlook>(open.get('/api/training/outlook'));
  assert.deepEqual([outlook.images, outlook.objects, outlook.findings], [1, 10, []]);
  assert.deepEqual(
    outlook.classes.map(({ name }) => name),
    ['background', 'nucleus'],
  );
});

test('a run is paused, continued and ends with a model, told by events and job', async () => {
  const { runId, jobId } = await json<RunStarted>(open.send('/api/runs', { ...tiny, steps: 40 }));
  assert.equal(runId, 1);
  const paused = await json<RunDetail>(open.send('/api/runs/1/pause', {}));
  assert.equal(paused.state, 'paused');
  const at = async (): Promise<number> =>
    (await json<JobInfo[]>(open.get('/api/jobs'))).find((job) => job.jobId === jobId)?.done ?? -1;
  // The pause acts at the next step boundary, and a busy machine may start late and tell of steps late.
  while (!trainEvents().some(({ event }) => event.type === 'started')) await delay(50);
  let before = await at();
  for (let still = 0; still < 3; still++) {
    await delay(700);
    const now = await at();
    if (now !== before) still = -1;
    before = now;
  }
  assert.ok(before < 40);
  assert.deepEqual(await json<RunStarted>(open.send('/api/runs/1/resume', {})), { runId: 1, jobId });
  assert.equal((await open.send('/api/runs/1/resume', {})).status, 422);

  const job = await jobEnds(jobId);
  assert.deepEqual([job.state, job.runId, job.done], ['done', 1, 40]);
  const types = trainEvents().map(({ event }) => event.type);
  assert.equal(types[0], 'started');
  assert.equal(types.at(-1), 'ended');
  const run = await json<RunDetail>(open.get('/api/runs/1'));
  assert.deepEqual([run.state, run.step, run.points.length], ['finished', 40, 40]);
  const [sample] = await json<RunSample[]>(open.get('/api/runs/1/samples'));
  assert.ok(sample && sample.step >= 25 && sample.classes === 1);
  const { y, x } = sample.shape;
  for (const [layer, type, bytes] of [
    ['image', 'float32', 4],
    ['weight', 'float32', 4],
    ['probability', 'float32', 4],
    ['label', 'uint8', 1],
  ] as const) {
    const raw = await open.get(`/api/runs/1/samples/${sample.step}/${layer}`);
    assert.deepEqual([raw.headers.get('x-limn-shape'), raw.headers.get('x-limn-type')], [`${y},${x}`, type]);
    assert.equal((await raw.arrayBuffer()).byteLength, bytes * y * x);
  }
  assert.equal((await open.get('/api/runs/1/samples/7/label')).status, 404);
  assert.equal((await open.get(`/api/runs/1/samples/${sample.step}/nothing`)).status, 400);
  const [model] = await json<ModelSummary[]>(open.get('/api/models'));
  assert.deepEqual(model?.classNames, ['background', 'nucleus']);
});

test('a second training and a prediction of many images wait in the queue, one image does not', async () => {
  const first = await json<RunStarted>(open.send('/api/runs', { ...tiny, steps: 100_000 }));
  const second = await json<RunStarted>(open.send('/api/runs', { ...tiny, steps: 5 }));
  assert.equal(second.runId, null);
  const all = await json<{ jobId: number }>(open.send('/api/predictions', {}));
  const one = await json<{ jobId: number }>(open.send('/api/predictions', { images: '0' }));
  assert.equal((await jobEnds(one.jobId)).state, 'done');
  const states = new Map((await json<JobInfo[]>(open.get('/api/jobs'))).map((job) => [job.jobId, job.state]));
  assert.deepEqual(
    [first.jobId, second.jobId, all.jobId].map((jobId) => states.get(jobId)),
    ['running', 'queued', 'queued'],
  );
  assert.equal((await open.send('/api/project/new', { path: join(open.folder, 'n.limn') })).status, 409);
  await open.send(`/api/jobs/${second.jobId}/cancel`);
  await open.send(`/api/jobs/${all.jobId}/cancel`);
  await open.send(`/api/jobs/${first.jobId}/cancel`);
  await jobEnds(first.jobId);
  const run = await json<RunDetail>(open.get(`/api/runs/${first.runId}`));
  assert.equal(run.state, 'interrupted');
});

test('the prediction is served raw, told by an event, and accepted where nothing was painted', async () => {
  assert.ok(open.events.some((event) => event.type === 'prediction' && event.imageId === 1));
  const [info] = await json<ImageInfo[]>(open.get('/api/images'));
  assert.equal(info?.predicted, true);
  const raw = async (path: string): Promise<ArrayBuffer> => {
    const response = await open.get(path);
    assert.equal(response.headers.get('x-limn-shape'), '512,512');
    return response.arrayBuffer();
  };
  const foreground = new Float32Array(await raw('/api/images/1/prediction/0/0/probability?class=1'));
  const background = new Float32Array(await raw('/api/images/1/prediction/0/0/probability?class=0'));
  for (let i = 0; i < foreground.length; i += 97) {
    assert.ok(Math.abs((foreground[i] ?? 0) + (background[i] ?? 0) - 1) < 1e-5);
  }
  const before = new Uint32Array(await raw('/api/images/1/labels/0/0'));
  await json<EditAcknowledged>(open.send('/api/images/1/prediction/accept', { t: 0, z: 0 }));
  const accepted = new Uint32Array(await raw('/api/images/1/labels/0/0'));
  for (let i = 0; i < before.length; i++) if (before[i] !== 0) assert.equal(accepted[i], before[i]);
  assert.ok(accepted.filter((label) => label !== 0).length > before.filter((label) => label !== 0).length);
  await open.send('/api/images/1/undo');
  assert.deepEqual(new Uint32Array(await raw('/api/images/1/labels/0/0')), before);
});

test('what cannot be trained or predicted is refused at once', async () => {
  const unlabelled = await open.send('/api/runs', { ...tiny, steps: 5, images: '1' });
  assert.equal(unlabelled.status, 422);
  const { error } = (await unlabelled.json()) as { error: { tag: string } };
  assert.equal(error.tag, 'NotEnoughLabels');
  assert.equal((await open.send('/api/predictions', { model: '77' })).status, 404);
  assert.equal((await open.send('/api/runs/99/stop', {})).status, 404);
  assert.equal((await open.send('/api/runs/99/resume', {})).status, 404);
  assert.equal((await open.send('/api/runs/1/resume', {})).status, 422);
});

test('a run tells everything that made it, and goes with its checkpoints; its model stays and is exported', async () => {
  const [summary] = await json<RunSummary[]>(open.get('/api/runs'));
  assert.ok(summary);
  const { baseFilters, tileSize, 'optimiser.kind': optimiser } = summary.hyperParameters;
  assert.deepEqual([baseFilters, tileSize, optimiser], [2, 32, 'adam']);
  assert.deepEqual(
    [summary.engine, summary.init, summary.imageCount, summary.validationCount, summary.steps],
    ['onnx', 'scratch', 1, 0, 40],
  );
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  assert.ok(summary.version?.startsWith(version));
  assert.ok(summary.seconds > 0);
  const { images } = await json<RunDetail>(open.get('/api/runs/1'));
  const [image] = await json<ImageInfo[]>(open.get('/api/images'));
  assert.deepEqual(images, [image?.name]);

  const [model] = await json<ModelSummary[]>(open.get('/api/models'));
  const file = await open.get(`/api/models/${model!.modelId}/model.onnx`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  assert.equal(bytes.byteLength, model!.byteLength);
  const out = join(open.folder, 'm.onnx');
  await open.send('/api/models/export', { model: String(model!.modelId), out });
  assert.deepEqual(bytes, new Uint8Array(await readFile(out)));

  const folder = join(open.folder, 's.limn-runs', '1');
  assert.ok(existsSync(folder));
  const left = await json<RunSummary[]>(open.send('/api/runs/1', undefined, 'DELETE'));
  assert.ok(left.every((run) => run.runId !== 1));
  assert.ok(!existsSync(folder));
  assert.equal((await open.get('/api/runs/1')).status, 404);
  const [kept] = await json<ModelSummary[]>(open.get('/api/models'));
  assert.deepEqual([kept?.modelId, kept?.runId], [model!.modelId, null]);
});

test('a model is removed with the predictions it made; a run that goes on is not', async () => {
  const [model] = await json<ModelSummary[]>(open.get('/api/models'));
  assert.equal(model?.predictedImages, 1);
  await json<ModelSummary[]>(open.send(`/api/models/${model!.modelId}`, undefined, 'DELETE'));
  const [image] = await json<ImageInfo[]>(open.get('/api/images'));
  assert.equal(image?.predicted, false);
  assert.equal((await open.send(`/api/models/${model!.modelId}`, undefined, 'DELETE')).status, 404);
  const { runId, jobId } = await json<RunStarted>(open.send('/api/runs', { ...tiny, steps: 100_000 }));
  assert.equal((await open.send(`/api/runs/${runId}`, undefined, 'DELETE')).status, 422);
  await open.send(`/api/jobs/${jobId}/cancel`);
  await jobEnds(jobId);
  await json(open.send(`/api/runs/${runId}`, undefined, 'DELETE'));
});

test('every device is named, with the reason where it is not there', async () => {
  const { devices, baseModels, threads } = await json<TrainingChoices>(open.get('/api/training/choices'));
  assert.deepEqual(
    devices.map(({ name }) => name),
    ['cpu', 'webgpu', 'cuda', 'dml', 'tfjs'],
  );
  assert.equal(devices[0]?.available, true);
  for (const { available, reason } of [...devices, ...baseModels])
    assert.ok(available || (reason ?? '').length > 10);
  assert.ok(threads >= 1);
});

test('images held back by groups of their names are told by the outlook', async () => {
  const query = 'validation=0.5&validationGroup=(x)&validateOnTraining=false';
  const outlook = await json<TrainingOutlook>(open.get(`/api/training/outlook?${query}`));
  assert.deepEqual(outlook.validation, []);
  const wrong = await json<TrainingOutlook>(open.get('/api/training/outlook?validationGroup=(x)'));
  assert.equal(wrong.findings[0]?.kind, 'split');
});
