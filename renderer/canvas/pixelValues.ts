/** Grey values under the pointer from full-resolution tiles: those on view, else fetched when the view shows a coarser level. */

import type { ImageInfo } from '../../app/api/types.ts';
import type { RawPlane } from '../api/raw.ts';
import type { PixelRect } from '../editor/paintableTiles.ts';
import type { GreyValues } from '../editor/tools/tool.ts';
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

/** More pixels than this are not looked at by a tool at once. */
const MOST_PIXELS = 2 ** 24;

/**
 * The full-resolution values of one channel in an area; null while some are on their way, and for an area of more than 2^24
 * pixels.
 *
 * @param window width of the contrast window, null where it is automatic: the range of the values then
 */
export function greyValuesIn(
  plane: { imageId: number; t: number; z: number; c: number },
  area: PixelRect,
  window: number | null,
): GreyValues | null {
  if (area.w <= 0 || area.h <= 0 || area.w * area.h > MOST_PIXELS) return null;
  const tx0 = Math.floor(area.x / SIDE);
  const ty0 = Math.floor(area.y / SIDE);
  const columns = Math.floor((area.x + area.w - 1) / SIDE) - tx0 + 1;
  const rows = Math.floor((area.y + area.h - 1) / SIDE) - ty0 + 1;
  const addresses = Array.from({ length: columns * rows }, (_, i) => ({
    ...plane,
    level: 0,
    ty: ty0 + Math.floor(i / columns),
    tx: tx0 + (i % columns),
  }));
  const tiles: RawPlane[] = [];
  for (const address of addresses) {
    const tile = viewTiles?.peek(address) ?? ownTiles.peek(address);
    if (tile) tiles.push(tile);
  }
  if (tiles.length < addresses.length) {
    ownTiles.want(addresses);
    return null;
  }
  const at = (x: number, y: number): number => {
    const tx = Math.floor(x / SIDE);
    const ty = Math.floor(y / SIDE);
    const tile = tiles[(ty - ty0) * columns + tx - tx0]!;
    return tile.pixels[(y - ty * SIDE) * tile.w + x - tx * SIDE]!;
  };
  return { area, at, window: window ?? rangeOf(tiles) };
}

function rangeOf(tiles: readonly RawPlane[]): number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const { pixels } of tiles) {
    for (const value of pixels) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return most - least;
}
