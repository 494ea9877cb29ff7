/** Reads stored tensors and metadata back from an ONNX model file. */

import { readFields } from './wire.ts';

/** A stored tensor, as float32. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface DecodedModel {
  /** Float32 and float16 initialisers by name; tensors of other types are left out. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const FLOAT32 = 1;
const FLOAT16 = 10;
const utf8 = new TextDecoder();

/**
 * Decodes a model. Tensor data are views of `bytes` where type and alignment allow, else copies.
 *
 * @throws Error where the bytes are no ONNX model
 */
export function decodeModel(bytes: Uint8Array): DecodedModel {
  const tensors = new Map<string, StoredTensor>();
  const metadata: [string, string][] = [];
  let hasGraph = false;
  for (const { field, bytes: data } of readFields(bytes)) {
    if (field === 7) {
      hasGraph = true;
      for (const inner of readFields(data)) {
        const tensor = inner.field === 5 ? decodeTensor(inner.bytes) : null;
        if (tensor !== null) tensors.set(tensor.name, tensor);
      }
    } else if (field === 14) {
      const entry = { key: '', value: '' };
      for (const inner of readFields(data))
        entry[inner.field === 1 ? 'key' : 'value'] = utf8.decode(inner.bytes);
      metadata.push([entry.key, entry.value]);
    }
  }
  if (!hasGraph) throw new Error('There is no graph in it.');
  // Keys are anybody's: `__proto__` becomes a property like any other here.
  return { tensors, metadata: Object.fromEntries(metadata) };
}

/** One TensorProto; null where it is neither float32 nor float16. Throws where its data are missing or of another length. */
export function decodeTensor(bytes: Uint8Array): StoredTensor | null {
  const shape: number[] = [];
  let name = '';
  let type = 0;
  let raw: Uint8Array | null = null;
  for (const { field, number, bytes: data } of readFields(bytes)) {
    if (field === 1 && data.length === 0) shape.push(number);
    else if (field === 1) shape.push(...packedNumbers(data));
    else if (field === 2) type = number;
    // float_data (packed) and raw_data hold the same little-endian bytes.
    else if (field === 4 || field === 9) raw = data;
    else if (field === 8) name = utf8.decode(data);
  }
  if (type !== FLOAT32 && type !== FLOAT16) return null;
  const size = shape.reduce((product, side) => product * side, 1);
  const bytesEach = type === FLOAT32 ? 4 : 2;
  const source = raw ?? new Uint8Array(0);
  if (source.length !== size * bytesEach)
    throw new Error(`The tensor ${name} holds ${source.length} bytes, not ${size * bytesEach}.`);
  // Not slice(): on a Buffer, as files are read into, that would be a view and stay unaligned.
  const aligned = source.byteOffset % bytesEach === 0 ? source : new Uint8Array(source);
  const place = [aligned.buffer, aligned.byteOffset, size] as const;
  const data = type === FLOAT32 ? new Float32Array(...place) : Float32Array.from(new Float16Array(...place));
  return { name, shape, data };
}

/** The numbers of a packed repeated field. */
export function* packedNumbers(bytes: Uint8Array): Generator<number> {
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte < 128) {
      yield value;
      value = 0;
      scale = 1;
    }
  }
}
