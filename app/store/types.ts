/** Rows as the store gives them: plain objects, ids are SQLite integers, times are ISO strings. */

import type { ImageDescription } from '../imaging/image.ts';

export type ClassKind = 'thing' | 'stuff';

export interface ClassRow {
  classId: number;
  name: string;
  kind: ClassKind;
  /** `#rrggbb`. */
  colour: string;
  /** 1…K: output channel of a network and value in exported class masks. */
  position: number;
}

export interface ImageRow extends ImageDescription {
  imageId: number;
  /** 0-based import order. */
  position: number;
  name: string;
  /** Where it came from. */
  sourcePath: string;
  linked: boolean;
}

/** A label value of one image (>= 2) and what it stands for. */
export interface ObjectRow {
  imageId: number;
  label: number;
  classId: number;
  /** The region object of a stuff class: its 4-connected components count as instances. */
  isRegion: boolean;
  name: string | null;
  colour: string | null;
  locked: boolean;
  /** Its area, px, over all planes. */
  pixels: number;
}

export interface RunRow {
  runId: number;
  state: 'queued' | 'running' | 'paused' | 'finished' | 'stopped' | 'failed' | 'interrupted';
  /** Everything that was asked for and resolved, so that `--resume` needs nothing else (JSON). */
  plan: unknown;
  step: number;
  seconds: number;
  startedAt: string;
  updatedAt: string;
  message: string | null;
  /** Relative to the project's runs folder. */
  checkpointPath: string | null;
  checkpointSha256: string | null;
  modelId: number | null;
}

export interface ModelRow {
  modelId: number;
  name: string;
  runId: number | null;
  role: 'best' | 'last' | 'imported';
  step: number;
  createdAt: string;
  /** ModelDescription as JSON. */
  description: unknown;
  parameters: number;
  validationLoss: number | null;
  byteLength: number;
  sha256: string;
}

export interface PredictionRow {
  predictionId: number;
  imageId: number;
  modelId: number;
  t: number;
  z: number;
  /** Foreground classes stored (background is 1 − their sum). */
  classes: number;
  objects: number;
  createdAt: string;
}

/** How much of an image is painted; kept up to date by every edit, so cheap to ask for. */
export interface LabelSummary {
  labelledPixels: number;
  /** `labelledPixels` of all pixels of all planes, 0 … 1. */
  labelledFraction: number;
  /** Objects that have pixels; regions of stuff classes not counted. */
  objects: number;
  regions: number;
}

/** A gesture in the history of an image. */
export interface EditRow {
  editId: number;
  imageId: number;
  t: number;
  z: number;
  kind: string;
  createdAt: string;
  /** Undone, and waiting for a redo. */
  undone: boolean;
}

/** One point of a run's curves. */
export interface MetricRow {
  step: number;
  /** Seconds of training so far, without pauses. */
  seconds: number;
  loss: number | null;
  learningRate: number | null;
  validationLoss: number | null;
  validationIou: number | null;
  validationF1: number | null;
}
