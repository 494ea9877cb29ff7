/** Changes to several objects of an image at once, each one edit that undo takes back whole. */

import { UNLABELLED } from '../labels/label.ts';
import { tilesTouching } from '../labels/tiles.ts';
import type { RegionLabels } from '../store/editTable.ts';
import type { ObjectRow } from '../store/types.ts';
import { type ObjectPatch, type RestoredEdit, restored } from './labelService.ts';
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
 * Takes the objects' pixels on one plane back to unlabelled, as one undoable edit; null where none lies there. What an object
 * has on other planes stays. Throws LabelConflict for a locked object and InvalidInput for a plane that is not there.
 */
export function deleteObjects(
  project: Project,
  imageId: number,
  t: number,
  z: number,
  labels: readonly number[],
): RestoredEdit | null {
  const { store } = project;
  const going = new Set(labels);
  const regions: RegionLabels[] = [];
  for (const { ty, tx, x, y, w, h } of tilesTouching(store.images.get(imageId).shape)) {
    const tile = store.labels.readTile(imageId, t, z, ty, tx);
    if (tile === null || !tile.some((label) => going.has(label))) continue;
    regions.push({ x, y, w, h, labels: tile.map((label) => (going.has(label) ? UNLABELLED : label)) });
  }
  return restored(project, store.edits.apply({ imageId, t, z, kind: 'delete', regions }));
}
