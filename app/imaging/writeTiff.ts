/** Writes masks and probability stacks as TIFF that tifffile, libtiff, ImageJ and Pillow read alike. */
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { type CallContext, LimnError, throwIfCancelled } from '../errors.ts';
import { createPixelArray } from '../science/pixelArray.ts';
import type { ImageShape, PixelArray, PixelSizeUm } from './image.ts';
import { fileNameOf } from './imageErrors.ts';
import { encodeDirectory, nearestFraction, type TagValue } from './tiff/encodeDirectory.ts';
import { writeFileAtomically } from './writeFileAtomically.ts';

export type WrittenNumberType = 'uint8' | 'uint16' | 'uint32' | 'float32';

export interface TiffContent {
  /** One `y * x` plane each, channel fastest, then z, then t. Values must fit `numberType`. */
  planes: readonly PixelArray[];
  shape: ImageShape;
  numberType: WrittenNumberType;
  /** Written to the resolution tags and the description; null leaves both out. */
  pixelSizeUm: PixelSizeUm | null;
  /** One line for a person, kept in the file's description. */
  description?: string;
  /** 64-bit positions (BigTIFF); by default only where the planes reach 4 GB, since ImageJ cannot read it. */
  bigTiff?: boolean;
}

/** Uncompressed bytes of a strip: small enough to fetch a region, large enough to compress well. */
const STRIP_BYTES = 256 * 1024;
/** Above this many uncompressed bytes the file has 64-bit positions (BigTIFF). */
const BIG_TIFF_BYTES = 3.9 * 2 ** 30;
const MAX_UNSIGNED = { uint8: 0xff, uint16: 0xffff, uint32: 0xffffffff } as const;

const deflateBytes = promisify(deflate);

/**
 * Writes deflate-compressed strips, one page a plane, with ImageJ's description; atomically (see
 * {@link writeFileAtomically}). Throws InvalidInput where planes, shape or values do not fit, DiskFull, Cancelled.
 */
export async function writeTiff(
  path: string,
  content: TiffContent,
  context: CallContext = {},
): Promise<void> {
  const { shape, planes, numberType } = content;
  if (
    planes.length !== shape.t * shape.z * shape.c ||
    planes.some((plane) => plane.length !== shape.y * shape.x)
  ) {
    throw new LimnError(
      'InvalidInput',
      `“${fileNameOf(path)}” cannot be written: ${planes.length} planes do not fill ${shape.t} × ${shape.z} × ${shape.c} × ${shape.y} × ${shape.x}; report this with the image at hand.`,
      { fields: { path } },
    );
  }
  const converted = planes.map((plane) => convertPlane(plane, numberType, path));
  await writeFileAtomically(path, (handle) => writePages(handle, converted, content, context));
}

/** The smallest unsigned type that holds `max` (0 … 2^32 − 1). */
export function smallestUnsigned(max: number): 'uint8' | 'uint16' | 'uint32' {
  if (max <= MAX_UNSIGNED.uint8) return 'uint8';
  return max <= MAX_UNSIGNED.uint16 ? 'uint16' : 'uint32';
}

async function writePages(
  handle: FileHandle,
  planes: readonly PixelArray[],
  content: TiffContent,
  { signal, onProgress }: CallContext,
): Promise<void> {
  const bytesInAll = planes.reduce((sum, plane) => sum + plane.byteLength, 0);
  const big = content.bigTiff ?? bytesInAll > BIG_TIFF_BYTES;
  let end = 0;
  const append = async (bytes: Uint8Array): Promise<number> => {
    const at = end;
    await writeFully(handle, bytes, at);
    end += bytes.length;
    return at;
  };
  // Classic: II 42 <first directory>; BigTIFF: II 43, 8-byte positions, 0, <first directory>.
  await append(
    big
      ? Uint8Array.of(0x49, 0x49, 43, 0, 8, 0, 0, 0, ...new Uint8Array(8))
      : Uint8Array.of(0x49, 0x49, 42, 0, 0, 0, 0, 0),
  );
  let linkAt = big ? 8 : 4;
  for (const [index, plane] of planes.entries()) {
    throwIfCancelled(signal);
    const strips = await compressStrips(plane, content.shape);
    const offsets: number[] = [];
    for (const strip of strips.data) offsets.push(await append(strip));
    if (end % 2 === 1) await append(Uint8Array.of(0));
    const tags = pageTags(content, {
      offsets,
      counts: strips.data.map((strip) => strip.length),
      rows: strips.rows,
      big,
    });
    if (index === 0) tags.set(270, { type: 'ascii', text: describe(content, planes) });
    const directory = encodeDirectory(tags, end, big);
    const at = await append(directory.bytes);
    await writeFully(handle, encodePosition(at, big), linkAt);
    linkAt = at + directory.linkAt;
    onProgress?.({ done: index + 1, total: planes.length });
  }
}

async function compressStrips(
  plane: PixelArray,
  shape: ImageShape,
): Promise<{ data: Uint8Array[]; rows: number }> {
  const rowBytes = plane.BYTES_PER_ELEMENT * shape.x;
  const rows = Math.max(1, Math.min(shape.y, Math.floor(STRIP_BYTES / rowBytes)));
  const bytes = new Uint8Array(plane.buffer, plane.byteOffset, plane.byteLength);
  const starts = Array.from({ length: Math.ceil(shape.y / rows) }, (_, i) => i * rows * rowBytes);
  const data = await Promise.all(starts.map((at) => deflateBytes(bytes.subarray(at, at + rows * rowBytes))));
  return { data, rows };
}

interface Strips {
  offsets: number[];
  counts: number[];
  rows: number;
  big: boolean;
}

function pageTags(content: TiffContent, strips: Strips): Map<number, TagValue> {
  const { shape, numberType, pixelSizeUm } = content;
  const bits = { uint8: 8, uint16: 16, uint32: 32, float32: 32 }[numberType];
  const short = (value: number): TagValue => ({ type: 'short', values: [value] });
  const long = (value: number): TagValue => ({ type: 'long', values: [value] });
  const tags = new Map<number, TagValue>([
    [256, long(shape.x)],
    [257, long(shape.y)],
    [258, short(bits)],
    [259, short(8)], // deflate; no predictor, which ImageJ applies to LZW only
    [262, short(1)],
    [273, { type: strips.big ? 'long8' : 'long', values: strips.offsets }],
    [277, short(1)],
    [278, long(strips.rows)],
    [279, { type: 'long', values: strips.counts }],
    [305, { type: 'ascii', text: 'Limn' }],
    [339, short(numberType === 'float32' ? 3 : 1)],
  ]);
  if (pixelSizeUm !== null) {
    const perCentimetre = (um: number): TagValue => ({
      type: 'rational',
      values: [nearestFraction(10_000 / um)],
    });
    tags.set(282, perCentimetre(pixelSizeUm.x));
    tags.set(283, perCentimetre(pixelSizeUm.y));
    tags.set(296, short(3));
  }
  return tags;
}

/**
 * Text of the description tag: ImageJ's entries, which it needs for a stack's axes. ImageJ itself turns centimetres
 * into micrometres for pixels of up to 1 µm in such files and of up to 10 µm in others, so a single plane with pixels
 * between the two has a plain description.
 */
function describe(content: TiffContent, planes: readonly PixelArray[]): string {
  const largest = Math.max(content.pixelSizeUm?.x ?? 0, content.pixelSizeUm?.y ?? 0);
  const plain = planes.length === 1 && largest > 1 && largest <= 10;
  return plain ? (content.description ?? 'Limn') : imageJDescription(content, planes);
}

/** ImageJ's entries. Unit and spacing are in centimetres as the resolution tags are: readers of either then agree. */
function imageJDescription(content: TiffContent, planes: readonly PixelArray[]): string {
  const { shape, pixelSizeUm } = content;
  const lines = ['ImageJ=1.53t', `images=${planes.length}`];
  if (planes.length > 1) {
    lines.push(
      `channels=${shape.c}`,
      `slices=${shape.z}`,
      `frames=${shape.t}`,
      'hyperstack=true',
      'mode=grayscale',
    );
  }
  if (pixelSizeUm !== null) {
    lines.push('unit=cm');
    if (pixelSizeUm.z !== null) lines.push(`spacing=${pixelSizeUm.z / 10_000}`);
  }
  const { min, max } = valueRange(planes);
  lines.push('loop=false', `min=${min.toFixed(1)}`, `max=${max.toFixed(1)}`);
  if (content.description !== undefined) lines.push(`comment=${content.description.replace(/\s+/g, ' ')}`);
  return `${lines.join('\n')}\n`;
}

/** Display range over all planes; a constant image is shown from 0 to 1 above it. */
function valueRange(planes: readonly PixelArray[]): { min: number; max: number } {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const plane of planes) {
    for (const value of plane) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  if (!Number.isFinite(min) || !Number.isFinite(max)) return { min: 0, max: 1 };
  return max > min ? { min, max } : { min, max: min + 1 };
}

function convertPlane(plane: PixelArray, type: WrittenNumberType, path: string): PixelArray {
  const out = createPixelArray(type, 0);
  if (out.constructor === plane.constructor) return plane;
  const converted = createPixelArray(type, plane.length);
  converted.set(plane);
  const wrong =
    type === 'float32' ? -1 : plane.findIndex((value: number, i: number) => value !== converted[i]);
  if (wrong >= 0) {
    throw new LimnError(
      'InvalidInput',
      `“${fileNameOf(path)}” cannot be written as ${type}: it holds the value ${plane[wrong]}; write it in a larger number type.`,
      { fields: { path } },
    );
  }
  return converted;
}

function encodePosition(value: number, big: boolean): Uint8Array {
  const bytes = new Uint8Array(big ? 8 : 4);
  const view = new DataView(bytes.buffer);
  if (big) view.setBigUint64(0, BigInt(value), true);
  else view.setUint32(0, value, true);
  return bytes;
}

async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
