/** Binary form of a gesture between page and backend: a JSON header, then the labels of its rectangles. */

import { LimnError } from '../errors.ts';

/** A header that lists the rectangles whose labels follow it. */
export interface EnvelopeHeader {
  regions: readonly { w: number; h: number }[];
}

const LENGTH_BYTES = 4;
const LABEL_BYTES = 4;

/**
 * Header length (uint32, little-endian), header as UTF-8 JSON padded with spaces to a multiple of four, then the
 * labels (uint32, little-endian) of each region, row by row, without gaps.
 * Throws InvalidInput if a region does not have the `w * h` labels that the header announces.
 */
export function encodeEnvelope(
  header: EnvelopeHeader,
  regions: readonly Uint32Array[],
): Uint8Array<ArrayBuffer> {
  if (regions.length !== header.regions.length) throw malformed('regions and header differ in number');
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(text.length / LABEL_BYTES) * LABEL_BYTES;
  const labels = regions.reduce((sum, region) => sum + region.length, 0);
  const bytes = new Uint8Array(LENGTH_BYTES + headerBytes + labels * LABEL_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, headerBytes, true);
  bytes.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  bytes.set(text, LENGTH_BYTES);
  let offset = LENGTH_BYTES + headerBytes;
  for (const [index, region] of regions.entries()) {
    if (region.length !== sizeOf(header.regions[index])) throw malformed(`region ${index} has another size`);
    // Every machine Limn runs on is little-endian.
    new Uint32Array(bytes.buffer, offset, region.length).set(region);
    offset += region.byteLength;
  }
  return bytes;
}

/**
 * The inverse of {@link encodeEnvelope}. The caller checks the rest of the header.
 * Throws InvalidInput for bytes that are cut short, too long, or no envelope.
 */
export function decodeEnvelope(bytes: Uint8Array): { header: EnvelopeHeader; regions: Uint32Array[] } {
  if (bytes.byteLength < LENGTH_BYTES) throw malformed('it is shorter than its length field');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getUint32(0, true);
  if (headerBytes % LABEL_BYTES !== 0 || headerBytes > bytes.byteLength - LENGTH_BYTES) {
    throw malformed('its header is cut short');
  }
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headerBytes));
  let offset = LENGTH_BYTES + headerBytes;
  const announced = header.regions.reduce((sum, region) => sum + sizeOf(region), 0);
  if (announced * LABEL_BYTES !== bytes.byteLength - offset)
    throw malformed('its labels are cut short or too many');
  const regions = header.regions.map((region) => {
    const size = sizeOf(region) * LABEL_BYTES;
    offset += size;
    return new Uint32Array(bytes.slice(offset - size, offset).buffer);
  });
  return { header, regions };
}

function parseHeader(bytes: Uint8Array): EnvelopeHeader {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw malformed('its header is not JSON', error);
  }
  if (typeof value !== 'object' || value === null || !('regions' in value) || !Array.isArray(value.regions)) {
    throw malformed('its header lists no regions');
  }
  return { ...value, regions: value.regions };
}

/** Labels of a region. Throws InvalidInput unless both sides are whole and positive. */
function sizeOf(region: unknown): number {
  if (typeof region === 'object' && region !== null && 'w' in region && 'h' in region) {
    const { w, h } = region;
    if (Number.isInteger(w) && Number.isInteger(h) && Number(w) > 0 && Number(h) > 0)
      return Number(w) * Number(h);
  }
  throw malformed('a region has no size');
}

function malformed(why: string, cause?: unknown): LimnError {
  return new LimnError(
    'InvalidInput',
    `The edit did not arrive whole: ${why}. Reload the page and paint again.`,
    {
      cause,
    },
  );
}
