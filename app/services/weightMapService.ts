/** The separation-border weight map: of a label file for the command line, of a painted plane for the page. */

import { LimnError } from '../errors.ts';
import { readLabelImage } from '../imaging/readLabelImage.ts';
import { writeTiff } from '../imaging/writeTiff.ts';
import type { ShapeYX } from '../science/geometry.ts';
import { type TrainingTarget, trainingTarget } from '../science/trainingTarget.ts';
import {
  classWeights,
  countClasses,
  WEIGHT_MAP_DEFAULTS,
  type WeightMapPreset,
  weightMap,
} from '../science/weightMap.ts';
import { readLabels } from './labelValues.ts';
import type { Project } from './project.ts';
import { refuseOverwriting } from './refuseOverwriting.ts';

/** Formula and its two numbers; what is left out is the preset's published value. */
export interface WeightMapOptions {
  preset?: WeightMapPreset | undefined;
  /** Height of the border term, >= 0. */
  w0?: number | undefined;
  /** Width of the border term, px, > 0. */
  sigmaPx?: number | undefined;
}

/** As {@link WeightMapOptions}, with nothing left out. */
interface Formula {
  preset: WeightMapPreset;
  w0: number;
  sigmaPx: number;
}

/** What `limn weight-map` tells. */
export interface WeightMapReport extends Formula {
  out: string;
  objects: number;
  minimum: number;
  maximum: number;
}

/**
 * Writes the weight map of a label image (0 background, each other value an object of one class) as 32-bit float
 * TIFF. Class weights are those of the one image, all of its planes together; borders are computed plane by plane.
 * Throws as readLabelImage and writeTiff do, InvalidInput for a result over the labels, WrongUsage for numbers out of
 * range.
 */
export async function weightMapOfFile(
  labels: string,
  options: WeightMapOptions & { out: string },
): Promise<WeightMapReport> {
  const formula = resolveOptions(options);
  refuseOverwriting([options.out], [labels]);
  const { shape, values, pixelSizeUm } = await readLabelImage(labels);
  const objects = readLabels(values, { kind: 'instances', unlabelled: false }, labels);
  const pixels = shape.y * shape.x;
  const targets: TrainingTarget[] = [];
  for (let plane = 0; plane < shape.t * shape.z; plane++) {
    const cut = values.subarray(plane * pixels, (plane + 1) * pixels);
    targets.push(trainingTarget({ labels: cut, shape, classIndexOf: () => 1, isRegion: () => false }));
  }
  const planes = weightPlanes(targets, shape, 1, formula);
  await writeTiff(options.out, {
    planes,
    shape: { ...shape, c: 1 },
    numberType: 'float32',
    pixelSizeUm,
    description: `weight map, ${formula.preset}, w0 ${formula.w0}, sigma ${formula.sigmaPx} px`,
  });
  return { out: options.out, ...formula, objects: objects.length, ...rangeOf(planes) };
}

/**
 * Weight map of a plane as it is painted now, `[y, x]`; class weights are those of the plane.
 * Throws NotFound, and WrongUsage for numbers out of range.
 */
export function weightMapOfPlane(
  project: Project,
  imageId: number,
  t: number,
  z: number,
  options: WeightMapOptions = {},
): { weights: Float32Array; shape: ShapeYX } {
  const formula = resolveOptions(options);
  const { store } = project;
  const { shape } = store.images.get(imageId);
  const classes = store.classes.list();
  const position = new Map(classes.map((row) => [row.classId, row.position]));
  const rows = new Map(store.objects.list(imageId).map((row) => [row.label, row]));
  const target = trainingTarget({
    labels: store.labels.readPlane(imageId, t, z),
    shape,
    classIndexOf: (label) => position.get(rows.get(label)?.classId ?? 0) ?? 1,
    isRegion: (label) => rows.get(label)?.isRegion ?? false,
  });
  const [weights = new Float32Array(shape.y * shape.x)] = weightPlanes(
    [target],
    shape,
    classes.length,
    formula,
  );
  return { weights, shape: { y: shape.y, x: shape.x } };
}

/** One map a plane, with class weights from all of them. */
function weightPlanes(
  targets: readonly TrainingTarget[],
  shape: ShapeYX,
  classes: number,
  formula: Formula,
): Float32Array[] {
  const counts = new Float64Array(classes + 1);
  for (const { target } of targets) {
    const plane = countClasses(target, classes + 1);
    for (let k = 0; k < counts.length; k++) counts[k] = (counts[k] ?? 0) + (plane[k] ?? 0);
  }
  const weights = classWeights(counts);
  return targets.map(({ target, objects, classOfObject }) =>
    weightMap({ target, objects, shape, ...formula, classWeights: weights, classOfObject }),
  );
}

function resolveOptions(options: WeightMapOptions): Formula {
  const preset = options.preset ?? 'paper';
  const { w0 = WEIGHT_MAP_DEFAULTS[preset].w0, sigmaPx = WEIGHT_MAP_DEFAULTS[preset].sigmaPx } = options;
  if (!(w0 >= 0) || !Number.isFinite(w0)) {
    throw new LimnError('WrongUsage', `w0 must be a number from 0, not ${w0}. The paper uses 10.`);
  }
  if (!(sigmaPx > 0) || !Number.isFinite(sigmaPx)) {
    throw new LimnError(
      'WrongUsage',
      `sigma must be a number of pixels above 0, not ${sigmaPx}. The paper uses 5.`,
    );
  }
  return { preset, w0, sigmaPx };
}

function rangeOf(planes: readonly Float32Array[]): { minimum: number; maximum: number } {
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (const plane of planes) {
    for (const weight of plane) {
      if (weight < minimum) minimum = weight;
      if (weight > maximum) maximum = weight;
    }
  }
  return { minimum, maximum };
}
