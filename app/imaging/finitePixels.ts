/** Refuses images with pixels that are no numbers: no network can take them, and a mean over them is lost. */
import { LimnError } from '../errors.ts';
import type { PixelArray } from './image.ts';

/**
 * Throws InvalidInput if any pixel of a floating-point plane is NaN or infinite.
 * @param name what the file or image is called in the sentence.
 */
export function refuseNonFinitePixels(pixels: PixelArray, name: string): void {
  if (!(pixels instanceof Float32Array || pixels instanceof Float64Array)) return;
  let wrong = 0;
  for (const value of pixels) if (!Number.isFinite(value)) wrong++;
  if (wrong === 0) return;
  throw new LimnError(
    'InvalidInput',
    `“${name}” holds ${wrong} of ${pixels.length} pixels in one plane that are no finite numbers (NaN or infinite), which no network can learn from; replace them, for example by 0 or with “Remove NaNs” in Fiji, and save it anew.`,
    { fields: { image: name, pixels: wrong } },
  );
}
