/** What the engine process can be asked, with the types of parameters, events and results; no code. */

import type { PixelArray } from '../../imaging/image.ts';
import type { FitItem } from '../../science/fitInstances.ts';
import type { ShapeYX } from '../../science/geometry.ts';
import type { InstanceInput, Instances } from '../../science/instances.ts';
import type { TrainingPlane } from '../../science/trainingSample.ts';
import type { InstanceParameters, ModelDescription, NetworkSpec } from '../modelDescription.ts';
import type { DeviceName, EngineName } from '../runtime/deviceName.ts';
import type { EngineDevice } from '../runtime/devices.ts';
import type { ProbeReport } from '../runtime/probeProtocol.ts';
import type { BestScore, TrainingPosition } from '../training/checkpoint.ts';
import type { HyperParameters, TrainingBudget } from '../training/hyperParameters.ts';
import type { TrainerEnd, TrainerEvent } from '../training/trainerParts.ts';

export type EngineDeviceChoice = 'auto' | DeviceName;

/** Weights by parameter name. */
export type Weights = Map<string, Float32Array>;

/** A run as the engine sees it; its planes were sent before. */
export interface TrainingJob {
  /** Folder of the run's checkpoints; it exists. */
  runFolder: string;
  network: NetworkSpec;
  plan: HyperParameters;
  budget: TrainingBudget;
  seed: number;
  engine: EngineName;
  /** For ONNX Runtime. */
  device: EngineDeviceChoice;
  threads: number;
  /** Fine-tuning: weights taken by name and shape; null = all drawn anew. */
  initialWeights: Weights | null;
  /** Go on from the checkpoint in the folder; without one the run starts from its beginning. */
  resume: boolean;
  /** Wall-clock between the starts of two checkpoint writes, ms. */
  checkpointMilliseconds: number;
}

export interface TrainingStarted {
  type: 'started';
  device: DeviceName | 'tfjs';
  /** Why this device. */
  why: string;
  parameters: number;
  /** Step and seconds that the run goes on from; 0 for a fresh one. */
  step: number;
  seconds: number;
  inputShape: ShapeYX;
  outputShape: ShapeYX;
  /** Names of parameters that `initialWeights` gave, and of those drawn anew; both empty for a run that goes on. */
  taken: string[];
  drawn: string[];
}

export type TrainingEvent = TrainingStarted | TrainerEvent;

export interface TrainingOutcome {
  end: TrainerEnd;
  position: TrainingPosition;
  /** Weights that predict, at the end of the run; null after an interruption. */
  last: Weights | null;
  /** Weights and score with the lowest validation loss; null without validation or after an interruption. */
  best: { weights: Weights; score: BestScore } | null;
}

/** Raw pixels of one plane, one array a channel that the model sees, in its order. */
export interface RawPlane {
  channels: PixelArray[];
  shape: ShapeYX;
  /** Where it is known: a model of another pixel size sees the plane rescaled. */
  pixelSizeUm?: { y: number; x: number } | null;
  /** One a channel, where the plane is a part of a larger one; default: from the plane itself. */
  normalisation?: { scale: number; offset: number }[];
}

export interface PlanePrediction {
  /** `[K, y, x]`, probabilities of the classes without background. */
  foreground: Float32Array;
  /** `[y, x]`, 0 background, 1…N; null if not asked for. */
  instances: Uint32Array | null;
  /** `[N + 1]`, class 1…K of each object; null with `instances`. */
  classIndexOf: Uint8Array | null;
  milliseconds: number;
}

/** A labelled plane that a model's decisions are fitted on. */
export interface FitPlane extends RawPlane {
  /** `[y, x]`: 0 unlabelled, 1 background, >= 2 objects. */
  reference: Uint32Array;
  /** `[y, x]`: 0 unlabelled, 1 background, 1 + k class k. */
  classes: Uint8Array;
}

interface Method<Parameters, Result, Event = never> {
  parameters: Parameters;
  result: Result;
  event: Event;
}

export interface EngineMethods {
  /** Which devices there are; `probe` times a small training step on each. */
  devices: Method<{ probe: boolean }, EngineDevice[]>;
  /** The device that a training would run on. Throws DeviceUnavailable for one that was asked for and does not start. */
  chooseDevice: Method<
    { device: EngineDeviceChoice; network: NetworkSpec; tile: ShapeYX },
    { device: DeviceName; why: string }
  >;
  /** Whether TensorFlow.js loads, tried in a process of its own: what loads and why nothing faster does, or why nothing loads. */
  tensorflow: Method<null, ProbeReport>;
  /** Forgets the planes of an earlier run. */
  clearPlanes: Method<null, null>;
  addPlane: Method<{ role: 'training' | 'validation'; plane: TrainingPlane }, null>;
  /** One at a time. Cancelling interrupts the run at the next step boundary. */
  train: Method<TrainingJob, TrainingOutcome, TrainingEvent>;
  /** Ends the running training at the next step boundary, with a model. */
  stopTraining: Method<null, null>;
  pauseTraining: Method<null, null>;
  continueTraining: Method<null, null>;
  /** Reads an exported model and keeps it ready under `key`. */
  loadModel: Method<
    { key: string; bytes: Uint8Array; device: EngineDeviceChoice; threads: number },
    { description: ModelDescription; device: string; why: string }
  >;
  /** Predicts one plane with a loaded model, tile by tile. */
  predict: Method<{ key: string; plane: RawPlane; instances: boolean }, PlanePrediction>;
  /** Fits a model's class offsets, and with them the way from probabilities to objects, on labelled planes. */
  fitDecisions: Method<
    { key: string; planes: FitPlane[]; fitsClassOffsets: boolean },
    { classOffsets: number[]; instances: InstanceParameters }
  >;
  /** Cuts objects out of probabilities. */
  cutObjects: Method<InstanceInput, Instances>;
  /** Fits the way from probabilities to objects; mean F1 over IoU 0.5…0.9 with the parameters as they are, and as fitted. */
  fitObjects: Method<
    { items: FitItem[]; kinds: ('thing' | 'stuff')[]; parameters: InstanceParameters },
    { parameters: InstanceParameters; before: number; after: number }
  >;
}

export type EngineMethod = keyof EngineMethods;
