/** Number types and the typed arrays that hold them. */
import type { NumberType, PixelArray } from './image.ts';

/** A zeroed array of `length` values; float16 is held in 32 bits. */
export function createPixelArray(type: NumberType, length: number): PixelArray {
  switch (type) {
    case 'uint8':
      return new Uint8Array(length);
    case 'int8':
      return new Int8Array(length);
    case 'uint16':
      return new Uint16Array(length);
    case 'int16':
      return new Int16Array(length);
    case 'uint32':
      return new Uint32Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'float16':
    case 'float32':
      return new Float32Array(length);
    case 'float64':
      return new Float64Array(length);
  }
}
