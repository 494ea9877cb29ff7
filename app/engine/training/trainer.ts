/** The loop of a training run: draw, step, validate, checkpoint, roll back; everything it touches stands behind an interface. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { LimnError } from '../../errors.ts';
import type { BestScore, TrainingPosition, WriteOutcome } from './checkpoint.ts';
import { learningRateAt } from './learningRate.ts';
import { MetricStream } from './metricStream.ts';
import { RunPictures } from './runPictures.ts';
import type { TrainerEnd, TrainerOptions } from './trainerParts.ts';
import { TrainingClock } from './trainingClock.ts';

/** Validation may take this share of the training time. */
const VALIDATION_SHARE = 0.05;
/** Checkpoints may take 2 % of the run's time, the first one included, as far as no more than 30 s can be lost. */
const CHECKPOINT_SHARE = 0.018;
/** The rate after a divergence, relative to before. */
const RATE_AFTER_DIVERGENCE = 0.25;

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
  readonly #metrics: MetricStream;
  readonly #pictures: RunPictures;
  #checkpointStartedAt = performance.now();
  /** What the last checkpoint took from the training: reading the state, and processor time of the writing thread, ms. */
  #checkpointCost = 0;
  /** Wall-clock of its writing, ms: until it is over, the one before is what a crash leaves. */
  #checkpointDuration = 0;
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
    this.#metrics = new MetricStream(options, this.#clock);
    this.#pictures = new RunPictures(options);
  }

  async run(): Promise<{ end: TrainerEnd; position: TrainingPosition }> {
    const { control } = this.#o;
    let end: TrainerEnd = 'finished';
    if (this.#o.keepFirstState) await (await this.#startWrites()).done;
    while (!this.#budgetUsed()) {
      if (control.paused) await this.#pause();
      if (control.ending) {
        end = control.ending;
        break;
      }
      if (this.#hasConverged()) {
        end = 'converged';
        break;
      }
      const healthy = await this.#step();
      if (!healthy) await this.#rollBack();
      else {
        if (this.#validationDue()) await this.#validate();
        else if (this.#pictures.due(this.#position.step, this.#clock.seconds)) await this.#takePicture();
        if (this.#checkpointDue()) await this.#checkpoint();
      }
      this.#metrics.send(this.#position.step, false);
      // Requests of the host (stop, pause, a prediction that someone waits for) are heard here.
      await nextTurn();
    }
    if (end !== 'interrupted' && this.#o.validator && this.#validatedAtStep < this.#position.step)
      await this.#validate();
    this.#metrics.send(this.#position.step, true);
    await this.#finalCheckpoint();
    return { end, position: this.#position };
  }

  #hasConverged(): boolean {
    const patience = this.#o.plan.patience ?? 0;
    return patience > 0 && (this.#position.validationsSinceBest ?? 0) >= patience;
  }

  #budgetUsed(): boolean {
    const { budget } = this.#o;
    return 'steps' in budget ? this.#position.step >= budget.steps : this.#clock.seconds >= budget.seconds;
  }

  async #pause(): Promise<void> {
    this.#clock.stop();
    this.#metrics.send(this.#position.step, true);
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
    this.#metrics.add(this.#position.step, { loss, learningRate: rate });
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
    const { loss, iou, f1, picture } = await this.#onDevice(() => validator.score(weights));
    this.#validatedAtStep = this.#position.step;
    this.#validationCostSeconds = this.#clock.seconds - started;
    this.#position.validationSeconds += this.#validationCostSeconds;
    const best: BestScore = { step: this.#position.step, validationLoss: loss, validationIou: iou };
    if (Number.isFinite(loss) && (!this.#position.best || loss < this.#position.best.validationLoss)) {
      this.#position.best = best;
      this.#unsavedBest = weights;
      this.#position.validationsSinceBest = 0;
    } else {
      this.#position.validationsSinceBest = (this.#position.validationsSinceBest ?? 0) + 1;
    }
    this.#pictures.keep(this.#position.step, picture);
    this.#metrics.add(this.#position.step, { validationLoss: loss, validationIou: iou, validationF1: f1 });
  }

  async #takePicture(): Promise<void> {
    const { runner } = this.#o;
    const weights = runner.weightsOf(await runner.read());
    await this.#onDevice(() => this.#pictures.take(this.#position.step, weights));
  }

  #checkpointDue(): boolean {
    if (this.#o.checkpoints.busy) return false;
    const elapsed = performance.now() - this.#checkpointStartedAt;
    const nextBoundary = this.#clock.secondsPerStep * 1000;
    return elapsed + nextBoundary >= this.#checkpointInterval();
  }

  /**
   * Milliseconds from the start of one write to that of the next: the usual time, or longer where writing costs more
   * than its share; but never so long that a crash just before the next one is safe costs more than twice the usual.
   */
  #checkpointInterval(): number {
    const usual = this.#o.checkpointMilliseconds;
    const longest = 2 * usual - this.#checkpointDuration;
    return Math.max(usual, Math.min(this.#checkpointCost / CHECKPOINT_SHARE, longest));
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
    // Whoever goes on from this checkpoint has all points before it.
    this.#metrics.send(this.#position.step, true);
    const points = this.#metrics.takeUnsaved();
    const started = performance.now();
    const tensors = await runner.read(checkpoints.takeSpare());
    let cost = performance.now() - started;
    const write = async (): Promise<WriteOutcome['kind']> => {
      if (best) {
        const written = await checkpoints.writeBest({ seed, position, points: [], tensors: best });
        if (written.kind === 'written') cost += written.cpuMilliseconds;
      }
      const outcome = await checkpoints.writeLast({ seed, position, points, tensors });
      if (outcome.kind === 'written') {
        this.#checkpointCost = cost + outcome.cpuMilliseconds;
        this.#checkpointDuration = outcome.milliseconds;
        this.#checkpointFailure = null;
        const { step, seconds } = position;
        const { sha256, milliseconds, cpuMilliseconds } = outcome;
        this.#o.emit({ type: 'checkpoint', step, seconds, sha256, milliseconds, cpuMilliseconds });
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
      this.#metrics.send(this.#position.step, true);
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
    this.#metrics.forget();
    this.#pictures.forgetAfter(position.step);
    this.#unsavedBest = null;
    this.#validatedAtStep = Math.min(this.#validatedAtStep, position.step);
    emit({ type: 'rolled-back', step: position.step });
    emit({
      type: 'note',
      message: `The loss stopped being a number at step ${at}; training went back to step ${position.step} and goes on with a quarter of the learning rate.`,
    });
  }
}
