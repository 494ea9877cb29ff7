/** What the services take and give: one place that CLI, API and tests share. No logic. */

import { BACKBONES, type Backbone } from '../engine/modelDescription.ts';
import { ENGINES, type EngineName } from '../engine/runtime/deviceName.ts';
import type { ImageShape, NumberType, PixelSizeUm } from '../imaging/image.ts';
import type { InstanceScore, PixelScores } from '../science/metrics.ts';
import type { ObjectMeasures } from '../science/objectMeasures.ts';
import type { PartitionMeasures } from '../science/partitionMeasures.ts';

export const PRESET_NAMES = [
  'fast',
  'paper',
  'paper-narrow',
  'fiji',
  'fcn-32s',
  'fcn-16s',
  'fcn-8s',
  'patch-classifier',
] as const;
export type Preset = (typeof PRESET_NAMES)[number];
export type { Backbone };
/** Classifiers that the FCN presets are made of. */
export { BACKBONES };
export type DeviceName = Exclude<DeviceChoice, 'auto'>;
export const DEVICE_CHOICES = ['auto', 'cpu', 'webgpu', 'cuda', 'dml'] as const;
export type DeviceChoice = (typeof DEVICE_CHOICES)[number];
export type { EngineName };
/** What can compute a training. */
export { ENGINES };
export const EXPORT_KINDS = ['instances', 'classes', 'probabilities'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

// ---- import -------------------------------------------------------------------------------------

export interface ImportRequest {
  /** Files and folders; a folder is read (not recursively) in natural order. */
  paths: string[];
  /** Folder (or file) with label images, matched by stem. */
  labels?: string;
  labelKind?: 'instances' | 'classes';
  /** `--unlabelled 0`: the file holds 0 unlabelled, 1 background, >= 2 objects. */
  unlabelled?: number;
  /** Grey value → class name, `background` or `unlabelled`. */
  map?: Record<number, string>;
  link?: boolean;
  pixelSizeUm?: number;
  /** Channels that networks of this project see. */
  channels?: number[];
}

export interface ImportedImage {
  imageId: number;
  name: string;
  shape: ImageShape;
  numberType: NumberType;
  pixelSizeUm: PixelSizeUm | null;
  /** Objects taken from the label image; null where there was none. */
  objects: number | null;
  /** Pixels of overlapping objects that were clipped, 0 in general. */
  clippedPixels: number;
}

export interface ImportReport {
  images: ImportedImage[];
  /** Sentences: label files without an image, images without labels, duplicates skipped … */
  notes: string[];
}

// ---- training -----------------------------------------------------------------------------------

export interface TrainRequest {
  preset?: Preset;
  /** FCN presets only; default: vgg16. */
  backbone?: Backbone;
  /** Path of an ONNX file with the classifier's weights; instead of `init`. */
  backboneWeights?: string;
  baseFilters?: number;
  depth?: number;
  /** Which layers learn; default: all. `output` needs something to begin with. */
  layers?: 'all' | 'output';
  minutes?: number;
  steps?: number;
  /** `A-B` zero-based positions in import order, or comma-separated names. Default: every labelled image. */
  images?: string;
  /** As `images`, or a fraction such as `0.2`. */
  validation?: string;
  /** Default: `onnx`. */
  engine?: EngineName;
  /** Of ONNX Runtime. */
  device?: DeviceChoice;
  seed?: number;
  /** `scratch`, or a model id of the project, or a path to a Limn .onnx. */
  init?: string;
  learningRate?: number;
  tileSize?: number;
  batchSize?: number;
  /** Height of the border term of the weight map. */
  w0?: number;
  /** Its width, px. */
  sigmaPx?: number;
  /**
   * Whether tiles are turned and mirrored as the preset has it (`any`), or `kept` as they lie. Default: `auto`, kept where classes
   * differ in direction.
   */
  orientation?: 'auto' | 'any' | 'kept';
  /** Passes of `batchSize` tiles that make one update. */
  accumulate?: number;
  /** End after this many validations without a lower loss, 0 = never. Default: 50 where there is a validation set. */
  patience?: number;
  /**
   * A regular expression with one capture: images whose names give the same capture (slide, animal, day) are trained or
   * validated on together. With a fraction as `validation`.
   */
  validationGroup?: string;
  /** Allows images to be trained and validated on. */
  validateOnTraining?: boolean;
  threads?: number;
}

export type RunState = 'queued' | 'running' | 'paused' | 'finished' | 'stopped' | 'failed' | 'interrupted';

export interface MetricPoint {
  step: number;
  /** Seconds of training so far, without pauses. */
  seconds: number;
  loss: number | null;
  learningRate: number | null;
  validationLoss: number | null;
  validationIou: number | null;
  /** Of objects at IoU 0.5, on the validation tiles. */
  validationF1: number | null;
}

/** A small picture of a run: one fixed tile, the same throughout, as the network saw it after `step` steps. */
export interface RunSample {
  step: number;
  /** At most 128 px a side; larger tiles are shown smaller. */
  shape: { y: number; x: number };
  /** Planes of `image` and of `probability` (the classes without background). */
  channels: number;
  classes: number;
}

export interface RunSummary {
  runId: number;
  state: RunState;
  preset: Preset;
  device: string;
  /** Step reached and step planned (null with a time budget). */
  step: number;
  steps: number | null;
  minutes: number | null;
  seed: number;
  startedAt: string;
  /** Seconds of training, without pauses. */
  seconds: number;
  lastLoss: number | null;
  bestValidationLoss: number | null;
  /** Highest of the run, on the validation tiles. */
  bestValidationIou: number | null;
  bestValidationF1: number | null;
  modelId: number | null;
  message: string | null;
  /** Every knob, nested ones as `optimiser.momentum`. */
  hyperParameters: Record<string, string | number | boolean>;
  engine: EngineName;
  threads: number;
  /** `scratch`, a model's number, the name of a base model or a path. */
  init: string;
  backboneWeights: string | null;
  channels: number[];
  /** Images trained and validated on. */
  imageCount: number;
  validationCount: number;
  /** Of Limn, with the commit where it is known; null of runs that did not note it. */
  version: string | null;
}

export interface ModelSummary {
  modelId: number;
  name: string;
  runId: number | null;
  createdAt: string;
  /** 'best' and 'last' of a run are separate models. */
  role: 'best' | 'last' | 'imported';
  step: number;
  parameters: number;
  classNames: string[];
  validationLoss: number | null;
  /** Size of its file. */
  byteLength: number;
  /** Pixel size of the images it was trained on, µm. */
  pixelSizeUm: number | null;
  /** Images whose prediction on view it made; they lose it with the model. */
  predictedImages: number;
}

/** One layer of a backbone and where its weights come from. */
export interface BackboneLayer {
  layer: string;
  shape: readonly number[];
  /** Name of the weights in the file; null where they were not taken. */
  from: string | null;
  shapeInFile: readonly number[] | null;
  /** How it was found and changed, or why it was not taken. */
  how: string;
}

/** Events of a running training, in order; each is one JSON line with `--json`. */
export type TrainEvent =
  | {
      type: 'started';
      runId: number;
      device: string;
      why: string;
      images: string[];
      validation: string[];
      parameters: number;
      description: string;
    }
  | {
      type: 'metrics';
      runId: number;
      points: MetricPoint[];
      etaSeconds: number | null;
      stepsPerSecond: number;
      samplesPerSecond: number;
      /** Resident memory of the engine process, bytes. */
      memoryBytes: number;
      step: number;
      steps: number | null;
    }
  /** A new small picture can be read: see `RunSample` and the raw route of `runRoutes`. */
  | { type: 'sample'; runId: number; sample: RunSample }
  /** What of the classifier's file an FCN begins with. */
  | { type: 'backbone'; runId: number; file: string; layers: BackboneLayer[]; unused: string[] }
  | { type: 'checkpoint'; runId: number; step: number; path: string; milliseconds: number }
  | { type: 'note'; runId: number; message: string }
  | {
      type: 'ended';
      runId: number;
      state: RunState;
      step: number;
      seconds: number;
      modelId: number | null;
      message: string;
    };

// ---- prediction, evaluation, export -----------------------------------------------------------------

export interface PredictRequest {
  /** `best` (default), `last` or a model id. */
  model?: string;
  images?: string;
  /** Ids of images, of which `images` chooses where both are given. */
  imageIds?: number[];
  device?: DeviceChoice;
}

/** What of a plane's prediction is accepted; all of it where nothing is said. */
export interface AcceptFilter {
  /** Numbers of predicted objects; nothing else is accepted then. */
  objects?: number[];
  /** Only objects of this mean foreground probability or more, 0 … 1; no background then. */
  minimumConfidence?: number;
  /** Only what lies in this rectangle, px; objects that its edge cuts are left out. */
  area?: { x: number; y: number; w: number; h: number };
}

/** Accepting the predictions of several images. */
export interface AcceptRequest {
  images?: string;
  /** As of {@link AcceptFilter}. */
  minimumConfidence?: number;
}

export interface AcceptedImage {
  imageId: number;
  name: string;
  /** Objects that the labels have more than before. */
  objects: number;
  /** Pixels of objects that the labels have more than before. */
  pixels: number;
}

/** An object of a prediction. */
export interface PredictedObject {
  /** 1…N. */
  object: number;
  /** Class 1…K. */
  classIndex: number;
  pixels: number;
  /** Mean foreground probability over its pixels, 0 … 1. */
  confidence: number;
}

export interface PredictedImage {
  imageId: number;
  name: string;
  planes: number;
  objects: number;
  milliseconds: number;
}

export interface SegmentRequest {
  /** A Limn .onnx or a project (its best model). */
  model: string;
  paths: string[];
  out: string;
  kind?: ExportKind;
  device?: DeviceChoice;
}

export interface ExportRequest {
  to: string;
  layer?: 'labels' | 'prediction';
  kind?: ExportKind;
  keepUnlabelled?: boolean;
  images?: string;
  /** Ids of images, of which `images` chooses where both are given. */
  imageIds?: number[];
  measurements?: boolean;
}

export interface ExportReport {
  files: { path: string; imageId: number; name: string; objects: number | null; numberType: NumberType }[];
  measurements: string | null;
  notes: string[];
}

export interface EvaluateRequest {
  model?: string;
  images?: string;
  device?: DeviceChoice;
}

/** Every measure pools the images; what each does with nothing to find or nothing found stands with its function. */
export interface Scores extends PixelScores, ObjectMeasures, PartitionMeasures {
  /** At IoU 0.5, 0.6, 0.7, 0.8, 0.9. */
  instances: InstanceScore[];
  meanF1: number;
  /** Share of labelled pixels that differ after topology-preserving warping (Jain et al. 2010). */
  warpingError: number;
}

export interface EvaluationReport {
  modelId: number;
  classNames: string[];
  overall: Scores;
  images: ({ imageId: number; name: string } & Scores)[];
}

export interface DeviceReport {
  name: DeviceName;
  available: boolean;
  /** Adapter or CPU name. */
  description: string;
  software: boolean;
  threads: number | null;
  /** Bytes, where they can be known. */
  memoryBytes: number | null;
  /** Milliseconds of the probe's small training step; null if not timed. */
  probeMilliseconds: number | null;
  /** Why it is not available, or null. */
  reason: string | null;
}
