/** Decodes the planes of one TIFF page: fetches its strips or tiles in few reads and puts their samples in place. */
import { isLimnError, throwIfCancelled } from '../../errors.ts';
import { createPixelArray } from '../../science/pixelArray.ts';
import { decodeJpeg, joinJpegTables } from '../decodeJpeg.ts';
import type { NumberType, PixelArray } from '../image.ts';
import { corruptFile } from '../imageErrors.ts';
import { decompressBytes, LARGEST_RATIO } from './compression.ts';
import { samplesOfBlock } from './decodeBlock.ts';
import { readBytes, readNumbers, type TiffDirectory, type TiffFile } from './tiffDirectory.ts';
import { blockRowBytes, type PageLayout, samplesInBlock, TAG } from './tiffPage.ts';

/** Where the blocks of a page lie, row by row from the top left (one such sequence a sample if planar). */
export interface BlockTable {
  offsets: Float64Array;
  counts: Float64Array;
  jpegTables: Uint8Array | null;
}

/** Blocks this close together are fetched in one read of at most this size. */
const READ_BYTES = 4 * 2 ** 20;
const READ_GAP_BYTES = 4_096;

/** Reads the block table and refuses pages that claim more pixels than their bytes can hold. */
export async function readBlockTable(
  file: TiffFile,
  directory: TiffDirectory,
  layout: PageLayout,
): Promise<BlockTable> {
  const { path, size } = file.source;
  const underTiles = layout.tiled && directory.has(TAG.tileOffsets);
  const offsets = await readNumbers(file, directory, underTiles ? TAG.tileOffsets : TAG.stripOffsets);
  if (offsets === null) throw corruptFile(path, 'does not say where its pixels are');
  const grid = blockGrid(layout);
  if (offsets.length < grid.total) {
    throw corruptFile(path, `lists ${offsets.length} of the ${grid.total} blocks of its pixels`);
  }
  const listed = await readNumbers(file, directory, underTiles ? TAG.tileByteCounts : TAG.stripByteCounts);
  const counts = new Float64Array(grid.total);
  let stored = 0;
  let needed = 0;
  for (let i = 0; i < grid.total; i++) {
    const offset = offsets[i]!;
    if (offset === 0) continue;
    const rows = blockRows(layout, Math.floor((i % grid.perSample) / grid.across));
    // Byte counts of uncompressed data are often wrong or missing; the layout says the same.
    const count =
      layout.compression === 'none' ? blockRowBytes(layout) * rows : (listed?.[i] ?? size - offset);
    if (!(offset + count <= size)) {
      throw corruptFile(
        path,
        `is cut short: its pixels should reach byte ${offset + count} and the file has ${size}`,
      );
    }
    counts[i] = count;
    stored += count;
    needed += blockRowBytes(layout) * rows;
  }
  if (needed === 0) throw corruptFile(path, 'holds no pixels');
  if (stored * LARGEST_RATIO[layout.compression] < needed) {
    throw corruptFile(
      path,
      `says that it is ${layout.width} × ${layout.height} pixels, which its ${stored} bytes of pixel data cannot hold`,
    );
  }
  const jpegTables = layout.compression === 'jpeg' ? await readBytes(file, directory, TAG.jpegTables) : null;
  return { offsets, counts, jpegTables };
}

/**
 * Decodes the named samples of a page, one `(y, x)` plane each. `shiftBytes` moves every block: the planes behind the
 * first one in files with a single page list. Throws CorruptFile on damaged data, Cancelled once the signal fires.
 */
export async function readPagePlanes(
  file: TiffFile,
  layout: PageLayout,
  table: BlockTable,
  samples: readonly number[],
  options: { shiftBytes?: number; signal?: AbortSignal | undefined } = {},
): Promise<PixelArray[]> {
  const { path } = file.source;
  const grid = blockGrid(layout);
  const planes = samples.map(() => createPixelArray(layout.numberType, layout.width * layout.height));
  const wanted = layout.planar
    ? samples.flatMap((sample) => range(sample * grid.perSample, (sample + 1) * grid.perSample))
    : range(0, grid.perSample);
  const present = wanted.filter((block) => table.offsets[block] !== 0);
  for (const group of groupReads(present, table)) {
    throwIfCancelled(options.signal);
    const bytes = await file.source.read(group.offset + (options.shiftBytes ?? 0), group.length);
    const decodeAt = async (block: number): Promise<void> => {
      const at = table.offsets[block]! - group.offset;
      const stored = bytes.subarray(at, at + table.counts[block]!);
      const inSample = block % grid.perSample;
      const top = Math.floor(inSample / grid.across);
      const rows = blockRows(layout, top);
      const values = await decodeBlock(
        stored,
        rows,
        { path, layout, littleEndian: file.littleEndian },
        table,
      );
      const left = (inSample % grid.across) * layout.blockWidth;
      const place = { values, rows, top: top * layout.blockHeight, left };
      samples.forEach((sample, i) => {
        if (layout.planar && Math.floor(block / grid.perSample) !== sample) return;
        placeBlock(planes[i]!, layout, place, layout.planar ? 0 : sample);
      });
    };
    // zlib and zstd work in threads of their own; together the blocks are no larger than the planes.
    await Promise.all(group.blocks.map(decodeAt));
  }
  return planes;
}

async function decodeBlock(
  stored: Uint8Array,
  rows: number,
  context: { path: string; layout: PageLayout; littleEndian: boolean },
  table: BlockTable,
): Promise<PixelArray> {
  const { layout, path } = context;
  try {
    if (layout.compression === 'jpeg') return decodeJpegBlock(stored, rows, layout, table, path);
    const fullBytes = blockRowBytes(layout) * layout.blockHeight;
    const raw = await decompressBytes(layout.compression, stored, fullBytes);
    if (raw.length < blockRowBytes(layout) * rows) {
      throw corruptFile(
        path,
        `has a damaged block (${raw.length} of ${blockRowBytes(layout) * rows} bytes decoded)`,
      );
    }
    return samplesOfBlock(raw, rows, context);
  } catch (error) {
    if (isLimnError(error)) throw error;
    throw corruptFile(path, `has a damaged block (${layout.compression} data do not decode)`, error);
  }
}

function decodeJpegBlock(
  stored: Uint8Array,
  rows: number,
  layout: PageLayout,
  table: BlockTable,
  path: string,
) {
  const components = samplesInBlock(layout);
  const transform = layout.photometric === 'ycbcr';
  const image = decodeJpeg(joinJpegTables(table.jpegTables, stored), components, transform);
  if (image.width !== layout.blockWidth || image.height < rows) {
    throw corruptFile(path, `has a JPEG block of ${image.width} × ${image.height} pixels that does not fit`);
  }
  return image.samples;
}

interface BlockPlace {
  values: PixelArray;
  rows: number;
  top: number;
  left: number;
}

function placeBlock(plane: PixelArray, layout: PageLayout, place: BlockPlace, sample: number): void {
  const stride = samplesInBlock(layout);
  const columns = Math.min(layout.blockWidth, layout.width - place.left);
  for (let row = 0; row < place.rows; row++) {
    const to = (place.top + row) * layout.width + place.left;
    const from = row * layout.blockWidth * stride + sample;
    if (stride === 1) plane.set(place.values.subarray(from, from + columns), to);
    else for (let x = 0; x < columns; x++) plane[to + x] = place.values[from + x * stride]!;
  }
}

interface ReadGroup {
  offset: number;
  length: number;
  blocks: number[];
}

function groupReads(blocks: readonly number[], table: BlockTable): ReadGroup[] {
  const groups: ReadGroup[] = [];
  for (const block of blocks) {
    const offset = table.offsets[block]!;
    const end = offset + table.counts[block]!;
    const last = groups.at(-1);
    const gap = last === undefined ? -1 : offset - (last.offset + last.length);
    if (last !== undefined && gap >= 0 && gap <= READ_GAP_BYTES && end - last.offset <= READ_BYTES) {
      last.length = end - last.offset;
      last.blocks.push(block);
    } else groups.push({ offset, length: end - offset, blocks: [block] });
  }
  return groups;
}

function blockGrid(layout: PageLayout): { across: number; perSample: number; total: number } {
  const across = Math.ceil(layout.width / layout.blockWidth);
  const perSample = across * Math.ceil(layout.height / layout.blockHeight);
  return { across, perSample, total: perSample * (layout.planar ? layout.samples : 1) };
}

/** Rows of a block that lie in the image; in a strip that is also what is stored. */
function blockRows(layout: PageLayout, blockRow: number): number {
  return Math.min(layout.blockHeight, layout.height - blockRow * layout.blockHeight);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Bytes of one stored plane of an uncompressed page with its strips end to end, or null for any other page. */
export function contiguousPlaneBytes(layout: PageLayout, table: BlockTable): number | null {
  if (layout.compression !== 'none' || layout.tiled || layout.planar) return null;
  const blocks = table.counts.length;
  for (let i = 1; i < blocks; i++) {
    if (table.offsets[i] !== table.offsets[i - 1]! + table.counts[i - 1]!) return null;
  }
  return blockRowBytes(layout) * layout.height;
}

/** True where two pages hold planes of one stack. */
export function isSamePlaneKind(a: PageLayout, b: PageLayout): boolean {
  const kind = (layout: PageLayout): [number, number, number, NumberType] => [
    layout.width,
    layout.height,
    layout.samples,
    layout.numberType,
  ];
  return kind(a).every((value, i) => value === kind(b)[i]);
}
