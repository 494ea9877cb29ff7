/** Accepting predictions: all of a plane, chosen objects, those of enough confidence, or what lies in a rectangle. */

import type { EditAcknowledged } from '../api/types.ts';
import { type CallContext, LimnError, throwIfCancelled } from '../errors.ts';
import { BACKGROUND, UNLABELLED } from '../labels/label.ts';
import { objectConfidences } from '../science/objectConfidence.ts';
import type { NewEdit } from '../store/editTable.ts';
import type { ClassRow } from '../store/types.ts';
import { selectImages } from './imageSelection.ts';
import { acknowledgeEdit } from './labelService.ts';
import { predictedClasses } from './predictedClasses.ts';
import type { Project } from './project.ts';
import type { AcceptedImage, AcceptFilter, AcceptRequest, PredictedObject } from './requests.ts';

/** Objects of a plane's prediction with their confidence, in the order of their numbers. Throws NotFound. */
export function predictedObjects(project: Project, imageId: number, t: number, z: number): PredictedObject[] {
  const { predictions } = project.store;
  const { labels: instances, classIndexOf } = predictions.readInstances(imageId, t, z);
  const objects = Math.max(0, classIndexOf.length - 1);
  const confidences = objectConfidences(instances, predictions.readForeground(imageId, t, z), objects);
  const pixels = new Uint32Array(objects + 1);
  for (const object of instances) pixels[object] = (pixels[object] ?? 0) + 1;
  return Array.from({ length: objects }, (_, i) => ({
    object: i + 1,
    classIndex: classIndexOf[i + 1] ?? 0,
    pixels: pixels[i + 1] ?? 0,
    confidence: confidences[i + 1] ?? 0,
  }));
}

/**
 * Turns the prediction of a plane, or the part that `filter` lets through, into labels where nothing is labelled yet; no
 * labelled pixel changes. A predicted object that lies for more than half on labelled ground is left out: it has been
 * painted already. Predicted background is accepted too, unless objects are chosen by number or confidence. In a
 * rectangle an object counts if it lies whole inside; the rest of a cut one stays unlabelled, regions are cut at the edge.
 *
 * One edit, taken back by one undo. Throws NotFound where there is no prediction, and InvalidInput where its classes are
 * no longer the project's or an object is chosen that it does not have.
 */
export function acceptPrediction(
  project: Project,
  imageId: number,
  t: number,
  z: number,
  filter: AcceptFilter = {},
): EditAcknowledged {
  const { store } = project;
  const { shape } = store.images.get(imageId);
  const modelId = store.predictions.get(imageId, t, z)?.modelId;
  const { labels: instances, classIndexOf } = store.predictions.readInstances(imageId, t, z);
  const objects = Math.max(0, classIndexOf.length - 1);
  const labels = store.labels.readPlane(imageId, t, z);
  const classes = modelId === undefined ? [] : predictedClasses(project, modelId);
  const classOf = (object: number): ClassRow | undefined => classes[(classIndexOf[object] ?? 0) - 1];
  const accepted = freeObjects(instances, labels, objects);
  if (filter.objects !== undefined) keepChosen(accepted, filter.objects, objects);
  if (filter.minimumConfidence !== undefined) {
    const foreground = store.predictions.readForeground(imageId, t, z);
    const confidences = objectConfidences(instances, foreground, objects);
    for (let object = 1; object <= objects; object++) {
      if (confidences[object]! < filter.minimumConfidence) accepted[object] = 0;
    }
  }
  const area = clip(filter.area, shape);
  for (const object of objectsOutside(instances, shape, area)) {
    if (classOf(object)?.kind !== 'stuff') accepted[object] = 0;
  }

  const created: NonNullable<NewEdit['created']>[number][] = [];
  const labelOf = new Uint32Array(objects + 1);
  const objectsOnly = filter.objects !== undefined || filter.minimumConfidence !== undefined;
  labelOf[0] = objectsOnly ? UNLABELLED : BACKGROUND;
  let next = store.objects.nextLabel(imageId);
  const regionLabels = new Map<number, number>();
  for (let object = 1; object <= objects; object++) {
    if (accepted[object] !== 1) continue;
    const row = classOf(object);
    if (row === undefined) continue;
    if (row.kind === 'thing') {
      created.push({ label: next, classId: row.classId });
      labelOf[object] = next++;
      continue;
    }
    let region = regionLabels.get(row.classId) ?? store.objects.regionOf(imageId, row.classId)?.label;
    if (region === undefined) {
      region = next++;
      created.push({ label: region, classId: row.classId, isRegion: true });
    }
    regionLabels.set(row.classId, region);
    labelOf[object] = region;
  }
  const after = new Uint32Array(area.w * area.h);
  for (let y = 0, j = 0; y < area.h; y++) {
    for (let x = 0; x < area.w; x++, j++) {
      const i = (area.y + y) * shape.x + area.x + x;
      const label = labels[i]!;
      after[j] = label === UNLABELLED ? (labelOf[instances[i]!] ?? UNLABELLED) : label;
    }
  }
  const used = new Set(after);
  const applied = store.edits.apply({
    imageId,
    t,
    z,
    kind: 'accept prediction',
    regions: after.length === 0 ? [] : [{ ...area, labels: after }],
    // A region of the plane may have no free pixel in the rectangle.
    created: created.filter(({ label }) => used.has(label)),
  });
  return acknowledgeEdit(project, imageId, applied);
}

/** Accepts every prediction of the chosen images (default: all), plane by plane, one edit each. Throws as {@link acceptPrediction}. */
export function acceptPredictions(
  project: Project,
  request: AcceptRequest,
  context: CallContext = {},
): AcceptedImage[] {
  const { images, minimumConfidence } = request;
  const chosen = selectImages(project.store.images.list(), images);
  const planes = chosen.flatMap(({ imageId }) => project.store.predictions.list(imageId));
  if (planes.length === 0) {
    throw new LimnError(
      'NotFound',
      'None of the chosen images has a prediction to accept. Run `limn predict` first.',
    );
  }
  const totals = (imageId: number) => {
    const rows = project.store.objects.list(imageId);
    return { objects: rows.length, pixels: rows.reduce((sum, row) => sum + row.pixels, 0) };
  };
  const before = new Map(chosen.map(({ imageId }) => [imageId, totals(imageId)]));
  for (const [done, { imageId, t, z }] of planes.entries()) {
    throwIfCancelled(context.signal);
    context.onProgress?.({ done, total: planes.length });
    acceptPrediction(project, imageId, t, z, minimumConfidence === undefined ? {} : { minimumConfidence });
  }
  context.onProgress?.({ done: planes.length, total: planes.length });
  return chosen.map(({ imageId, name }) => {
    const after = totals(imageId);
    return {
      imageId,
      name,
      objects: after.objects - (before.get(imageId)?.objects ?? 0),
      pixels: after.pixels - (before.get(imageId)?.pixels ?? 0),
    };
  });
}

/** Leaves only the chosen objects accepted. */
function keepChosen(accepted: Uint8Array, chosen: readonly number[], objects: number): void {
  const wrong = chosen.find((object) => !Number.isInteger(object) || object < 1 || object > objects);
  if (wrong !== undefined) {
    throw new LimnError(
      'InvalidInput',
      `The prediction has no object ${wrong}, only 1 to ${objects}. It was made anew, perhaps: choose again.`,
      { fields: { object: wrong } },
    );
  }
  const kept = new Set(chosen);
  for (let object = 1; object <= objects; object++) if (!kept.has(object)) accepted[object] = 0;
}

interface Area {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** The part of the rectangle in the plane; the whole plane where none is given. */
function clip(area: Area | undefined, shape: { y: number; x: number }): Area {
  if (area === undefined) return { x: 0, y: 0, w: shape.x, h: shape.y };
  const x = Math.min(area.x, shape.x);
  const y = Math.min(area.y, shape.y);
  return { x, y, w: Math.min(area.w, shape.x - x), h: Math.min(area.h, shape.y - y) };
}

/** Numbers of the objects with a pixel outside the rectangle. */
function objectsOutside(instances: Uint32Array, shape: { y: number; x: number }, area: Area): Set<number> {
  const outside = new Set<number>();
  if (area.w === shape.x && area.h === shape.y) return outside;
  for (let y = 0, i = 0; y < shape.y; y++) {
    const isRow = y >= area.y && y < area.y + area.h;
    for (let x = 0; x < shape.x; x++, i++) {
      const object = instances[i]!;
      if (object !== 0 && !(isRow && x >= area.x && x < area.x + area.w)) outside.add(object);
    }
  }
  return outside;
}

/** 1 for each predicted object with at least half of its pixels on unlabelled ground, `[N + 1]`. */
function freeObjects(instances: Uint32Array, labels: Uint32Array, objects: number): Uint8Array {
  const free = new Uint32Array(objects + 1);
  const total = new Uint32Array(objects + 1);
  for (let i = 0; i < instances.length; i++) {
    const object = instances[i] ?? 0;
    total[object] = (total[object] ?? 0) + 1;
    if (labels[i] === UNLABELLED) free[object] = (free[object] ?? 0) + 1;
  }
  return Uint8Array.from(total, (pixels, object) => {
    const unlabelled = free[object] ?? 0;
    return unlabelled > 0 && 2 * unlabelled >= pixels ? 1 : 0;
  });
}
