/** Data that crosses between the backend and the page; imported by both, no code. */

import type { HyperParameters } from '../engine/training/hyperParameters.ts';
import type { ImageShape, NumberType, PixelSizeUm } from '../imaging/image.ts';
import type { MistakeKind } from '../science/likelyMistakes.ts';
import type { MetricPoint, ModelSummary, Preset, RunSummary, TrainEvent } from '../services/requests.ts';
import type { ClassRow, ObjectRow } from '../store/types.ts';

export type { InstanceParameters } from '../engine/modelDescription.ts';
export type { SerialisedError } from '../errors.ts';
export type * from '../imaging/image.ts';
export type * from '../services/objectRequests.ts';
export type * from '../services/requests.ts';
export type { ClassKind, ClassRow, EditRow, ObjectRow, PredictionRow } from '../store/types.ts';

export interface ProjectInfo {
  name: string;
  path: string;
  classes: ClassRow[];
  channels: number[] | null;
  imageCount: number;
  /**
   * Stands for this opening of this project. Pixel tiles and thumbnails asked for with `?v=<cacheKey>` are
   * answered as immutable; without it they carry an ETag and are asked for again.
   */
  cacheKey: string;
  /** Sentences for the person who opened it: upgraded after a backup, on a network share. */
  notes: string[];
}

export interface ImageInfo {
  imageId: number;
  position: number;
  name: string;
  shape: ImageShape;
  numberType: NumberType;
  pixelSizeUm: PixelSizeUm | null;
  channelNames: string[];
  /** Pyramid levels; level n is 2^n times smaller (rounded up). */
  levels: number;
  /** Share of pixels with a label (0 … 1), objects painted, whether a prediction exists. */
  labelledFraction: number;
  objects: number;
  predicted: boolean;
  /** Objects of the prediction over all planes, and the model that made it; null without one. */
  predictedObjects: number | null;
  predictionModelId: number | null;
  state: ImageState;
}

/**
 * How far an image is: `partly` and `labelled` (all of it) without a prediction; `predicted`, and `corrected` once its
 * labels were edited after that.
 */
export type ImageState = 'unlabelled' | 'partly' | 'labelled' | 'predicted' | 'corrected';

/** Display range and histogram of one plane, in grey values. */
export interface PlaneStatistics {
  minimum: number;
  maximum: number;
  /** Percentiles 0.35 and 99.65: the automatic contrast. */
  low: number;
  high: number;
  bins: number[];
}

/** Header of the binary label envelope (see app/labels/envelope.ts). */
export interface LabelRegion {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface EditHeader {
  t: number;
  z: number;
  /** 'brush', 'eraser', 'accept prediction' …, shown in the history. */
  kind: string;
  regions: LabelRegion[];
  /** Objects that come into being with this gesture. */
  created: { label: number; classId: number; isRegion?: boolean }[];
}

export interface EditAcknowledged {
  editId: number;
  canUndo: boolean;
  canRedo: boolean;
  /** Objects that the edit touched, as they are now (some may be left without pixels). */
  objects: ObjectRow[];
  /** Labels of objects that are no more. */
  removed: number[];
}

/** How far a painted object and the prediction are apart: 0 the same, 1 nothing predicted. */
export interface ObjectDisagreement {
  label: number;
  disagreement: number;
}

/** Whether an image's gestures can be taken back or repeated, as stored. */
export interface EditHistory {
  canUndo: boolean;
  canRedo: boolean;
}

export interface JobInfo {
  jobId: number;
  kind: 'import' | 'train' | 'predict' | 'export' | 'evaluate';
  title: string;
  state: 'queued' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled';
  done: number;
  total: number;
  etaSeconds: number | null;
  message: string | null;
  runId: number | null;
  /** Place in the queue of those that wait for the engine, 0 first; null where it does not wait. */
  queuePosition: number | null;
}

/** What `GET /api/events` (Server-Sent Events) and the Electron bridge deliver. */
export type BackendEvent =
  | { type: 'job'; job: JobInfo }
  | { type: 'train'; event: TrainEvent }
  | { type: 'images' }
  /** `page`: the one that asked for the change, as it calls itself in `x-limn-page`; it knows of it already. */
  | { type: 'labels'; imageId: number; page?: string }
  | { type: 'prediction'; imageId: number }
  | { type: 'project' };

/** Answer to `POST /api/runs`; `runId` is null while the job waits behind another (its job event brings it). */
export interface RunStarted {
  runId: number | null;
  jobId: number;
}

export interface JobStarted {
  jobId: number;
}

/** Header of the envelope that `undo` and `redo` answer with; the regions hold the labels as they are now. */
export interface EditReverted {
  /** The gesture that was taken back, repeated, or made by the backend itself. */
  editId: number;
  t: number;
  z: number;
  kind: string;
  regions: LabelRegion[];
  ack: EditAcknowledged;
}

/** What the application menu of the desktop host asks the page to do. */
export type MenuCommand =
  | 'new-project'
  | 'open-project'
  | 'save-copy'
  | 'import-images'
  | 'export-masks'
  | 'undo'
  | 'redo'
  | 'copy-to-next-z'
  | 'copy-to-next-t'
  | 'fit'
  | 'actual-size'
  | 'zoom-in'
  | 'zoom-out'
  | 'toggle-labels'
  | 'toggle-weight-map'
  | 'toggle-prediction'
  | 'toggle-panels'
  | 'start-training'
  | 'pause-training'
  | 'stop-training'
  | 'predict-image'
  | 'predict-all'
  | 'accept-prediction'
  | 'shortcuts'
  | 'all-images'
  | 'tour';

/** `window.limnHost`, present in the Electron window only: events, menu commands and native dialogs. */
export interface DesktopBridge {
  /** Both return the way to unsubscribe. */
  onEvent(listener: (event: BackendEvent) => void): () => void;
  onCommand(listener: (command: MenuCommand) => void): () => void;
  /** Paths of images (files or folders) for `POST /api/images/import`; empty if the dialog was left. */
  chooseImages(): Promise<string[]>;
  /** A folder for exports or label images; null if the dialog was left. */
  chooseFolder(): Promise<string | null>;
  /** An existing project to open, or where a new one shall stand (`.limn` appended). */
  chooseProject(): Promise<string | null>;
  chooseNewProject(): Promise<string | null>;
  /** Where a copy of the project shall stand. */
  chooseProjectCopy(): Promise<string | null>;
  /** Paths on disk of files dropped on the page, so that they need no upload. */
  pathsOf(files: readonly File[]): string[];
}

export interface RunDetail extends RunSummary {
  points: MetricPoint[];
  /** Names of the images trained and validated on. */
  images: string[];
  validation: string[];
}

/**
 * Layers of a {@link RunSample}, raw at `GET /api/runs/:id/samples/:step/:layer` (`x-limn-shape` is that of one plane; the
 * planes follow one another): `image` float32, as normalised for the network, `channels` planes; `label` uint8, 0 unlabelled,
 * 1 background, 1 + k class k; `weight` float32; `probability` float32, `classes` planes. `GET /api/runs/:id/samples`
 * lists the samples that a run has kept, by rising step.
 */
export type RunSampleLayer = 'image' | 'label' | 'weight' | 'probability';

/** What a pre-flight finding is about; the page offers the remedy that fits. */
export type FindingKind =
  | 'no-class'
  | 'no-labels'
  | 'no-background'
  | 'no-object'
  | 'class-missing'
  | 'class-scarce'
  | 'directions'
  | 'shared-label'
  | 'larger-than-seen'
  | 'no-pixel-size'
  | 'blank'
  | 'saturated'
  | 'duplicate'
  | 'split'
  | 'trains-on-validation'
  | 'no-validation';

/** Something to know before a training, with its remedy in the sentence. */
export interface TrainingFinding {
  kind: FindingKind;
  /** A training cannot start while it stands. */
  blocks: boolean;
  sentence: string;
  /** Where to look; null where it concerns the whole project. */
  place: FindingPlace | null;
  /** The class it is about, where it is about one. */
  classId?: number | undefined;
}

/** A plane of an image, and a part or an object of it. */
export interface FindingPlace {
  imageId: number;
  t: number;
  z: number;
  area: LabelRegion | null;
  label: number | null;
}

/** Where a prediction is worth a look. */
export interface ReviewPlace {
  kind: 'unsure' | MistakeKind;
  imageId: number;
  t: number;
  z: number;
  /** px. */
  area: LabelRegion;
  /** Mean uncertainty (0 … 1) of an unsure place, labelled pixels concerned of a mistake. */
  score: number;
}

/** What a training would learn from. */
export interface TrainingOutlook {
  images: number;
  objects: number;
  labelledFraction: number;
  /** Pixels and objects a class, background first (which has no objects). */
  classes: { name: string; pixels: number; objects: number }[];
  /** Names of the images held back to validate on. */
  validation: string[];
  /** Those that stop a training first. */
  findings: TrainingFinding[];
}

/** What each preset comes to where nothing else is asked for. */
export type PresetValues = Readonly<
  Record<
    Preset,
    Pick<
      HyperParameters,
      'baseFilters' | 'depth' | 'learningRate' | 'tileSize' | 'batchSize' | 'w0' | 'sigmaPx'
    > & {
      network?: HyperParameters['network'] | undefined;
      accumulate?: number | undefined;
    }
  >
>;

/** Something that a training can run on or begin with, and why not where it cannot. */
export interface TrainingChoice {
  name: string;
  description: string;
  available: boolean;
  reason: string | null;
}

/** What the training of this machine may be asked for. */
export interface TrainingChoices {
  /** Devices of ONNX Runtime, and `tfjs`. */
  devices: TrainingChoice[];
  /** Models trained on simulated images. */
  baseModels: TrainingChoice[];
  /** CPU threads where nothing is said. */
  threads: number;
}

/** What a training step costs on one device. */
export interface TrainingPace {
  device: string;
  description: string;
  /** Null where it is not known yet. */
  millisecondsAStep: number | null;
  /** `run`: as measured by an earlier run of the same network; `probe`: scaled from a small timed step. */
  source: 'run' | 'probe' | null;
  /** What becomes of tiles for which the device has not the memory, in a sentence; null where they fit. */
  memoryNote: string | null;
}

export type { ModelSummary, RunSummary };
