import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ImageInfo, JobInfo, ModelSummary } from '../../../app/api/types.ts';
import { NO_ROWS, selectRow } from '../../../renderer/controls/rowSelection.ts';
import { batchProgress, batchRows, batchWork, olderModels } from '../../../renderer/state/batch.ts';

const job = (change: Partial<JobInfo>): JobInfo => ({
  jobId: 1,
  kind: 'predict',
  title: 'Predict',
  state: 'running',
  done: 0,
  total: 10,
  etaSeconds: null,
  message: null,
  runId: null,
  queuePosition: null,
  ...change,
});

test('an image is at work while the job’s planes are its own, and waits before that', () => {
  const images = [
    { imageId: 5, planes: 1 },
    { imageId: 6, planes: 3 },
    { imageId: 7, planes: 2 },
  ];
  const states = (done: number, state: JobInfo['state']) =>
    [5, 6, 7].map((id) => batchWork([{ jobId: 1, images }], [job({ done, state })]).get(id));
  const [now, later, over] = ['predicting', 'waiting', undefined];
  assert.deepEqual(states(0, 'queued'), [later, later, later]);
  assert.deepEqual(states(0, 'running'), [now, later, later]);
  assert.deepEqual(states(1, 'running'), [over, now, later]);
  assert.deepEqual(states(3, 'running'), [over, now, later]);
  assert.deepEqual(states(4, 'running'), [over, over, now]);
  assert.deepEqual(states(6, 'running'), [over, over, over]);
  for (const state of ['done', 'failed', 'cancelled'] as const)
    assert.deepEqual(states(1, state), [over, over, over]);
});

test('an image in two jobs shows the one that is at it', () => {
  const batches = [
    { jobId: 1, images: [{ imageId: 5, planes: 1 }] },
    {
      jobId: 2,
      images: [
        { imageId: 4, planes: 1 },
        { imageId: 5, planes: 1 },
      ],
    },
  ];
  const work = batchWork(batches, [job({ jobId: 1 }), job({ jobId: 2, state: 'queued' })]);
  assert.deepEqual(work.get(5), 'predicting');
  assert.deepEqual(work.get(4), 'waiting');
});

test('one progress for predictions and exports that run or wait; trainings and ended jobs are none of it', () => {
  assert.equal(batchProgress([job({ kind: 'train' }), job({ state: 'done' })]), null);
  const progress = batchProgress([
    job({ jobId: 1, done: 3, etaSeconds: 40 }),
    job({ jobId: 2, kind: 'export', done: 1, total: 4, etaSeconds: 9 }),
    job({ jobId: 3, state: 'queued', total: 0 }),
    job({ jobId: 4, kind: 'train', done: 99, total: 100, etaSeconds: 500 }),
  ]);
  assert.deepEqual(
    progress && [progress.done, progress.total, progress.etaSeconds, progress.waiting],
    [4, 14, 40, 1],
  );
  assert.deepEqual(
    progress?.jobs.map(({ jobId }) => jobId),
    [1, 2, 3],
  );
  assert.equal(batchProgress([job({ etaSeconds: 4 }), job({ jobId: 2 })])?.etaSeconds, null);
});

const image = (imageId: number, change: Partial<ImageInfo>): ImageInfo => ({
  imageId,
  position: imageId,
  name: `cell ${imageId}`,
  shape: { t: 1, z: 1, c: 1, y: 4, x: 4 },
  numberType: 'uint8',
  pixelSizeUm: null,
  channelNames: [],
  levels: 1,
  labelledFraction: 0,
  objects: 0,
  predicted: false,
  predictedObjects: null,
  predictionModelId: null,
  state: 'unlabelled',
  ...change,
});

test('rows are filtered and sorted, names by their numbers, ties in the order of import', () => {
  const images = [
    image(0, { name: 'cell 10', labelledFraction: 0.5 }),
    image(1, { name: 'Cell 9', predicted: true, predictionModelId: 3, predictedObjects: 7 }),
    image(2, {
      name: 'wall',
      labelledFraction: 1,
      predicted: true,
      predictionModelId: 5,
      predictedObjects: 7,
    }),
    image(3, { name: 'cell 2' }),
  ];
  const models = [
    { modelId: 3, runId: 1 },
    { modelId: 4, runId: 2 },
    { modelId: 5, runId: 2 },
    { modelId: 6, runId: null },
  ] as ModelSummary[];
  const older = olderModels(models);
  assert.deepEqual([...older], [3]);
  const ids = (state: Partial<Parameters<typeof batchRows>[1]>) =>
    batchRows(images, { name: '', filter: 'all', order: null, ...state }, older).map(
      ({ imageId }) => imageId,
    );
  assert.deepEqual(ids({ name: ' CELL' }), [0, 1, 3]);
  assert.deepEqual(ids({ filter: 'partly' }), [0]);
  assert.deepEqual(ids({ filter: 'unlabelled' }), [1, 3]);
  assert.deepEqual(ids({ filter: 'older' }), [1]);
  assert.deepEqual(ids({ order: { column: 'name', descending: false } }), [3, 1, 0, 2]);
  assert.deepEqual(ids({ order: { column: 'found', descending: true } }), [1, 2, 0, 3]);
});

test('clicks and keys select the rows that a file manager would', () => {
  const rows = [11, 12, 13, 14, 15];
  const step = fc.tuple(fc.nat(4), fc.constantFrom('only', 'toggle', 'range', 'move'));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let state = NO_ROWS;
      // A list of ticks, and the place that a range starts from.
      let ticks = rows.map(() => false);
      let from: number | null = null;
      for (const [index, how] of steps) {
        state = selectRow(rows, state, index, how);
        const start: number = from ?? index;
        if (how === 'only') ticks = rows.map((_, i) => i === index);
        if (how === 'toggle') ticks = ticks.map((tick, i) => tick !== (i === index));
        if (how === 'range')
          ticks = rows.map((_, i) => (start <= i && i <= index) || (index <= i && i <= start));
        if (how === 'only' || how === 'toggle') from = index;
        if (how === 'range') from = start;
        assert.equal(state.current, rows[index]);
      }
      assert.deepEqual(
        [...state.selected].sort(),
        rows.filter((_, i) => ticks[i]),
      );
    }),
  );
});
