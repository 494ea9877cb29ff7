/** The loop of a training run: draw, step, validate, checkpoint, roll back; everything it touches stands behind an interface. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { LimnError } from '../../errors.ts';
import type { BestScore, Checkpoint, TrainerPoint, TrainingPosition, WriteOutcome } from './checkpoint.ts';
import type { HyperParameters, TrainingBudget } from './hyperParameters.ts';
import { learningRateAt, progressOf } from './learningRate.ts';
import { TrainingClock } from './trainingClock.ts';
import type { TrainingControl } from './trainingControl.ts';

/** One batch of samples, tiles in slot order. */
export interface TrainingBatch {
  /** `[batch, channels, y, x]`, normalised. */
  image: Float32Array;
  /** `[batch, y, x]` of the output area: 0 unlabelled, 1 background, 1 + k class k. */
  target: Uint8Array;
  /** As `target`; 0 where unlabelled. */
  weight: Float32Array;
}

export interface StepResult {
  loss: number;
  gradientNorm?: number;
}

/** What the loop needs of a network on a device. */
export interface StepRunner {
  /** One optimiser step; the result is a function of the state, the batch, the rate, and seed and step (dropout). */
  run(batch: TrainingBatch, at: { step: number; seed: number; learningRate: number }): Promise<StepResult>;
  /** The whole state, in memory of the caller's own. */
  read(): Promise<Map<string, Float32Array>>;
  load(state: Map<string, Float32Array>): Promise<void>;
  /** The weights that predict: the moving average where there is one. Names as in the network. */
  weightsOf(state: Map<string, Float32Array>): Map<string, Float32Array>;
}

export interface SampleSource {
  /** The batch of a step: a pure function of the step. Asking for steps in order keeps the prefetch going. */
  take(step: number): Promise<TrainingBatch>;
}

export interface ValidationScore {
  loss: number;
  iou: number | null;
  /** Of objects at IoU 0.5; null where there is none, neither labelled nor predicted. */
  f1: number | null;
}

export interface Validator {
  /** Weighted loss, mean IoU and F1 of objects over fixed tiles, never augmented. */
  score(weights: Map<string, Float32Array>): Promise<ValidationScore>;
}

/** Where the loop puts checkpoints. Tensors are given away. */
export interface CheckpointStore {
  readonly busy: boolean;
  writeLast(checkpoint: Checkpoint): Promise<WriteOutcome>;
  writeBest(checkpoint: Checkpoint): Promise<WriteOutcome>;
  readLast(): Checkpoint | null;
}

export type TrainerEvent =
  | {
      type: 'metrics';
      points: TrainerPoint[];
      step: number;
      etaSeconds: number | null;
      stepsPerSecond: number;
      samplesPerSecond: number;
      /** Resident memory of this process, bytes. */
      memoryBytes: number;
    }
  | { type: 'checkpoint'; step: number; seconds: number; sha256: string; milliseconds: number }
  /** Points after this step are void: the run went back to it. */
  | { type: 'rolled-back'; step: number }
  | { type: 'note'; message: string };

export interface TrainerOptions {
  plan: HyperParameters;
  budget: TrainingBudget;
  seed: number;
  start: TrainingPosition;
  /** Points that came with the checkpoint; sent once more in case nobody stored them. */
  earlierPoints: TrainerPoint[];
  runner: StepRunner;
  samples: SampleSource;
  validator: Validator | null;
  checkpoints: CheckpointStore;
  control: TrainingControl;
  /** The state before the first step, to go back to when there is no checkpoint yet. */
  initialState: () => Map<string, Float32Array>;
  /** Runs a step or a validation when the device is free. */
  onDevice: <T>(work: () => Promise<T>) => Promise<T>;
  emit: (event: TrainerEvent) => void;
  /** Milliseconds of wall-clock between the starts of two checkpoint writes. */
  checkpointMilliseconds: number;
}

export type TrainerEnd = 'finished' | 'stopped' | 'interrupted';

/** Validation may take this share of the training time. */
const VALIDATION_SHARE = 0.05;
/** The rate after a divergence, relative to before. */
const RATE_AFTER_DIVERGENCE = 0.25;
/** A metrics event leaves at most this often, ms. */
const METRICS_MILLISECONDS = 250;

/**
 * Runs until the budget is used up or `control` asks to stop; always ends at a step boundary with a checkpoint.
 * @returns how it ended and where it stands
 * @throws TrainingDiverged when the loss is not finite again after one roll-back; DiskFull from the last checkpoint
 */
export async function runTraining(
  options: TrainerOptions,
): Promise<{ end: TrainerEnd; position: TrainingPosition }> {
  return new TrainingLoop(options).run();
}

class TrainingLoop {
  readonly #o: TrainerOptions;
  readonly #clock: TrainingClock;
  #position: TrainingPosition;
  /** Not yet sent. */
  #points: TrainerPoint[] = [];
  /** Not yet in a checkpoint that is safe on disk. */
  #unsavedPoints: TrainerPoint[] = [];
  #pointsSentAt = performance.now();
  #checkpointStartedAt = performance.now();
  #checkpointFailure: string | null = null;
  /** Best weights not yet on disk. */
  #unsavedBest: Map<string, Float32Array> | null = null;
  #validatedAtStep: number;
  #validationCostSeconds = 0;

  constructor(options: TrainerOptions) {
    this.#o = options;
    this.#position = { ...options.start };
    this.#clock = new TrainingClock(options.start.seconds);
    this.#validatedAtStep = options.start.step;
    this.#points = [...options.earlierPoints];
  }

  async run(): Promise<{ end: TrainerEnd; position: TrainingPosition }> {
    const { control } = this.#o;
    let end: TrainerEnd = 'finished';
    while (!this.#budgetUsed()) {
      if (control.paused) await this.#pause();
      if (control.ending) {
        end = control.ending;
        break;
      }
      const healthy = await this.#step();
      if (!healthy) await this.#rollBack();
      else {
        if (this.#validationDue()) await this.#validate();
        if (this.#checkpointDue()) await this.#checkpoint();
      }
      this.#sendPoints(false);
      // Requests of the host (stop, pause, a prediction that someone waits for) are heard here.
      await nextTurn();
    }
    if (end !== 'interrupted' && this.#o.validator && this.#validatedAtStep < this.#position.step)
      await this.#validate();
    this.#sendPoints(true);
    await this.#finalCheckpoint();
    return { end, position: this.#position };
  }

  #budgetUsed(): boolean {
    const { budget } = this.#o;
    return 'steps' in budget ? this.#position.step >= budget.steps : this.#clock.seconds >= budget.seconds;
  }

  async #pause(): Promise<void> {
    this.#clock.stop();
    this.#sendPoints(true);
    await this.#checkpoint();
    await this.#o.control.untilResumedOrEnding();
    this.#clock.start();
  }

  async #step(): Promise<boolean> {
    const { plan, budget, seed, samples, runner } = this.#o;
    const step = this.#position.step;
    const batch = await samples.take(step);
    const rate = learningRateAt(plan, budget, step, this.#clock.seconds) * this.#position.rateFactor;
    const { loss, gradientNorm } = await this.#onDevice(() =>
      runner.run(batch, { step, seed, learningRate: rate }),
    );
    if (!Number.isFinite(loss) || (gradientNorm !== undefined && !Number.isFinite(gradientNorm)))
      return false;
    this.#position.step = step + 1;
    this.#clock.countStep();
    this.#addPoint({ loss, learningRate: rate });
    return true;
  }

  /** Waiting for the device while a prediction has it is not training time. */
  async #onDevice<T>(work: () => Promise<T>): Promise<T> {
    this.#clock.stop();
    return this.#o.onDevice(async () => {
      this.#clock.start();
      return work();
    });
  }

  #validationDue(): boolean {
    if (!this.#o.validator) return false;
    const since = this.#position.step - this.#validatedAtStep;
    if (since < this.#o.plan.validationEvery) return false;
    const spent = this.#position.validationSeconds + this.#validationCostSeconds;
    return spent <= VALIDATION_SHARE * this.#clock.seconds;
  }

  async #validate(): Promise<void> {
    const { validator, runner } = this.#o;
    if (!validator) return;
    const started = this.#clock.seconds;
    const weights = runner.weightsOf(await runner.read());
    const { loss, iou, f1 } = await this.#onDevice(() => validator.score(weights));
    this.#validatedAtStep = this.#position.step;
    this.#validationCostSeconds = this.#clock.seconds - started;
    this.#position.validationSeconds += this.#validationCostSeconds;
    const best: BestScore = { step: this.#position.step, validationLoss: loss, validationIou: iou };
    if (Number.isFinite(loss) && (!this.#position.best || loss < this.#position.best.validationLoss)) {
      this.#position.best = best;
      this.#unsavedBest = weights;
    }
    this.#addPoint({ validationLoss: loss, validationIou: iou, validationF1: f1 });
  }

  #checkpointDue(): boolean {
    if (this.#o.checkpoints.busy) return false;
    const elapsed = performance.now() - this.#checkpointStartedAt;
    const nextBoundary = this.#clock.secondsPerStep * 1000;
    return elapsed + nextBoundary >= this.#o.checkpointMilliseconds;
  }

  /** Starts writing; training goes on meanwhile. A full disk is told once and tried again at the next turn. */
  async #checkpoint(): Promise<void> {
    const { done } = await this.#startWrites();
    void done.catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      if (message === this.#checkpointFailure) return;
      this.#checkpointFailure = message;
      this.#o.emit({ type: 'note', message: `The checkpoint was not written. ${message}` });
    });
  }

  async #finalCheckpoint(): Promise<void> {
    const { done } = await this.#startWrites();
    if ((await done) === 'not-finite') await this.#rollBack();
  }

  async #startWrites(): Promise<{ done: Promise<WriteOutcome['kind']> }> {
    const { checkpoints, runner, seed } = this.#o;
    this.#checkpointStartedAt = performance.now();
    this.#position.seconds = this.#clock.seconds;
    const position = structuredClone(this.#position);
    const best = this.#unsavedBest;
    this.#unsavedBest = null;
    const points = this.#unsavedPoints;
    this.#unsavedPoints = [];
    const tensors = await runner.read();
    const write = async (): Promise<WriteOutcome['kind']> => {
      if (best) await checkpoints.writeBest({ seed, position, points: [], tensors: best });
      const outcome = await checkpoints.writeLast({ seed, position, points, tensors });
      if (outcome.kind === 'written') {
        this.#checkpointFailure = null;
        const { step, seconds } = position;
        const { sha256, milliseconds } = outcome;
        this.#o.emit({ type: 'checkpoint', step, seconds, sha256, milliseconds });
      }
      return outcome.kind;
    };
    return { done: write() };
  }

  /** Once: back to the last good checkpoint with a lower rate. Twice: the run is given up, with the reason. */
  async #rollBack(): Promise<void> {
    const { checkpoints, runner, plan, emit } = this.#o;
    const at = this.#position.step;
    if (this.#position.rollbacks > 0) {
      this.#sendPoints(true);
      throw new LimnError(
        'TrainingDiverged',
        `The loss stopped being a number at step ${at}, and again after going back with a lower learning rate; start again with a learning rate below ${(plan.learningRate * RATE_AFTER_DIVERGENCE).toPrecision(2)}.`,
        { fields: { step: at, learningRate: plan.learningRate } },
      );
    }
    const checkpoint = checkpoints.readLast();
    await runner.load(checkpoint?.tensors ?? this.#o.initialState());
    const position = checkpoint?.position ?? { ...this.#o.start, step: 0, best: null };
    this.#position = {
      ...position,
      rateFactor: this.#position.rateFactor * RATE_AFTER_DIVERGENCE,
      rollbacks: this.#position.rollbacks + 1,
    };
    this.#points = [];
    this.#unsavedPoints = [];
    this.#unsavedBest = null;
    this.#validatedAtStep = Math.min(this.#validatedAtStep, position.step);
    emit({ type: 'rolled-back', step: position.step });
    emit({
      type: 'note',
      message: `The loss stopped being a number at step ${at}; training went back to step ${position.step} and goes on with a quarter of the learning rate.`,
    });
  }

  /** One point a step: what a validation finds is added to the point of its step. */
  #addPoint(values: Partial<TrainerPoint>): void {
    const latest = this.#points.at(-1);
    if (latest?.step === this.#position.step) {
      Object.assign(latest, values);
      return;
    }
    const point: TrainerPoint = {
      step: this.#position.step,
      seconds: this.#clock.seconds,
      loss: null,
      learningRate: null,
      validationLoss: null,
      validationIou: null,
      validationF1: null,
      ...values,
    };
    this.#points.push(point);
    this.#unsavedPoints.push(point);
  }

  #sendPoints(atOnce: boolean): void {
    if (this.#points.length === 0) return;
    if (!atOnce && performance.now() - this.#pointsSentAt < METRICS_MILLISECONDS) return;
    this.#pointsSentAt = performance.now();
    const points = this.#points;
    this.#points = [];
    const stepsPerSecond = this.#clock.secondsPerStep > 0 ? 1 / this.#clock.secondsPerStep : 0;
    this.#o.emit({
      type: 'metrics',
      points,
      step: this.#position.step,
      etaSeconds: this.#eta(),
      stepsPerSecond,
      samplesPerSecond: stepsPerSecond * this.#o.plan.batchSize,
      memoryBytes: process.memoryUsage.rss(),
    });
  }

  #eta(): number | null {
    const { budget } = this.#o;
    if ('seconds' in budget) return Math.max(0, budget.seconds - this.#clock.seconds);
    const progress = progressOf(budget, this.#position.step, 0);
    return progress === 0 ? null : (budget.steps - this.#position.step) * this.#clock.secondsPerStep;
  }
}
