/** Opens a PNG as an image of one plane and 1 or 3 channels, in 8 or 16 bits; transparency is left out. */
import { type DecodedPng, decode } from 'fast-png';
import type { ByteSource } from './byteSource.ts';
import type { ImageDescription, ImageReader, PixelArray, PixelSizeUm } from './image.ts';
import { corruptFile, unsupportedFormat } from './imageErrors.ts';
import { requirePlane } from './planeAddress.ts';

/** PNG colour types (ISO/IEC 15948, table 11.1). */
const GREY = 0;
const RGB = 2;
const PALETTE = 3;
const GREY_ALPHA = 4;
const RGB_ALPHA = 6;

interface PngHeader {
  width: number;
  height: number;
  depth: number;
  colour: number;
}

/** Largest decoded image; PNG's own compression cannot stand for more than a thousandfold. */
const MAX_BYTES = 4 * 2 ** 30;
const LARGEST_RATIO = 1_032;

/** True where the first bytes are PNG's signature. */
export function isPngHeader(head: Uint8Array): boolean {
  return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, i) => head[i] === byte);
}

/**
 * Reads the header; pixels are decoded with the first plane. `palette` says what an indexed image is read as: its
 * colours (an image) or its indices (a label image). Throws CorruptFile or UnsupportedFormat.
 */
export async function openPng(source: ByteSource, palette: 'colour' | 'index'): Promise<ImageReader> {
  const header = await readHeader(source);
  const pixelSizeUm = await readPixelSize(source);
  return new PngReader(source, header, palette, pixelSizeUm);
}

class PngReader implements ImageReader {
  readonly description: ImageDescription;
  readonly #source: ByteSource;
  readonly #header: PngHeader;
  readonly #indexed: boolean;
  #planes: Promise<PixelArray[]> | null = null;

  constructor(source: ByteSource, header: PngHeader, palette: 'colour' | 'index', size: PixelSizeUm | null) {
    this.#source = source;
    this.#header = header;
    this.#indexed = header.colour === PALETTE && palette === 'index';
    const grey = this.#indexed || header.colour === GREY || header.colour === GREY_ALPHA;
    this.description = {
      shape: { t: 1, z: 1, c: grey ? 1 : 3, y: header.height, x: header.width },
      numberType: header.depth === 16 ? 'uint16' : 'uint8',
      pixelSizeUm: size,
      channelNames: grey ? ['channel 0'] : ['red', 'green', 'blue'],
    };
  }

  async readPlane(t: number, z: number, c: number): Promise<PixelArray> {
    requirePlane(this.#source.path, this.description, t, z, c);
    this.#planes ??= this.#decode();
    const planes = await this.#planes;
    return planes[c]!.slice();
  }

  async close(): Promise<void> {
    this.#planes = null;
    await this.#source.close();
  }

  async #decode(): Promise<PixelArray[]> {
    const { path, size } = this.#source;
    const bytes = await this.#source.read(0, size);
    let image: DecodedPng;
    try {
      image = decode(bytes, { checkCrc: true });
    } catch (error) {
      throw corruptFile(path, 'is a damaged or cut-off PNG', error);
    }
    const { width, height } = this.#header;
    const samples = image.depth < 8 ? unpackRows(image.data, width, height, image.depth) : image.data;
    if (
      image.width !== width ||
      image.height !== height ||
      samples.length < width * height * image.channels
    ) {
      throw corruptFile(path, 'is a PNG with fewer pixels than it says');
    }
    if (this.#header.colour === PALETTE && !this.#indexed) return paletteColours(samples, image, path);
    const channels = this.description.shape.c;
    return Array.from({ length: channels }, (_, c) =>
      takeChannel(samples, image.channels, c, width * height),
    );
  }
}

async function readHeader(source: ByteSource): Promise<PngHeader> {
  const head = await source.readUpTo(0, 33);
  if (head.length < 33) throw corruptFile(source.path, 'is cut short within its PNG header');
  const view = new DataView(head.buffer);
  const header = {
    width: view.getUint32(16),
    height: view.getUint32(20),
    depth: view.getUint8(24),
    colour: view.getUint8(25),
  };
  const { width, height, depth, colour } = header;
  if (width === 0 || height === 0)
    throw corruptFile(source.path, `says that its image is ${width} × ${height} pixels`);
  if (![GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA].includes(colour) || ![1, 2, 4, 8, 16].includes(depth)) {
    throw corruptFile(source.path, 'has a damaged PNG header');
  }
  const samples = { [GREY]: 1, [PALETTE]: 1, [GREY_ALPHA]: 2, [RGB]: 3, [RGB_ALPHA]: 4 }[colour] ?? 4;
  const bytes = (width * height * samples * depth) / 8;
  if (bytes > MAX_BYTES) {
    throw unsupportedFormat(
      source.path,
      `says that it is ${width} × ${height} pixels, more than 4 GiB`,
      'crop it',
    );
  }
  if (bytes > source.size * LARGEST_RATIO) {
    throw corruptFile(
      source.path,
      `says that it is ${width} × ${height} pixels, which its ${source.size} bytes cannot hold`,
    );
  }
  return header;
}

/** Pixel size from the pHYs chunk, if it is in metres and finer than any screen or printer. */
async function readPixelSize(source: ByteSource): Promise<PixelSizeUm | null> {
  let at = 8;
  for (let chunk = 0; chunk < 64 && at + 12 <= source.size; chunk++) {
    const head = await source.readUpTo(at, 17);
    const view = new DataView(head.buffer);
    const name = String.fromCharCode(...head.subarray(4, 8));
    if (name === 'IDAT' || name === 'IEND') return null;
    if (name === 'pHYs' && head.length === 17) {
      const metres = (await source.readUpTo(at + 16, 1))[0] === 1;
      const size = { y: 1e6 / view.getUint32(12), x: 1e6 / view.getUint32(8), z: null };
      return metres && Math.max(size.x, size.y) <= 20 ? size : null;
    }
    at += 12 + view.getUint32(0);
  }
  return null;
}

function takeChannel(samples: ArrayLike<number>, channels: number, c: number, pixels: number): PixelArray {
  const plane = samples instanceof Uint16Array ? new Uint16Array(pixels) : new Uint8Array(pixels);
  for (let i = 0; i < pixels; i++) plane[i] = samples[i * channels + c]!;
  return plane;
}

/** Indices of 1, 2 or 4 bits, packed by rows, as one byte each. */
function unpackRows(packed: ArrayLike<number>, width: number, height: number, depth: number): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  const values = new Uint8Array(width * height);
  // The library gives some of these depths already unpacked.
  if (packed.length >= width * height && rowBytes < width) return Uint8Array.from(packed);
  const mask = (1 << depth) - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      values[y * width + x] = (packed[y * rowBytes + (bit >> 3)]! >> (8 - depth - (bit & 7))) & mask;
    }
  }
  return values;
}

function paletteColours(indices: ArrayLike<number>, image: DecodedPng, path: string): PixelArray[] {
  const { palette } = image;
  if (palette === undefined) throw corruptFile(path, 'is an indexed PNG without its palette');
  return [0, 1, 2].map((c) => {
    const lookup = Uint8Array.from({ length: 256 }, (_, i) => palette[i]?.[c] ?? 0);
    return Uint8Array.from({ length: image.width * image.height }, (_, i) => lookup[indices[i]!]!);
  });
}
