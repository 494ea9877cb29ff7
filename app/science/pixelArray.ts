/** Number types of pixels and the typed arrays that hold them: what images, samples, store and page share. */

const ARRAYS = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  /** Held in 32 bits. */
  float16: Float32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

export type NumberType = keyof typeof ARRAYS;

/** Pixels of one plane, row-major `(y, x)`; float16 is held as Float32Array in memory. */
export type PixelArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** A zeroed array of `length` values; float16 is held in 32 bits. */
export function createPixelArray(type: NumberType, length: number): PixelArray {
  return new ARRAYS[type](length);
}

/** The values that a buffer holds in this machine's byte order; `byteOffset` and `length` (in values) as of a typed array. */
export function viewPixels(
  type: NumberType,
  buffer: ArrayBuffer,
  byteOffset = 0,
  length = Math.floor((buffer.byteLength - byteOffset) / ARRAYS[type].BYTES_PER_ELEMENT),
): PixelArray {
  return new ARRAYS[type](buffer, byteOffset, length);
}

/** Bytes of one value in memory. */
export function bytesPerPixel(type: NumberType): number {
  return ARRAYS[type].BYTES_PER_ELEMENT;
}
