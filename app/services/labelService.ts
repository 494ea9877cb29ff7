/** Painting: gestures, undo and redo, changes to objects, and accepting predictions, as the page asks for them. */

import type { EditAcknowledged, EditHeader, LabelRegion } from '../api/types.ts';
import { LimnError } from '../errors.ts';
import { BACKGROUND, UNLABELLED } from '../labels/label.ts';
import type { AppliedEdit, NewEdit } from '../store/editTable.ts';
import { predictedClasses } from './predictedClasses.ts';
import type { Project } from './project.ts';

/** What undo or redo brings back: rectangles of a plane with their labels now. */
export interface RestoredEdit {
  t: number;
  z: number;
  kind: string;
  regions: LabelRegion[];
  pixels: Uint32Array[];
  acknowledged: EditAcknowledged;
}

/** What a person may change about an object. */
export interface ObjectPatch {
  classId?: number | undefined;
  name?: string | null | undefined;
  colour?: string | null | undefined;
  locked?: boolean | undefined;
}

/**
 * Stores a gesture. `pixels` are the labels of `header.regions`, in their order.
 * Throws InvalidInput and LabelConflict as the store does, and NotFound for a class that does not exist.
 */
export function applyEdit(
  project: Project,
  imageId: number,
  header: EditHeader,
  pixels: readonly Uint32Array[],
): EditAcknowledged {
  if (header.regions.length !== pixels.length) {
    throw new LimnError('InvalidInput', 'The edit did not arrive whole. Reload the image and paint again.');
  }
  for (const created of header.created) project.store.classes.get(created.classId);
  const applied = project.store.edits.apply({
    imageId,
    t: header.t,
    z: header.z,
    kind: header.kind,
    regions: header.regions.map((region, index) => ({
      ...region,
      labels: pixels[index] ?? new Uint32Array(),
    })),
    created: header.created,
  });
  return acknowledge(project, imageId, applied);
}

/** Takes back the image's last gesture; null if there is none. */
export function undoEdit(project: Project, imageId: number): RestoredEdit | null {
  project.store.images.get(imageId);
  return restored(project, project.store.edits.undo(imageId));
}

/** Repeats the gesture that was taken back last; null if there is none. */
export function redoEdit(project: Project, imageId: number): RestoredEdit | null {
  project.store.images.get(imageId);
  return restored(project, project.store.edits.redo(imageId));
}

/**
 * Turns the prediction of a plane into labels where nothing is labelled yet; no labelled pixel changes.
 * A predicted object that lies for more than half on labelled ground is left out: it has been painted already.
 * Throws NotFound where there is no prediction, and InvalidInput where its classes are no longer the project's.
 */
export function acceptPrediction(project: Project, imageId: number, t: number, z: number): EditAcknowledged {
  const { store } = project;
  const { shape } = store.images.get(imageId);
  const modelId = store.predictions.get(imageId, t, z)?.modelId;
  const { labels: instances, classIndexOf } = store.predictions.readInstances(imageId, t, z);
  const labels = store.labels.readPlane(imageId, t, z);
  const classes = modelId === undefined ? [] : predictedClasses(project, modelId);
  const accepted = acceptedObjects(instances, labels, classIndexOf.length - 1);
  const created: NonNullable<NewEdit['created']>[number][] = [];
  const labelOf = new Uint32Array(classIndexOf.length);
  labelOf[0] = BACKGROUND;
  let next = store.objects.nextLabel(imageId);
  const regionLabels = new Map<number, number>();
  for (let object = 1; object < classIndexOf.length; object++) {
    if (accepted[object] !== 1) continue;
    const row = classes[(classIndexOf[object] ?? 0) - 1];
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
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === UNLABELLED) labels[i] = labelOf[instances[i] ?? 0] ?? UNLABELLED;
  }
  const region = { x: 0, y: 0, w: shape.x, h: shape.y, labels };
  const applied = store.edits.apply({
    imageId,
    t,
    z,
    kind: 'accept prediction',
    regions: [region],
    created,
  });
  return acknowledge(project, imageId, applied);
}

/**
 * The answer to every edit: what can be undone, and the objects that it touched, as they are now. Where nothing changed, as
 * when a gesture is sent twice after a lost answer, all objects.
 */
function acknowledge(project: Project, imageId: number, applied: AppliedEdit | null): EditAcknowledged {
  const { store } = project;
  return {
    ...store.edits.state(imageId),
    objects: applied?.objects ?? store.objects.list(imageId),
    removed: applied?.removed ?? [],
  };
}

/** An applied edit as the page wants it: the changed parts with their labels now. */
export function restored(project: Project, applied: AppliedEdit | null): RestoredEdit | null {
  if (applied === null) return null;
  const { imageId, t, z, kind } = applied.edit;
  return {
    t,
    z,
    kind,
    regions: applied.regions.map(({ x, y, w, h }) => ({ x, y, w, h })),
    pixels: applied.regions.map((region) => region.labels),
    acknowledged: acknowledge(project, imageId, applied),
  };
}

/** 1 for each predicted object with at least half of its pixels on unlabelled ground, `[N + 1]`. */
function acceptedObjects(instances: Uint32Array, labels: Uint32Array, objects: number): Uint8Array {
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
