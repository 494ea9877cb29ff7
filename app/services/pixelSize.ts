/** On which grid a model sees images: the pixel size of a training, and images that are too far from a model's. */

import { LimnError } from '../errors.ts';
import type { PixelSizeUm } from '../imaging/image.ts';
import { LARGEST_RESCALING } from '../science/rescale.ts';

interface Sized {
  name: string;
  pixelSizeUm: PixelSizeUm | null;
}

/** Pixel sizes that differ by less count as the same. */
const SAME_SIZE = 0.01;

/** Pixel size shared by all images, µm; null where one has none or they differ by more than 1 %. */
export function commonPixelSize(images: readonly Sized[]): number | null {
  const first = images[0]?.pixelSizeUm?.x ?? null;
  if (first === null) return null;
  const isSame = (size: number): boolean => Math.abs(size - first) <= SAME_SIZE * first;
  return images.every(({ pixelSizeUm }) => pixelSizeUm && isSame(pixelSizeUm.x) && isSame(pixelSizeUm.y))
    ? first
    : null;
}

/**
 * Pixel size that a training sees its images at, µm: that of the model that it begins with, else the images' own, where they
 * differ the middle one. Null where an image has none: then all are taken as they are.
 * @throws InvalidInput for an image whose pixels are of a wholly other size
 */
export function trainingPixelSize(images: readonly Sized[], ofInit: number | null): number | null {
  const sizes = images.map(({ pixelSizeUm }) =>
    pixelSizeUm ? Math.sqrt(pixelSizeUm.x * pixelSizeUm.y) : null,
  );
  const known = sizes.filter((size) => size !== null).sort((a, b) => a - b);
  const middle =
    known.length === sizes.length ? (commonPixelSize(images) ?? known[known.length >> 1] ?? null) : null;
  const chosen = ofInit ?? middle;
  for (const { name, pixelSizeUm } of images) checkRescaling({ name, description: { pixelSizeUm } }, chosen);
  return chosen;
}

/**
 * Checks that an image can be brought to a model's pixel size.
 * @throws InvalidInput where it lies more than {@link LARGEST_RESCALING} times from it
 */
export function checkRescaling(
  image: { name: string; description: { pixelSizeUm: PixelSizeUm | null } },
  modelUm: number | null,
): void {
  const size = image.description.pixelSizeUm;
  if (!size || modelUm === null) return;
  const most = Math.max(size.y / modelUm, size.x / modelUm, modelUm / size.y, modelUm / size.x);
  if (most <= LARGEST_RESCALING) return;
  throw new LimnError(
    'InvalidInput',
    `Image '${image.name}' has pixels of ${size.x} µm and the model was trained on pixels of ${modelUm} µm, too far apart to rescale; correct the image's pixel size or choose another model.`,
    { fields: { image: image.name, pixelSizeUm: size.x, modelUm } },
  );
}
