/** What is known of a TIFF's pages before and after its metadata are read. */
import type { PixelSizeUm } from '../image.ts';
import type { Resolution } from './resolution.ts';

/** What the pages of a file look like before any metadata is believed. */
export interface PageStack {
  fileName: string;
  description: string | null;
  /** Planes that the file holds one behind the other, each with `samples` channels. */
  pages: number;
  samples: number;
  /** Pixel size by the resolution tags as they stand, and in bare pixels per unnamed unit. */
  resolution: Resolution;
}

export interface PlaneOrder {
  t: number;
  z: number;
  /** Channels over all pages and samples. */
  c: number;
  /** Position of the plane's page among the pages of the stack. */
  pageOf: (t: number, z: number, pageChannel: number) => number;
  pixelSizeUm: PixelSizeUm | null;
  channelNames: string[] | null;
}
