/** Cutting planes into square tiles and pasting rectangles of labels or pixels, between page, API and store. */

/** Side of image and label tiles, px; the last tile of a row or column is clipped to the plane. */
export const TILE_SIDE = 256;

/** Height and width of a plane, px. */
export interface PlaneShape {
  y: number;
  x: number;
}

/** A rectangle of a plane, px: left, top, width, height. */
export interface Rectangle {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** A tile of a plane: its place in the grid and the rectangle that it covers. */
export interface TilePlace extends Rectangle {
  ty: number;
  tx: number;
}

/** Row-major pixels that can be cut and pasted. */
export interface CuttablePixels {
  readonly length: number;
  subarray(begin: number, end: number): ArrayLike<number>;
  set(values: ArrayLike<number>, offset: number): void;
}

/** Rectangle of tile (ty, tx) of a plane, clipped to the plane; width or height 0 outside of it. */
export function tileRectangle(shape: PlaneShape, ty: number, tx: number): TilePlace {
  const x = tx * TILE_SIDE;
  const y = ty * TILE_SIDE;
  const w = Math.max(0, Math.min(TILE_SIDE, shape.x - x));
  const h = Math.max(0, Math.min(TILE_SIDE, shape.y - y));
  return { ty, tx, x, y, w, h };
}

/** Tiles that a rectangle of a plane touches, row by row. The whole plane if no rectangle is given. */
export function tilesTouching(shape: PlaneShape, rectangle?: Rectangle): TilePlace[] {
  const area = rectangle ?? { x: 0, y: 0, w: shape.x, h: shape.y };
  const tiles: TilePlace[] = [];
  if (area.w <= 0 || area.h <= 0) return tiles;
  const lastRow = Math.floor((area.y + area.h - 1) / TILE_SIDE);
  const lastColumn = Math.floor((area.x + area.w - 1) / TILE_SIDE);
  for (let ty = Math.floor(area.y / TILE_SIDE); ty <= lastRow; ty++) {
    for (let tx = Math.floor(area.x / TILE_SIDE); tx <= lastColumn; tx++) {
      tiles.push(tileRectangle(shape, ty, tx));
    }
  }
  return tiles;
}

/** Copies the part of `source` (lying at `sourceAt`) that overlaps `target` (lying at `targetAt`) into `target`. */
export function pasteRectangle(
  source: CuttablePixels,
  sourceAt: Rectangle,
  target: CuttablePixels,
  targetAt: Rectangle,
): void {
  const left = Math.max(sourceAt.x, targetAt.x);
  const right = Math.min(sourceAt.x + sourceAt.w, targetAt.x + targetAt.w);
  const top = Math.max(sourceAt.y, targetAt.y);
  const bottom = Math.min(sourceAt.y + sourceAt.h, targetAt.y + targetAt.h);
  if (right <= left) return;
  for (let y = top; y < bottom; y++) {
    const from = (y - sourceAt.y) * sourceAt.w + left - sourceAt.x;
    target.set(source.subarray(from, from + right - left), (y - targetAt.y) * targetAt.w + left - targetAt.x);
  }
}

/** True if the rectangle has whole coordinates, at least one pixel, and lies within the plane. */
export function isInside(shape: PlaneShape, rectangle: Rectangle): boolean {
  const { x, y, w, h } = rectangle;
  return (
    [x, y, w, h].every(Number.isInteger) &&
    x >= 0 &&
    y >= 0 &&
    w > 0 &&
    h > 0 &&
    x + w <= shape.x &&
    y + h <= shape.y
  );
}
