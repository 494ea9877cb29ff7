/** Opens a TIFF as an image of (t, z, c, y, x): directories at once, pixels plane by plane when they are asked for. */
import type { ByteSource } from '../byteSource.ts';
import type { ImageDescription, ImageReader, PixelArray } from '../image.ts';
import { corruptFile, fileNameOf } from '../imageErrors.ts';
import { requirePlane } from '../planeAddress.ts';
import { metaMorphPlanes, readMetaMorphPixelSize } from './metaMorph.ts';
import type { PlaneOrder } from './pageStack.ts';
import { orderPlanes, planesClaimed } from './planeOrder.ts';
import {
  type BlockTable,
  contiguousPlaneBytes,
  isSamePlaneKind,
  readBlockTable,
  readPagePlanes,
} from './readPage.ts';
import type { Resolution } from './resolution.ts';
import {
  readNumber,
  readNumbers,
  readText,
  readTiffFile,
  type TiffDirectory,
  type TiffFile,
} from './tiffDirectory.ts';
import { isSecondaryPage, type PageLayout, readPageLayout, TAG } from './tiffPage.ts';

/** One plane set of the stack: a page, or a stretch behind the first page where only that is listed. */
interface StackPage {
  directory: TiffDirectory;
  shiftBytes: number;
}

/**
 * Reads the structure of an open TIFF. The reader owns `source` from here on. `keepAlpha` also gives the samples that
 * the file declares as transparency. Throws CorruptFile or UnsupportedFormat with the file's name.
 */
export async function openTiff(
  source: ByteSource,
  options: { keepAlpha?: boolean } = {},
): Promise<ImageReader> {
  const file = await readTiffFile(source);
  const [first] = file.directories;
  if (first === undefined) throw corruptFile(source.path, 'holds no page');
  const layout = await readPageLayout(file, first);
  const table = await readBlockTable(file, first, layout);
  const description = await readText(file, first, TAG.description);
  const pages = await collectPages(file, layout, table, description);
  const samples = options.keepAlpha ? layout.samples : layout.samples - alphaSamples(layout);
  const order = orderPlanes({
    fileName: fileNameOf(source.path),
    description,
    pages: pages.length,
    samples,
    resolution: await readResolution(file, first),
  });
  order.pixelSizeUm ??= await readMetaMorphPixelSize(file, first);
  return new TiffReader(file, layout, table, pages, order, samples);
}

class TiffReader implements ImageReader {
  readonly description: ImageDescription;
  readonly #file: TiffFile;
  readonly #layout: PageLayout;
  readonly #pages: StackPage[];
  readonly #order: PlaneOrder;
  readonly #samples: number;
  readonly #tables = new Map<TiffDirectory, { layout: PageLayout; table: BlockTable }>();
  /** Planes of the last page with interleaved samples: its channels are usually asked for one after the other. */
  #recent: { page: number; planes: PixelArray[] } | null = null;

  constructor(
    file: TiffFile,
    layout: PageLayout,
    table: BlockTable,
    pages: StackPage[],
    order: PlaneOrder,
    samples: number,
  ) {
    this.#file = file;
    this.#layout = layout;
    this.#pages = pages;
    this.#order = order;
    this.#samples = samples;
    if (pages[0] !== undefined) this.#tables.set(pages[0].directory, { layout, table });
    this.description = {
      shape: { t: order.t, z: order.z, c: order.c, y: layout.height, x: layout.width },
      numberType: layout.numberType,
      pixelSizeUm: order.pixelSizeUm,
      channelNames: order.channelNames ?? defaultChannelNames(order.c, layout),
    };
  }

  async readPlane(t: number, z: number, c: number, signal?: AbortSignal): Promise<PixelArray> {
    const { path } = this.#file.source;
    requirePlane(path, this.description, t, z, c);
    const page = this.#order.pageOf(t, z, Math.floor(c / this.#samples));
    const sample = c % this.#samples;
    if (this.#recent !== null && this.#recent.page === page) return this.#recent.planes[sample]!.slice();
    const stackPage = this.#pages[page];
    if (stackPage === undefined)
      throw corruptFile(path, `lacks the page of plane t ${t}, z ${z}, channel ${c}`);
    const { layout, table } = await this.#locate(stackPage.directory);
    const interleaved = this.#samples > 1 && !layout.planar;
    const samples = interleaved ? Array.from({ length: this.#samples }, (_, i) => i) : [sample];
    const options = { shiftBytes: stackPage.shiftBytes, signal };
    const planes = await readPagePlanes(this.#file, layout, table, samples, options);
    if (!interleaved) return planes[0]!;
    this.#recent = { page, planes };
    return planes[sample]!.slice();
  }

  async close(): Promise<void> {
    this.#recent = null;
    await this.#file.source.close();
  }

  async #locate(directory: TiffDirectory): Promise<{ layout: PageLayout; table: BlockTable }> {
    const known = this.#tables.get(directory);
    if (known !== undefined) return known;
    const layout = await readPageLayout(this.#file, directory);
    if (!isSamePlaneKind(layout, this.#layout)) {
      throw corruptFile(this.#file.source.path, 'has pages of different sizes or number types');
    }
    const table = await readBlockTable(this.#file, directory, layout);
    this.#tables.set(directory, { layout, table });
    return { layout, table };
  }
}

/** The pages that belong to the first image: those like the first one, or the planes stored behind a single one. */
async function collectPages(
  file: TiffFile,
  layout: PageLayout,
  table: BlockTable,
  description: string | null,
): Promise<StackPage[]> {
  const [first, ...others] = file.directories;
  const pages: StackPage[] = first === undefined ? [] : [{ directory: first, shiftBytes: 0 }];
  if (first !== undefined && others.length === 0) {
    const planeBytes = contiguousPlaneBytes(layout, table);
    const described = planesClaimed(description, layout.width * layout.height * layout.samples);
    const planes = Math.max(described, metaMorphPlanes(first));
    if (planeBytes === null || !Number.isInteger(planes) || planes <= 1) return pages;
    const available = Math.floor((file.source.size - table.offsets[0]!) / planeBytes);
    // A description that outlived a cut to one page is passed over; a stack that ends early is not.
    if (available === 1) return pages;
    if (planes > available) {
      throw corruptFile(
        file.source.path,
        `is cut short: it should hold ${planes} planes and holds ${available}`,
      );
    }
    return Array.from({ length: planes }, (_, i) => ({ directory: first, shiftBytes: i * planeBytes }));
  }
  for (const directory of others) {
    if (await isSecondaryPage(file, directory)) continue;
    const width = await readNumber(file, directory, TAG.width, 0);
    const height = await readNumber(file, directory, TAG.height, 0);
    const samples = await readNumber(file, directory, TAG.samplesPerPixel, 1);
    const bits = await readNumber(file, directory, TAG.bitsPerSample, 1);
    const alike = width === layout.width && height === layout.height && samples === layout.samples;
    if (alike && bits === layout.bits) pages.push({ directory, shiftBytes: 0 });
  }
  return pages;
}

/**
 * Trailing samples that are transparency: declared alpha behind one grey or three colour samples, in the form that
 * colour pictures have. Planes and larger numbers so declared are a stack that a library took for a picture.
 */
function alphaSamples(layout: PageLayout): number {
  const colours = layout.samples - layout.extraSamples.length;
  const declared = layout.extraSamples.length === 1 && [1, 2].includes(layout.extraSamples[0]!);
  const expected = layout.photometric === 'rgb' ? 3 : 1;
  return declared && colours === expected && !layout.planar && layout.bits <= 8 ? 1 : 0;
}

async function readResolution(file: TiffFile, directory: TiffDirectory): Promise<Resolution> {
  const value = async (tag: number): Promise<number | null> => {
    const resolution = (await readNumbers(file, directory, tag))?.[0];
    return resolution !== undefined && resolution > 0 && Number.isFinite(resolution) ? resolution : null;
  };
  const unit = await readNumber(file, directory, TAG.resolutionUnit, 2);
  return {
    x: await value(TAG.xResolution),
    y: await value(TAG.yResolution),
    unit: unit === 3 ? 'cm' : unit === 2 ? 'inch' : 'none',
  };
}

function defaultChannelNames(channels: number, layout: PageLayout): string[] {
  if (channels === 3 && (layout.photometric === 'rgb' || layout.photometric === 'ycbcr'))
    return ['red', 'green', 'blue'];
  return Array.from({ length: channels }, (_, c) => `channel ${c}`);
}
