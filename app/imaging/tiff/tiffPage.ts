/** What one TIFF page says about its pixels: checked once, so that decoding can rely on it. */
import type { NumberType } from '../image.ts';
import { corruptFile, unsupportedFormat } from '../imageErrors.ts';
import { type CompressionKind, compressionOf } from './compression.ts';
import { readNumber, readNumbers, type TiffDirectory, type TiffFile } from './tiffDirectory.ts';

/** Tag numbers of TIFF 6.0 that the reader looks at. */
export const TAG = {
  subfileType: 254,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  description: 270,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  xResolution: 282,
  yResolution: 283,
  planarConfiguration: 284,
  resolutionUnit: 296,
  predictor: 317,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  extraSamples: 338,
  sampleFormat: 339,
  jpegTables: 347,
} as const;

export type SampleFormat = 'uint' | 'int' | 'float';
export type Photometric = 'grey' | 'rgb' | 'palette' | 'ycbcr' | 'other';

export interface PageLayout {
  width: number;
  height: number;
  /** Samples a pixel as stored, extra samples (alpha) included. */
  samples: number;
  bits: number;
  format: SampleFormat;
  /** Type in memory; 64-bit integers are given as float64 where every value is exact. */
  numberType: NumberType;
  photometric: Photometric;
  compression: CompressionKind;
  /** 1 none, 2 horizontal differences, 3 floating point. */
  predictor: number;
  /** Each sample in blocks of its own. */
  planar: boolean;
  /** Bits of every byte are stored in reverse. */
  reversedBits: boolean;
  tiled: boolean;
  blockWidth: number;
  blockHeight: number;
  /** Meaning of the samples beyond colour: 1 and 2 are alpha. */
  extraSamples: number[];
}

/** Largest decoded plane set that is held in memory at once. */
const MAX_PAGE_BYTES = 4 * 2 ** 30;

/** True for pages that repeat another one smaller, or mask it (NewSubfileType bits 0 and 2). */
export async function isSecondaryPage(file: TiffFile, directory: TiffDirectory): Promise<boolean> {
  return ((await readNumber(file, directory, TAG.subfileType, 0)) & 0b101) !== 0;
}

/** Reads and checks the layout of a page. Throws CorruptFile or UnsupportedFormat. */
export async function readPageLayout(file: TiffFile, directory: TiffDirectory): Promise<PageLayout> {
  const { path } = file.source;
  const number = (tag: number, fallback: number) => readNumber(file, directory, tag, fallback);
  const width = await number(TAG.width, 0);
  const height = await number(TAG.height, 0);
  if (!isCount(width) || !isCount(height)) {
    throw corruptFile(path, `says that its image is ${width} × ${height} pixels, which holds nothing`);
  }
  const samples = await number(TAG.samplesPerPixel, 1);
  if (!isCount(samples) || samples > 4096)
    throw corruptFile(path, `says that a pixel has ${samples} samples`);
  const bits = await readBits(file, directory, samples);
  const format = await readFormat(file, directory);
  const photometric = photometricOf(await number(TAG.photometric, 1));
  const compression = compressionOf(path, await number(TAG.compression, 1));
  // Some writers of tiles list them under the tags of strips.
  const tiled = directory.has(TAG.tileWidth);
  const layout: PageLayout = {
    width,
    height,
    samples,
    bits,
    format,
    numberType: numberTypeOf(path, format, bits),
    photometric,
    compression,
    predictor: await number(TAG.predictor, 1),
    planar: (await number(TAG.planarConfiguration, 1)) === 2 && samples > 1,
    reversedBits: (await number(TAG.fillOrder, 1)) === 2,
    tiled,
    blockWidth: tiled ? await number(TAG.tileWidth, 0) : width,
    blockHeight: tiled
      ? await number(TAG.tileHeight, 0)
      : Math.min(height, await number(TAG.rowsPerStrip, height)),
    extraSamples: Array.from((await readNumbers(file, directory, TAG.extraSamples)) ?? []),
  };
  checkLayout(path, layout);
  return layout;
}

/** Samples of one pixel within a block: all of them, or one where samples lie in planes. */
export function samplesInBlock(layout: PageLayout): number {
  return layout.planar ? 1 : layout.samples;
}

/** Bytes of one decompressed row of a block; rows start on byte boundaries. */
export function blockRowBytes(layout: PageLayout): number {
  return Math.ceil((layout.blockWidth * samplesInBlock(layout) * layout.bits) / 8);
}

function checkLayout(path: string, layout: PageLayout): void {
  if (!isCount(layout.blockWidth) || !isCount(layout.blockHeight)) {
    throw corruptFile(path, `says that its tiles are ${layout.blockWidth} × ${layout.blockHeight} pixels`);
  }
  const bytes = layout.width * layout.height * layout.samples * (layout.bits / 8);
  if (Math.max(bytes, blockRowBytes(layout) * layout.blockHeight) > MAX_PAGE_BYTES) {
    throw unsupportedFormat(
      path,
      `says that one plane is ${layout.width} × ${layout.height} pixels with ${layout.samples} samples, more than the 4 GiB that Limn reads at once`,
      'crop it or save it in parts',
    );
  }
  if (layout.photometric === 'ycbcr' && layout.compression !== 'jpeg') {
    throw unsupportedFormat(path, 'stores its colours as YCbCr without JPEG', 'save it as RGB');
  }
  if (
    layout.compression === 'jpeg' &&
    (layout.bits !== 8 || layout.format !== 'uint' || samplesInBlock(layout) > 3)
  ) {
    throw unsupportedFormat(path, `is a JPEG-compressed TIFF of ${layout.samples} × ${layout.bits} bits`);
  }
  const floatPredictor = layout.predictor === 3 && (layout.format !== 'float' || layout.bits > 64);
  if (![1, 2, 3].includes(layout.predictor) || floatPredictor) {
    throw unsupportedFormat(
      path,
      `uses the predictor ${layout.predictor} on ${layout.format}${layout.bits} samples`,
    );
  }
}

async function readBits(file: TiffFile, directory: TiffDirectory, samples: number): Promise<number> {
  const values = (await readNumbers(file, directory, TAG.bitsPerSample)) ?? Float64Array.of(1);
  const first = values[0];
  if (first === undefined || !isCount(first)) throw corruptFile(file.source.path, 'has samples of 0 bits');
  if (values.length !== 1 && values.length < samples) {
    throw corruptFile(
      file.source.path,
      `gives the bits of ${values.length} samples and has ${samples} samples a pixel`,
    );
  }
  if (values.some((value) => value !== first)) {
    throw unsupportedFormat(file.source.path, `has samples of different sizes (${values.join(', ')} bits)`);
  }
  return first;
}

async function readFormat(file: TiffFile, directory: TiffDirectory): Promise<SampleFormat> {
  const format = await readNumber(file, directory, TAG.sampleFormat, 1);
  if (format === 2) return 'int';
  if (format === 3) return 'float';
  // 4 is "undefined": readers take it as unsigned.
  if (format === 1 || format === 4) return 'uint';
  throw unsupportedFormat(file.source.path, `holds complex numbers or another sample format (${format})`);
}

function numberTypeOf(path: string, format: SampleFormat, bits: number): NumberType {
  if (format === 'float') {
    if (bits === 16) return 'float16';
    if (bits === 32) return 'float32';
    if (bits === 64) return 'float64';
  } else if (bits === 64) return 'float64';
  else if (format === 'uint') {
    if (bits <= 8) return 'uint8';
    if (bits <= 16) return 'uint16';
    if (bits === 32) return 'uint32';
  } else {
    if (bits === 8) return 'int8';
    if (bits === 16) return 'int16';
    if (bits === 32) return 'int32';
  }
  throw unsupportedFormat(
    path,
    `holds ${format === 'float' ? 'floating-point numbers' : 'integers'} of ${bits} bits`,
  );
}

function photometricOf(code: number): Photometric {
  if (code === 0 || code === 1) return 'grey';
  if (code === 2) return 'rgb';
  if (code === 3) return 'palette';
  return code === 6 ? 'ycbcr' : 'other';
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}
