/** Labelled pixels of each class on each tile of a plane: what the page needs to weigh the classes without loading every label. */

import { setImmediate as pause } from 'node:timers/promises';
import { type CallContext, throwIfCancelled } from '../errors.ts';
import { pasteRectangle, type Rectangle, TILE_SIDE, tilesTouching } from '../labels/tiles.ts';
import { trainingTarget } from '../science/trainingTarget.ts';
import type { Project } from './project.ts';

/** Pixels around a tile that decide whether its outermost ones touch another object. */
const MARGIN = 1;

/**
 * Counts after the touching rule (see `trainingTarget`), tile by tile, row by row; other work goes on in between.
 *
 * @returns `[tiles, K + 1]`, background first. Throws NotFound, ProjectDamaged, Cancelled
 */
export async function classCountsOfPlane(
  project: Project,
  imageId: number,
  t: number,
  z: number,
  context: CallContext = {},
): Promise<{ counts: Uint32Array; tiles: number; classes: number }> {
  const { store } = project;
  const { shape } = store.images.get(imageId);
  const rows = store.classes.list();
  const position = new Map(rows.map((row) => [row.classId, row.position]));
  const classOf = new Map(
    store.objects.list(imageId).map((row) => [row.label, position.get(row.classId) ?? 1]),
  );
  const places = tilesTouching(shape);
  const classes = rows.length + 1;
  const counts = new Uint32Array(places.length * classes);
  const kept = new Map<string, Uint32Array | null>();
  const read = (ty: number, tx: number) => {
    const key = `${ty}/${tx}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const labels = store.labels.readTile(imageId, t, z, ty, tx);
    kept.set(key, labels);
    return labels;
  };
  let row = 0;
  for (const [n, place] of places.entries()) {
    if (place.ty !== row) {
      // Three rows of tiles are enough for the margins.
      for (const key of kept.keys()) if (Number.parseInt(key, 10) < place.ty - 1) kept.delete(key);
      row = place.ty;
      await pause();
      throwIfCancelled(context.signal);
    }
    if (read(place.ty, place.tx) === null) continue;
    const area = grow(place, shape);
    const labels = new Uint32Array(area.w * area.h);
    for (const tile of tilesTouching(shape, area)) {
      const own = read(tile.ty, tile.tx);
      if (own !== null) pasteRectangle(own, tile, labels, area);
    }
    const { target } = trainingTarget({
      labels,
      shape: { y: area.h, x: area.w },
      classIndexOf: (label) => classOf.get(label) ?? 1,
      // Components of one region never touch, so its label stands for them here.
      isRegion: () => false,
    });
    for (let y = place.y - area.y; y < place.y - area.y + place.h; y++) {
      for (let x = place.x - area.x; x < place.x - area.x + place.w; x++) {
        const value = target[y * area.w + x]!;
        if (value > 0) counts[n * classes + value - 1]!++;
      }
    }
  }
  return { counts, tiles: places.length, classes };
}

function grow(place: Rectangle, shape: { y: number; x: number }): Rectangle {
  const x = Math.max(0, place.x - MARGIN);
  const y = Math.max(0, place.y - MARGIN);
  const w = Math.min(shape.x, place.x + TILE_SIDE + MARGIN) - x;
  const h = Math.min(shape.y, place.y + TILE_SIDE + MARGIN) - y;
  return { x, y, w, h };
}
