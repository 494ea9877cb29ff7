/** ImageJ's image description: lines `key=value` that give a hyperstack's size, its unit and plane spacing. */
import type { PixelSizeUm } from '../image.ts';
import { micrometresPer } from '../lengthUnit.ts';
import type { PageStack, PlaneOrder } from './pageStack.ts';
import { physicalPixelSize, type Resolution } from './resolution.ts';

/** The description's entries, or null where it is not ImageJ's. */
export function parseImageJDescription(description: string | null): Map<string, string> | null {
  if (!description?.startsWith('ImageJ=')) return null;
  const entries = new Map<string, string>();
  for (const line of description.split(/\r?\n/)) {
    const at = line.indexOf('=');
    if (at > 0) entries.set(line.slice(0, at), line.slice(at + 1));
  }
  return entries;
}

/** Planes run channel first, then slice, then frame. Null where the description is not ImageJ's. */
export function readImageJOrder(stack: PageStack): PlaneOrder | null {
  const entries = parseImageJDescription(stack.description);
  if (entries === null) return null;
  const size = (key: string) => {
    const value = Number(entries.get(key) ?? 1);
    return Number.isInteger(value) && value > 0 ? value : 1;
  };
  let [channels, slices, frames] = [size('channels'), size('slices'), size('frames')];
  // A probability stack may be written with 1 × 1 × 1 and several images: the pages are what is there.
  if (channels * slices * frames !== stack.pages) [channels, slices, frames] = [1, stack.pages, 1];
  return {
    t: frames,
    z: slices,
    c: channels * stack.samples,
    pageOf: (t, z, c) => (t * slices + z) * channels + c,
    pixelSizeUm: imageJPixelSize(entries, stack.resolution),
    channelNames: null,
  };
}

/**
 * ImageJ gives pixels per `unit` of the description. Where the tags say centimetres and the description micrometres,
 * some writers mean the tags and some the description: the tags count if they yield a size that a microscope has.
 */
function imageJPixelSize(entries: Map<string, string>, resolution: Resolution): PixelSizeUm | null {
  const umPerUnit = micrometresPer(entries.get('unit') ?? '');
  const spacing = Number(entries.get('spacing') ?? Number.NaN);
  const { x, y } = resolution;
  if (umPerUnit === null || x === null || y === null) return withSpacing(physicalPixelSize(resolution), null);
  const z = spacing > 0 ? spacing * umPerUnit : null;
  const byTags = physicalPixelSize(resolution);
  if (umPerUnit === 1 && byTags !== null && byTags.x >= 1e-3) return withSpacing(byTags, z);
  return { y: umPerUnit / y, x: umPerUnit / x, z };
}

function withSpacing(size: PixelSizeUm | null, z: number | null): PixelSizeUm | null {
  return size === null ? null : { ...size, z };
}
