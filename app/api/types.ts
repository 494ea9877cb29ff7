/** Data that crosses between the backend and the page; imported by both, no code. */

import type { ImageShape, NumberType, PixelSizeUm } from '../imaging/image.ts';
import type { MetricPoint, ModelSummary, RunSummary, TrainEvent } from '../services/requests.ts';
import type { ClassRow, ObjectRow } from '../store/types.ts';

export type * from '../imaging/image.ts';
export type * from '../services/requests.ts';
export type { ClassKind, ClassRow, ObjectRow } from '../store/types.ts';
export type { SerialisedError } from '../errors.ts';

/** Side of image and label tiles, px; the last tile of a row or column is clipped to the image. */
export const TILE_SIZE = 256;

export interface ProjectInfo {
  name: string;
  path: string;
  classes: ClassRow[];
  channels: number[] | null;
  imageCount: number;
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
}

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
  objects: ObjectRow[];
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
}

/** What `GET /api/events` (Server-Sent Events) and the Electron bridge deliver. */
export type BackendEvent =
  | { type: 'job'; job: JobInfo }
  | { type: 'train'; event: TrainEvent }
  | { type: 'images' }
  | { type: 'labels'; imageId: number }
  | { type: 'prediction'; imageId: number }
  | { type: 'project' };

export interface RunDetail extends RunSummary {
  points: MetricPoint[];
}

export interface TrainingOutlook {
  images: number;
  objects: number;
  labelledFraction: number;
  /** Pixels a class, background first. */
  pixelsOfClass: { name: string; pixels: number }[];
  /** Sentences that stop a training (empty when it can start), each with its remedy. */
  blockers: string[];
  warnings: string[];
}

export type { ModelSummary, RunSummary };
