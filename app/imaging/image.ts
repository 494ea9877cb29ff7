/** What an image is in Limn: `(t, z, c, y, x)` of one of nine number types, with a pixel size; read plane by plane. */

import type { NumberType, PixelArray } from '../science/pixelArray.ts';

export type { NumberType, PixelArray };

export interface ImageShape {
  t: number;
  z: number;
  c: number;
  y: number;
  x: number;
}

/** Micrometres per pixel along each axis; z is the plane spacing, null where unknown. */
export interface PixelSizeUm {
  y: number;
  x: number;
  z: number | null;
}

export interface ImageDescription {
  shape: ImageShape;
  numberType: NumberType;
  pixelSizeUm: PixelSizeUm | null;
  /** One name a channel; 'channel 0' … where the file has none. */
  channelNames: string[];
}

/** An open image file. Planes are decoded on demand; nothing is squeezed to 8 bits. */
export interface ImageReader {
  readonly description: ImageDescription;
  /** One plane, `y * x` values. Throws CorruptFile with the file's name if the data ends early. */
  readPlane(t: number, z: number, c: number, signal?: AbortSignal): Promise<PixelArray>;
  close(): Promise<void>;
}
