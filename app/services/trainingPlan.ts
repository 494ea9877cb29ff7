/** From what a user asks for to a complete plan of a run: preset, overrides, and a sentence for every value that cannot work. */

import { availableParallelism } from 'node:os';
import type { HyperParameters, TrainingBudget } from '../engine/training/hyperParameters.ts';
import { type ErrorTag, LimnError } from '../errors.ts';
import { checkLimit, type Limit } from './limits.ts';
import type { DeviceChoice, EngineName, Preset, TrainRequest } from './requests.ts';
import { presetOf } from './trainingPresets.ts';

/** Everything that a run needs to start or to go on; kept as JSON with the run. */
export interface TrainingPlan {
  preset: Preset;
  hyperParameters: HyperParameters;
  budget: TrainingBudget;
  /** Absent (as in runs of earlier versions): ONNX Runtime. */
  engine?: EngineName;
  device: DeviceChoice;
  /** What `auto` came to; the run stays on it when it goes on. */
  usedDevice?: DeviceChoice;
  /** What the run failed with, where it did. */
  failedWith?: ErrorTag;
  threads: number;
  seed: number;
  /** `scratch`, a model id, or a path. */
  init: string;
  /** ONNX file of the classifier that an FCN begins with; absolute. */
  backboneWeights?: string;
  imageIds: number[];
  validationIds: number[];
  imageNames: string[];
  validationNames: string[];
  /** Tiles are neither turned nor mirrored; the classes whose directions say so, none where it was asked for. */
  directedClasses?: string[];
  /** Pixel size that images are rescaled to, µm; null or absent (as in runs of earlier versions): as they are. */
  pixelSizeUm?: number | null;
  /** Which channels of an image the network sees. */
  channels: number[];
  /** Of Limn, with the commit where it is known; absent in runs of earlier versions. */
  version?: string;
}

const DEFAULT_MINUTES = 5;
/** Validations without a lower loss after which a validated run ends, where nothing is said. */
const DEFAULT_PATIENCE = 50;
const LARGEST_SEED = 2 ** 32 - 1;

/**
 * Preset with the request's overrides, every value checked.
 * @throws WrongUsage with a sentence on the first value that cannot work
 */
export function hyperParametersOf(request: TrainRequest): HyperParameters {
  const preset = presetOf(request.preset ?? 'fast', request.backbone);
  const plan: HyperParameters = {
    ...structuredClone(preset),
    ...(request.baseFilters !== undefined && { baseFilters: request.baseFilters }),
    ...(request.depth !== undefined && { depth: request.depth }),
    ...(request.layers !== undefined && { trainedLayers: request.layers }),
    ...(request.learningRate !== undefined && { learningRate: request.learningRate }),
    ...(request.tileSize !== undefined && { tileSize: request.tileSize }),
    ...(request.batchSize !== undefined && { batchSize: request.batchSize }),
    ...(request.accumulate !== undefined && { accumulate: request.accumulate }),
    ...(request.w0 !== undefined && { w0: request.w0 }),
    ...(request.sigmaPx !== undefined && { sigmaPx: request.sigmaPx }),
    patience: request.patience ?? (request.validation === undefined ? 0 : DEFAULT_PATIENCE),
  };
  if (request.depth !== undefined && (plan.network ?? 'unet') !== 'unet') {
    throw new LimnError(
      'WrongUsage',
      `The depth of ${request.preset} is that of its published network; leave --depth out.`,
    );
  }
  const momentum = plan.optimiser.kind === 'sgd' ? plan.optimiser.momentum : plan.optimiser.beta1;
  const limits: Limit[] = [
    { name: 'number of filters', value: plan.baseFilters, from: 1, to: 1024, whole: true },
    { name: 'depth', value: plan.depth, from: 1, to: 7, whole: true },
    { name: 'learning rate', value: plan.learningRate, from: 0, to: 10, above: true },
    { name: 'tile size', value: plan.tileSize, from: 16, to: 4096, whole: true },
    { name: 'batch size', value: plan.batchSize, from: 1, to: 64, whole: true },
    { name: 'number of passes an update', value: plan.accumulate ?? 1, from: 1, to: 1024, whole: true },
    { name: 'patience', value: plan.patience ?? 0, from: 0, to: 1e6, whole: true },
    { name: 'dropout', value: plan.dropout, from: 0, to: 0.95 },
    { name: 'momentum', value: momentum, from: 0, to: 0.9999 },
    { name: 'decay of the moving average', value: plan.averageDecay, from: 0, to: 0.99999 },
    { name: 'border weight w0', value: plan.w0, from: 0, to: 1000 },
    { name: 'border width sigma', value: plan.sigmaPx, from: 0, to: 1000, above: true },
    { name: 'class balance', value: plan.classBalance, from: 0, to: 1 },
    { name: 'number of warm-up steps', value: plan.warmupSteps, from: 0, to: 1e6, whole: true },
  ];
  for (const limit of limits) checkLimit(limit);
  if (plan.padding === 'same' && plan.tileSize < 2 ** plan.depth * 2) {
    throw new LimnError(
      'WrongUsage',
      `A network of depth ${plan.depth} needs tiles of at least ${2 ** plan.depth * 2} px, not ${plan.tileSize}; take larger tiles or a smaller depth.`,
    );
  }
  return plan;
}

/**
 * How long to train: steps, or minutes; five minutes if neither is said.
 * @throws WrongUsage if both are, or one makes no sense
 */
export function budgetOf(request: TrainRequest): TrainingBudget {
  if (request.steps !== undefined && request.minutes !== undefined) {
    throw new LimnError(
      'WrongUsage',
      'A run lasts a number of steps or of minutes, not both; give one of them.',
    );
  }
  if (request.steps !== undefined) {
    checkLimit({ name: 'number of steps', value: request.steps, from: 1, to: 1e8, whole: true });
    return { steps: request.steps };
  }
  const minutes = request.minutes ?? DEFAULT_MINUTES;
  checkLimit({ name: 'number of minutes', value: minutes, from: 0, to: 60 * 24 * 30, above: true });
  return { seconds: minutes * 60 };
}

/** Where a plan's run computes, in one word. */
export function placeOf({ engine, usedDevice, device }: TrainingPlan): DeviceChoice | 'tfjs' {
  return engine === 'tfjs' ? engine : (usedDevice ?? device);
}

/**
 * Seed, threads, engine and device of a request, checked, with what stands in where nothing was said.
 * @throws WrongUsage on a value that cannot work, or a device where the engine chooses it
 */
export function executionOf(
  request: TrainRequest,
): Pick<TrainingPlan, 'seed' | 'threads' | 'engine' | 'device'> {
  const seed = request.seed ?? 1;
  const threads = request.threads ?? defaultThreads();
  checkLimit({ name: 'seed', value: seed, from: 0, to: LARGEST_SEED, whole: true });
  checkLimit({ name: 'number of threads', value: threads, from: 1, to: 1024, whole: true });
  const { engine = 'onnx', device = 'auto' } = request;
  if (engine === 'tfjs' && device !== 'auto') {
    throw new LimnError(
      'WrongUsage',
      `TensorFlow.js chooses its device itself; leave out --device ${device}, or --engine tfjs.`,
      { fields: { engine, device } },
    );
  }
  return { seed, threads, engine, device };
}

/** Threads for ONNX Runtime where none were asked for: every core the process may use. */
export function defaultThreads(): number {
  return availableParallelism();
}
