/** Tiles on disk: little-endian row-major pixels, zstd-compressed, with a checksum over the compressed bytes. */

import { promisify } from 'node:util';
import {
  constants,
  crc32,
  zstdCompress,
  zstdCompressSync,
  zstdDecompress,
  zstdDecompressSync,
} from 'node:zlib';
import { LimnError } from '../errors.ts';
import { bytesPerPixel, type NumberType, type PixelArray, viewPixels } from '../science/pixelArray.ts';

/** Compressed pixels of a tile and the CRC-32 of those bytes. */
export interface StoredTile {
  checksum: number;
  bytes: Uint8Array;
}

/** Level 1: label tiles shrink to a few hundred bytes either way, pixels gain little from more. */
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

const decompressInPool = promisify<Uint8Array, Buffer>(zstdDecompress);
const compressInPool = promisify<Uint8Array, typeof OPTIONS, Buffer>(zstdCompress);

/** Compresses at once; for the few tiles of a gesture. */
export function encodeTile(pixels: PixelArray): StoredTile {
  const bytes = zstdCompressSync(bytesOf(pixels), OPTIONS);
  return { bytes, checksum: crc32(bytes) };
}

/** Compresses in the thread pool; for whole planes. */
export async function encodeTileInPool(pixels: PixelArray): Promise<StoredTile> {
  const bytes = await compressInPool(bytesOf(pixels), OPTIONS);
  return { bytes, checksum: crc32(bytes) };
}

/**
 * Pixels of a stored tile.
 * @param what names the tile in an error, as in `a label tile of image 3`.
 * Throws ProjectDamaged if the bytes are not those that were written.
 */
export function decodeTile(
  tile: StoredTile,
  numberType: NumberType,
  pixels: number,
  what: string,
): PixelArray {
  if (crc32(tile.bytes) !== tile.checksum) throw damaged(what);
  const bytes = decompress(tile.bytes, what);
  const array = pixelsOf(bytes, numberType);
  if (array.length !== pixels) throw damaged(what);
  return array;
}

/** As {@link decodeTile}, for labels and instances. */
export function decodeLabels(tile: StoredTile, pixels: number, what: string): Uint32Array {
  const array = decodeTile(tile, 'uint32', pixels, what);
  if (!(array instanceof Uint32Array)) throw damaged(what);
  return array;
}

/** As {@link decodeLabels}, in the thread pool; for many tiles at once. */
export async function decodeLabelsInPool(
  tile: StoredTile,
  pixels: number,
  what: string,
): Promise<Uint32Array> {
  const array = await decodeInPool(tile, 'uint32', pixels, what);
  if (!(array instanceof Uint32Array)) throw damaged(what);
  return array;
}

/** As {@link decodeFloats}, in the thread pool; for many tiles at once. */
export async function decodeFloatsInPool(
  tile: StoredTile,
  pixels: number,
  what: string,
): Promise<Float32Array> {
  const array = await decodeInPool(tile, 'float32', pixels, what);
  if (!(array instanceof Float32Array)) throw damaged(what);
  return array;
}

/** As {@link decodeTile}, for probabilities. */
export function decodeFloats(tile: StoredTile, pixels: number, what: string): Float32Array {
  const array = decodeTile(tile, 'float32', pixels, what);
  if (!(array instanceof Float32Array)) throw damaged(what);
  return array;
}

async function decodeInPool(
  tile: StoredTile,
  numberType: NumberType,
  pixels: number,
  what: string,
): Promise<PixelArray> {
  if (crc32(tile.bytes) !== tile.checksum) throw damaged(what);
  let bytes: Uint8Array;
  try {
    bytes = await decompressInPool(tile.bytes);
  } catch (error) {
    throw damaged(what, error);
  }
  const array = pixelsOf(bytes, numberType);
  if (array.length !== pixels) throw damaged(what);
  return array;
}

function decompress(bytes: Uint8Array, what: string): Uint8Array {
  try {
    return zstdDecompressSync(bytes);
  } catch (error) {
    throw damaged(what, error);
  }
}

function damaged(what: string, cause?: unknown): LimnError {
  return new LimnError(
    'ProjectDamaged',
    `The project is damaged: ${what} does not have the bytes that were written. Run \`limn doctor\` and go back to a backup.`,
    { fields: { what }, cause },
  );
}

function bytesOf(pixels: PixelArray): Uint8Array {
  return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
}

function pixelsOf(bytes: Uint8Array, numberType: NumberType): PixelArray {
  const aligned = bytes.byteOffset % bytesPerPixel(numberType) === 0 ? bytes : new Uint8Array(bytes);
  const length = Math.floor(aligned.byteLength / bytesPerPixel(numberType));
  return viewPixels(numberType, aligned.buffer as ArrayBuffer, aligned.byteOffset, length);
}
