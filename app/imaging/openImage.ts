/** The way in for every image file: recognises the format by its content and opens the reader for it. */
import { ByteSource } from './byteSource.ts';
import type { ImageReader } from './image.ts';
import { unsupportedFormat } from './imageErrors.ts';
import { isJpegHeader, openJpeg } from './openJpeg.ts';
import { isPngHeader, openPng } from './openPng.ts';
import { openTiff } from './tiff/openTiff.ts';
import { isTiffHeader } from './tiff/tiffDirectory.ts';

/** How indexed PNGs are read: as the colours they show (default) or as the indices they store. */
export interface OpenImageOptions {
  palette?: 'colour' | 'index';
}

/**
 * Opens a TIFF, PNG or JPEG, whatever its name ends in. Close the reader when done.
 * Throws NotFound, InvalidInput, CorruptFile or UnsupportedFormat, each with the file's name.
 */
export async function openImage(path: string, options: OpenImageOptions = {}): Promise<ImageReader> {
  const source = await ByteSource.open(path);
  try {
    const head = await source.readUpTo(0, 16);
    if (isTiffHeader(head)) return await openTiff(source);
    if (isPngHeader(head)) return await openPng(source, options.palette ?? 'colour');
    if (isJpegHeader(head)) return await openJpeg(source);
    throw unsupportedFormat(path, `is not an image that Limn reads (it ${whatItIs(head)})`, REMEDY);
  } catch (error) {
    await source.close();
    throw error;
  }
}

const REMEDY = 'give a TIFF, PNG or JPEG, or save it as TIFF in Fiji';

/** What a file that is no image begins like, for the error's sentence. */
function whatItIs(head: Uint8Array): string {
  const begins = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte);
  if (head.every((byte) => (byte >= 32 && byte < 127) || (byte >= 9 && byte <= 13) || byte >= 128)) {
    return 'begins as a text file';
  }
  if (begins(0x50, 0x4b, 3, 4)) return 'is a ZIP archive';
  if (begins(0x89, 0x48, 0x44, 0x46)) return 'is an HDF5 file';
  if (begins(0x47, 0x49, 0x46)) return 'is a GIF';
  if (head.every((byte) => byte === 0)) return 'begins with zeros only, as an unfinished copy does';
  return 'begins with neither of their signatures';
}
