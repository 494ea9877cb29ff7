/** The curve on view follows events, also when a run is resumed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricPoint } from '../../../app/api/types.ts';
import {
  mergePoints,
  noteRunRequested,
  noteTrainEvent,
  noteTrainJob,
  useTrainingView,
} from '../../../renderer/state/trainingView.ts';
import { duration } from '../../../renderer/texts.ts';

const point = (step: number, loss: number): MetricPoint => ({
  step,
  seconds: step,
  loss,
  learningRate: null,
  validationLoss: null,
  validationIou: null,
  validationF1: null,
});

test('points of a resumed run replace those of the lost steps', () => {
  const merged = mergePoints([point(1, 9), point(2, 8), point(3, 7)], [point(2, 5), point(4, 4)]);
  assert.deepEqual(
    merged.map(({ step, loss }) => [step, loss]),
    [
      [1, 9],
      [2, 5],
      [3, 7],
      [4, 4],
    ],
  );
});

test('events of a run build its view', () => {
  noteRunRequested(5);
  assert.equal(useTrainingView.getState().state, 'queued');
  const started = { why: '', images: [], validation: [], parameters: 1, description: '' };
  noteTrainEvent({ type: 'started', runId: 5, device: 'cpu', ...started });
  const rest = { etaSeconds: 12, stepsPerSecond: 3, samplesPerSecond: 3, memoryBytes: 0, steps: 10 };
  noteTrainEvent({ type: 'metrics', runId: 5, points: [point(1, 2)], step: 1, ...rest });
  noteTrainEvent({ type: 'metrics', runId: 5, points: [point(2, 1)], step: 2, ...rest });
  const view = useTrainingView.getState();
  assert.deepEqual([view.state, view.step, view.points.length, view.etaSeconds], ['running', 2, 2, 12]);
  noteTrainEvent({
    type: 'ended',
    runId: 5,
    state: 'finished',
    step: 2,
    seconds: 1,
    modelId: 1,
    message: 'done',
  });
  assert.equal(useTrainingView.getState().state, 'finished');
});

test('durations read as people say them', () => {
  assert.deepEqual([5, 65, 3600 + 600].map(duration), ['5 s', '1 min 05 s', '1 h 10 min']);
});

test('a training that fails before its run begins does not wait for ever', () => {
  noteRunRequested(null);
  const job = {
    jobId: 1,
    kind: 'train',
    title: 'Train fast',
    done: 0,
    total: 0,
    etaSeconds: null,
    queuePosition: null,
    runId: null,
  } as const;
  noteTrainJob({ ...job, state: 'running', message: null });
  assert.equal(useTrainingView.getState().state, 'queued');
  noteTrainJob({ ...job, state: 'failed', message: 'No image is labelled.' });
  assert.equal(useTrainingView.getState().state, 'failed');
  assert.equal(useTrainingView.getState().message, 'No image is labelled.');
});

test('a waiting job that is taken out of the queue leaves the run on view as it is', () => {
  useTrainingView.setState({ ...useTrainingView.getInitialState(), runId: 3, state: 'running' });
  const job = {
    jobId: 2,
    kind: 'train',
    title: 'Train fast',
    done: 0,
    total: 0,
    etaSeconds: null,
    runId: null,
    queuePosition: null,
    message: 'taken out of the queue',
    state: 'cancelled',
  } as const;
  noteTrainJob(job);
  assert.equal(useTrainingView.getState().state, 'running');
  noteTrainJob({ ...job, runId: 3, state: 'failed' });
  assert.equal(useTrainingView.getState().state, 'failed');
});
