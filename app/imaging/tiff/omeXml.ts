/** The part of OME-XML that orders planes: Pixels, Channel and TiffData of the first image (OME 2016-06). */
import type { PixelSizeUm } from '../image.ts';
import { micrometresPer } from '../lengthUnit.ts';
import type { PageStack, PlaneOrder } from './pageStack.ts';
import { physicalPixelSize } from './resolution.ts';

/** Order, pixel size and channel names of the first image; null where there is no OME-XML that fits the pages. */
export function readOmeOrder(stack: PageStack): PlaneOrder | null {
  const xml = stack.description;
  if (xml === null || !/<(?:\w+:)?OME[\s>]/.test(xml.slice(0, 4_096))) return null;
  const start = xml.search(/<(?:\w+:)?Pixels[\s>]/);
  if (start < 0) return null;
  const end = xml.slice(start).search(/<\/(?:\w+:)?Pixels>/);
  const pixelsXml = end < 0 ? xml.slice(start) : xml.slice(start, start + end);
  const pixels = attributesOf(pixelsXml);
  const size = (key: string) => Number(pixels.get(key) ?? 1);
  const [sizeZ, sizeT] = [size('SizeZ'), size('SizeT')];
  const sizeC = size('SizeC') / stack.samples;
  const order = pixels.get('DimensionOrder') ?? 'XYCZT';
  const pixelSizeUm = omePixelSize(pixels) ?? physicalPixelSize(stack.resolution);
  const channelNames = elementsOf(pixelsXml, 'Channel').map(
    (channel) => attributesOf(channel).get('Name') ?? '',
  );
  const named = channelNames.length === size('SizeC') && channelNames.every((name) => name !== '');
  const planes = sizeZ * sizeT * sizeC;
  const whole = [sizeZ, sizeT, sizeC].every((n) => Number.isInteger(n) && n > 0);
  if (!whole || !/^XY[CZT]{3}$/.test(order)) return null;
  const pageAt =
    planes <= 10_000_000 ? placePlanes(stack, pixelsXml, order, { C: sizeC, Z: sizeZ, T: sizeT }) : null;
  const shared = { pixelSizeUm, channelNames: named ? channelNames : null };
  if (pageAt === null) {
    // Planes of a set spread over several files, or fewer pages than promised: show what this file holds.
    return { t: 1, z: stack.pages, c: stack.samples, pageOf: (_t, z) => z, pixelSizeUm, channelNames: null };
  }
  return {
    t: sizeT,
    z: sizeZ,
    c: sizeC * stack.samples,
    pageOf: (t, z, c) => pageAt[(t * sizeZ + z) * sizeC + c]!,
    ...shared,
  };
}

type Sizes = Readonly<Record<'C' | 'Z' | 'T', number>>;

/** Page of every plane, indexed `(t, z, c)`; null where a plane lies in no page of this file. */
function placePlanes(stack: PageStack, pixelsXml: string, order: string, sizes: Sizes): Int32Array | null {
  const axes = [...order.slice(2)].filter((axis) => axis === 'C' || axis === 'Z' || axis === 'T');
  const planes = sizes.C * sizes.Z * sizes.T;
  const pageAt = new Int32Array(planes).fill(-1);
  const place = (position: number, page: number): void => {
    const index = { C: 0, Z: 0, T: 0 };
    let rest = position;
    for (const axis of axes) {
      index[axis] = rest % sizes[axis];
      rest = Math.floor(rest / sizes[axis]);
    }
    if (rest === 0 && page < stack.pages) pageAt[(index.T * sizes.Z + index.Z) * sizes.C + index.C] = page;
  };
  const entries = elementsOf(pixelsXml, 'TiffData');
  for (const entry of entries) {
    const attributes = attributesOf(entry);
    const uuid = elementsOf(entry.slice(1), 'UUID')[0];
    const file = uuid === undefined ? undefined : attributesOf(uuid).get('FileName');
    if (file !== undefined && entries.length > 1 && file !== stack.fileName) continue;
    const value = (key: string) => attributes.get(key);
    const first = {
      C: Number(value('FirstC') ?? 0),
      Z: Number(value('FirstZ') ?? 0),
      T: Number(value('FirstT') ?? 0),
    };
    let position = 0;
    let stride = 1;
    for (const axis of axes) {
      position += (axis === 'C' ? Math.floor(first.C / stack.samples) : first[axis]) * stride;
      stride *= sizes[axis];
    }
    const ifd = Number(value('IFD') ?? 0);
    const count = Math.min(
      Number(value('PlaneCount') ?? (value('IFD') === undefined ? planes : 1)),
      stack.pages,
    );
    for (let i = 0; i < count; i++) place(position + i, ifd + i);
  }
  if (entries.length === 0) for (let i = 0; i < planes; i++) place(i, i);
  return pageAt.includes(-1) ? null : pageAt;
}

function omePixelSize(pixels: Map<string, string>): PixelSizeUm | null {
  const along = (axis: string): number | null => {
    const value = Number(pixels.get(`PhysicalSize${axis}`) ?? Number.NaN);
    const unit = micrometresPer(pixels.get(`PhysicalSize${axis}Unit`) ?? 'um');
    return value > 0 && Number.isFinite(value) && unit !== null ? value * unit : null;
  };
  const [x, y] = [along('X'), along('Y')];
  return x === null || y === null ? null : { y, x, z: along('Z') };
}

/** Attributes of the first tag in `xml`. */
function attributesOf(xml: string): Map<string, string> {
  const end = xml.indexOf('>');
  const attributes = new Map<string, string>();
  for (const match of xml
    .slice(0, end < 0 ? xml.length : end)
    .matchAll(/([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    attributes.set(match[1]!, unescapeXml(match[2] ?? match[3] ?? ''));
  }
  return attributes;
}

/** Each element of that name, from its `<` to where the next of its kind begins. */
function elementsOf(xml: string, name: string): string[] {
  const starts = Array.from(
    xml.matchAll(new RegExp(`<(?:\\w+:)?${name}[\\s/>]`, 'g')),
    (match) => match.index,
  );
  return starts.map((start, i) => xml.slice(start, starts[i + 1] ?? xml.length));
}

function unescapeXml(text: string): string {
  return text
    .replace(/&#x([0-9a-f]{1,5});/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
