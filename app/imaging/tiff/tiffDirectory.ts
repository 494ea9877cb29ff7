/** The skeleton of a TIFF or BigTIFF: header and chain of directories, read with every count checked against the file's size. */
import type { ByteSource } from '../byteSource.ts';
import { corruptFile } from '../imageErrors.ts';

/** One entry of a directory; values too long for the entry stay in the file until they are asked for. */
export interface TiffField {
  type: number;
  count: number;
  /** Byte position of the first value. */
  offset: number;
  /** The values themselves where the entry holds them. */
  inline: Uint8Array<ArrayBuffer> | null;
}

export type TiffDirectory = ReadonlyMap<number, TiffField>;

export interface TiffFile {
  source: ByteSource;
  littleEndian: boolean;
  /** Main chain of pages; sub-directories (pyramid levels, EXIF) are not in it. */
  directories: TiffDirectory[];
}

/** Bytes of one value by field type (TIFF 6.0 section 2; 13, 16–18 from the BigTIFF proposal). */
const VALUE_BYTES: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

/** True where the first bytes are those of a TIFF or BigTIFF. */
export function isTiffHeader(head: Uint8Array): boolean {
  const [a, b, c, d] = head;
  if (a === 0x49 && b === 0x49) return (c === 42 || c === 43) && d === 0;
  return a === 0x4d && b === 0x4d && c === 0 && (d === 42 || d === 43);
}

/** Reads header and directories. Throws CorruptFile where the chain leaves the file or runs in a circle. */
export async function readTiffFile(source: ByteSource): Promise<TiffFile> {
  const head = await source.readUpTo(0, 16);
  if (head.length < 8)
    throw corruptFile(source.path, `is cut short: a TIFF has more than ${head.length} bytes`);
  const littleEndian = head[0] === 0x49;
  const view = new DataView(head.buffer);
  const big = view.getUint16(2, littleEndian) === 43;
  if (big && head.length < 16) throw corruptFile(source.path, 'is cut short within its header');
  let next = big ? readPosition(view, 8, littleEndian) : view.getUint32(4, littleEndian);
  const directories: TiffDirectory[] = [];
  const visited = new Set<number>();
  while (next !== 0) {
    if (visited.has(next)) throw corruptFile(source.path, 'lists its pages in a circle');
    visited.add(next);
    const directory = await readDirectory(source, next, littleEndian, big);
    directories.push(directory.fields);
    next = directory.next;
  }
  if (directories.length === 0) throw corruptFile(source.path, 'holds no page');
  return { source, littleEndian, directories };
}

async function readDirectory(source: ByteSource, offset: number, littleEndian: boolean, big: boolean) {
  const countBytes = big ? 8 : 2;
  const entryBytes = big ? 20 : 12;
  if (offset + countBytes > source.size) throw cutShort(source, offset + countBytes);
  let bytes = await source.readUpTo(offset, 1024);
  let view = new DataView(bytes.buffer);
  const entries = big ? readPosition(view, 0, littleEndian) : view.getUint16(0, littleEndian);
  const length = countBytes + entries * entryBytes + (big ? 8 : 4);
  if (offset + length > source.size) throw cutShort(source, offset + length);
  if (length > bytes.length) {
    bytes = await source.readUpTo(offset, length);
    view = new DataView(bytes.buffer);
  }
  const fields = new Map<number, TiffField>();
  for (let i = 0; i < entries; i++) {
    const at = countBytes + i * entryBytes;
    const tag = view.getUint16(at, littleEndian);
    const type = view.getUint16(at + 2, littleEndian);
    const count = big ? readPosition(view, at + 4, littleEndian) : view.getUint32(at + 4, littleEndian);
    const size = (VALUE_BYTES[type] ?? 0) * count;
    const valueAt = at + (big ? 12 : 8);
    const inline = size <= (big ? 8 : 4);
    const elsewhere = big ? readPosition(view, valueAt, littleEndian) : view.getUint32(valueAt, littleEndian);
    if (fields.has(tag)) continue;
    const inlineBytes = inline ? bytes.slice(valueAt, valueAt + size) : null;
    fields.set(tag, { type, count, offset: inline ? offset + valueAt : elsewhere, inline: inlineBytes });
  }
  const linkAt = length - (big ? 8 : 4);
  const link = big ? readPosition(view, linkAt, littleEndian) : view.getUint32(linkAt, littleEndian);
  return { fields, next: link };
}

/** All values of a field as numbers; null where the directory lacks it. Rationals come as quotients. */
export async function readNumbers(
  file: TiffFile,
  directory: TiffDirectory,
  tag: number,
): Promise<Float64Array | null> {
  const field = directory.get(tag);
  if (field === undefined) return null;
  const size = VALUE_BYTES[field.type];
  if (size === undefined) {
    throw corruptFile(file.source.path, `has a damaged directory (tag ${tag} of unknown type ${field.type})`);
  }
  const bytes = field.inline ?? (await file.source.read(field.offset, size * field.count));
  const view = new DataView(bytes.buffer);
  const values = new Float64Array(field.count);
  for (let i = 0; i < field.count; i++) values[i] = readValue(view, field.type, i * size, file.littleEndian);
  return values;
}

/** First value of a field, or `fallback` where it is missing or empty. */
export async function readNumber(file: TiffFile, directory: TiffDirectory, tag: number, fallback: number) {
  const values = await readNumbers(file, directory, tag);
  return values?.[0] ?? fallback;
}

/** Text of an ASCII field up to its first NUL, decoded as UTF-8; null where missing. */
export async function readText(
  file: TiffFile,
  directory: TiffDirectory,
  tag: number,
): Promise<string | null> {
  const bytes = await readBytes(file, directory, tag);
  if (bytes === null) return null;
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Raw bytes of a byte-wide field; null where missing. */
export async function readBytes(
  file: TiffFile,
  directory: TiffDirectory,
  tag: number,
): Promise<Uint8Array | null> {
  const field = directory.get(tag);
  if (field === undefined || VALUE_BYTES[field.type] !== 1) return null;
  return field.inline ?? file.source.read(field.offset, field.count);
}

function readValue(view: DataView, type: number, at: number, littleEndian: boolean): number {
  switch (type) {
    case 3:
      return view.getUint16(at, littleEndian);
    case 4:
    case 13:
      return view.getUint32(at, littleEndian);
    case 5:
      return view.getUint32(at, littleEndian) / view.getUint32(at + 4, littleEndian);
    case 6:
      return view.getInt8(at);
    case 8:
      return view.getInt16(at, littleEndian);
    case 9:
      return view.getInt32(at, littleEndian);
    case 10:
      return view.getInt32(at, littleEndian) / view.getInt32(at + 4, littleEndian);
    case 11:
      return view.getFloat32(at, littleEndian);
    case 12:
      return view.getFloat64(at, littleEndian);
    case 16:
    case 18:
      return readPosition(view, at, littleEndian);
    case 17:
      return Number(view.getBigInt64(at, littleEndian));
    default:
      return view.getUint8(at);
  }
}

/** A 64-bit position; beyond 2^53 it is inexact, but then it lies outside any file and is refused as such. */
function readPosition(view: DataView, at: number, littleEndian: boolean): number {
  return Number(view.getBigUint64(at, littleEndian));
}

function cutShort(source: ByteSource, end: number) {
  return corruptFile(
    source.path,
    `is cut short: its page list should reach byte ${end} and the file has ${source.size}`,
  );
}
