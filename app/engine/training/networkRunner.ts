/** Lets the training loop drive a network that was built as a training step. */

import { dropoutSeedOf, type NetworkStep } from '../runtime/stepFeeds.ts';
import type { TrainingLayout } from './buildTrainingModel.ts';
import { predictingWeights } from './initialise.ts';
import type { StepResult, StepRunner, TrainingBatch } from './trainerParts.ts';

export class NetworkRunner implements StepRunner {
  readonly #step: NetworkStep;
  readonly #layout: TrainingLayout;

  constructor(step: NetworkStep, layout: TrainingLayout) {
    this.#step = step;
    this.#layout = layout;
  }

  run(batch: TrainingBatch, at: { step: number; seed: number; learningRate: number }): Promise<StepResult> {
    const { learningRate } = at;
    return this.#step.run({ ...batch, learningRate, dropoutSeed: dropoutSeedOf(at.seed, at.step) });
  }

  read(into?: ReadonlyMap<string, Float32Array>): Promise<Map<string, Float32Array>> {
    return this.#step.read(into);
  }

  async load(state: Map<string, Float32Array>): Promise<void> {
    // Who drives a run keeps no state: it is hundreds of MB.
    this.#step.load(state, true);
  }

  weightsOf(state: Map<string, Float32Array>): Map<string, Float32Array> {
    return predictingWeights(this.#layout, state);
  }
}
