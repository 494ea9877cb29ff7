/** Carries a training from request to model: checks labels, feeds the engine, keeps the books, goes on after a crash. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineHost } from '../engine/host.ts';
import type { TrainingEvent, TrainingJob, TrainingOutcome, Weights } from '../engine/process/protocol.ts';
import type { DeviceName } from '../engine/runtime/deviceName.ts';
import { availableMemoryOf } from '../engine/runtime/deviceSupport.ts';
import { LAST_CHECKPOINT } from '../engine/training/checkpoint.ts';
import { type CallContext, isLimnError, LimnError, throwIfCancelled } from '../errors.ts';
import type { RunRow } from '../store/types.ts';
import { readBackbone } from './backboneService.ts';
import { checkEngine } from './checkEngine.ts';
import { fitTile } from './fitTile.ts';
import { makeFolder } from './makeFolder.ts';
import { planTraining } from './planTraining.ts';
import type { Project } from './project.ts';
import type { RunState, RunSummary, TrainEvent, TrainRequest } from './requests.ts';
import { claimRun, planOf, RunRecorder, releaseLostRuns, resumableRun, summaryOf } from './runLedger.ts';
import { RunRecovery } from './runRecovery.ts';
import { sendTrainingPlanes } from './sendTrainingPlanes.ts';
import { initialWeightsOf, networkOf, storeModels } from './trainedModel.ts';
import { recordTrainingEvent } from './trainingEvents.ts';
import type { TrainingPlan } from './trainingPlan.ts';

export { listRuns } from './runLedger.ts';

export interface TrainOptions {
  signal?: AbortSignal;
  onEvent?: (event: TrainEvent) => void;
}

/** A write starts this often and may take as long, so that a crash costs at most 30 s. */
export const CHECKPOINT_MILLISECONDS = 15_000;
/** Patience with a silent engine: at least this, and many times the measured step, ms. */
const LEAST_PATIENCE = 120_000;
const STARTING_PATIENCE = 15 * 60_000;
const PATIENCE_STEPS = 30;

interface ActiveRun {
  project: Project;
  runId: number;
  /** What was asked of the run; the engine is told again at each start, since it forgets what comes before one. */
  paused: boolean;
  stopping: boolean;
}

export class TrainingService {
  readonly #engine: EngineHost;
  readonly #checkpointMilliseconds: number;
  readonly #availableBytes: (device: DeviceName) => number | null;
  #active: ActiveRun | null = null;

  /**
   * @param options.checkpointMilliseconds wall-clock between two checkpoints; no more than half of what may be lost
   * @param options.availableBytes memory that a training may take on a device; default: what is free there
   */
  constructor(
    engine: EngineHost,
    options: { checkpointMilliseconds?: number; availableBytes?: (device: DeviceName) => number | null } = {},
  ) {
    this.#engine = engine;
    this.#availableBytes = options.availableBytes ?? availableMemoryOf;
    this.#checkpointMilliseconds = options.checkpointMilliseconds ?? CHECKPOINT_MILLISECONDS;
  }

  /** The run that is being trained now, or null. */
  get activeRunId(): number | null {
    return this.#active?.runId ?? null;
  }

  /**
   * Trains a new run. The signal interrupts it: the last checkpoint is kept and `resume` goes on with it.
   * @returns the run at its end: `finished`, `stopped` (both with a model) or `interrupted`
   * @throws NotEnoughLabels, InvalidInput, WrongUsage, DeviceUnavailable, OutOfMemory before anything is stored;
   *   TrainingDiverged, EngineLost, DiskFull after the run was noted as failed
   */
  async train(project: Project, request: TrainRequest, options: TrainOptions = {}): Promise<RunSummary> {
    this.#checkFree();
    releaseLostRuns(project);
    const plan = await planTraining(project, request, contextOf(options));
    await checkEngine(this.#engine, project, plan);
    const fit = await fitTile(this.#engine, project, plan, this.#availableBytes);
    plan.hyperParameters.tileSize = fit.tileSize;
    throwIfCancelled(options.signal);
    const row = project.store.runs.create(plan, 'running');
    if (fit.message !== null) options.onEvent?.({ type: 'note', runId: row.runId, message: fit.message });
    return this.#carry(project, row, plan, false, options);
  }

  /**
   * Goes on with a run from its last checkpoint: weights, optimiser, step, schedule, random state and sampler.
   * @param runId default: the newest run that can go on
   */
  async resume(project: Project, runId: number | undefined, options: TrainOptions = {}): Promise<RunSummary> {
    this.#checkFree();
    releaseLostRuns(project);
    const row = resumableRun(project, runId);
    project.store.runs.update(row.runId, { state: 'running', message: null });
    return this.#carry(project, row, planOf(row), true, options);
  }

  /** Ends a running training at the next step boundary, or its first; what was learnt becomes a model. */
  async stop(runId: number): Promise<void> {
    this.#checkActive(runId).stopping = true;
    await this.#engine.request('stopTraining', null);
  }

  /** Halts a running training at the next step boundary, or before its first. Without effect on one that ends meanwhile. */
  async pause(runId: number): Promise<void> {
    const active = this.#checkActive(runId);
    active.paused = true;
    await this.#engine.request('pauseTraining', null);
    this.#noteState(active, 'paused');
  }

  /** Goes on after {@link pause}. */
  async continue(runId: number): Promise<void> {
    const active = this.#checkActive(runId);
    active.paused = false;
    await this.#engine.request('continueTraining', null);
    this.#noteState(active, 'running');
  }

  /** A run that has ended while the engine was asked keeps the state it ended with. */
  #noteState(active: ActiveRun, state: RunState): void {
    if (this.#active === active) active.project.store.runs.update(active.runId, { state });
  }

  /** Passes on what was asked of a run before the engine trained it; an engine lost meanwhile fails the training itself. */
  async #repeatRequests({ paused, stopping }: ActiveRun): Promise<void> {
    const requests: Promise<null>[] = [];
    if (paused) requests.push(this.#engine.request('pauseTraining', null));
    if (stopping) requests.push(this.#engine.request('stopTraining', null));
    await Promise.allSettled(requests);
  }

  #checkFree(): void {
    if (!this.#active) return;
    throw new LimnError(
      'InvalidInput',
      `Run ${this.#active.runId} is being trained; stop it or wait for its end.`,
    );
  }

  #checkActive(runId: number): ActiveRun {
    if (this.#active?.runId === runId) return this.#active;
    throw new LimnError('NotFound', `Run ${runId} is not being trained now; resume it to go on with it.`, {
      fields: { runId },
    });
  }

  async #carry(
    project: Project,
    row: RunRow,
    plan: TrainingPlan,
    resume: boolean,
    options: TrainOptions,
  ): Promise<RunSummary> {
    const { runId } = row;
    const active: ActiveRun = { project, runId, paused: false, stopping: false };
    this.#active = active;
    const release = claimRun(project, runId);
    const emit = (event: TrainEvent): void => options.onEvent?.(event);
    const end = (state: RunState, message: string): RunSummary => {
      const ended = project.store.runs.update(runId, { state, message });
      const { step, seconds, modelId } = ended;
      emit({ type: 'ended', runId, state, step, seconds, modelId, message });
      return summaryOf(project, ended);
    };
    try {
      const recorder = new RunRecorder(project, runId);
      const outcome = await this.#trainUntilDone(active, plan, resume, recorder, options);
      recorder.position(outcome.position);
      if (!outcome.last)
        return end(
          'interrupted',
          'Interrupted; the last checkpoint is kept, resume the run to go on with it.',
        );
      const note = (message: string): void => emit({ type: 'note', runId, message });
      const model = await storeModels({
        project,
        engine: this.#engine,
        runId,
        plan,
        outcome,
        note,
        signal: options.signal,
      });
      project.store.runs.update(runId, { modelId: model.modelId });
      const early =
        outcome.end === 'converged'
          ? `Ended early: ${plan.hyperParameters.patience} validations brought no lower loss. `
          : '';
      const state = outcome.end === 'stopped' ? 'stopped' : 'finished';
      return end(state, `${early}Model '${model.name}' is ready.`);
    } catch (error) {
      if (isLimnError(error, 'Cancelled')) {
        return end('interrupted', 'Interrupted; resume the run to go on with it.');
      }
      const message = error instanceof Error ? error.message : String(error);
      try {
        if (error instanceof LimnError)
          project.store.runs.update(runId, { plan: { ...plan, failedWith: error.tag } });
        end('failed', message);
      } catch (bookError) {
        // On a full disk the books cannot be kept either; the run is taken for lost when the project is next opened.
        if (!isLimnError(bookError, 'DiskFull')) throw bookError;
        const { step, seconds } = project.store.runs.get(runId);
        emit({ type: 'ended', runId, state: 'failed', step, seconds, modelId: null, message });
      }
      throw error;
    } finally {
      release();
      this.#active = null;
    }
  }

  /** Trains, and goes on from the last checkpoint when engine, device or memory are lost, as far as {@link RunRecovery} allows. */
  async #trainUntilDone(
    active: ActiveRun,
    plan: TrainingPlan,
    resume: boolean,
    recorder: RunRecorder,
    options: TrainOptions,
  ): Promise<TrainingOutcome> {
    const recovery = new RunRecovery();
    const { hyperParameters } = plan;
    let again = resume;
    for (;;) {
      let startedAt = -1;
      try {
        return await this.#trainOnce(active, plan, again, recorder, options, (step) => {
          startedAt = step;
        });
      } catch (error) {
        const network = networkOf(active.project, plan);
        const restart = recovery.after(error, startedAt, network, hyperParameters.tileSize);
        if (restart === null || options.signal?.aborted) throw error;
        recorder.flush();
        // The device may be lost, or its memory held, while the process still runs.
        await this.#engine.restart();
        again = true;
        hyperParameters.tileSize = restart.tileSize;
        active.project.store.runs.update(active.runId, { plan });
        options.onEvent?.({ type: 'note', runId: active.runId, message: restart.message });
      }
    }
  }

  async #trainOnce(
    active: ActiveRun,
    plan: TrainingPlan,
    resume: boolean,
    recorder: RunRecorder,
    options: TrainOptions,
    onStarted: (step: number) => void,
  ): Promise<TrainingOutcome> {
    const { project, runId } = active;
    const runFolder = join(project.runsFolder, String(runId));
    await makeFolder(runFolder);
    // A run that has begun holds its weights itself: what it began from may be gone.
    const isBegun = resume && existsSync(join(runFolder, LAST_CHECKPOINT));
    const initialWeights = isBegun ? null : await this.#firstWeights(project, runId, plan, resume, options);
    await sendTrainingPlanes(this.#engine, project, plan, options.signal);
    const job: TrainingJob = {
      runFolder,
      network: networkOf(project, plan),
      plan: plan.hyperParameters,
      budget: plan.budget,
      seed: plan.seed,
      engine: plan.engine ?? 'onnx',
      device: plan.usedDevice ?? plan.device,
      threads: plan.threads,
      initialWeights,
      resume,
      checkpointMilliseconds: this.#checkpointMilliseconds,
    };
    let patience = STARTING_PATIENCE;
    const onEvent = (event: TrainingEvent): void => {
      if (event.type === 'metrics') {
        patience = Math.max(LEAST_PATIENCE, (PATIENCE_STEPS * 1000) / Math.max(event.stepsPerSecond, 1e-6));
      }
      if (event.type === 'started') onStarted(event.step);
      for (const told of recordTrainingEvent(event, { project, runId, plan, runFolder, recorder }))
        options.onEvent?.(told);
    };
    const trained = this.#engine.request('train', job, {
      ...(options.signal && { signal: options.signal }),
      onEvent,
      // A paused run is silent for as long as its user likes.
      patienceMilliseconds: () => (active.paused ? 2 ** 31 - 1 : patience),
    });
    // Requests arrive in order, so the training hears these before its first step.
    const [outcome] = await Promise.all([trained, this.#repeatRequests(active)]);
    return outcome;
  }

  /** What a run that has not begun yet starts from: a model's weights, a backbone's, or nothing. */
  async #firstWeights(
    project: Project,
    runId: number,
    plan: TrainingPlan,
    resume: boolean,
    options: TrainOptions,
  ): Promise<Weights | null> {
    const file = plan.backboneWeights;
    if (file === undefined) return initialWeightsOf(project, plan.init);
    const { weights, rows, unused } = await readBackbone(networkOf(project, plan), file);
    if (!resume) options.onEvent?.({ type: 'backbone', runId, file, layers: [...rows], unused: [...unused] });
    return weights;
  }
}

function contextOf(options: TrainOptions): CallContext {
  return options.signal ? { signal: options.signal } : {};
}
