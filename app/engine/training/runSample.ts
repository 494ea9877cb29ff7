/** The small pictures of a run: one fixed tile as the network sees it, taken now and then, kept as files in the run's folder. */

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LimnError } from '../../errors.ts';
import type { ShapeYX } from '../../science/geometry.ts';

/** What a picture shows: planes of one output tile. */
export interface SamplePicture {
  shape: ShapeYX;
  /** Planes of `image` and of `probability`. */
  channels: number;
  classes: number;
  /** `[C, y, x]`, as normalised for the network. */
  image: Float32Array;
  /** `[y, x]`: 0 unlabelled, 1 background, 1 + k class k. */
  label: Uint8Array;
  /** `[y, x]` */
  weight: Float32Array;
  /** `[K, y, x]`, classes without background. */
  probability: Float32Array;
}

/** Longest side of a picture, px. */
const LONGEST_SIDE = 128;
/** Pictures that a run keeps; above it every other one goes. */
const MOST_PICTURES = 64;
const FILE_NAME = /^step-(\d+)\.sample$/;

/** The picture no larger than 128 px a side: means over squares; of labels, the value in each square's middle. */
export function shrinkPicture(picture: SamplePicture): SamplePicture {
  const { shape } = picture;
  const factor = Math.ceil(Math.max(shape.y, shape.x) / LONGEST_SIDE);
  if (factor === 1) return picture;
  const small = { y: Math.ceil(shape.y / factor), x: Math.ceil(shape.x / factor) };
  const label = new Uint8Array(small.y * small.x);
  for (let y = 0; y < small.y; y++) {
    for (let x = 0; x < small.x; x++) {
      const fromY = Math.min(shape.y - 1, y * factor + (factor >> 1));
      const fromX = Math.min(shape.x - 1, x * factor + (factor >> 1));
      label[y * small.x + x] = picture.label[fromY * shape.x + fromX]!;
    }
  }
  const shrink = (planes: Float32Array): Float32Array => meanOfSquares(planes, shape, small, factor);
  return {
    ...picture,
    shape: small,
    image: shrink(picture.image),
    label,
    weight: shrink(picture.weight),
    probability: shrink(picture.probability),
  };
}

function meanOfSquares(planes: Float32Array, shape: ShapeYX, small: ShapeYX, factor: number): Float32Array {
  const count = planes.length / (shape.y * shape.x);
  const means = new Float32Array(count * small.y * small.x);
  for (let at = 0; at < means.length; at++) {
    const plane = Math.floor(at / (small.y * small.x));
    const y0 = (Math.floor(at / small.x) % small.y) * factor;
    const x0 = (at % small.x) * factor;
    const y1 = Math.min(y0 + factor, shape.y);
    const x1 = Math.min(x0 + factor, shape.x);
    let sum = 0;
    for (let y = y0; y < y1; y++)
      for (let x = x0; x < x1; x++) sum += planes[(plane * shape.y + y) * shape.x + x]!;
    means[at] = sum / ((y1 - y0) * (x1 - x0));
  }
  return means;
}

function samplesFolder(runFolder: string): string {
  return join(runFolder, 'samples');
}

/** Steps of the pictures that a run has kept, rising. */
export function samplesIn(runFolder: string): number[] {
  try {
    return readdirSync(samplesFolder(runFolder))
      .flatMap((name) => FILE_NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function pathOf(runFolder: string, step: number): string {
  return join(samplesFolder(runFolder), `step-${step}.sample`);
}

/** Keeps a picture; above 64 of them every other one is removed. */
export function writeSample(runFolder: string, step: number, picture: SamplePicture): void {
  mkdirSync(samplesFolder(runFolder), { recursive: true });
  const { shape, channels, classes } = picture;
  const header = Buffer.from(`${JSON.stringify({ shape, channels, classes })}\n`);
  const path = pathOf(runFolder, step);
  const parts = [picture.image, picture.weight, picture.probability, picture.label];
  const bytes = parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength));
  try {
    writeFileSync(`${path}.tmp`, Buffer.concat([header, ...bytes]));
    renameSync(`${path}.tmp`, path);
  } catch (error) {
    rmSync(`${path}.tmp`, { force: true });
    throw error;
  }
  const kept = samplesIn(runFolder);
  if (kept.length <= MOST_PICTURES) return;
  for (const [i, old] of kept.entries()) if (i % 2 === 1 && old !== step) rmSync(pathOf(runFolder, old));
}

/** Removes the pictures after a step, as when a run goes on from an earlier checkpoint. */
export function forgetSamplesAfter(runFolder: string, step: number): void {
  for (const later of samplesIn(runFolder)) if (later > step) rmSync(pathOf(runFolder, later));
}

/** Throws NotFound. */
export function readSample(runFolder: string, step: number): SamplePicture {
  let bytes: Buffer;
  try {
    bytes = readFileSync(pathOf(runFolder, step));
  } catch (cause) {
    throw new LimnError('NotFound', `The run has no picture of step ${step}; ask for its list of samples.`, {
      cause,
      fields: { step },
    });
  }
  const headerEnd = bytes.indexOf('\n') + 1;
  const header = JSON.parse(bytes.toString('utf8', 0, headerEnd)) as Pick<
    SamplePicture,
    'shape' | 'channels' | 'classes'
  >;
  const pixels = header.shape.y * header.shape.x;
  let offset = headerEnd;
  const floats = (planes: number): Float32Array => {
    const values = new Float32Array(planes * pixels);
    Buffer.from(values.buffer).set(bytes.subarray(offset, offset + values.byteLength));
    offset += values.byteLength;
    return values;
  };
  const image = floats(header.channels);
  const weight = floats(1);
  const probability = floats(header.classes);
  return { ...header, image, weight, probability, label: Uint8Array.from(bytes.subarray(offset)) };
}
