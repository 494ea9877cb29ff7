/** A training run of one weight for tests of the loop: the real loop and checkpoints, a network that is one formula. */

import type { Checkpoint, TrainingPosition, WriteOutcome } from '../../../app/engine/training/checkpoint.ts';
import type { HyperParameters, TrainingBudget } from '../../../app/engine/training/hyperParameters.ts';
import type { SamplePicture } from '../../../app/engine/training/runSample.ts';
import { runTraining } from '../../../app/engine/training/trainer.ts';
import type {
  CheckpointStore,
  StepRunner,
  TrainerEvent,
  TrainerOptions,
} from '../../../app/engine/training/trainerParts.ts';
import { TrainingControl } from '../../../app/engine/training/trainingControl.ts';
import { PRESETS } from '../../../app/services/trainingPresets.ts';

export const BEGINNING: TrainingPosition = {
  step: 0,
  seconds: 0,
  validationSeconds: 0,
  rateFactor: 1,
  rollbacks: 0,
  best: null,
};

/** w ← w + rate · (x − w), loss (x − w)², x a function of the step alone. */
export class ToyRunner implements StepRunner {
  w = 0;
  /** Steps whose loss is not a number while the rate is at least `divergesAtRate`. */
  diverges: (step: number, rate: number) => boolean = () => false;
  stepMilliseconds = 0;

  async run(
    _batch: unknown,
    { step, learningRate }: { step: number; learningRate: number },
  ): Promise<{ loss: number }> {
    if (this.stepMilliseconds > 0) await new Promise((resolve) => setTimeout(resolve, this.stepMilliseconds));
    if (this.diverges(step, learningRate)) return { loss: Number.NaN };
    const x = Math.sin(step);
    const loss = (x - this.w) ** 2;
    this.w = Math.fround(this.w + learningRate * (x - this.w));
    return { loss };
  }

  async read(): Promise<Map<string, Float32Array>> {
    return new Map([['w', Float32Array.of(this.w)]]);
  }

  async load(state: Map<string, Float32Array>): Promise<void> {
    this.w = state.get('w')?.[0] ?? Number.NaN;
  }

  weightsOf(state: Map<string, Float32Array>): Map<string, Float32Array> {
    return state;
  }
}

export class MemoryCheckpoints implements CheckpointStore {
  busy = false;
  last: Checkpoint | null = null;
  best: Checkpoint | null = null;
  writes = 0;
  /** Processor time that each write says it took. */
  writeMilliseconds = 1;
  failure: Error | null = null;

  async writeLast(checkpoint: Checkpoint): Promise<WriteOutcome> {
    if (this.failure) throw this.failure;
    this.last = structuredClone(checkpoint);
    this.writes++;
    return {
      kind: 'written',
      sha256: 'of last',
      byteLength: 4,
      milliseconds: 1,
      cpuMilliseconds: this.writeMilliseconds,
    };
  }

  async writeBest(checkpoint: Checkpoint): Promise<WriteOutcome> {
    this.best = structuredClone(checkpoint);
    return {
      kind: 'written',
      sha256: 'of best',
      byteLength: 4,
      milliseconds: 1,
      cpuMilliseconds: this.writeMilliseconds,
    };
  }

  takeSpare(): undefined {}

  readLast(): Checkpoint | null {
    return this.last && structuredClone(this.last);
  }
}

/** A picture of one pixel. */
export const PICTURE: SamplePicture = {
  shape: { y: 1, x: 1 },
  channels: 1,
  classes: 1,
  image: Float32Array.of(0),
  label: Uint8Array.of(1),
  weight: Float32Array.of(1),
  probability: Float32Array.of(0.5),
};

export interface ToyRun {
  options: TrainerOptions;
  runner: ToyRunner;
  checkpoints: MemoryCheckpoints;
  control: TrainingControl;
  events: TrainerEvent[];
  /** Steps of the pictures that were kept. */
  pictures: number[];
  start(): ReturnType<typeof runTraining>;
  /** Loss by step, later events over earlier ones, as the project would hold them. */
  losses(): Map<number, number | null>;
}

export function toyRun(
  budget: TrainingBudget,
  overrides: Partial<TrainerOptions> & { plan?: HyperParameters } = {},
): ToyRun {
  const runner = new ToyRunner();
  const checkpoints = new MemoryCheckpoints();
  const control = new TrainingControl();
  const events: TrainerEvent[] = [];
  const pictures: number[] = [];
  const options: TrainerOptions = {
    plan: { ...PRESETS.fast, learningRate: 0.1 },
    budget,
    seed: 1,
    start: BEGINNING,
    earlierPoints: [],
    runner,
    samples: {
      take: async () => ({
        image: new Float32Array(0),
        target: new Uint8Array(0),
        weight: new Float32Array(0),
      }),
    },
    validator: null,
    previewer: null,
    pictures: {
      keep: (step) => {
        pictures.push(step);
      },
      forgetAfter: () => undefined,
    },
    checkpoints,
    control,
    keepFirstState: false,
    initialState: () => new Map([['w', Float32Array.of(0)]]),
    onDevice: (work) => work(),
    checkpointMilliseconds: 15_000,
    emit: (event) => events.push(structuredClone(event)),
    ...overrides,
  };
  const losses = (): Map<number, number | null> => {
    const points = new Map<number, number | null>();
    for (const event of events) {
      if (event.type === 'metrics')
        for (const { step, loss } of event.points) if (loss !== null) points.set(step, loss);
      if (event.type === 'rolled-back')
        for (const step of points.keys()) if (step > event.step) points.delete(step);
    }
    return points;
  };
  return {
    options,
    runner,
    checkpoints,
    control,
    events,
    pictures,
    losses,
    start: () => runTraining(options),
  };
}
