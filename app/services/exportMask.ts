/** Labels or a prediction of one image as the planes of a mask file: instances, classes or probabilities. */

import { LimnError } from '../errors.ts';
import type { ImageShape, PixelArray } from '../imaging/image.ts';
import { smallestUnsigned } from '../imaging/writeTiff.ts';
import { BACKGROUND, FIRST_OBJECT, UNLABELLED } from '../labels/label.ts';
import { connectedComponents } from '../science/connectedComponents.ts';
import type { ClassRow, ObjectRow } from '../store/types.ts';
import { mostProbableClass } from './classProbabilities.ts';
import type { PlaneSelection } from './imageSelection.ts';
import { predictedClasses } from './predictedClasses.ts';
import type { Project } from './project.ts';
import type { ExportKind } from './requests.ts';

export interface MaskOptions {
  layer: 'labels' | 'prediction';
  kind: ExportKind;
  keepUnlabelled: boolean;
}

/** A mask, ready to be written. */
export interface Mask {
  /** One `y * x` plane each, channel fastest, then z, then t. */
  planes: PixelArray[];
  shape: ImageShape;
  numberType: 'uint8' | 'uint16' | 'uint32' | 'float32';
}

/** The objects of an image, numbered 1…N over all of its exported planes. */
export interface NumberedObjects {
  planes: NumberedPlane[];
  /** Class of each object, index 0 unused. */
  classOf: (ClassRow | null)[];
}

export interface NumberedPlane {
  t: number;
  z: number;
  /** 0 none, 1…N, `[y, x]`. */
  objects: Uint32Array;
  /** 1 where the pixel is background or an object, 0 where unlabelled, `[y, x]`. */
  known: Uint8Array;
}

/** True if the image has something in the layer to export. */
export function hasLayer(project: Project, imageId: number, layer: MaskOptions['layer']): boolean {
  const { labels, predictions } = project.store;
  return layer === 'labels' ? labels.planes(imageId).length > 0 : predictions.list(imageId).length > 0;
}

/**
 * Objects of the chosen planes. Painted objects come first in the order of their labels, then the 4-connected parts
 * of class regions, plane by plane. Predicted objects are numbered plane by plane. Planes without labels are empty.
 */
export function numberObjects(
  project: Project,
  selection: PlaneSelection,
  layer: MaskOptions['layer'],
): NumberedObjects {
  const places = selection.t.flatMap((t) => selection.z.map((z) => ({ t, z })));
  return layer === 'labels'
    ? numberPainted(project, selection, places)
    : numberPredicted(project, selection, places);
}

/** The mask of an image. `objects` are those of {@link numberObjects} for the same selection and layer. */
export function renderMask(
  project: Project,
  selection: PlaneSelection,
  objects: NumberedObjects,
  options: MaskOptions,
): Mask {
  const { y, x } = selection.image.shape;
  const shape = { t: selection.t.length, z: selection.z.length, c: 1, y, x };
  if (options.kind === 'probabilities') {
    const planes = objects.planes.flatMap(({ t, z }) =>
      probabilityPlanes(project, selection.image.imageId, t, z),
    );
    return { planes, shape: { ...shape, c: planes.length / objects.planes.length }, numberType: 'float32' };
  }
  const offset = options.keepUnlabelled ? 1 : 0;
  let values: Uint32Array[];
  if (options.kind === 'instances') {
    values = objects.planes.map(({ objects: plane, known }) => shiftObjects(plane, known, offset));
  } else if (options.layer === 'labels') {
    const position = Uint32Array.from(objects.classOf, (row) => row?.position ?? 0);
    values = objects.planes.map(({ objects: plane, known }) =>
      shiftObjects(
        Uint32Array.from(plane, (object) => position[object] ?? 0),
        known,
        offset,
      ),
    );
  } else {
    values = objects.planes.map(({ t, z, known }) =>
      shiftObjects(likeliestClasses(project, selection.image.imageId, t, z), known, offset),
    );
  }
  const numberType = smallestUnsigned(Math.max(...values.map(largestOf)));
  return { planes: values.map((plane) => narrow(plane, numberType)), shape, numberType };
}

function numberPainted(
  project: Project,
  { image }: PlaneSelection,
  places: readonly { t: number; z: number }[],
): NumberedObjects {
  const { store } = project;
  const rows = new Map(store.objects.list(image.imageId).map((row) => [row.label, row]));
  const classes = new Map(store.classes.list().map((row) => [row.classId, row]));
  const painted = places.map(({ t, z }) => ({ t, z, labels: store.labels.readPlane(image.imageId, t, z) }));
  const present = new Set<number>();
  for (const { labels } of painted) addPresent(labels, present);
  const classOf: (ClassRow | null)[] = [null];
  const numberOf = new Map<number, number>();
  for (const label of [...present].sort((a, b) => a - b)) {
    const row = rows.get(label);
    if (row?.isRegion) continue;
    numberOf.set(label, classOf.length);
    classOf.push(classes.get(row?.classId ?? 0) ?? null);
  }
  const planes = painted.map(({ t, z, labels }) => {
    const known = new Uint8Array(labels.length);
    const objects = new Uint32Array(labels.length);
    let regions: Uint32Array | null = null;
    let label = 0;
    let number = 0;
    for (let i = 0; i < labels.length; i++) {
      const value = labels[i] ?? 0;
      if (value === UNLABELLED) continue;
      known[i] = 1;
      if (value === BACKGROUND) continue;
      if (value !== label) {
        label = value;
        number = numberOf.get(value) ?? 0;
      }
      if (number > 0) objects[i] = number;
      else {
        regions ??= new Uint32Array(labels.length);
        regions[i] = value;
      }
    }
    if (regions !== null) addRegionParts(regions, image.shape, objects, rows, classes, classOf);
    return { t, z, objects, known };
  });
  return { planes, classOf };
}

/** Numbers the 4-connected parts of class regions on from the objects that are there. */
function addRegionParts(
  regions: Uint32Array,
  shape: ImageShape,
  objects: Uint32Array,
  rows: ReadonlyMap<number, ObjectRow>,
  classes: ReadonlyMap<number, ClassRow>,
  classOf: (ClassRow | null)[],
): void {
  const first = classOf.length;
  const { labels: parts, count } = connectedComponents(regions, shape, 4);
  classOf.length += count;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] ?? 0;
    if (part === 0) continue;
    const object = first + part - 1;
    objects[i] = object;
    if (classOf[object] === undefined) {
      classOf[object] = classes.get(rows.get(regions[i] ?? 0)?.classId ?? 0) ?? null;
    }
  }
}

function numberPredicted(
  project: Project,
  { image }: PlaneSelection,
  places: readonly { t: number; z: number }[],
): NumberedObjects {
  const { predictions } = project.store;
  const classOf: (ClassRow | null)[] = [null];
  const planes = places.map(({ t, z }) => {
    const row = predictions.get(image.imageId, t, z);
    const size = image.shape.y * image.shape.x;
    if (row === undefined) return { t, z, objects: new Uint32Array(size), known: new Uint8Array(size) };
    const classes = predictedClasses(project, row.modelId);
    const { labels: objects, classIndexOf } = predictions.readInstances(image.imageId, t, z);
    const before = classOf.length - 1;
    for (let object = 1; object < classIndexOf.length; object++) {
      classOf.push(classes[(classIndexOf[object] ?? 0) - 1] ?? null);
    }
    for (let i = 0; i < objects.length; i++) {
      const object = objects[i] ?? 0;
      if (object > 0) objects[i] = object + before;
    }
    return { t, z, objects, known: new Uint8Array(size).fill(1) };
  });
  return { planes, classOf };
}

/** Background, then each class. */
function probabilityPlanes(project: Project, imageId: number, t: number, z: number): Float32Array[] {
  const { predictions } = project.store;
  const row = predictions.get(imageId, t, z);
  if (row === undefined) {
    throw new LimnError(
      'NotFound',
      `Plane t${t} z${z} of '${project.store.images.get(imageId).name}' has no prediction. Run \`limn predict\`, or name the planes that have one.`,
      { fields: { imageId, t, z } },
    );
  }
  return Array.from({ length: row.classes + 1 }, (_, k) => predictions.readProbability(imageId, t, z, k));
}

/** Position of the most probable class of each pixel, 0 where that is background. Zeros without prediction. */
function likeliestClasses(project: Project, imageId: number, t: number, z: number): Uint32Array {
  const { predictions, images } = project.store;
  const { shape } = images.get(imageId);
  const pixels = shape.y * shape.x;
  const row = predictions.get(imageId, t, z);
  if (row === undefined) return new Uint32Array(pixels);
  const positions = [0, ...predictedClasses(project, row.modelId).map((candidate) => candidate.position)];
  const chosen = mostProbableClass(predictions.readForeground(imageId, t, z), row.classes, pixels);
  return Uint32Array.from(chosen, (k) => positions[k] ?? k);
}

/** Values 0 none, 1…N become, with `offset` 1: 0 unlabelled, 1 background, 2…N + 1. */
function shiftObjects(values: Uint32Array, known: Uint8Array, offset: number): Uint32Array {
  if (offset === 0) return values;
  return values.map((value, i) => (value > 0 ? value + offset : (known[i] ?? 0)));
}

function addPresent(labels: Uint32Array, present: Set<number>): void {
  let previous = 0;
  for (const label of labels) {
    if (label === previous) continue;
    previous = label;
    if (label >= FIRST_OBJECT) present.add(label);
  }
}

function largestOf(values: Uint32Array): number {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}

function narrow(values: Uint32Array, numberType: 'uint8' | 'uint16' | 'uint32'): PixelArray {
  if (numberType === 'uint32') return values;
  return numberType === 'uint8' ? Uint8Array.from(values) : Uint16Array.from(values);
}
