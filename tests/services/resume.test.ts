import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EngineHost } from '../../app/engine/host.ts';
import { isLimnError } from '../../app/errors.ts';
import { DEFAULT_INSTANCE_PARAMETERS } from '../../app/science/instances.ts';
import { descriptionOf } from '../../app/services/modelService.ts';
import { openProject, type Project } from '../../app/services/project.ts';
import type { TrainEvent, TrainRequest } from '../../app/services/requests.ts';
import { resumableRun } from '../../app/services/runLedger.ts';
import type { TrainingPlan } from '../../app/services/trainingPlan.ts';
import { listRuns, TrainingService } from '../../app/services/trainingService.ts';
import { smallProject, testFolder } from './smallProject.ts';

const engine = new EngineHost();
after(() => engine.close());
const service = new TrainingService(engine, { checkpointMilliseconds: 150 });

/** Everything that has a state: Adam, moving average, dropout, batch statistics, augmentation. */
const REQUEST: TrainRequest = {
  baseFilters: 4,
  depth: 2,
  tileSize: 64,
  device: 'cpu',
  threads: 1,
  seed: 3,
  steps: 150,
};

const lossesOf = (project: Project, runId: number): [number, number | null][] =>
  project.store.runs.metrics(runId).map((point) => [point.step, point.loss]);

async function reference(project: Project): Promise<[number, number | null][]> {
  const { runId, state } = await service.train(project, REQUEST);
  assert.equal(state, 'finished');
  return lossesOf(project, runId);
}

test('an engine killed at any moment is started anew, the user is told, and no loss differs by a bit', async (t) => {
  const project = await smallProject(testFolder(t));
  const events: TrainEvent[] = [];
  let checkpoints = 0;
  const killAfter = 1 + Math.floor(Math.random() * 3);
  const run = await service.train(project, REQUEST, {
    onEvent: (event) => {
      events.push(event);
      if (event.type !== 'checkpoint' || ++checkpoints !== killAfter) return;
      setTimeout(() => engine.pid !== undefined && process.kill(engine.pid, 'SIGKILL'), Math.random() * 150);
    },
  });
  assert.equal(run.state, 'finished');
  assert.ok(
    events.some((event) => event.type === 'note' && /started anew/.test(event.message)),
    'the user is told',
  );
  assert.deepEqual(lossesOf(project, run.runId), await reference(project));
  project.close();
});

test('a host killed at any moment leaves a run that resumes without a loss differing by a bit', async (t) => {
  const folder = testFolder(t);
  const made = await smallProject(folder);
  const { path } = made;
  made.close();
  const script = fileURLToPath(new URL('trainUntilKilled.ts', import.meta.url));
  const child = fork(script, [path, JSON.stringify(REQUEST)], { execArgv: [] });
  let enginePid = 0;
  await new Promise<void>((resolve, reject) => {
    child.on('message', (message) => {
      const event = message as unknown as TrainEvent & { enginePid?: number };
      if (event.type === 'started') enginePid = event.enginePid ?? 0;
      if (event.type === 'checkpoint') setTimeout(() => child.kill('SIGKILL'), Math.random() * 150);
      if (event.type === 'ended') reject(new Error('the run ended before it was killed'));
    });
    child.on('exit', () => resolve());
  });
  // Without its host the engine ends by itself.
  for (let i = 0; i < 100 && isAlive(enginePid); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(isAlive(enginePid), false);

  const reading = openProject(path, { mode: 'read' });
  assert.deepEqual(
    listRuns(reading).map(({ state }) => state),
    ['interrupted'],
  );
  reading.close();
  const project = openProject(path, { mode: 'write' });
  const run = await service.resume(project, undefined);
  assert.equal(run.state, 'finished');
  assert.deepEqual(lossesOf(project, run.runId), await reference(project));
  project.close();
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error && error.code === 'ESRCH');
    return false;
  }
}

test('an interrupted run keeps its checkpoint and goes on; a stopped one has a model; a finished one is refused', async (t) => {
  const project = await smallProject(testFolder(t));
  const controller = new AbortController();
  const interrupted = await service.train(project, REQUEST, {
    signal: controller.signal,
    onEvent: (event) => event.type === 'metrics' && event.step > 10 && controller.abort(),
  });
  assert.equal(interrupted.state, 'interrupted');
  assert.equal(interrupted.modelId, null);
  assert.ok(interrupted.step > 10 && interrupted.step < 150);

  const stopped = await service.resume(project, interrupted.runId, {
    onEvent: (event) => {
      if (event.type === 'metrics' && event.step > interrupted.step + 5 && service.activeRunId !== null) {
        void service.stop(interrupted.runId);
      }
    },
  });
  assert.equal(stopped.state, 'stopped');
  assert.ok(stopped.modelId !== null && stopped.step < 150);

  const finished = await service.resume(project, interrupted.runId);
  assert.equal(finished.state, 'finished');
  assert.deepEqual(lossesOf(project, interrupted.runId), await reference(project));
  await assert.rejects(service.resume(project, interrupted.runId), (error) =>
    isLimnError(error, 'InvalidInput'),
  );
  project.close();
});

test('what is asked of a run before the engine trains is heard at its beginning', {
  timeout: 120_000,
}, async (t) => {
  const project = await smallProject(testFolder(t));
  const begun = async (): Promise<number> => {
    while (service.activeRunId === null) await delay(1);
    return service.activeRunId;
  };
  let reached = 0;
  const written = Promise.withResolvers<void>();
  const paused = service.train(project, REQUEST, {
    onEvent: (event) => {
      if (event.type === 'metrics') reached = event.step;
      if (event.type === 'checkpoint') written.resolve();
    },
  });
  const runId = await begun();
  await service.pause(runId);
  // A pause begins with a checkpoint; a run that goes on would be many steps further a second later.
  await written.promise;
  await delay(1000);
  assert.ok(reached <= 2, `paused at step ${reached}`);
  await service.continue(runId);
  assert.equal((await paused).state, 'finished');

  const stopped = service.train(project, { ...REQUEST, steps: 100_000 });
  await service.stop(await begun());
  assert.equal((await stopped).state, 'stopped');
  project.close();
});

test('a device that does not start is refused before a run is stored', {
  skip: process.platform !== 'linux' && 'only here can the adapters be hidden',
}, async (t) => {
  const project = await smallProject(testFolder(t));
  const hidden = { VK_DRIVER_FILES: '/dev/null', VK_ICD_FILENAMES: '/dev/null' };
  const before = Object.fromEntries(Object.keys(hidden).map((name) => [name, process.env[name]]));
  Object.assign(process.env, hidden);
  const blind = new EngineHost();
  t.after(() => blind.close());
  await assert.rejects(
    new TrainingService(blind).train(project, { ...REQUEST, device: 'webgpu' }),
    (error) => isLimnError(error, 'DeviceUnavailable') && /--device cpu/.test(error.message),
  );
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  assert.deepEqual(listRuns(project), []);
  project.close();
});

test('the run to go on with is the newest that can: not one that diverged, had no checkpoint or lost it', async (t) => {
  const project = await smallProject(testFolder(t));
  const controller = new AbortController();
  const interrupted = await service.train(project, REQUEST, {
    signal: controller.signal,
    onEvent: (event) => event.type === 'checkpoint' && controller.abort(),
  });
  const { runs } = project.store;
  const row = runs.get(interrupted.runId);
  const plan = row.plan as TrainingPlan;
  const { checkpointPath } = row;
  const lost = runs.create(plan, 'interrupted');
  runs.update(lost.runId, { checkpointPath: 'gone/last.ckpt' });
  runs.create(plan, 'failed');
  const diverged = runs.create({ ...plan, failedWith: 'TrainingDiverged' }, 'failed');
  runs.update(diverged.runId, { checkpointPath });
  assert.equal(resumableRun(project, undefined).runId, interrupted.runId);
  assert.throws(
    () => resumableRun(project, lost.runId),
    (error) => isLimnError(error, 'InvalidInput') && /last\.ckpt/.test(error.message),
  );
  // Named, a diverged run may be tried once more.
  assert.equal(resumableRun(project, diverged.runId).runId, diverged.runId);
  const failed = runs.create({ ...plan, failedWith: 'DiskFull' }, 'failed');
  runs.update(failed.runId, { checkpointPath });
  assert.equal(resumableRun(project, undefined).runId, failed.runId);
  project.close();
});

test('a fine-tuning goes on without the file that it began from, as if nothing had happened', async (t) => {
  const folder = testFolder(t);
  const project = await smallProject(folder);
  const base = await service.train(project, { ...REQUEST, steps: 20 });
  const init = join(folder, 'base.onnx');
  writeFileSync(init, project.store.models.readBytes(base.modelId ?? 0));
  const request = { ...REQUEST, init, steps: 60 };
  const whole = await service.train(project, request);
  const controller = new AbortController();
  const interrupted = await service.train(project, request, {
    signal: controller.signal,
    // The first checkpoint holds what the run began from.
    onEvent: (event) => event.type === 'checkpoint' && event.step === 0 && controller.abort(),
  });
  assert.equal(interrupted.state, 'interrupted');
  rmSync(init);
  const finished = await service.resume(project, undefined);
  assert.deepEqual([finished.runId, finished.state], [interrupted.runId, 'finished']);
  assert.deepEqual(lossesOf(project, finished.runId), lossesOf(project, whole.runId));
  project.close();
});

test('interrupted while objects are fitted, a run ends at once with its model and the default parameters', async (t) => {
  const project = await smallProject(testFolder(t));
  const controller = new AbortController();
  const notes: string[] = [];
  const run = await service.train(
    project,
    { ...REQUEST, steps: 20 },
    {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type !== 'note') return;
        notes.push(event.message);
        if (event.message.startsWith('Fitting')) controller.abort();
      },
    },
  );
  assert.equal(run.state, 'finished');
  assert.match(notes.at(-1) ?? '', /cut short/);
  const model = project.store.models.get(run.modelId ?? 0);
  assert.deepEqual(descriptionOf(model).instances, DEFAULT_INSTANCE_PARAMETERS);
  project.close();
});
