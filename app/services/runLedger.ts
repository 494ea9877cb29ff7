/** What the project knows of its runs: rows in and out of the store, runs whose process is gone, summaries for people. */

import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunDetail } from '../api/types.ts';
import type { TrainingPosition } from '../engine/training/checkpoint.ts';
import { LimnError } from '../errors.ts';
import { ownerOf } from '../store/projectLock.ts';
import type { RunRow } from '../store/types.ts';
import { flatHyperParameters } from './flatHyperParameters.ts';
import type { Project } from './project.ts';
import type { MetricPoint, RunState, RunSummary } from './requests.ts';
import { placeOf, type TrainingPlan } from './trainingPlan.ts';

/** States of a run that somebody is working on. */
const ACTIVE: readonly RunState[] = ['queued', 'running', 'paused'];

/** Metrics go into the project at most this often, ms. */
const STORE_MILLISECONDS = 1000;

const LOST_MESSAGE = 'Limn ended while this run was going on; resume it to go on from its last checkpoint.';

/** Runs that this process is training, so that they are not taken for lost. */
const ownRuns = new Set<string>();

function ownKey(project: Project, runId: number): string {
  return `${project.path}\n${runId}`;
}

/** Says that this process is (or is no longer) training a run. */
export function claimRun(project: Project, runId: number): () => void {
  const key = ownKey(project, runId);
  ownRuns.add(key);
  return () => ownRuns.delete(key);
}

/** The plan that was stored with a run. */
export function planOf(row: RunRow): TrainingPlan {
  return row.plan as TrainingPlan;
}

/**
 * Runs that stand as active though nobody works on them any more become `interrupted`. Who writes to a project
 * owns it alone, so an active run that is not this process's own is lost.
 */
export function releaseLostRuns(project: Project): void {
  for (const row of project.store.runs.list()) {
    if (!ACTIVE.includes(row.state) || ownRuns.has(ownKey(project, row.runId))) continue;
    project.store.runs.update(row.runId, { state: 'interrupted', message: LOST_MESSAGE });
  }
}

/** All runs, oldest first. Without the right to write, a run whose owner is gone is shown as what it will become. */
export function listRuns(project: Project): RunSummary[] {
  const owner = ownerOf(project.path);
  return project.store.runs.list().map((row) => {
    const summary = summaryOf(project, row);
    const lost = ACTIVE.includes(row.state) && owner === null && !ownRuns.has(ownKey(project, row.runId));
    return lost ? { ...summary, state: 'interrupted' as const, message: LOST_MESSAGE } : summary;
  });
}

/** One run with all its points. Throws NotFound. */
export function runDetail(project: Project, runId: number): RunDetail {
  const row = project.store.runs.get(runId);
  const { imageNames, validationNames } = planOf(row);
  return {
    ...summaryOf(project, row),
    points: project.store.runs.metrics(runId),
    images: imageNames,
    validation: validationNames,
  };
}

/** A run in figures. */
export function summaryOf(project: Project, row: RunRow): RunSummary {
  const plan = planOf(row);
  const { runs } = project.store;
  const { engine = 'onnx', threads, init, channels, imageIds, validationIds } = plan;
  return {
    runId: row.runId,
    state: row.state,
    preset: plan.preset,
    device: placeOf(plan),
    step: row.step,
    steps: 'steps' in plan.budget ? plan.budget.steps : null,
    minutes: 'seconds' in plan.budget ? plan.budget.seconds / 60 : null,
    seed: plan.seed,
    startedAt: row.startedAt,
    seconds: row.seconds,
    ...runs.lossesOf(row.runId),
    ...runs.bestScoresOf(row.runId),
    modelId: row.modelId,
    message: row.message,
    hyperParameters: flatHyperParameters(plan.hyperParameters),
    engine,
    threads,
    init,
    backboneWeights: plan.backboneWeights ?? null,
    channels,
    imageCount: imageIds.length,
    validationCount: validationIds.length,
    version: plan.version ?? null,
  };
}

/**
 * Forgets a run with its curve and its checkpoints; its models stay.
 * @throws NotFound, InvalidInput while it is going on
 */
export async function removeRun(project: Project, runId: number): Promise<void> {
  releaseLostRuns(project);
  const row = project.store.runs.get(runId);
  if (ACTIVE.includes(row.state)) {
    throw new LimnError('InvalidInput', `Run ${runId} is going on; stop it first, then delete it.`, {
      fields: { runId },
    });
  }
  project.store.runs.remove(runId);
  await rm(join(project.runsFolder, String(runId)), { recursive: true, force: true });
}

/**
 * Why a run cannot go on, as the rest of a sentence that begins with it; null where it can.
 */
function obstacleOf(project: Project, row: RunRow): string | null {
  if (row.state === 'finished') return 'has finished';
  if (ACTIVE.includes(row.state)) return 'is going on';
  if (row.checkpointPath !== null && !existsSync(join(project.runsFolder, row.checkpointPath)))
    return `has lost its checkpoint (${join(project.runsFolder, row.checkpointPath)} is missing)`;
  return null;
}

/** A run that failed before it had a checkpoint, or diverged, would fail once more: it goes on only if it is named. */
function isWorthwhile({ state, checkpointPath, plan }: RunRow): boolean {
  if (state !== 'failed') return true;
  return checkpointPath !== null && (plan as TrainingPlan).failedWith !== 'TrainingDiverged';
}

/**
 * The run to go on with: the one named, else the newest that can go on.
 * @throws NotFound if there is none, InvalidInput if it has finished, is going on or has lost its checkpoint
 */
export function resumableRun(project: Project, runId: number | undefined): RunRow {
  if (runId === undefined) {
    const row = project.store.runs
      .list()
      .findLast((one) => obstacleOf(project, one) === null && isWorthwhile(one));
    if (!row)
      throw new LimnError(
        'NotFound',
        `The project '${project.name}' has no run to go on with; start a new one.`,
      );
    return row;
  }
  const row = project.store.runs.get(runId);
  const obstacle = obstacleOf(project, row);
  if (obstacle !== null) {
    throw new LimnError(
      'InvalidInput',
      `Run ${runId} ${obstacle}, so it cannot be resumed; start a new one.`,
      { fields: { runId } },
    );
  }
  return row;
}

/** Stores the points of one run in batches, in order. */
export class RunRecorder {
  readonly #project: Project;
  readonly #runId: number;
  #points: MetricPoint[] = [];
  #storedAt = 0;

  constructor(project: Project, runId: number) {
    this.#project = project;
    this.#runId = runId;
  }

  /** Everything after `step` is void. */
  truncate(step: number): void {
    this.flush();
    this.#project.store.runs.truncateMetrics(this.#runId, step);
  }

  add(points: readonly MetricPoint[]): void {
    this.#points.push(...points);
    if (performance.now() - this.#storedAt >= STORE_MILLISECONDS) this.flush();
  }

  flush(): void {
    this.#storedAt = performance.now();
    const last = this.#points.at(-1);
    if (!last) return;
    this.#project.store.runs.appendMetrics(this.#runId, this.#points);
    this.#project.store.runs.update(this.#runId, { step: last.step, seconds: last.seconds });
    this.#points = [];
  }

  /** Notes that a checkpoint is safe on disk. */
  checkpoint(path: string, sha256: string): void {
    this.flush();
    this.#project.store.runs.update(this.#runId, { checkpointPath: path, checkpointSha256: sha256 });
  }

  position({ step, seconds }: TrainingPosition): void {
    this.flush();
    this.#project.store.runs.update(this.#runId, { step, seconds });
  }
}
