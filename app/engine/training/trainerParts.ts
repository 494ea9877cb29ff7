/** What the loop of a training run works with, each part behind an interface, and what it tells. */

import type { ShapeYX } from '../../science/geometry.ts';
import type { Checkpoint, TrainerPoint, TrainingPosition, WriteOutcome } from './checkpoint.ts';
import type { HyperParameters, TrainingBudget } from './hyperParameters.ts';
import type { SamplePicture } from './runSample.ts';
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
  /** The whole state, in memory of the caller's own; in the given arrays where they fit. */
  read(into?: ReadonlyMap<string, Float32Array>): Promise<Map<string, Float32Array>>;
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
  /** The tile with most object pixels, as predicted. */
  picture: SamplePicture;
}

/** Takes the picture of a run that is not validated: one fixed tile of what it trains on, not augmented. */
export interface Previewer {
  picture(weights: Map<string, Float32Array>): Promise<SamplePicture>;
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
  /** Arrays of the last checkpoint, to be written over. */
  takeSpare(): Map<string, Float32Array> | undefined;
}

/** Where the loop puts its pictures. */
export interface PictureStore {
  keep(step: number, picture: SamplePicture): void;
  forgetAfter(step: number): void;
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
  | { type: 'sample'; step: number; shape: ShapeYX; channels: number; classes: number }
  | {
      type: 'checkpoint';
      step: number;
      seconds: number;
      sha256: string;
      /** Wall-clock and processor time of the writing thread. */
      milliseconds: number;
      cpuMilliseconds: number;
    }
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
  /** Takes the pictures where there is no validator. */
  previewer: Previewer | null;
  pictures: PictureStore;
  checkpoints: CheckpointStore;
  control: TrainingControl;
  /** The state before the first step cannot be made again from the seed: it is made safe before the run begins. */
  keepFirstState: boolean;
  /** The state before the first step, to go back to when there is no checkpoint yet. */
  initialState: () => Map<string, Float32Array>;
  /** Runs a step or a validation when the device is free. */
  onDevice: <T>(work: () => Promise<T>) => Promise<T>;
  emit: (event: TrainerEvent) => void;
  /** Milliseconds of wall-clock between the starts of two checkpoint writes. */
  checkpointMilliseconds: number;
}

/** `converged`: finished early, since validation had not improved for as long as the plan's patience. */
export type TrainerEnd = 'finished' | 'converged' | 'stopped' | 'interrupted';
