/** Protocol-buffer wire format: nested messages as lists of chunks, so that large tensors are copied once, into the file. */

/** A message under construction: its bytes in pieces, and their number. */
export interface Message {
  readonly chunks: Uint8Array[];
  size: number;
}

const utf8 = new TextEncoder();

export function createMessage(): Message {
  return { chunks: [], size: 0 };
}

function append(message: Message, bytes: Uint8Array): void {
  message.chunks.push(bytes);
  message.size += bytes.length;
}

/** Base-128 number; negative integers take ten bytes (two's complement of 64 bits). */
function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value < 0 ? BigInt.asUintN(64, BigInt(value)) : BigInt(value);
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

/** An integer field. */
export function writeInteger(message: Message, field: number, value: number): void {
  append(message, encodeVarint(field * 8));
  append(message, encodeVarint(value));
}

/** A 32-bit float field. */
export function writeFloat(message: Message, field: number, value: number): void {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  append(message, encodeVarint(field * 8 + 5));
  append(message, bytes);
}

/** A bytes field. The array is referred to, not copied, until the file is put together. */
export function writeBytes(message: Message, field: number, bytes: Uint8Array): void {
  append(message, encodeVarint(field * 8 + 2));
  append(message, encodeVarint(bytes.length));
  append(message, bytes);
}

export function writeText(message: Message, field: number, text: string): void {
  writeBytes(message, field, utf8.encode(text));
}

/** A nested message. */
export function writeMessage(message: Message, field: number, nested: Message): void {
  append(message, encodeVarint(field * 8 + 2));
  append(message, encodeVarint(nested.size));
  for (const chunk of nested.chunks) append(message, chunk);
}

/** The bytes of a finished message, in one array of exactly its size. */
export function finishMessage(message: Message): Uint8Array {
  const bytes = new Uint8Array(message.size);
  let offset = 0;
  for (const chunk of message.chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** One field of a message that is being read: a number (varint) or bytes (a view, not a copy). */
export interface Field {
  readonly field: number;
  readonly number: number;
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/**
 * The fields of a message in file order. Bytes are views of `data`; fixed-width fields come as their bytes.
 *
 * @throws Error where the data ends within a field or is no message
 */
export function* readFields(data: Uint8Array): Generator<Field> {
  let offset = 0;
  const varint = (): number => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = data[offset];
      if (byte === undefined) break;
      offset += 1;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
    throw new Error('The data ends within a number.');
  };
  while (offset < data.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    const kind = key % 8;
    if (kind === 0) {
      yield { field, number: varint(), bytes: NO_BYTES };
      continue;
    }
    const length = kind === 2 ? varint() : kind === 5 ? 4 : kind === 1 ? 8 : -1;
    if (length < 0 || offset + length > data.length) throw new Error('The data ends within a field.');
    yield { field, number: 0, bytes: data.subarray(offset, offset + length) };
    offset += length;
  }
}
