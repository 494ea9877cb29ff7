/** MetaMorph's private tags (STK): planes stored behind a single page, and the calibrated pixel size. */
import type { PixelSizeUm } from '../image.ts';
import { micrometresPer } from '../lengthUnit.ts';
import type { TiffDirectory, TiffFile } from './tiffDirectory.ts';

const UIC1_TAG = 33628;
const UIC2_TAG = 33629;

/** Entries of UIC1: an id and a value, or the position of one. */
const UIC1 = { spatialCalibration: 3, xCalibration: 4, yCalibration: 5, calibrationUnits: 6 } as const;
/** More than any version writes; a larger list is damaged. */
const MAX_ENTRIES = 4_096;

/** Planes that the file says it has; 1 where MetaMorph did not write it. */
export function metaMorphPlanes(directory: TiffDirectory): number {
  return directory.get(UIC2_TAG)?.count ?? 1;
}

/** The calibration, or null where there is none or it does not make sense. */
export async function readMetaMorphPixelSize(
  file: TiffFile,
  directory: TiffDirectory,
): Promise<PixelSizeUm | null> {
  const field = directory.get(UIC1_TAG);
  if (field === undefined || field.count > MAX_ENTRIES) return null;
  const entries = await longsAt(file, field.offset, field.count * 2);
  const values = new Map<number, number>();
  for (let i = 0; i + 1 < entries.length; i += 2) values.set(entries[i]!, entries[i + 1]!);
  if (values.get(UIC1.spatialCalibration) !== 1) return null;
  const fraction = async (id: number): Promise<number> => {
    const [numerator, denominator] = await longsAt(file, values.get(id) ?? Number.NaN, 2);
    return (numerator ?? 0) / (denominator ?? 0);
  };
  const unit = micrometresPer(await textAt(file, values.get(UIC1.calibrationUnits) ?? Number.NaN));
  const [x, y] = [await fraction(UIC1.xCalibration), await fraction(UIC1.yCalibration)];
  if (unit === null || !(x > 0 && y > 0 && Number.isFinite(x + y))) return null;
  return { y: y * unit, x: x * unit, z: null };
}

/** Unsigned 32-bit values; fewer, or none, where the file ends or the position is no position. */
async function longsAt(file: TiffFile, offset: number, count: number): Promise<number[]> {
  if (!(offset > 0)) return [];
  const bytes = await file.source.readUpTo(offset, Math.min(count * 4, file.source.size));
  const view = new DataView(bytes.buffer);
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) =>
    view.getUint32(i * 4, file.littleEndian),
  );
}

async function textAt(file: TiffFile, offset: number): Promise<string> {
  const [length = 0] = await longsAt(file, offset, 1);
  const bytes =
    length > 0 && length < 64 ? await file.source.readUpTo(offset + 4, length) : new Uint8Array(0);
  return new TextDecoder().decode(bytes).replace(/\0.*$/s, '');
}
