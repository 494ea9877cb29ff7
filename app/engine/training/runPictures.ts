/** When a run takes its small picture, and where it goes: with each validation, or by itself now and then. */

import { type SamplePicture, shrinkPicture } from './runSample.ts';
import type { TrainerOptions } from './trainerParts.ts';

/** Pictures that need a prediction of their own may take this share of the training time. */
const PICTURE_SHARE = 0.01;

export class RunPictures {
  readonly #o: TrainerOptions;
  #takenAtStep: number;
  /** What pictures have cost since this process began, and one costs, s. */
  #spent = 0;
  #cost = 0;
  #failed = false;

  constructor(options: TrainerOptions) {
    this.#o = options;
    this.#takenAtStep = options.start.step;
    options.pictures.forgetAfter(options.start.step);
  }

  /** Whether a picture should be taken now, `seconds` of training into the run. */
  due(step: number, seconds: number): boolean {
    const { previewer, plan, start } = this.#o;
    if (!previewer || step - this.#takenAtStep < plan.validationEvery) return false;
    return this.#spent + this.#cost <= PICTURE_SHARE * (seconds - start.seconds);
  }

  async take(step: number, weights: Map<string, Float32Array>): Promise<void> {
    const started = performance.now();
    const picture = await this.#o.previewer?.picture(weights);
    this.#takenAtStep = step;
    this.#cost = (performance.now() - started) / 1000;
    this.#spent += this.#cost;
    if (picture) this.keep(step, picture);
  }

  /** A picture is not worth a training: where it cannot be kept, the user is told once. */
  keep(step: number, whole: SamplePicture): void {
    const { pictures, emit } = this.#o;
    const picture = shrinkPicture(whole);
    try {
      pictures.keep(step, picture);
    } catch (error) {
      if (this.#failed) return;
      this.#failed = true;
      const reason = error instanceof Error ? error.message : String(error);
      emit({ type: 'note', message: `The sample picture was not kept: ${reason}` });
      return;
    }
    const { shape, channels, classes } = picture;
    emit({ type: 'sample', step, shape, channels, classes });
  }

  /** The run went back to a step. */
  forgetAfter(step: number): void {
    this.#takenAtStep = Math.min(this.#takenAtStep, step);
    this.#o.pictures.forgetAfter(step);
  }
}
