/** Encodes one TIFF or BigTIFF directory with its values behind it (little-endian). */

/** A tag's values; a rational is given as its two integers. */
export type TagValue =
  | { type: 'ascii'; text: string }
  | { type: 'short' | 'long' | 'long8'; values: readonly number[] }
  | { type: 'rational'; values: readonly (readonly [number, number])[] };

export interface EncodedDirectory {
  bytes: Uint8Array;
  /** Where in `bytes` the position of the next directory is to be written. */
  linkAt: number;
}

const TYPE_CODE = { ascii: 2, short: 3, long: 4, rational: 5, long8: 16 } as const;

/** Encodes a directory that will stand at `offset`; the link to the next one is left 0. */
export function encodeDirectory(
  tags: ReadonlyMap<number, TagValue>,
  offset: number,
  big: boolean,
): EncodedDirectory {
  const entryBytes = big ? 20 : 12;
  const inlineBytes = big ? 8 : 4;
  const headBytes = (big ? 8 : 2) + tags.size * entryBytes + inlineBytes;
  const sorted = [...tags].sort(([a], [b]) => a - b);
  const encoded = sorted.map(([tag, value]) => ({ tag, value, bytes: encodeValues(value) }));
  let end = headBytes + (headBytes & 1);
  for (const { bytes } of encoded) if (bytes.length > inlineBytes) end += bytes.length + (bytes.length & 1);
  const out = new Uint8Array(end);
  const view = new DataView(out.buffer);
  const writePosition = (at: number, value: number) =>
    big ? view.setBigUint64(at, BigInt(value), true) : view.setUint32(at, value, true);
  if (big) writePosition(0, tags.size);
  else view.setUint16(0, tags.size, true);
  let free = headBytes + (headBytes & 1);
  encoded.forEach(({ tag, value, bytes }, i) => {
    const at = (big ? 8 : 2) + i * entryBytes;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, TYPE_CODE[value.type], true);
    writePosition(at + 4, value.type === 'ascii' ? bytes.length : value.values.length);
    const valueAt = at + (big ? 12 : 8);
    if (bytes.length <= inlineBytes) out.set(bytes, valueAt);
    else {
      writePosition(valueAt, offset + free);
      out.set(bytes, free);
      free += bytes.length + (bytes.length & 1);
    }
  });
  return { bytes: out, linkAt: headBytes - inlineBytes };
}

function encodeValues(value: TagValue): Uint8Array {
  if (value.type === 'ascii') return new TextEncoder().encode(`${value.text}\0`);
  const size = { short: 2, long: 4, long8: 8, rational: 8 }[value.type];
  const bytes = new Uint8Array(value.values.length * size);
  const view = new DataView(bytes.buffer);
  if (value.type === 'rational') {
    value.values.forEach(([numerator, denominator], i) => {
      view.setUint32(i * 8, numerator, true);
      view.setUint32(i * 8 + 4, denominator, true);
    });
    return bytes;
  }
  value.values.forEach((number, i) => {
    if (value.type === 'short') view.setUint16(i * 2, number, true);
    else if (value.type === 'long') view.setUint32(i * 4, number, true);
    else view.setBigUint64(i * 8, BigInt(number), true);
  });
  return bytes;
}

/** The fraction of 32-bit integers nearest to a positive number, by continued fractions. */
export function nearestFraction(value: number): [number, number] {
  const limit = 0xffffffff;
  let [numerator, denominator] = [Math.min(limit, Math.floor(value)), 1];
  let [previousNumerator, previousDenominator] = [1, 0];
  let rest = value - Math.floor(value);
  while (rest > 0 && Math.abs(numerator / denominator - value) > value * 1e-15) {
    const inverse = 1 / rest;
    const whole = Math.floor(inverse);
    const nextNumerator = whole * numerator + previousNumerator;
    const nextDenominator = whole * denominator + previousDenominator;
    if (nextNumerator > limit || nextDenominator > limit) break;
    [previousNumerator, previousDenominator] = [numerator, denominator];
    [numerator, denominator] = [nextNumerator, nextDenominator];
    rest = inverse - whole;
  }
  return [numerator, denominator];
}
