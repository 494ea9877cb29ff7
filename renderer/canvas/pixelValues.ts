/** Grey values under the pointer from full-resolution tiles: those on view, else fetched when the view shows a coarser level. */

import type { ImageInfo } from '../../app/api/types.ts';
import { usePointerPixel } from '../state/workspace.ts';
import { PixelTiles } from './pixelTiles.ts';

const SIDE = 256;

let viewTiles: PixelTiles | null = null;
const ownTiles = new PixelTiles(() =>
  // The status line reads again at the same place.
  usePointerPixel.setState(({ pixel }) => ({ pixel: pixel && { ...pixel } })),
);

/** The canvas's tiles, which are looked at first. */
export function shareViewTiles(tiles: PixelTiles): void {
  viewTiles = tiles;
}

/** One value a channel at full resolution; empty while they are on their way. */
export function valuesAt(image: ImageInfo, t: number, z: number, x: number, y: number): number[] {
  const tx = Math.floor(x / SIDE);
  const ty = Math.floor(y / SIDE);
  const at = Array.from({ length: image.shape.c }, (_, c) => ({
    imageId: image.imageId,
    level: 0,
    t,
    z,
    c,
    ty,
    tx,
  }));
  const planes = at.map((address) => viewTiles?.peek(address) ?? ownTiles.peek(address));
  if (planes.some((plane) => plane === undefined)) ownTiles.want(at);
  return planes.flatMap((plane) => {
    const value = plane?.pixels[(y - ty * SIDE) * plane.w + x - tx * SIDE];
    return value === undefined ? [] : [value];
  });
}
