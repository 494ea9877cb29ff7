/** The curves of a run on their way out: gathered step by step, sent a few times a second, handed to each checkpoint. */

import type { TrainerPoint } from './checkpoint.ts';
import { progressOf } from './learningRate.ts';
import type { TrainerOptions } from './trainerParts.ts';
import type { TrainingClock } from './trainingClock.ts';

/** A metrics event leaves at most this often, ms. */
const METRICS_MILLISECONDS = 250;

export class MetricStream {
  readonly #o: TrainerOptions;
  readonly #clock: TrainingClock;
  /** Not yet sent. */
  #points: TrainerPoint[];
  /** Not yet in a checkpoint. */
  #unsaved: TrainerPoint[] = [];
  #sentAt = performance.now();

  constructor(options: TrainerOptions, clock: TrainingClock) {
    this.#o = options;
    this.#clock = clock;
    this.#points = [...options.earlierPoints];
  }

  /** One point a step: what a validation finds is added to the point of its step. */
  add(step: number, values: Partial<TrainerPoint>): void {
    const latest = this.#points.at(-1);
    if (latest?.step === step) {
      Object.assign(latest, values);
      return;
    }
    const point: TrainerPoint = {
      step,
      seconds: this.#clock.seconds,
      loss: null,
      learningRate: null,
      validationLoss: null,
      validationIou: null,
      validationF1: null,
      ...values,
    };
    this.#points.push(point);
    this.#unsaved.push(point);
  }

  /** Points for the checkpoint that is written now. */
  takeUnsaved(): TrainerPoint[] {
    const points = this.#unsaved;
    this.#unsaved = [];
    return points;
  }

  /** Drops what was not sent or saved: it lies after the step that the run went back to. */
  forget(): void {
    this.#points = [];
    this.#unsaved = [];
  }

  send(step: number, atOnce: boolean): void {
    if (this.#points.length === 0) return;
    if (!atOnce && performance.now() - this.#sentAt < METRICS_MILLISECONDS) return;
    this.#sentAt = performance.now();
    const points = this.#points;
    this.#points = [];
    const stepsPerSecond = this.#clock.secondsPerStep > 0 ? 1 / this.#clock.secondsPerStep : 0;
    this.#o.emit({
      type: 'metrics',
      points,
      step,
      etaSeconds: this.#eta(step),
      stepsPerSecond,
      samplesPerSecond: stepsPerSecond * this.#o.plan.batchSize * (this.#o.plan.accumulate ?? 1),
      memoryBytes: process.memoryUsage.rss(),
    });
  }

  #eta(step: number): number | null {
    const { budget } = this.#o;
    if ('seconds' in budget) return Math.max(0, budget.seconds - this.#clock.seconds);
    const progress = progressOf(budget, step, 0);
    return progress === 0 ? null : (budget.steps - step) * this.#clock.secondsPerStep;
  }
}
