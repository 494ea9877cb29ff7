/** Asks for an image's labels as soon as it is chosen, while its objects are still on their way to the editing session. */

import type { ImageInfo } from '../../app/api/types.ts';
import { getLabelTile } from '../api/raw.ts';
import { levelForScale, Viewport } from '../canvas/viewport.ts';
import { LABEL_TILE } from '../editor/labelDocument.ts';
import { viewport } from './workspace.ts';

/** What was asked for and not taken by then is stale, ms. */
const FRESH_MS = 4000;
/** More tiles than this are not needed to show an image fitted to the window. */
const MOST_TILES = 36;

interface TilePlace {
  imageId: number;
  level: number;
  t: number;
  z: number;
  ty: number;
  tx: number;
}

const asked = new Map<string, { at: number; labels: Promise<Uint32Array | null> }>();

/** Asks for the tiles that show the image's first plane fitted to the window. */
export function prefetchLabels(image: ImageInfo): void {
  asked.clear();
  for (const tile of fittedTiles(image)) {
    const place = { imageId: image.imageId, t: 0, z: 0, ...tile };
    const labels = getLabelTile(place, AbortSignal.timeout(FRESH_MS));
    // A failure is met again by whoever needs the tile.
    labels.catch(() => undefined);
    asked.set(keyOf(place), { at: performance.now(), labels });
  }
}

/** Tiles that show an image fitted to the window, at the level that it then has; none where that would be very many. */
export function fittedTiles({ shape, levels }: ImageInfo): { level: number; ty: number; tx: number }[] {
  const fitted = new Viewport();
  fitted.resize(viewport.size.width, viewport.size.height);
  fitted.setImage(shape);
  const level = levelForScale(fitted.scale * (globalThis.devicePixelRatio || 1), levels);
  const side = LABEL_TILE * 2 ** level;
  const [columns, rows] = [Math.ceil(shape.x / side), Math.ceil(shape.y / side)];
  if (columns * rows > MOST_TILES) return [];
  return Array.from({ length: columns * rows }, (_, i) => ({
    level,
    ty: Math.floor(i / columns),
    tx: i % columns,
  }));
}

/** Strokes are under way that what was asked for may lack. */
export function forgetPrefetched(): void {
  asked.clear();
}

/** A tile of labels, from what was asked for ahead or from the server. */
export async function takeLabelTile(place: TilePlace, signal: AbortSignal): Promise<Uint32Array | null> {
  const key = keyOf(place);
  const ahead = asked.get(key);
  asked.delete(key);
  if (!ahead || performance.now() - ahead.at > FRESH_MS) return getLabelTile(place, signal);
  try {
    return await ahead.labels;
  } catch {
    return getLabelTile(place, signal);
  }
}

const keyOf = ({ imageId, level, t, z, ty, tx }: TilePlace) => [imageId, level, t, z, ty, tx].join('/');
