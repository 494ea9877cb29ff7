/** From the files and folders that a person names to the image files meant, in natural order. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { LimnError } from '../errors.ts';
import { systemErrorCode } from './imageErrors.ts';

/** Endings by which a folder's images are found; a file that is named itself is taken whatever its ending. */
const IMAGE_ENDING = /\.(tiff?|btf|tf8|stk|lsm|png|jpe?g)$/i;

/** Endings that count as one: 'a.ome.tif' has the stem 'a'. */
const DOUBLE_ENDING = /\.ome\.(tiff?|btf|tf2|tf8|zarr)$/i;

/**
 * Lists images: files as named, folders one level deep without hidden files; each once, natural order of names with
 * the path as tie-break. Throws NotFound for a missing path, InvalidInput for a folder without images.
 */
export async function listImageFiles(paths: readonly string[]): Promise<string[]> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const files = (await isFolder(path)) ? await imagesInFolder(path) : [path];
    for (const file of files) if (!found.has(resolve(file))) found.set(resolve(file), file);
  }
  return [...found.values()].sort((a, b) => compareNatural(basename(a), basename(b)) || compareNatural(a, b));
}

/** File name without folder and ending. */
export function stemOf(path: string): string {
  const name = basename(path);
  if (DOUBLE_ENDING.test(name)) return name.replace(DOUBLE_ENDING, '');
  const at = name.lastIndexOf('.');
  return at > 0 ? name.slice(0, at) : name;
}

/**
 * Order in which 2 comes before 10: runs of digits by their value, the rest by code unit without regard to case, then
 * by the plain strings. A total order, the same on every machine.
 */
export function compareNatural(a: string, b: string): number {
  const [left, right] = [tokensOf(a), tokensOf(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareTokens(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length || compareStrings(a, b);
}

function tokensOf(text: string): string[] {
  return text.toLowerCase().match(/[0-9]+|[^0-9]+/g) ?? [];
}

function compareTokens(a: string, b: string): number {
  if (!isDigits(a) || !isDigits(b)) return compareStrings(a, b);
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return left.length - right.length || compareStrings(left, right);
}

function isDigits(token: string): boolean {
  return token >= '0' && token < ':';
}

function compareStrings(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    const code = systemErrorCode(error);
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new LimnError(
      missing ? 'NotFound' : 'InvalidInput',
      missing
        ? `There is no file or folder “${path}”; check the name.`
        : `“${path}” cannot be read (${code ?? String(error)}); check that you may open it.`,
      { fields: { path }, cause: error },
    );
  }
}

async function imagesInFolder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && IMAGE_ENDING.test(entry.name))
    .map((entry) => join(folder, entry.name));
  if (files.length === 0) {
    throw new LimnError(
      'InvalidInput',
      `The folder “${folder}” holds no image; name one with TIFF, PNG or JPEG files directly in it.`,
      { fields: { path: folder } },
    );
  }
  return files;
}
