/** The table of all images: which rows, in which order, which are selected; and what is under way for each of them. */

import { create } from 'zustand';
import type { ImageInfo, JobInfo, ModelSummary } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { NO_ROWS, type RowSelection } from '../controls/rowSelection.ts';
import { texts } from '../texts.ts';
import { showError } from './showError.ts';

export type BatchColumn = 'name' | 'size' | 'labelled' | 'objects' | 'found' | 'state';
export type BatchFilter =
  | 'all'
  | 'unlabelled'
  | 'partly'
  | 'labelled'
  | 'unpredicted'
  | 'predicted'
  | 'older';

/** What is under way for an image. */
export type BatchWork = 'waiting' | 'predicting';

/** A prediction that this page asked for. */
interface PredictionBatch {
  jobId: number;
  /** In the order of the work. */
  images: readonly { imageId: number; planes: number }[];
}

interface BatchState {
  open: boolean;
  name: string;
  filter: BatchFilter;
  order: { column: BatchColumn; descending: boolean } | null;
  rows: RowSelection;
  batches: readonly PredictionBatch[];
  /** Images whose masks this page has exported. */
  exported: ReadonlySet<number>;
}

export const useBatch = create<BatchState>(() => ({
  open: false,
  name: '',
  filter: 'all',
  order: null,
  rows: NO_ROWS,
  batches: [],
  exported: new Set(),
}));

export function openBatch(): void {
  useBatch.setState({ open: true });
}

export function closeBatch(): void {
  useBatch.setState({ open: false });
}

/** Notes which images a prediction goes through, in import order. */
export function notePredictionBatch(jobId: number, images: readonly ImageInfo[]): void {
  const ordered = images.toSorted((a, b) => a.position - b.position);
  const batch = {
    jobId,
    images: ordered.map(({ imageId, shape }) => ({ imageId, planes: shape.t * shape.z })),
  };
  useBatch.setState(({ batches }) => ({ batches: [...batches, batch] }));
}

/** Notes images whose masks were written. */
export function noteExported(imageIds: readonly number[]): void {
  useBatch.setState(({ exported }) => ({ exported: exported.union(new Set(imageIds)) }));
}

/** Number of the run whose models are the newest. */
function newestRun(models: readonly ModelSummary[]): number | null {
  return models.reduce<number | null>(
    (newest, { runId }) => (runId !== null && runId > (newest ?? 0) ? runId : newest),
    null,
  );
}

/** Ids of models that a newer run has overtaken. */
export function olderModels(models: readonly ModelSummary[]): Set<number> {
  const newest = newestRun(models);
  return new Set(
    models
      .filter(({ runId }) => newest !== null && runId !== null && runId !== newest)
      .map(({ modelId }) => modelId),
  );
}

/** The images that the name and the filter let through, in the order of the table. */
export function batchRows(
  images: readonly ImageInfo[],
  { name, filter, order }: Pick<BatchState, 'name' | 'filter' | 'order'>,
  older: ReadonlySet<number>,
): ImageInfo[] {
  const needle = name.trim().toLowerCase();
  const passes: Record<BatchFilter, (image: ImageInfo) => boolean> = {
    all: () => true,
    unlabelled: ({ labelledFraction }) => labelledFraction === 0,
    partly: ({ labelledFraction }) => labelledFraction > 0 && labelledFraction < 1,
    labelled: ({ labelledFraction }) => labelledFraction >= 1,
    unpredicted: ({ predicted }) => !predicted,
    predicted: ({ predicted }) => predicted,
    older: ({ predictionModelId }) => predictionModelId !== null && older.has(predictionModelId),
  };
  const rows = images.filter((image) => image.name.toLowerCase().includes(needle) && passes[filter](image));
  if (order === null) return rows;
  const key = KEYS[order.column];
  const sign = order.descending ? -1 : 1;
  return rows.toSorted((a, b) => sign * compare(key(a), key(b)) || a.position - b.position);
}

const STATES = ['unlabelled', 'partly', 'labelled', 'predicted', 'corrected'];

const KEYS: Record<BatchColumn, (image: ImageInfo) => number | string> = {
  name: ({ name }) => name,
  size: ({ shape }) => shape.x * shape.y * shape.z * shape.t,
  labelled: ({ labelledFraction }) => labelledFraction,
  objects: ({ objects }) => objects,
  found: ({ predictedObjects }) => predictedObjects ?? -1,
  state: ({ state }) => STATES.indexOf(state),
};

const natural = new Intl.Collator('en', { numeric: true });

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'string' && typeof b === 'string') return natural.compare(a, b);
  return Number(a) - Number(b);
}

/** A click on a column: rising, then falling, then the order of import. */
export function orderBy(column: BatchColumn): void {
  useBatch.setState(({ order }) => {
    if (order?.column !== column) return { order: { column, descending: false } };
    return { order: order.descending ? null : { column, descending: true } };
  });
}

const isActive = ({ state }: JobInfo) => state === 'queued' || state === 'running' || state === 'paused';

/** What is under way for each image, from the planes that its job has done. */
export function batchWork(
  batches: readonly PredictionBatch[],
  jobs: readonly JobInfo[],
): Map<number, BatchWork> {
  const work = new Map<number, BatchWork>();
  for (const { jobId, images } of batches) {
    const job = jobs.find((one) => one.jobId === jobId && isActive(one));
    if (!job) continue;
    let planes = 0;
    for (const image of images) {
      const begins = planes;
      planes += image.planes;
      if (planes <= job.done) continue;
      const isNow = job.state !== 'queued' && begins <= job.done;
      if (isNow || !work.has(image.imageId)) work.set(image.imageId, isNow ? 'predicting' : 'waiting');
    }
  }
  return work;
}

/** All predictions and exports that run or wait, as one piece of work. */
export interface BatchProgress {
  jobs: readonly JobInfo[];
  done: number;
  /** 0 while nothing is known of the work's size. */
  total: number;
  /** Of what runs; null while unknown. */
  etaSeconds: number | null;
  /** Jobs that wait for their turn. */
  waiting: number;
}

/** Null while there is no such work. */
export function batchProgress(jobs: readonly JobInfo[]): BatchProgress | null {
  const active = jobs.filter((job) => (job.kind === 'predict' || job.kind === 'export') && isActive(job));
  if (active.length === 0) return null;
  const running = active.filter(({ state }) => state !== 'queued');
  const sum = (value: (job: JobInfo) => number) => active.reduce((total, job) => total + value(job), 0);
  const isKnown = running.length > 0 && running.every(({ etaSeconds }) => etaSeconds !== null);
  return {
    jobs: active,
    done: sum(({ done }) => done),
    total: sum(({ total }) => total),
    etaSeconds: isKnown ? Math.max(...running.map(({ etaSeconds }) => etaSeconds ?? 0)) : null,
    waiting: active.length - running.length,
  };
}

/** Stops all of it; what is finished stays. */
export async function cancelBatch({ jobs }: BatchProgress): Promise<void> {
  try {
    await Promise.all(jobs.map(({ jobId }) => backend.cancelJob(jobId)));
  } catch (error) {
    showError(texts.errors.run, error);
  }
}
