/** Labels of one plane onto another, as a start for the next z plane or frame: only unlabelled ground takes them. */

import { LimnError } from '../errors.ts';
import { UNLABELLED } from '../labels/label.ts';
import { tilesTouching } from '../labels/tiles.ts';
import type { RegionLabels } from '../store/editTable.ts';
import { type RestoredEdit, restored } from './labelService.ts';
import type { Project } from './project.ts';

/** A plane of an image. */
export interface PlanePlace {
  t: number;
  z: number;
}

/**
 * Copies the labels of plane `from` to where plane `to` has none, as one undoable edit; objects keep their numbers, so that they
 * go on through the stack. Null where nothing could be copied. Throws InvalidInput for a plane that is not there.
 */
export function copyLabels(
  project: Project,
  imageId: number,
  from: PlanePlace,
  to: PlanePlace,
): RestoredEdit | null {
  const { store } = project;
  const { shape, name } = store.images.get(imageId);
  for (const { t, z } of [from, to]) {
    if (t < shape.t && z < shape.z) continue;
    throw new LimnError(
      'InvalidInput',
      `Image '${name}' has no plane t${t} z${z}: it has ${shape.t} frames and ${shape.z} planes. Choose another.`,
      { fields: { imageId, t, z } },
    );
  }
  const regions: RegionLabels[] = [];
  for (const { ty, tx, x, y, w, h } of tilesTouching(shape)) {
    const source = store.labels.readTile(imageId, from.t, from.z, ty, tx);
    if (source === null) continue;
    const target = store.labels.readTile(imageId, to.t, to.z, ty, tx);
    const labels =
      target === null
        ? source
        : target.map((label, i) => (label === UNLABELLED ? (source[i] ?? UNLABELLED) : label));
    regions.push({ x, y, w, h, labels });
  }
  return restored(project, store.edits.apply({ imageId, ...to, kind: 'copy labels', regions }));
}
