/** JPEG streams, whole files and the blocks of TIFFs alike: size from the header, samples through jpeg-js. */
import { decode } from 'jpeg-js';

export interface JpegHeader {
  width: number;
  height: number;
  components: number;
  bits: number;
}

/** Finds the frame header (ITU-T T.81, B.2.2). Null where the bytes are no JPEG or end before it. */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 10 <= bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) {
      return {
        bits: bytes[at + 4]!,
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        components: bytes[at + 9]!,
      };
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else at += 2 + view.getUint16(at + 2);
  }
  return null;
}

/**
 * Interleaved 8-bit samples, `height * width * components` with 1 or 3 components; `colourTransform` says whether
 * three components are YCbCr (undefined: as the stream itself says). Throws Error on damaged streams.
 */
export function decodeJpeg(
  bytes: Uint8Array,
  components: number,
  colourTransform?: boolean,
): { width: number; height: number; samples: Uint8Array } {
  const image = decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: 1_000,
    maxMemoryUsageInMB: 4_096,
    ...(colourTransform === undefined ? {} : { colorTransform: colourTransform }),
  });
  const pixels = image.width * image.height;
  const given = image.data.length / pixels;
  if (given === components) return { width: image.width, height: image.height, samples: image.data };
  if (components !== 1)
    throw new RangeError(`JPEG stream with ${given} components where ${components} are due`);
  // jpeg-js repeats grey values as RGB.
  const samples = new Uint8Array(pixels);
  for (let i = 0; i < pixels; i++) samples[i] = image.data[i * given]!;
  return { width: image.width, height: image.height, samples };
}

/** One stream from a TIFF's shared tables (tag 347) and a block that leaves them out (TIFF technical note 2). */
export function joinJpegTables(tables: Uint8Array | null, block: Uint8Array): Uint8Array {
  if (tables === null || tables.length < 4) return block;
  const end = tables.at(-2) === 0xff && tables.at(-1) === 0xd9 ? tables.length - 2 : tables.length;
  const joined = new Uint8Array(end + block.length - 2);
  joined.set(tables.subarray(0, end));
  joined.set(block.subarray(2), end);
  return joined;
}
