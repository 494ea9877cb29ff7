/** Trainings as jobs: progress and remaining time from the run's own events, pause, stop and resume. */

import { setTimeout as delay } from 'node:timers/promises';
import type { RunStarted } from '../api/types.ts';
import type { Workspace } from '../api/workspace.ts';
import type { RunSummary, TrainEvent, TrainRequest } from '../services/requests.ts';
import type { TrainOptions } from '../services/trainingService.ts';
import type { JobContext, StartedJob } from './jobQueue.ts';

/** How often a starting job is asked for its run, ms. */
const POLL_MS = 20;

/**
 * Starts a training, or queues it. If its turn is now, waits until the run exists, so that labels that do not
 * suffice are refused here.
 * @throws what TrainingService.train throws before the run is stored
 */
export function startTraining(workspace: Workspace, request: TrainRequest): Promise<RunStarted> {
  const { project, training } = workspace;
  return start(workspace, `Train ${request.preset ?? 'fast'}`, null, (options) =>
    training.train(project, request, options),
  );
}

/** Goes on with a run: at once if it is only paused, else from its last checkpoint, as a new job. */
export async function resumeTraining(workspace: Workspace, runId: number): Promise<RunStarted> {
  const { project, training, jobs } = workspace;
  const job = jobs.jobOfRun(runId);
  if (job !== undefined && job.state === 'paused') {
    await jobs.resume(job.jobId);
    return { runId, jobId: job.jobId };
  }
  project.store.runs.get(runId);
  return start(workspace, `Go on with run ${runId}`, runId, (options) =>
    training.resume(project, runId, options),
  );
}

/** Halts a run at its next step; what is learnt so far stays in the engine. Throws NotFound if it does not run. */
export async function pauseTraining(workspace: Workspace, runId: number): Promise<void> {
  const job = workspace.jobs.jobOfRun(runId);
  if (job === undefined) await workspace.training.pause(runId);
  else await workspace.jobs.pause(job.jobId);
}

/** Ends a run at its next step; what is learnt so far becomes a model. Throws NotFound if it does not run. */
export async function stopTraining(workspace: Workspace, runId: number): Promise<void> {
  await workspace.training.stop(runId);
}

async function start(
  workspace: Workspace,
  title: string,
  knownRun: number | null,
  train: (options: TrainOptions) => Promise<RunSummary>,
): Promise<RunStarted> {
  const { training, jobs } = workspace;
  const activeRun = (): number => training.activeRunId ?? 0;
  const job = jobs.add({
    kind: 'train',
    title,
    lane: 'engine',
    run: (context) => {
      if (knownRun !== null) context.setRun(knownRun);
      return train({ signal: context.signal, onEvent: (event) => follow(workspace, context, event) });
    },
    pause: () => training.pause(activeRun()),
    resume: () => training.continue(activeRun()),
  });
  const runId = knownRun ?? (await runOf(workspace, job));
  if (runId !== null) workspace.events.publish({ type: 'job', job: jobs.get(job.jobId) });
  return { runId, jobId: job.jobId };
}

/** The run that a job has begun; null while it waits behind another. Throws what ended the job before that. */
async function runOf(workspace: Workspace, job: StartedJob<RunSummary>): Promise<number | null> {
  const { jobs, training } = workspace;
  const ended = job.finished.then((summary) => summary.runId);
  for (;;) {
    const { state, runId } = jobs.get(job.jobId);
    if (state === 'queued') return null;
    if (runId !== null) return runId;
    if (training.activeRunId !== null && state === 'running') return training.activeRunId;
    const first = await Promise.race([ended, delay(POLL_MS, null, { ref: false })]);
    if (first !== null) return first;
  }
}

/** Passes an event of a run on and books it as the job's progress. */
function follow(workspace: Workspace, context: JobContext, event: TrainEvent): void {
  switch (event.type) {
    case 'started':
      context.setRun(event.runId);
      break;
    case 'metrics': {
      const total = event.steps ?? totalSteps(event);
      context.onProgress({ done: Math.min(event.step, total), total });
      context.setRemaining(event.etaSeconds);
      break;
    }
    case 'ended':
      context.setRemaining(null);
      context.setMessage(event.message);
      break;
    case 'note':
      context.setMessage(event.message);
      break;
    case 'checkpoint':
      break;
  }
  workspace.events.publish({ type: 'train', event });
}

/** Steps that a run with a time budget will reach at its present pace. */
function totalSteps(event: TrainEvent & { type: 'metrics' }): number {
  return Math.max(1, Math.round(event.step + event.stepsPerSecond * (event.etaSeconds ?? 0)));
}
