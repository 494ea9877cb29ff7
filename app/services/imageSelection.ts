/** `--images` and `--validation`: which images, and which planes of a stack, a command works on. */

import { LimnError } from '../errors.ts';
import type { ImageRow } from '../store/types.ts';

/** An image and the planes of it that were asked for. */
export interface PlaneSelection {
  image: ImageRow;
  /** Time points and depths, ascending; all of them unless a range was given. */
  t: number[];
  z: number[];
}

/**
 * Images by an expression of parts with commas between them: a name, a zero-based position, or positions `A-B`
 * in import order. A name goes before a position. Without expression: all. In import order, each once.
 * Throws InvalidInput for a part that names nothing, and for a range of planes.
 */
export function selectImages(rows: readonly ImageRow[], expression?: string): ImageRow[] {
  return selectPlanes(rows, expression).map((selection) => {
    const { image, t, z } = selection;
    if (t.length * z.length !== image.shape.t * image.shape.z) {
      throw new LimnError(
        'InvalidInput',
        `'${expression}' names single planes of '${image.name}'; this command works on whole images. Leave out what follows the colon.`,
        { fields: { expression: expression ?? '' } },
      );
    }
    return image;
  });
}

/**
 * As {@link selectImages}, where each part may end in planes: `name:z3-7`, `name:t0-4`, `0-3:z5`.
 * Several parts that name one image add up.
 */
export function selectPlanes(rows: readonly ImageRow[], expression?: string): PlaneSelection[] {
  const ordered = [...rows].sort((a, b) => a.position - b.position);
  if (expression === undefined || expression.trim() === '') {
    return ordered.map((image) => ({ image, t: range(image.shape.t), z: range(image.shape.z) }));
  }
  const chosen = new Map<number, PlaneSelection>();
  for (const part of splitParts(expression)) {
    for (const { image, t, z } of selectPart(ordered, part)) {
      const known = chosen.get(image.imageId);
      chosen.set(image.imageId, {
        image,
        t: known === undefined ? t : union(known.t, t),
        z: known === undefined ? z : union(known.z, z),
      });
    }
  }
  return [...chosen.values()].sort((a, b) => a.image.position - b.image.position);
}

/**
 * Splits the images of a training into training and validation.
 * @param options.images as in {@link selectImages}; default all rows.
 * @param options.validation images by expression, which are then not trained on, or a fraction such as `0.2` of
 *   `images`, taken at even distances. Default none. A fraction leaves at least one image to train on.
 *   `validationGroup`: with a fraction, whole groups are held back, see {@link takeGroups}.
 *   `validateOnTraining`: images named for both stay in both.
 * Throws InvalidInput where nothing would be left to train on, WrongUsage for a pattern that makes no groups.
 */
export function splitValidation(
  rows: readonly ImageRow[],
  options: {
    images?: string | undefined;
    validation?: string | undefined;
    validationGroup?: string | undefined;
    validateOnTraining?: boolean | undefined;
  },
): { training: ImageRow[]; validation: ImageRow[] } {
  const images = selectImages(rows, options.images);
  if (options.validation === undefined || options.validation.trim() === '') {
    return { training: images, validation: [] };
  }
  const fraction = parseFraction(options.validation);
  const validation =
    fraction === null
      ? selectImages(rows, options.validation)
      : options.validationGroup === undefined
        ? takeEvenly(images, fraction)
        : takeGroups(images, fraction, options.validationGroup);
  const isKept = fraction === null && options.validateOnTraining === true;
  const held = new Set(isKept ? [] : validation.map((image) => image.imageId));
  const training = images.filter((image) => !held.has(image.imageId));
  if (training.length === 0) {
    throw new LimnError(
      'InvalidInput',
      `With '${options.validation}' for validation no image is left to train on. Validate on fewer images.`,
      { fields: { validation: options.validation } },
    );
  }
  return { training, validation };
}

/** The rows of these ids in import order; all where no ids are given. Throws NotFound for an id that the project has not. */
export function rowsOf(rows: readonly ImageRow[], imageIds?: readonly number[]): readonly ImageRow[] {
  if (imageIds === undefined) return rows;
  const wanted = new Set(imageIds);
  const chosen = rows.filter((row) => wanted.delete(row.imageId));
  const [missing] = wanted;
  if (missing === undefined) return chosen;
  throw new LimnError('NotFound', `The project has no image ${missing}. Reload the list of images.`, {
    fields: { imageId: missing },
  });
}

/** Parts between commas; a name that itself holds a comma cannot be written. */
function splitParts(expression: string): string[] {
  return expression
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function selectPart(rows: readonly ImageRow[], part: string): PlaneSelection[] {
  const whole = findImages(rows, part);
  if (whole !== null)
    return whole.map((image) => ({ image, t: range(image.shape.t), z: range(image.shape.z) }));
  const planes = /^(.+):([tz])(\d+)(?:-(\d+))?$/.exec(part);
  const images = planes === null ? null : findImages(rows, planes[1] ?? '');
  if (planes === null || images === null) throw noSuchImages(rows, part);
  const axis = planes[2] === 't' ? 't' : 'z';
  const first = Number(planes[3]);
  const last = planes[4] === undefined ? first : Number(planes[4]);
  return images.map((image) => {
    const size = image.shape[axis];
    if (first > last || last >= size) {
      throw new LimnError(
        'InvalidInput',
        `'${part}' asks for ${axis} ${first} to ${last}, but '${image.name}' has ${axis} 0 to ${size - 1}. Give planes within that.`,
        { fields: { part, size } },
      );
    }
    const planesOf = { t: range(image.shape.t), z: range(image.shape.z) };
    return { image, ...planesOf, [axis]: range(last + 1).slice(first) };
  });
}

/** Images by name, by position, or by a range of positions; null if the text is none of these. */
function findImages(rows: readonly ImageRow[], text: string): ImageRow[] | null {
  const named = rows.filter((row) => row.name === text);
  if (named.length > 0) return named;
  const positions = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (positions === null) return null;
  const first = Number(positions[1]);
  const last = positions[2] === undefined ? first : Number(positions[2]);
  if (first > last || last >= rows.length) {
    throw new LimnError(
      'InvalidInput',
      rows.length === 0
        ? `There is no image ${text}: the project has none. Import images first.`
        : `There are no images ${text}: the project has ${rows.length}, at positions 0 to ${rows.length - 1}. Give positions within that.`,
      { fields: { expression: text, images: rows.length } },
    );
  }
  return rows.slice(first, last + 1);
}

function noSuchImages(rows: readonly ImageRow[], part: string): LimnError {
  const names = rows.slice(0, 3).map((row) => `'${row.name}'`);
  const known =
    names.length === 0
      ? 'it has no images yet'
      : `its images are ${names.join(', ')}${rows.length > 3 ? ' …' : ''}`;
  return new LimnError(
    'InvalidInput',
    `The project has no image '${part}': ${known}. Give a name, or positions such as 0-${Math.max(0, rows.length - 1)}.`,
    { fields: { part } },
  );
}

/** A number strictly between 0 and 1 that is written with a decimal point. */
function parseFraction(text: string): number | null {
  if (!/^0?\.\d+$/.test(text.trim())) return null;
  const fraction = Number(text);
  return fraction > 0 ? fraction : null;
}

/**
 * Whole groups of about a fraction of the images, at even distances among the groups in their order: images whose names give
 * the pattern's one capture the same text belong together; a name that it does not fit is a group of its own.
 */
function takeGroups(images: readonly ImageRow[], fraction: number, pattern: string): ImageRow[] {
  const expression = groupPattern(pattern);
  const groups = new Map<string, ImageRow[]>();
  for (const image of images) {
    const captured = expression.exec(image.name)?.[1];
    const key = captured === undefined ? `image ${image.imageId}` : `group ${captured}`;
    groups.set(key, [...(groups.get(key) ?? []), image]);
  }
  if (groups.size < 2) {
    throw new LimnError(
      'InvalidInput',
      `With the pattern '${pattern}' all images are one group, so none is left to validate on; give a pattern that tells them apart.`,
      { fields: { pattern } },
    );
  }
  const all = [...groups.values()];
  const count = Math.min(all.length - 1, Math.max(1, Math.round(all.length * fraction)));
  const spacing = all.length / count;
  return range(count).flatMap((n) => all[Math.floor((n + 0.5) * spacing)] ?? []);
}

function groupPattern(pattern: string): RegExp {
  const wrong = (why: string, cause?: unknown): LimnError =>
    new LimnError(
      'WrongUsage',
      `The pattern '${pattern}' of --validation-group ${why}; write one with a single pair of parentheses, such as '^(mouse[0-9]+)_'.`,
      { fields: { pattern }, cause },
    );
  let captures: number;
  try {
    captures = (new RegExp(`${pattern}|`).exec('')?.length ?? 1) - 1;
  } catch (cause) {
    throw wrong('is no regular expression', cause);
  }
  if (captures !== 1) throw wrong(`has ${captures} captures, not one`);
  return new RegExp(pattern);
}

function takeEvenly(images: readonly ImageRow[], fraction: number): ImageRow[] {
  const count = Math.min(images.length - 1, Math.max(1, Math.round(images.length * fraction)));
  if (count <= 0) return [];
  const spacing = images.length / count;
  return range(count).flatMap((n) => images[Math.floor((n + 0.5) * spacing)] ?? []);
}

function range(size: number): number[] {
  return Array.from({ length: size }, (_, index) => index);
}

function union(a: readonly number[], b: readonly number[]): number[] {
  return [...new Set([...a, ...b])].sort((p, q) => p - q);
}
