/** From painted labels to what the engine learns from: which planes count, whether they suffice, targets, weights, normalisation. */

import type { HyperParameters } from '../engine/training/hyperParameters.ts';
import { cropPlane, growBox, labelledBox } from '../engine/training/trainingGeometry.ts';
import { type CallContext, LimnError, throwIfCancelled } from '../errors.ts';
import type { PixelArray } from '../imaging/image.ts';
import { BACKGROUND, FIRST_OBJECT } from '../labels/label.ts';
import { addDirections, type DirectionTally, emptyDirections } from '../science/classDirections.ts';
import { normalisationOf } from '../science/normalise.ts';
import { rescaleLabels, rescalePlane, shapeOnGrid } from '../science/rescale.ts';
import type { TrainingPlane } from '../science/trainingSample.ts';
import { type TrainingTarget, trainingTarget } from '../science/trainingTarget.ts';
import { classWeights, countClasses, weightMap } from '../science/weightMap.ts';
import type { ClassRow, ImageRow } from '../store/types.ts';
import type { Project } from './project.ts';

/** One labelled plane of an image. */
export interface LabelledPlane {
  image: ImageRow;
  t: number;
  z: number;
}

/** What the labels of a set of planes amount to. */
export interface LabelStatistics {
  /** Labelled pixels a class, background first, `[K + 1]`. */
  pixelsOfClass: Float64Array;
  /** Pixels painted as background; borders between touching objects, which train as background too, not counted. */
  paintedBackground: number;
  objects: number;
  labelledPixels: number;
  pixels: number;
  /** In which directions the parts of the classes lie. */
  directions: DirectionTally;
}

/** Planes of the images that hold any label, in order. */
export function labelledPlanes(project: Project, images: readonly ImageRow[]): LabelledPlane[] {
  return images.flatMap((image) =>
    project.store.labels.planes(image.imageId).map(({ t, z }) => ({ image, t, z })),
  );
}

/** How a plane is called in a sentence. */
export function planeName({ image, t, z }: LabelledPlane): string {
  const parts = [image.shape.t > 1 ? `t${t}` : '', image.shape.z > 1 ? `z${z}` : ''].filter(
    (part) => part !== '',
  );
  return parts.length > 0 ? `${image.name}:${parts.join('-')}` : image.name;
}

/** Target and objects of a plane from its labels, by the classes of the project. */
export function targetOfLabels(
  project: Project,
  imageId: number,
  labels: Uint32Array,
  shape: { y: number; x: number },
): TrainingTarget {
  const positionOfClass = new Map(project.store.classes.list().map((row) => [row.classId, row.position]));
  const objects = new Map(project.store.objects.list(imageId).map((row) => [row.label, row]));
  return trainingTarget({
    labels,
    shape,
    classIndexOf: (label) => positionOfClass.get(objects.get(label)?.classId ?? -1) ?? 1,
    isRegion: (label) => objects.get(label)?.isRegion ?? false,
  });
}

/** `[y, x]`: 0 unlabelled, 1 background, >= 2 objects, with the components of regions as objects of their own. */
export function referenceObjects(project: Project, image: ImageRow, labels: Uint32Array): Uint32Array {
  const { objects } = targetOfLabels(project, image.imageId, labels, image.shape);
  return labels.map((label, i) => (label < FIRST_OBJECT ? label : objects[i]!));
}

/** `[y, x]`: 0 unlabelled, 1 background, 1 + k class k, with objects as they were painted, unshrunk. */
export function referenceClasses(project: Project, imageId: number, labels: Uint32Array): Uint8Array {
  const positionOfClass = new Map(project.store.classes.list().map((row) => [row.classId, row.position]));
  const valueOfLabel = new Map(
    project.store.objects
      .list(imageId)
      .map((row) => [row.label, 1 + (positionOfClass.get(row.classId) ?? 1)]),
  );
  return Uint8Array.from(labels, (label) => (label < FIRST_OBJECT ? label : (valueOfLabel.get(label) ?? 2)));
}

/** Labelled pixels of each class over the planes; reads every label once. */
export async function labelStatistics(
  project: Project,
  planes: readonly LabelledPlane[],
  context: CallContext = {},
): Promise<LabelStatistics> {
  const classes = project.store.classes.list().length + 1;
  const statistics: LabelStatistics = {
    pixelsOfClass: new Float64Array(classes),
    paintedBackground: 0,
    objects: 0,
    labelledPixels: 0,
    pixels: 0,
    directions: emptyDirections(classes - 1),
  };
  for (const { image, t, z } of planes) {
    throwIfCancelled(context.signal);
    // Between planes other work of this process gets its turn.
    await new Promise(setImmediate);
    const labels = project.store.labels.readPlane(image.imageId, t, z);
    const { target, classOfObject } = targetOfLabels(project, image.imageId, labels, image.shape);
    const counts = countClasses(target, classes);
    for (const [k, count] of counts.entries()) {
      statistics.pixelsOfClass[k]! += count;
      statistics.labelledPixels += count;
    }
    for (const label of labels) if (label === BACKGROUND) statistics.paintedBackground++;
    statistics.objects += classOfObject.size;
    statistics.pixels += labels.length;
    addDirections(statistics.directions, target, image.shape);
  }
  return statistics;
}

/** Sentences that stop a training with these labels, each with its remedy; empty when it can start. */
export function blockersOf(
  statistics: Pick<LabelStatistics, 'pixelsOfClass' | 'paintedBackground' | 'labelledPixels'>,
  classes: readonly ClassRow[],
): string[] {
  if (classes.length === 0)
    return ['The project has no class yet; add one, for example "object", and paint some objects of it.'];
  if (statistics.labelledPixels === 0)
    return ['Nothing is labelled yet; paint a few objects and some background, or import label images.'];
  const foreground = statistics.pixelsOfClass.slice(1);
  if (statistics.paintedBackground === 0) {
    return [
      'Everything labelled is an object, nothing is background; paint some background beside the objects.',
    ];
  }
  if (foreground.every((count) => count === 0)) {
    return ['Everything labelled is background, no object is painted; paint a few objects.'];
  }
  return [];
}

/**
 * Checks that the labels can be learnt from.
 * @throws NotEnoughLabels with the first sentence of {@link blockersOf}
 */
export function checkEnoughLabels(
  statistics: LabelStatistics,
  classes: readonly ClassRow[],
  projectName: string,
): void {
  const [blocker] = blockersOf(statistics, classes);
  if (blocker === undefined) return;
  throw new LimnError('NotEnoughLabels', `Project '${projectName}': ${blocker}`, {
    fields: { project: projectName },
  });
}

/**
 * Checks that every plane holds more than one value, before anything of a run is stored. Most planes show it in
 * their first tile.
 * @throws InvalidInput with the name of the first that does not; what reading a linked file throws
 */
export async function checkPlanesVary(
  project: Project,
  planes: readonly LabelledPlane[],
  channels: readonly number[],
  { signal }: CallContext = {},
): Promise<void> {
  const { images } = project.store;
  for (const plane of planes) {
    const { image, t, z } = plane;
    let varies = false;
    for (const c of channels) {
      throwIfCancelled(signal);
      if (varies) break;
      const { pixels } = await images.readTile(image.imageId, 0, t, z, c, 0, 0, signal);
      varies = !isConstant(pixels) || !isConstant(await images.readPlane(image.imageId, t, z, c, signal));
    }
    if (!varies) throw constantPlane(plane);
  }
}

function constantPlane(labelled: LabelledPlane): LimnError {
  const { image, t, z } = labelled;
  return new LimnError(
    'InvalidInput',
    `Image '${planeName(labelled)}' has the same value in every pixel, so there is nothing to learn from it; leave it out with --images, or import it again.`,
    { fields: { image: image.name, t, z } },
  );
}

/**
 * Channels that the network sees: those chosen for the project, else all.
 * @throws InvalidInput if an image lacks one, or images differ where none were chosen
 */
export function channelsOf(project: Project, images: readonly ImageRow[]): number[] {
  const chosen = project.store.settings.channels();
  const first = images[0];
  if (!first) return chosen ?? [0];
  const channels = chosen ?? Array.from({ length: first.shape.c }, (_, c) => c);
  for (const image of images) {
    const missing = channels.find((c) => c >= image.shape.c);
    if (missing !== undefined || (!chosen && image.shape.c !== first.shape.c)) {
      throw new LimnError(
        'InvalidInput',
        `Image '${image.name}' has ${image.shape.c} channels and '${first.name}' has ${first.shape.c}; choose the channels to use with --channels at import, or leave one of them out with --images.`,
        { fields: { image: image.name, channels: image.shape.c } },
      );
    }
  }
  return channels;
}

export interface TrainingPlaneOptions {
  plan: HyperParameters;
  channels: readonly number[];
  /** Pixel size that the image is rescaled to, µm; null: as it is. */
  pixelSizeUm: number | null;
  /** Labelled pixels a class over the training set, background first. */
  pixelsOfClass: ArrayLike<number>;
  /** How far around the labels a sample may reach, px. */
  reachPx: number;
}

/**
 * Builds what the engine needs of one plane: pixels, target and final weights on the model's grid, cropped to the labels and
 * their context; normalised over the whole plane.
 * @throws InvalidInput if the image holds one value only
 */
export async function buildTrainingPlane(
  project: Project,
  labelled: LabelledPlane,
  options: TrainingPlaneOptions,
  signal?: AbortSignal,
): Promise<TrainingPlane | null> {
  const { image, t, z } = labelled;
  const shape = shapeOnGrid(image.shape, image.pixelSizeUm, options.pixelSizeUm);
  const isRescaled = shape.y !== image.shape.y || shape.x !== image.shape.x;
  const painted = project.store.labels.readPlane(image.imageId, t, z);
  const labels = isRescaled ? rescaleLabels(painted, image.shape, shape) : painted;
  const tight = labelledBox(labels, shape);
  if (!tight) return null;
  const box = growBox(tight, options.reachPx, shape);
  const cropShape = { y: box.y1 - box.y0, x: box.x1 - box.x0 };
  const plane: TrainingPlane = {
    shape: cropShape,
    channels: [],
    scale: [],
    offset: [],
    target: new Uint8Array(0),
    weight: new Float32Array(0),
  };
  let constant = true;
  for (const c of options.channels) {
    const stored = await project.store.images.readPlane(image.imageId, t, z, c, signal);
    const pixels = isRescaled ? rescalePlane(stored, image.shape, shape) : stored;
    constant &&= isConstant(stored);
    const { scale, offset } = normalisationOf(pixels, options.plan.inputNormalisation);
    plane.channels.push(cropPixels(pixels, shape, box));
    plane.scale.push(scale);
    plane.offset.push(offset);
  }
  if (constant) throw constantPlane(labelled);
  const { target, objects, classOfObject } = targetOfLabels(
    project,
    image.imageId,
    cropPlane(labels, shape, box),
    cropShape,
  );
  plane.target = target;
  plane.weight = weightMap({
    target,
    objects,
    shape: cropShape,
    preset: options.plan.weightMap,
    w0: options.plan.w0,
    sigmaPx: options.plan.sigmaPx,
    classWeights: classWeights(options.pixelsOfClass).map((weight) => weight ** options.plan.classBalance),
    classOfObject,
  });
  return plane;
}

function isConstant(pixels: PixelArray): boolean {
  const first = pixels[0];
  for (const value of pixels) if (value !== first) return false;
  return true;
}

/** {@link cropPlane} for any number type. */
export function cropPixels(
  pixels: PixelArray,
  shape: { y: number; x: number },
  box: Parameters<typeof cropPlane>[2],
): PixelArray {
  // One of nine array types goes in, and the same comes out.
  return cropPlane(pixels as Float32Array, shape, box) as PixelArray;
}
