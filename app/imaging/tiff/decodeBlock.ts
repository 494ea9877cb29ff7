/** From the decompressed bytes of a strip or tile to its samples: bit order, predictor, byte order, odd bit depths, type. */
import { type PixelArray, viewPixels } from '../../science/pixelArray.ts';
import { unsupportedFormat } from '../imageErrors.ts';
import { blockRowBytes, type PageLayout, samplesInBlock } from './tiffPage.ts';

/** How a page's bytes are to be read. */
export interface BlockContext {
  path: string;
  layout: PageLayout;
  littleEndian: boolean;
}

const HOST_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Samples of the first `rows` rows of a block, interleaved: `rows * blockWidth * samplesInBlock` values of the page's
 * type (float16 as Float32Array). `raw` must hold at least `rows * blockRowBytes` bytes; it may be changed.
 */
export function samplesOfBlock(raw: Uint8Array, rows: number, context: BlockContext): PixelArray {
  const { layout } = context;
  const rowBytes = blockRowBytes(layout);
  // A copy of its own: zlib's results may be views into a shared pool, which no typed array may stand on.
  const bytes = new Uint8Array(rows * rowBytes);
  bytes.set(raw.subarray(0, bytes.length));
  if (layout.reversedBits) reverseBits(bytes);
  const stride = samplesInBlock(layout);
  const rowValues = layout.blockWidth * stride;
  if (layout.bits % 8 !== 0) {
    const values = unpackBits(bytes, rows, rowValues, rowBytes, layout.bits);
    if (layout.predictor === 2) addDifferences(values, rowValues, stride, (1 << layout.bits) - 1);
    return values;
  }
  let littleEndian = context.littleEndian;
  if (layout.predictor === 3) {
    undoFloatPredictor(bytes, rowBytes, rowValues, stride);
    littleEndian = false;
  }
  if (littleEndian !== HOST_LITTLE_ENDIAN) swapBytes(bytes, layout.bits / 8);
  if (layout.predictor === 2) undoDifferences(bytes, layout.bits, rowValues, stride);
  return typedSamples(bytes, context);
}

/** The bytes under the page's type; 64-bit integers become float64 if none loses a digit. */
function typedSamples(bytes: Uint8Array<ArrayBuffer>, { path, layout }: BlockContext): PixelArray {
  const { buffer } = bytes;
  if (layout.bits === 64 && layout.format !== 'float') {
    const integers = layout.format === 'uint' ? new BigUint64Array(buffer) : new BigInt64Array(buffer);
    const values = Float64Array.from(integers, Number);
    if (values.some((value) => !Number.isSafeInteger(value))) {
      throw unsupportedFormat(path, 'holds 64-bit integers above 2^53', 'save it with 32-bit integers');
    }
    return values;
  }
  if (layout.numberType === 'float16') return Float32Array.from(new Float16Array(buffer));
  return layout.numberType === 'uint8' ? bytes : viewPixels(layout.numberType, buffer);
}

/** Samples of 1–15 bits, most significant bit first, one array element each. */
function unpackBits(bytes: Uint8Array, rows: number, rowValues: number, rowBytes: number, bits: number) {
  const values = bits <= 8 ? new Uint8Array(rows * rowValues) : new Uint16Array(rows * rowValues);
  const mask = (1 << bits) - 1;
  for (let row = 0, out = 0; row < rows; row++) {
    let at = row * rowBytes;
    let held = 0;
    let window = 0;
    for (let i = 0; i < rowValues; i++) {
      while (held < bits) {
        window = ((window << 8) | bytes[at++]!) & 0xffffff;
        held += 8;
      }
      held -= bits;
      values[out++] = (window >> held) & mask;
    }
  }
  return values;
}

function addDifferences(
  values: Uint8Array | Uint16Array | Uint32Array,
  rowValues: number,
  stride: number,
  mask: number,
) {
  for (let row = 0; row < values.length; row += rowValues) {
    for (let i = row + stride; i < row + rowValues; i++)
      values[i] = (values[i]! + values[i - stride]!) & mask;
  }
}

/** Predictor 2: every sample is the difference to the same sample of the pixel before, modulo the word. */
function undoDifferences(
  bytes: Uint8Array<ArrayBuffer>,
  bits: number,
  rowValues: number,
  stride: number,
): void {
  if (bits === 8) addDifferences(bytes, rowValues, stride, -1);
  else if (bits === 16) addDifferences(new Uint16Array(bytes.buffer), rowValues, stride, -1);
  else if (bits === 32) addDifferences(new Uint32Array(bytes.buffer), rowValues, stride, -1);
  else {
    const words = new BigUint64Array(bytes.buffer);
    for (let row = 0; row < words.length; row += rowValues) {
      for (let i = row + stride; i < row + rowValues; i++) words[i] = words[i]! + words[i - stride]!;
    }
  }
}

/** Predictor 3 (Adobe technical note 3): byte differences of rows whose bytes are sorted by significance. */
function undoFloatPredictor(bytes: Uint8Array, rowBytes: number, rowValues: number, stride: number): void {
  const wordBytes = rowBytes / rowValues;
  const sorted = new Uint8Array(rowBytes);
  for (let row = 0; row < bytes.length; row += rowBytes) {
    sorted.set(bytes.subarray(row, row + rowBytes));
    for (let i = stride; i < rowBytes; i++) sorted[i] = sorted[i]! + sorted[i - stride]!;
    for (let i = 0; i < rowValues; i++) {
      for (let b = 0; b < wordBytes; b++) bytes[row + i * wordBytes + b] = sorted[b * rowValues + i]!;
    }
  }
}

function swapBytes(bytes: Uint8Array<ArrayBuffer>, wordBytes: number): void {
  const buffer = Buffer.from(bytes.buffer);
  if (wordBytes === 2) buffer.swap16();
  else if (wordBytes === 4) buffer.swap32();
  else if (wordBytes === 8) buffer.swap64();
}

function reverseBits(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) {
    let b = bytes[i]!;
    b = ((b & 0xf0) >> 4) | ((b & 0x0f) << 4);
    b = ((b & 0xcc) >> 2) | ((b & 0x33) << 2);
    bytes[i] = ((b & 0xaa) >> 1) | ((b & 0x55) << 1);
  }
}
