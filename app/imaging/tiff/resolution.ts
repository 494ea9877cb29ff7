/** The resolution tags of a TIFF and the pixel size that they state on their own. */
import type { PixelSizeUm } from '../image.ts';

export interface Resolution {
  /** Pixels per unit; null where the tag is missing or not positive. */
  x: number | null;
  y: number | null;
  unit: 'none' | 'inch' | 'cm';
}

/** Above this a resolution in inches or centimetres is a printer's setting (72 dpi is 353 µm), not a microscope's. */
const LARGEST_PIXEL_UM = 20;

/** Pixel size by the resolution tags alone, null where they have no unit or state a printing resolution. */
export function physicalPixelSize(resolution: Resolution): PixelSizeUm | null {
  const { x, y, unit } = resolution;
  if (x === null || y === null || unit === 'none') return null;
  const umPerUnit = unit === 'cm' ? 10_000 : 25_400;
  const size = { y: umPerUnit / y, x: umPerUnit / x, z: null };
  return Math.max(size.x, size.y) > LARGEST_PIXEL_UM ? null : size;
}
