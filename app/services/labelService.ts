/** Painting: gestures, undo and redo, and changes to objects, as the page asks for them. */

import type { EditAcknowledged, EditHeader, LabelRegion } from '../api/types.ts';
import { LimnError } from '../errors.ts';
import type { AppliedEdit } from '../store/editTable.ts';
import type { Project } from './project.ts';

/** What undo or redo brings back: rectangles of a plane with their labels now. */
export interface RestoredEdit {
  /** The gesture that was taken back, repeated, or made by the backend itself. */
  editId: number;
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
  return acknowledgeEdit(project, imageId, applied);
}

/** Takes back the image's last gesture; null if there is none. */
export function undoEdit(project: Project, imageId: number): RestoredEdit | null {
  return stepGesture(project, imageId, 'undo');
}

/** Repeats the gesture that was taken back last; null if there is none. */
export function redoEdit(project: Project, imageId: number): RestoredEdit | null {
  return stepGesture(project, imageId, 'redo');
}

/** Kind of a deletion on every plane: one edit a plane, at one time, taken back and repeated together. */
export const DELETED_EVERYWHERE = 'delete from all planes';

/** One gesture back or forth: one edit, or the edits of a gesture over several planes. */
function stepGesture(project: Project, imageId: number, direction: 'undo' | 'redo'): RestoredEdit | null {
  const { store } = project;
  store.images.get(imageId);
  return store.transaction(() => {
    const first = store.edits[direction](imageId);
    if (first?.edit.kind !== DELETED_EVERYWHERE) return restored(project, first);
    const { createdAt } = first.edit;
    const rest = store.edits
      .history(imageId)
      .filter((row) => row.kind === DELETED_EVERYWHERE && row.createdAt === createdAt)
      .filter((row) => row.undone === (direction === 'redo'));
    const steps = [first, ...rest.flatMap(() => store.edits[direction](imageId) ?? [])];
    return restored(project, joinPlanes(project, steps));
  });
}

/** Edits of one gesture as the page hears of them: the plane that was on view, its last, and the objects of all. */
export function joinPlanes(project: Project, steps: readonly AppliedEdit[]): AppliedEdit | null {
  const last = steps.toSorted((a, b) => a.edit.editId - b.edit.editId).at(-1);
  if (last === undefined) return null;
  const { imageId } = last.edit;
  const labels = new Set(steps.flatMap(({ objects }) => objects.map((row) => row.label)));
  return {
    ...last,
    objects: [...labels].flatMap((label) => project.store.objects.find(imageId, label) ?? []),
    removed: steps.flatMap(({ removed }) => removed),
  };
}

/**
 * The answer to every edit: what can be undone, and the objects that it touched, as they are now. Where nothing changed, as
 * when a gesture is sent twice after a lost answer, all objects.
 */
export function acknowledgeEdit(
  project: Project,
  imageId: number,
  applied: AppliedEdit | null,
): EditAcknowledged {
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
  const { editId, imageId, t, z, kind } = applied.edit;
  return {
    editId,
    t,
    z,
    kind,
    regions: applied.regions.map(({ x, y, w, h }) => ({ x, y, w, h })),
    pixels: applied.regions.map((region) => region.labels),
    acknowledged: acknowledgeEdit(project, imageId, applied),
  };
}
