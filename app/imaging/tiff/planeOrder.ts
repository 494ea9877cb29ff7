/** Which page and sample hold plane (t, z, c) of a TIFF: read from OME-XML, ImageJ or tifffile metadata, or from the pages alone. */
import { parseImageJDescription, readImageJOrder } from './imagejDescription.ts';
import { readOmeOrder } from './omeXml.ts';
import type { PageStack, PlaneOrder } from './pageStack.ts';
import { physicalPixelSize } from './resolution.ts';

/** How many planes of so many values the metadata claims, for files that keep several behind a single page entry. */
export function planesClaimed(description: string | null, planeValues: number): number {
  const imageJ = parseImageJDescription(description);
  if (imageJ !== null) return Number(imageJ.get('images') ?? 1);
  const shaped = parseShaped(description);
  return shaped === null ? 1 : shaped.shape.reduce((product, n) => product * n, 1) / planeValues;
}

/** Decides the order of planes. Metadata that does not fit the pages is passed over. */
export function orderPlanes(stack: PageStack): PlaneOrder {
  return readOmeOrder(stack) ?? readImageJOrder(stack) ?? readShapedOrder(stack) ?? plainOrder(stack);
}

/** Pages of one size and no metadata: a stack in z. */
function plainOrder(stack: PageStack): PlaneOrder {
  return {
    t: 1,
    z: stack.pages,
    c: stack.samples,
    pageOf: (_t, z) => z,
    pixelSizeUm: physicalPixelSize(stack.resolution),
    channelNames: null,
  };
}

/** tifffile's own description: JSON with the array's shape, and its axes from version 2022 on. */
function readShapedOrder(stack: PageStack): PlaneOrder | null {
  const shaped = parseShaped(stack.description);
  if (shaped === null || shaped.axes === null) return null;
  const axes = shaped.axes.replace(/[YXS]/g, '');
  const outer = shaped.shape.slice(0, axes.length);
  if (!shaped.axes.startsWith(axes) || new Set(axes).size !== axes.length) return null;
  if (!/^[TZC]*$/.test(axes) || outer.reduce((product, n) => product * n, 1) !== stack.pages) return null;
  const sizeOf = (axis: string) => outer[axes.indexOf(axis)] ?? 1;
  const strideOf = (axis: string) => {
    const at = axes.indexOf(axis);
    return at < 0 ? 0 : outer.slice(at + 1).reduce((product, n) => product * n, 1);
  };
  const [strideT, strideZ, strideC] = [strideOf('T'), strideOf('Z'), strideOf('C')];
  return {
    t: sizeOf('T'),
    z: sizeOf('Z'),
    c: sizeOf('C') * stack.samples,
    pageOf: (t, z, c) => t * strideT + z * strideZ + c * strideC,
    pixelSizeUm: physicalPixelSize(stack.resolution),
    channelNames: null,
  };
}

function parseShaped(description: string | null): { shape: number[]; axes: string | null } | null {
  if (!description?.startsWith('{') || !description.includes('"shape"')) return null;
  let data: unknown;
  try {
    data = JSON.parse(description);
  } catch (error) {
    // A description that only looks like tifffile's is no description.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (typeof data !== 'object' || data === null || !('shape' in data) || !Array.isArray(data.shape))
    return null;
  const shape = data.shape.map(Number);
  if (shape.some((n) => !Number.isInteger(n) || n < 1)) return null;
  const axes = 'axes' in data && typeof data.axes === 'string' ? data.axes : null;
  return { shape, axes };
}
