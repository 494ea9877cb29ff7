/** Reads a label image (instances, classes or painted labels) as whole numbers, whatever integer type holds them. */
import { LimnError } from '../errors.ts';
import { ByteSource } from './byteSource.ts';
import type { ImageReader, PixelArray, PixelSizeUm } from './image.ts';
import { fileNameOf } from './imageErrors.ts';
import { openImage } from './openImage.ts';
import { isJpegHeader } from './openJpeg.ts';

export interface LabelImage {
  shape: { t: number; z: number; y: number; x: number };
  /** `t * z * y * x` labels. */
  values: Uint32Array;
  pixelSizeUm: PixelSizeUm | null;
}

/**
 * Reads every plane of a label image. Indexed PNGs give their indices; three identical channels count as one.
 * Throws InvalidInput for colours, several channels, fractions and negative values; else as {@link openImage}.
 */
export async function readLabelImage(path: string): Promise<LabelImage> {
  await refuseJpeg(path);
  const reader = await openImage(path, { palette: 'index' });
  try {
    const { t, z, y, x } = reader.description.shape;
    const values = new Uint32Array(t * z * y * x);
    for (let frame = 0; frame < t; frame++) {
      for (let slice = 0; slice < z; slice++) {
        const plane = await readLabelPlane(reader, frame, slice, path);
        copyLabels(plane, values, (frame * z + slice) * y * x, path);
      }
    }
    return { shape: { t, z, y, x }, values, pixelSizeUm: reader.description.pixelSizeUm };
  } finally {
    await reader.close();
  }
}

async function readLabelPlane(reader: ImageReader, t: number, z: number, path: string): Promise<PixelArray> {
  const { shape, channelNames } = reader.description;
  const first = await reader.readPlane(t, z, 0);
  if (shape.c === 1) return first;
  const colours = channelNames[0] === 'red';
  for (let c = 1; c < shape.c; c++) {
    const other = await reader.readPlane(t, z, c);
    if (colours && first.every((value, i) => value === other[i])) continue;
    const holds = colours ? 'a colour picture' : `an image of ${shape.c} channels`;
    throw invalidLabels(
      path,
      `is ${holds}; save the labels as one channel of whole numbers (8, 16 or 32 bits)`,
    );
  }
  return first;
}

function copyLabels(plane: PixelArray, values: Uint32Array, at: number, path: string): void {
  if (plane instanceof Uint8Array || plane instanceof Uint16Array || plane instanceof Uint32Array) {
    values.set(plane, at);
    return;
  }
  for (let i = 0; i < plane.length; i++) {
    const value = plane[i]!;
    if (!(value >= 0 && value <= 0xffffffff && Number.isInteger(value))) {
      throw invalidLabels(
        path,
        `holds the value ${value}, which is no label; save the labels as whole numbers from 0 on`,
      );
    }
    values[at + i] = value;
  }
}

/** JPEG changes values at every edge, so that label 3 beside 0 leaves a rim of 1 and 2. */
async function refuseJpeg(path: string): Promise<void> {
  const source = await ByteSource.open(path);
  try {
    if (!isJpegHeader(await source.readUpTo(0, 3))) return;
  } finally {
    await source.close();
  }
  throw invalidLabels(
    path,
    'is a JPEG, whose compression changes labels at every edge; save the labels as PNG or TIFF',
  );
}

function invalidLabels(path: string, problem: string): LimnError {
  return new LimnError('InvalidInput', `The label image “${fileNameOf(path)}” ${problem}.`, {
    fields: { path },
  });
}
