/** Opens a JPEG as an image of one plane and 1 or 3 channels of 8 bits. */
import type { ByteSource } from './byteSource.ts';
import { decodeJpeg, type JpegHeader, readJpegHeader } from './decodeJpeg.ts';
import type { ImageDescription, ImageReader, PixelArray } from './image.ts';
import { corruptFile, unsupportedFormat } from './imageErrors.ts';
import { requirePlane } from './planeAddress.ts';

/** Decoding takes some 25 bytes a pixel; this is where it stops being reasonable. */
const MAX_PIXELS = 120_000_000;

/** True where the first bytes are a JPEG's start-of-image and a marker. */
export function isJpegHeader(head: Uint8Array): boolean {
  return head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff;
}

/** Reads the size; pixels are decoded with the first plane. Throws CorruptFile or UnsupportedFormat. */
export async function openJpeg(source: ByteSource): Promise<ImageReader> {
  const bytes = await source.read(0, source.size);
  const header = readJpegHeader(bytes);
  if (header === null) throw corruptFile(source.path, 'is a JPEG that ends within its header');
  if (header.width === 0 || header.height === 0) {
    throw corruptFile(source.path, `says that its image is ${header.width} × ${header.height} pixels`);
  }
  if (header.bits !== 8 || (header.components !== 1 && header.components !== 3)) {
    throw unsupportedFormat(
      source.path,
      `is a JPEG with ${header.components} components of ${header.bits} bits`,
      'save it as an RGB or grey PNG or TIFF',
    );
  }
  if (header.width * header.height > MAX_PIXELS) {
    throw unsupportedFormat(
      source.path,
      `is a JPEG of ${header.width} × ${header.height} pixels, more than Limn decodes`,
      'save it as a TIFF, which is read in parts, or crop it',
    );
  }
  // Every block of 8 × 8 pixels has a code of at least one bit.
  if (bytes.length * 8 < Math.ceil(header.width / 8) * Math.ceil(header.height / 8)) {
    throw corruptFile(
      source.path,
      `says that its image is ${header.width} × ${header.height} pixels, which its ${bytes.length} bytes cannot hold`,
    );
  }
  return new JpegReader(source, bytes, header);
}

class JpegReader implements ImageReader {
  readonly description: ImageDescription;
  readonly #source: ByteSource;
  readonly #components: number;
  #bytes: Uint8Array | null;
  #samples: Uint8Array | null = null;

  constructor(source: ByteSource, bytes: Uint8Array, header: JpegHeader) {
    this.#source = source;
    this.#bytes = bytes;
    this.#components = header.components;
    this.description = {
      shape: { t: 1, z: 1, c: header.components, y: header.height, x: header.width },
      numberType: 'uint8',
      pixelSizeUm: null,
      channelNames: header.components === 1 ? ['channel 0'] : ['red', 'green', 'blue'],
    };
  }

  async readPlane(t: number, z: number, c: number): Promise<PixelArray> {
    requirePlane(this.#source.path, this.description, t, z, c);
    this.#samples ??= this.#decode();
    const { y, x } = this.description.shape;
    const plane = new Uint8Array(y * x);
    for (let i = 0; i < plane.length; i++) plane[i] = this.#samples[i * this.#components + c]!;
    return plane;
  }

  async close(): Promise<void> {
    this.#bytes = null;
    this.#samples = null;
    await this.#source.close();
  }

  #decode(): Uint8Array {
    const { path } = this.#source;
    const { y, x } = this.description.shape;
    if (this.#bytes === null) throw new TypeError(`readPlane after close: ${path}`);
    const bytes = this.#bytes;
    let image: { width: number; height: number; samples: Uint8Array };
    try {
      image = decodeJpeg(bytes, this.#components);
    } catch (error) {
      throw corruptFile(path, 'is a damaged or cut-off JPEG', error);
    }
    if (image.width !== x || image.height !== y)
      throw corruptFile(path, 'is a JPEG of another size than it says');
    this.#bytes = null;
    return image.samples;
  }
}
