/** Which label image belongs to which image: by the files' stems. */

import { basename } from 'node:path';
import { LimnError } from '../errors.ts';
import { stemOf } from '../imaging/listImageFiles.ts';

/** What tools append to an image's stem for its label image. */
const SUFFIXES = [
  '_mask',
  '_masks',
  '_label',
  '_labels',
  '_cp_masks',
  '_seg',
  '_gt',
  '-mask',
  '-masks',
  '-label',
  '-labels',
];

export interface LabelMatch {
  /** Label file by image file. */
  labelOf: Map<string, string>;
  /** Sentences: images without labels, label files without image, a rule that was guessed. */
  notes: string[];
}

/**
 * Matches label files to image files: equal stems first, then the image's stem with a usual suffix (`a01_mask`),
 * and, if no stem fits at all, the number that every name ends in (`00.tif` and `labels00000000.png`).
 * Throws InvalidInput if nothing matches, or if two label files claim one image.
 */
export function matchLabels(images: readonly string[], labels: readonly string[]): LabelMatch {
  const byStem = uniqueStems(labels);
  const labelOf = new Map<string, string>();
  const notes: string[] = [];
  for (const image of images) {
    const stem = stemOf(image);
    const label = byStem.get(stem) ?? SUFFIXES.map((suffix) => byStem.get(stem + suffix)).find(isPath);
    if (label !== undefined) labelOf.set(image, label);
  }
  if (labelOf.size === 0) {
    const numbered = matchNumbers(images, labels);
    if (numbered === null) throw nothingMatches(images, labels);
    for (const [image, label] of numbered) labelOf.set(image, label);
    const [image = '', label = ''] = [...numbered][0] ?? [];
    notes.push(
      `Labels were matched by the number at the end of the names, as in '${basename(image)}' and '${basename(label)}'.`,
    );
  }
  const used = new Set(labelOf.values());
  notes.push(
    ...listNote(
      images.filter((image) => !labelOf.has(image)),
      'without a label image',
    ),
  );
  notes.push(
    ...listNote(
      labels.filter((label) => !used.has(label)),
      'without an image, left out',
      'label image',
    ),
  );
  return { labelOf, notes };
}

function uniqueStems(labels: readonly string[]): Map<string, string> {
  const byStem = new Map<string, string>();
  for (const label of labels) {
    const stem = stemOf(label);
    const other = byStem.get(stem);
    if (other !== undefined) {
      throw new LimnError(
        'InvalidInput',
        `'${other}' and '${label}' both are label images of '${stem}'. Keep one of them in the folder.`,
        { fields: { first: other, second: label } },
      );
    }
    byStem.set(stem, label);
  }
  return byStem;
}

/** Pairs with the same number at the end of the stem; null if a number is missing or occurs twice on one side. */
function matchNumbers(images: readonly string[], labels: readonly string[]): Map<string, string> | null {
  const imageOf = byTrailingNumber(images);
  const labelOf = byTrailingNumber(labels);
  if (imageOf === null || labelOf === null) return null;
  const pairs = new Map<string, string>();
  for (const [number, image] of imageOf) {
    const label = labelOf.get(number);
    if (label !== undefined) pairs.set(image, label);
  }
  return pairs.size === 0 ? null : pairs;
}

/** Files by the number that their stem ends in; null unless each has one, all have the same text before it, and none repeats. */
function byTrailingNumber(files: readonly string[]): Map<bigint, string> | null {
  const numbered = new Map<bigint, string>();
  const before = new Set<string>();
  for (const file of files) {
    const parts = /^(.*?)(\d+)$/.exec(stemOf(file));
    if (parts === null) return null;
    const number = BigInt(parts[2] ?? '0');
    if (numbered.has(number)) return null;
    numbered.set(number, file);
    before.add(parts[1] ?? '');
  }
  return before.size === 1 ? numbered : null;
}

function listNote(files: readonly string[], what: string, noun = 'image'): string[] {
  if (files.length === 0) return [];
  const names = files.slice(0, 3).map((file) => `'${basename(file)}'`);
  const more = files.length > 3 ? ` and ${files.length - 3} more` : '';
  return [`${files.length} ${noun}${files.length === 1 ? '' : 's'} ${what}: ${names.join(', ')}${more}.`];
}

function nothingMatches(images: readonly string[], labels: readonly string[]): LimnError {
  const image = basename(images[0] ?? '');
  const label = basename(labels[0] ?? '');
  return new LimnError(
    'InvalidInput',
    `No label image has the name of an image (for example '${label}' and '${image}'). Give each label image the name of its image, such as '${stemOf(image)}.tif'.`,
    { fields: { image, label } },
  );
}

function isPath(path: string | undefined): path is string {
  return path !== undefined;
}
