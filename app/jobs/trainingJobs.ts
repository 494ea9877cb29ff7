/** Trainings as jobs: progress and remaining time from the run's own events, pause, stop and resume. */

import { setTimeout as delay } from 'node:timers/promises';
import type { RunStarted } from '../api/types.ts';
import type { Workspace } from '../api/workspace.ts';
import { LimnError } from '../errors.ts';
import type { RunSummary, TrainEvent, TrainRequest } from '../services/requests.ts';
import { releaseLostRuns, removeRun, resumableRun } from '../services/runLedger.ts';
import type { TrainOptions } from '../services/trainingService.ts';
import type { JobContext } from './jobQueue.ts';

/** How often a starting job is asked for its run, ms. */
const POLL_MS = 20;

/**
 * Starts a training, or queues it. If its turn is now, waits until the run exists, so that labels that do not
 * suffice are refused here.
 * @throws what TrainingService.train throws before the run is stored
 */
export function startTraining(workspace: Workspace, request: TrainRequest): Promise<RunStarted> {
  const { project, training } = workspace;
  const lasts = request.steps === undefined ? `${request.minutes ?? 5} min` : `${request.steps} steps`;
  return start(workspace, `Train ${request.preset ?? 'fast'}, ${lasts}`, null, (options) =>
    training.train(project, request, options),
  );
}

/**
 * Goes on with a run: at once if it is only paused, else from its last checkpoint, as a new job.
 * @throws NotFound, InvalidInput for a run that has finished, is going on or waits for its turn
 */
export async function resumeTraining(workspace: Workspace, runId: number): Promise<RunStarted> {
  const { project, training, jobs } = workspace;
  const job = jobs.jobOfRun(runId);
  if (job?.state === 'paused') {
    await jobs.resume(job.jobId);
    return { runId, jobId: job.jobId };
  }
  if (job !== undefined) {
    throw new LimnError('InvalidInput', `Run ${runId} is going on already; pause or stop it first.`, {
      fields: { runId },
    });
  }
  releaseLostRuns(project);
  resumableRun(project, runId);
  return start(workspace, `Go on with run ${runId}`, runId, (options) =>
    training.resume(project, runId, options),
  );
}

/**
 * Forgets a run, its curve and its checkpoints; its models stay.
 * @throws NotFound, InvalidInput while it is going on or waits to go on
 */
export async function deleteRun(workspace: Workspace, runId: number): Promise<void> {
  if (workspace.jobs.jobOfRun(runId) !== undefined) {
    throw new LimnError(
      'InvalidInput',
      `Run ${runId} is going on or waits to; stop it first, then delete it.`,
      {
        fields: { runId },
      },
    );
  }
  await removeRun(workspace.project, runId);
}

/** Halts a run at its next step; what is learnt so far stays in the engine. Throws NotFound if it does not run. */
export async function pauseTraining(workspace: Workspace, runId: number): Promise<void> {
  const job = workspace.jobs.jobOfRun(runId);
  if (job === undefined) await workspace.training.pause(runId);
  else await workspace.jobs.pause(job.jobId);
}

/** Ends a run at its next step; what is learnt so far becomes a model. Throws NotFound if it does not run. */
export async function stopTraining(workspace: Workspace, runId: number): Promise<void> {
  const job = workspace.jobs.jobOfRun(runId);
  if (job === undefined) await workspace.training.stop(runId);
  else await workspace.jobs.stop(job.jobId);
}

async function start(
  workspace: Workspace,
  title: string,
  knownRun: number | null,
  train: (options: TrainOptions) => Promise<RunSummary>,
): Promise<RunStarted> {
  const { training, jobs } = workspace;
  const begun = Promise.withResolvers<void>();
  /** The engine hears of pause and stop only once it trains; a run that has ended meanwhile needs neither. */
  const whileTraining = async (act: (runId: number) => Promise<void>): Promise<void> => {
    await begun.promise;
    if (training.activeRunId !== null) await act(training.activeRunId);
  };
  const job = jobs.add({
    kind: 'train',
    title,
    lane: 'engine',
    runId: knownRun,
    run: async (context) => {
      let hasEnded = false;
      const trained = train({
        signal: context.signal,
        onEvent: (event) => {
          if (event.type === 'started') begun.resolve();
          follow(workspace, context, event);
        },
      }).finally(() => {
        hasEnded = true;
        begun.resolve();
      });
      // Before the engine reports anything the run can already be paused and stopped: the job has to know it.
      const first = await Promise.race([
        trained.then((summary) => summary.runId),
        runExists(workspace, () => hasEnded),
      ]);
      if (first !== null) context.setRun(first);
      return trained;
    },
    pause: () => whileTraining((runId) => training.pause(runId)),
    resume: () => whileTraining((runId) => training.continue(runId)),
    stop: () => whileTraining((runId) => training.stop(runId)),
  });
  for (;;) {
    const { state, runId } = jobs.get(job.jobId);
    if (runId !== null || state === 'queued' || state === 'paused') return { runId, jobId: job.jobId };
    // A job that ends before its run exists has failed: that is the answer.
    await Promise.race([job.finished, delay(POLL_MS, null, { ref: false })]);
  }
}

/** Resolves with the run that the engine works on, as soon as there is one; null if the job ends first. */
async function runExists({ training }: Workspace, hasEnded: () => boolean): Promise<number | null> {
  while (training.activeRunId === null && !hasEnded()) await delay(POLL_MS, null, { ref: false });
  return training.activeRunId;
}

/** Passes an event of a run on and books it as the job's progress. */
function follow(workspace: Workspace, context: JobContext, event: TrainEvent): void {
  switch (event.type) {
    case 'started':
      context.setMessage(event.description);
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
    case 'backbone':
    case 'checkpoint':
    case 'sample':
      break;
  }
  workspace.events.publish({ type: 'train', event });
}

/** Steps that a run with a time budget will reach at its present pace. */
function totalSteps(event: TrainEvent & { type: 'metrics' }): number {
  return Math.max(1, Math.round(event.step + event.stepsPerSecond * (event.etaSeconds ?? 0)));
}
