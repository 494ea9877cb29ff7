/** A run that loses its memory, its device or its engine goes on; the losses are simulated, the rest is real. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineHost } from '../../app/engine/host.ts';
import type { UnetSpec } from '../../app/engine/modelDescription.ts';
import { translateRunError } from '../../app/engine/runtime/runSession.ts';
import { isLimnError, LimnError } from '../../app/errors.ts';
import type { TrainRequest } from '../../app/services/requests.ts';
import { nextSmallerTile, RunRecovery } from '../../app/services/runRecovery.ts';
import type { TrainingPlan } from '../../app/services/trainingPlan.ts';
import { listRuns, TrainingService } from '../../app/services/trainingService.ts';
import { type FakeEngine, type FakeEngineOptions, fakeEngine } from './fakeEngine.ts';
import { smallProject, testFolder } from './smallProject.ts';

const REQUEST: TrainRequest = {
  baseFilters: 1,
  depth: 1,
  tileSize: 96,
  device: 'cpu',
  threads: 1,
  steps: 60,
};
const SPEC: UnetSpec = {
  kind: 'unet',
  padding: 'same',
  depth: 2,
  baseFilters: 4,
  inputChannels: 1,
  classes: 2,
  normalisation: 'none',
  dropout: 0,
};

/** Trains with a simulated loss; gives the run, the notes, the engine and the steps in the books. */
async function trainWith(t: { after(cleanUp: () => void): void }, options: FakeEngineOptions) {
  const project = await smallProject(testFolder(t), { count: 1 });
  const engine: FakeEngine = fakeEngine(options);
  const host = new EngineHost({ startProcess: engine.start, closeMilliseconds: 10 });
  t.after(async () => {
    await host.close();
    project.close();
  });
  const notes: string[] = [];
  const service = new TrainingService(host, { checkpointMilliseconds: 5 });
  const run = service.train(project, REQUEST, {
    onEvent: (event) => event.type === 'note' && notes.push(event.message),
  });
  return { run, notes, engine, project };
}

test('out of memory as an exception: smaller tiles from the last checkpoint, recorded in the plan', async (t) => {
  const { run, notes, engine, project } = await trainWith(t, {
    beforeStep: (step, job) => {
      if (step === 30 && job.plan.tileSize > 60)
        throw new LimnError('OutOfMemory', 'Too large.', { fields: { where: 'engine' } });
    },
  });
  const { runId, state, step } = await run;
  assert.deepEqual([state, step], ['finished', 60]);
  assert.deepEqual(
    engine.jobs.map(({ plan }) => plan.tileSize),
    [96, 72, 54],
  );
  assert.ok(engine.jobs.slice(1).every(({ resume }) => resume));
  assert.equal(notes.filter((note) => /Memory ran out with tiles of 96 px.*72 px/.test(note)).length, 1);
  assert.equal((project.store.runs.get(runId).plan as TrainingPlan).hyperParameters.tileSize, 54);
  assert.deepEqual(
    project.store.runs.metrics(runId).map((point) => point.step),
    Array.from({ length: 60 }, (_, i) => i + 1),
  );
});

test('out of memory as the death of the engine, told by its last words', async (t) => {
  let words = '';
  const { run, engine } = await trainWith(t, {
    errorText: () => words,
    beforeStep: (step, job, kill) => {
      if (step !== 30 || job.plan.tileSize < 96) return;
      words = "terminate called after throwing an instance of 'std::bad_alloc'";
      kill();
    },
  });
  assert.equal((await run).state, 'finished');
  assert.deepEqual(
    engine.jobs.map(({ plan }) => plan.tileSize),
    [96, 72],
  );
});

test('a lost device and a killed engine go on as they were', async (t) => {
  let isLost = false;
  let isKilled = false;
  const { run, notes, engine } = await trainWith(t, {
    beforeStep: (step, _job, kill) => {
      if (step === 20 && !isLost) {
        isLost = true;
        throw translateRunError(new Error('VK_ERROR_DEVICE_LOST in submit'));
      }
      if (step === 40 && !isKilled) {
        isKilled = true;
        kill();
      }
    },
  });
  assert.equal((await run).state, 'finished');
  assert.deepEqual(
    engine.jobs.map(({ plan }) => plan.tileSize),
    [96, 96, 96],
  );
  assert.equal(notes.filter((note) => /device was lost/.test(note)).length, 1);
  assert.equal(notes.filter((note) => /engine process ended/.test(note)).length, 1);
});

test('a run that gets no further is given up after three restarts, with the reason in its row', async (t) => {
  const { run, engine, project } = await trainWith(t, {
    beforeJob: () => {
      throw translateRunError(new Error('device lost'));
    },
  });
  await assert.rejects(run, (error) => isLimnError(error, 'EngineLost'));
  assert.equal(engine.jobs.length, 4);
  assert.deepEqual(
    listRuns(project).map(({ state }) => state),
    ['failed'],
  );
});

test('memory that does not suffice for the smallest tile, and images too many for it, are passed on', () => {
  const memory = new LimnError('OutOfMemory', 'Too large.', { fields: { where: 'engine' } });
  assert.equal(new RunRecovery().after(memory, 1, SPEC, 32), null);
  assert.equal(new RunRecovery().after(memory, 1, SPEC, 128)?.tileSize, 96);
  const images = new LimnError('OutOfMemory', 'Too many.', { fields: { bytes: 1e12 } });
  assert.equal(new RunRecovery().after(images, 1, SPEC, 128), null);
  assert.equal(nextSmallerTile({ ...SPEC, padding: 'valid', depth: 4 }, 572), 444);
});

test('the runtime’s words are understood, and others left alone', () => {
  for (const words of [
    'Non-zero status code returned: bad_alloc',
    'BFCArena::AllocateRawInternal Failed to allocate memory for requested buffer of size 3221225472',
    'Array buffer allocation failed',
    'Out of memory',
  ])
    assert.ok(isLimnError(translateRunError(new Error(words)), 'OutOfMemory'), words);
  for (const words of ['Device is lost', 'VK_ERROR_DEVICE_LOST', 'DXGI_ERROR_DEVICE_REMOVED'])
    assert.ok(isLimnError(translateRunError(new Error(words)), 'EngineLost'), words);
  const other = new Error('Got invalid dimensions for input');
  assert.equal(translateRunError(other), other);
});
