/** Looking at images: the list, thumbnails, contrast statistics and pixel tiles. */

import type { ImageInfo, ImageState, PlaneStatistics } from '../api/types.ts';
import { encodeThumbnail } from '../imaging/encodePng.ts';
import type { NumberType, PixelArray } from '../imaging/image.ts';
import type { PlaneShape } from '../labels/tiles.ts';
import { levelShape } from '../store/pyramidLevels.ts';
import type { ImageRow } from '../store/types.ts';
import type { Project } from './project.ts';

/** A tile to read; level n is 2^n times smaller. */
export interface PixelTileAddress {
  imageId: number;
  level: number;
  t: number;
  z: number;
  c: number;
  ty: number;
  tx: number;
}

/** Automatic contrast leaves out this share of pixels at either end, %. */
const LOW_PERCENTILE = 0.35;
const HIGH_PERCENTILE = 99.65;

const HISTOGRAM_BINS = 256;

/** Percentiles are read from at most about this many values. */
const SORTED_VALUES = 262_144;

/** All images in import order, with how far each is. Reads no pixel. */
export function listImages(project: Project): ImageInfo[] {
  const { images, labels, predictions, edits } = project.store;
  const predicted = new Map<number, PredictionSummary>();
  for (const { imageId, modelId, objects, createdAt } of predictions.list()) {
    const known = predicted.get(imageId);
    predicted.set(imageId, {
      modelId,
      objects: objects + (known?.objects ?? 0),
      createdAt: known && known.createdAt > createdAt ? known.createdAt : createdAt,
    });
  }
  const labelled = labels.summaries();
  const edited = edits.latest();
  return images.list().map((row) => {
    const { imageId } = row;
    return imageInfo(row, {
      levels: images.levels(imageId),
      labels: labelled.get(imageId) ?? { labelledPixels: 0, objects: 0 },
      prediction: predicted.get(imageId),
      editedAt: edited.get(imageId),
    });
  });
}

interface PredictionSummary {
  modelId: number;
  objects: number;
  /** Of the newest plane. */
  createdAt: string;
}

interface ImageProgress {
  levels: number;
  labels: { labelledPixels: number; objects: number };
  prediction: PredictionSummary | undefined;
  /** When its labels were edited last, ISO. */
  editedAt: string | undefined;
}

/**
 * Display range and histogram of a plane, in grey values; not-a-number is left out.
 * Large images are judged by the smallest pyramid level that still has 512 px a side; its extremes are those of averages.
 */
export async function planeStatistics(
  project: Project,
  imageId: number,
  t: number,
  z: number,
  c: number,
  signal?: AbortSignal,
): Promise<PlaneStatistics> {
  return statisticsOf(await readOverview(project, imageId, t, z, c, signal));
}

/** A small PNG of a plane (without t and z of the first frame's middle one) in automatic contrast, in colour for 8-bit RGB; `size` is its longer side, px. */
export async function thumbnail(
  project: Project,
  imageId: number,
  size: number,
  plane: { t?: number | undefined; z?: number | undefined } = {},
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const { shape, numberType } = project.store.images.get(imageId);
  const { t = 0, z = Math.floor(shape.z / 2) } = plane;
  const overview = levelShape(shape, project.store.images.levels(imageId) - 1);
  const side = Math.max(1, size);
  const first = await readOverview(project, imageId, t, z, 0, signal);
  if (shape.c === 3 && numberType === 'uint8') {
    const second = await readOverview(project, imageId, t, z, 1, signal);
    const third = await readOverview(project, imageId, t, z, 2, signal);
    return encodeThumbnail([first, second, third], overview, 0, 255, side);
  }
  const { low, high } = statisticsOf(first);
  return encodeThumbnail(first, overview, low, high, side);
}

/** One 256² tile of pixels, clipped to the level, in the image's number type. Throws NotFound. */
export async function readPixelTile(
  project: Project,
  at: PixelTileAddress,
  signal?: AbortSignal,
): Promise<{ shape: PlaneShape; numberType: NumberType; pixels: PixelArray }> {
  const { images } = project.store;
  const tile = await images.readTile(at.imageId, at.level, at.t, at.z, at.c, at.ty, at.tx, signal);
  return { ...tile, numberType: images.get(at.imageId).numberType };
}

/** See {@link planeStatistics}. A plane without a single number gives 0 to 1. */
export function statisticsOf(pixels: PixelArray): PlaneStatistics {
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (const value of pixels) {
    if (!Number.isFinite(value)) continue;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  if (minimum > maximum)
    return { minimum: 0, maximum: 1, low: 0, high: 1, bins: new Array(HISTOGRAM_BINS).fill(0) };
  const bins = new Array<number>(HISTOGRAM_BINS).fill(0);
  const scale = maximum > minimum ? HISTOGRAM_BINS / (maximum - minimum) : 0;
  for (const value of pixels) {
    if (!Number.isFinite(value)) continue;
    const bin = Math.min(HISTOGRAM_BINS - 1, Math.floor((value - minimum) * scale));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const sorted = sortedSample(pixels);
  const low = percentile(sorted, LOW_PERCENTILE);
  const high = percentile(sorted, HIGH_PERCENTILE);
  if (high > low) return { minimum, maximum, low, high, bins };
  // A plane of (nearly) one value is shown over a range that is not empty.
  return { minimum, maximum, low: minimum, high: maximum > minimum ? maximum : minimum + 1, bins };
}

function imageInfo(row: ImageRow, { levels, labels, prediction, editedAt }: ImageProgress): ImageInfo {
  const { imageId, position, name, shape, numberType, pixelSizeUm, channelNames } = row;
  const labelledFraction = labels.labelledPixels / (shape.t * shape.z * shape.y * shape.x);
  return {
    imageId,
    position,
    name,
    shape,
    numberType,
    pixelSizeUm,
    channelNames,
    levels,
    labelledFraction,
    objects: labels.objects,
    predicted: prediction !== undefined,
    predictedObjects: prediction?.objects ?? null,
    predictionModelId: prediction?.modelId ?? null,
    state: stateOf(labelledFraction, prediction, editedAt),
  };
}

function stateOf(
  labelledFraction: number,
  prediction: PredictionSummary | undefined,
  editedAt: string | undefined,
): ImageState {
  if (prediction)
    return editedAt !== undefined && editedAt > prediction.createdAt ? 'corrected' : 'predicted';
  if (labelledFraction === 0) return 'unlabelled';
  return labelledFraction < 1 ? 'partly' : 'labelled';
}

/** The coarsest level: the stored pyramid ends once both sides fit 512 px. */
async function readOverview(
  project: Project,
  imageId: number,
  t: number,
  z: number,
  c: number,
  signal?: AbortSignal,
): Promise<PixelArray> {
  const level = project.store.images.levels(imageId) - 1;
  const { images } = project.store;
  return level === 0 ? images.readPlane(imageId, t, z, c, signal) : images.readLevel(imageId, level, t, z, c);
}

function sortedSample(pixels: PixelArray): Float64Array {
  const stride = Math.max(1, Math.ceil(pixels.length / SORTED_VALUES));
  const values = new Float64Array(Math.ceil(pixels.length / stride));
  let count = 0;
  for (let i = 0; i < pixels.length; i += stride) {
    const value = pixels[i] ?? 0;
    if (Number.isFinite(value)) values[count++] = value;
  }
  return values.subarray(0, count).sort();
}

/** Linear interpolation between the two nearest ranks, as NumPy does. */
function percentile(sorted: Float64Array, percent: number): number {
  const rank = ((sorted.length - 1) * percent) / 100;
  const below = Math.floor(rank);
  const low = sorted[below] ?? 0;
  return low + ((sorted[below + 1] ?? low) - low) * (rank - below);
}
