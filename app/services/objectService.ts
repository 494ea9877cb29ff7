/** Changes to several objects of an image at once, each one edit that undo takes back whole. */

import { UNLABELLED } from '../labels/label.ts';
import { tilesTouching } from '../labels/tiles.ts';
import type { RegionLabels } from '../store/editTable.ts';
import type { ObjectRow } from '../store/types.ts';
import {
  DELETED_EVERYWHERE,
  joinPlanes,
  type ObjectPatch,
  type RestoredEdit,
  restored,
} from './labelService.ts';
import type { Project } from './project.ts';

/** Changes class, name, colour or lock of objects, as one undoable edit. Throws NotFound. */
export function changeObjects(
  project: Project,
  imageId: number,
  labels: readonly number[],
  patch: ObjectPatch,
): ObjectRow[] {
  const { store } = project;
  if (patch.classId !== undefined) store.classes.get(patch.classId);
  const changed = [...new Set(labels)].flatMap((label) => {
    const row = store.objects.get(imageId, label);
    const next: ObjectRow = {
      ...row,
      classId: patch.classId ?? row.classId,
      name: patch.name === undefined ? row.name : patch.name,
      colour: patch.colour === undefined ? row.colour : patch.colour,
      locked: patch.locked ?? row.locked,
    };
    const same =
      next.classId === row.classId &&
      next.name === row.name &&
      next.colour === row.colour &&
      next.locked === row.locked;
    return same ? [] : [next];
  });
  if (changed.length > 0) {
    const kind = patch.classId === undefined ? 'change object' : 'change class';
    store.edits.apply({ imageId, t: 0, z: 0, kind, regions: [], changed });
  }
  return labels.map((label) => store.objects.get(imageId, label));
}

/**
 * Takes the objects' pixels back to unlabelled on every plane that has some, one gesture for undo; null where none has. The
 * answer tells of the given plane last, which is the one on view. Throws LabelConflict for a locked object: then nothing goes.
 */
export function deleteObjects(
  project: Project,
  imageId: number,
  t: number,
  z: number,
  labels: readonly number[],
): RestoredEdit | null {
  const { store } = project;
  const { shape } = store.images.get(imageId);
  const going = new Set(labels);
  const createdAt = new Date().toISOString();
  let left = 0;
  for (const label of going) left += store.objects.find(imageId, label)?.pixels ?? 0;
  const planes: { t: number; z: number; regions: RegionLabels[] }[] = [];
  // Most objects lie on one plane, the one on view; the search ends where all of their pixels are found.
  const far = (plane: { t: number; z: number }): number => Math.abs(plane.t - t) + Math.abs(plane.z - z);
  for (const plane of store.labels.planes(imageId).sort((a, b) => far(a) - far(b))) {
    if (left <= 0) break;
    const regions = regionsWithout(project, imageId, plane, shape, going);
    if (regions.length === 0) continue;
    left -= regions.reduce((sum, region) => sum + region.gone, 0);
    planes.unshift({ ...plane, regions });
  }
  const kind = planes.length > 1 ? DELETED_EVERYWHERE : 'delete';
  return store.transaction(() => {
    const steps = planes.flatMap((plane) => {
      const edit = { imageId, t: plane.t, z: plane.z, kind, regions: plane.regions, createdAt };
      return store.edits.apply(edit) ?? [];
    });
    return restored(project, joinPlanes(project, steps));
  });
}

/** Tiles of a plane that hold one of the labels, without them. */
function regionsWithout(
  project: Project,
  imageId: number,
  { t, z }: { t: number; z: number },
  shape: { y: number; x: number },
  going: ReadonlySet<number>,
): (RegionLabels & { gone: number })[] {
  return tilesTouching(shape).flatMap(({ ty, tx, x, y, w, h }) => {
    const tile = project.store.labels.readTile(imageId, t, z, ty, tx);
    if (tile === null || !tile.some((label) => going.has(label))) return [];
    let gone = 0;
    const labels = tile.map((label) => {
      if (!going.has(label)) return label;
      gone++;
      return UNLABELLED;
    });
    return [{ x, y, w, h, labels, gone }];
  });
}
