/** A thousand random sequences of pause, resume, stop, interruption and kill leave the run table consistent. */

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineHost } from '../../app/engine/host.ts';
import { isLimnError } from '../../app/errors.ts';
import { createRandom } from '../../app/science/random.ts';
import { openProject, type Project } from '../../app/services/project.ts';
import type { RunSummary, TrainRequest } from '../../app/services/requests.ts';
import { resumableRun } from '../../app/services/runLedger.ts';
import { TrainingService } from '../../app/services/trainingService.ts';
import { fakeEngine } from './fakeEngine.ts';
import { smallProject } from './smallProject.ts';

const SEQUENCES = 1000;
/** Every list of runs is read whole: many short lists take less time than a long one. */
const SEQUENCES_A_PROJECT = 20;
const REQUEST: TrainRequest = {
  baseFilters: 1,
  depth: 1,
  tileSize: 32,
  device: 'cpu',
  threads: 1,
  steps: 25,
};
/** Where writes need no disk: the books are kept thousands of times. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

type Action = 'pause' | 'continue' | 'stop' | 'interrupt' | 'kill' | 'wait';
const ACTIONS: readonly Action[] = [
  'pause',
  'continue',
  'pause',
  'continue',
  'stop',
  'interrupt',
  'kill',
  'wait',
];

test('whatever is asked of a run and whatever dies, its row and its curve tell what happened', {
  timeout: 600_000,
}, async (t) => {
  const folder = mkdtempSync(join(PLACE, 'limn-sequences-'));
  const made = await smallProject(folder, { count: 1 });
  const template = made.path;
  made.close();
  let project = openCopy(template, folder, 0);
  const engine = fakeEngine({ checkpointMilliseconds: 1 });
  const host = new EngineHost({ startProcess: engine.start, closeMilliseconds: 10 });
  t.after(async () => {
    await host.close();
    project.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const service = new TrainingService(host, { checkpointMilliseconds: 1 });
  const ends = new Map<string, number>();
  for (let sequence = 0; sequence < SEQUENCES; sequence++) {
    if (sequence > 0 && sequence % SEQUENCES_A_PROJECT === 0) {
      project.close();
      project = openCopy(template, folder, sequence);
    }
    const random = createRandom(sequence, 0);
    const trace: string[] = [];
    const resumed = sequence % 3 === 0 ? goOnWith(project) : null;
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const running =
      resumed === null ? service.train(project, REQUEST, options) : service.resume(project, resumed, options);
    const ended = running.catch((error: unknown) => {
      // Killed again and again before it got anywhere: given up, which is an end as well.
      assert.ok(isLimnError(error, 'EngineLost') || isLimnError(error, 'Cancelled'), String(error));
      return null;
    });
    const act = async (action: Action): Promise<void> => {
      trace.push(action);
      const runId = service.activeRunId;
      if (action === 'kill') engine.kill();
      if (action === 'interrupt') controller.abort();
      if (runId === null) return;
      try {
        if (action === 'pause') await service.pause(runId);
        if (action === 'continue') await service.continue(runId);
        if (action === 'stop') await service.stop(runId);
      } catch (error) {
        // It ended, or its engine died, while it was asked.
        assert.ok(isLimnError(error, 'NotFound') || isLimnError(error, 'EngineLost'), String(error));
      }
    };
    const count = Math.floor(random.next() * 6);
    for (let i = 0; i < count; i++) {
      await act(ACTIONS[Math.floor(random.next() * ACTIONS.length)] ?? 'wait');
      if (random.next() < 0.5) await delay(Math.floor(random.next() * 4));
    }
    // Whatever it was left in, it comes to an end.
    await act('continue');
    const summary = await Promise.race([ended, delay(30_000, 'hangs' as const, { ref: false })]);
    assert.notEqual(summary, 'hangs', `sequence ${sequence}: ${trace.join(', ')}`);
    checkBooks(project, service, `sequence ${sequence}: ${trace.join(', ')}`);
    const end = (summary as RunSummary | null)?.state ?? 'failed';
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  // The sequences reached every kind of end that the user can choose.
  for (const state of ['finished', 'stopped', 'interrupted'])
    assert.ok((ends.get(state) ?? 0) > SEQUENCES / 50, `${state}: ${ends.get(state)}`);
});

function openCopy(template: string, folder: string, sequence: number): Project {
  const path = join(folder, `${sequence}.limn`);
  copyFileSync(template, path);
  return openProject(path, { mode: 'write' });
}

function goOnWith(project: Project): number | null {
  try {
    return resumableRun(project, undefined).runId;
  } catch (error) {
    assert.ok(isLimnError(error, 'NotFound'));
    return null;
  }
}

/** Of the newest run and all states: nobody works on anything, and steps, curve, model and state fit together. */
function checkBooks(project: Project, service: TrainingService, what: string): void {
  assert.equal(service.activeRunId, null, what);
  const rows = project.store.runs.list();
  for (const row of rows)
    assert.ok(['finished', 'stopped', 'interrupted', 'failed'].includes(row.state), `${what}: ${row.state}`);
  const row = rows.toSorted((a, b) => a.updatedAt.localeCompare(b.updatedAt)).at(-1);
  // Interrupted before it was stored.
  if (!row) return;
  const steps = project.store.runs.metrics(row.runId).map(({ step }) => step);
  assert.deepEqual(
    steps,
    Array.from({ length: row.step }, (_, i) => i + 1),
    what,
  );
  if (row.state === 'finished') assert.equal(row.step, REQUEST.steps, what);
  if (row.state === 'finished' || row.state === 'stopped') assert.notEqual(row.modelId, null, what);
}
