/** What a gesture needs of the labels it paints on. */

/** A rectangle of image pixels. */
export interface PixelRect {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface PlaneShape {
  y: number;
  x: number;
}

/** Tiles of 256 × 256 labels that can be read, written and announced as changed. */
export interface PaintableTiles {
  readonly shape: PlaneShape;
  readonly tilesX: number;
  /** Null while the tile has not arrived. */
  tile(tx: number, ty: number): Uint32Array | null;
  writableTile(tx: number, ty: number): Uint32Array | null;
  readArea(area: PixelRect): Uint32Array;
  notify(area: PixelRect): void;
}
