/** What the grey values of label files mean: instances, classes, or the form with unlabelled pixels. */

import { LimnError } from '../errors.ts';
import { BACKGROUND, FIRST_OBJECT, LARGEST_LABEL, UNLABELLED } from '../labels/label.ts';
import type { ImportRequest } from './requests.ts';

/** How every label file of one import is read. */
export type LabelReading =
  | { kind: 'instances'; unlabelled: boolean }
  /** Class name by grey value; `background` and `unlabelled` are not classes. */
  | { kind: 'classes'; nameOf: ReadonlyMap<number, string> };

/** An object that a label file brings. */
export interface ImportedObject {
  label: number;
  /** Null: the class of instances. */
  className: string | null;
  pixels: number;
}

/** More different values than a class mask has; a file with more holds instances. */
const MOST_CLASSES = 254;

/**
 * Decides how the label files are read.
 * @param values all values that occur in any of them.
 * Throws WrongUsage for options that contradict each other, InvalidInput for too many classes.
 */
export function labelReadingFor(request: ImportRequest, values: ReadonlySet<number>): LabelReading {
  const { map, unlabelled } = request;
  if (unlabelled !== undefined && unlabelled !== 0) {
    throw new LimnError(
      'WrongUsage',
      `Only 0 can stand for unlabelled, not ${unlabelled}. Say \`--unlabelled 0\`.`,
    );
  }
  if (map !== undefined && request.labelKind === 'instances') {
    throw new LimnError(
      'WrongUsage',
      'A map names classes. Say `--label-kind classes` with it, or leave it out.',
    );
  }
  if (request.labelKind !== 'classes' && map === undefined) {
    return { kind: 'instances', unlabelled: unlabelled === 0 };
  }
  return { kind: 'classes', nameOf: classNames(map ?? {}, values, unlabelled === 0) };
}

/** Class names that the reading needs, in order of their grey values; null stands for the class of instances. */
export function classesOf(reading: LabelReading): (string | null)[] {
  if (reading.kind === 'instances') return [null];
  const ordered = [...reading.nameOf].sort(([a], [b]) => a - b).map(([, name]) => name);
  return [...new Set(ordered)].filter((name) => name !== 'background' && name !== 'unlabelled');
}

/**
 * Turns the values of one label file into labels, in place, and lists the objects they form.
 * Instances get consecutive labels from 2 by ascending value; each class gets one label.
 * @param values `t * z * y * x` grey values.
 * @param where names the file in an error.
 */
export function readLabels(values: Uint32Array, reading: LabelReading, where: string): ImportedObject[] {
  const present = new Map<number, number>();
  let previous = -1;
  let pixels = 0;
  for (const value of values) {
    if (value !== previous) {
      if (previous >= 0) present.set(previous, (present.get(previous) ?? 0) + pixels);
      previous = value;
      pixels = 0;
    }
    pixels++;
  }
  if (previous >= 0) present.set(previous, (present.get(previous) ?? 0) + pixels);
  const labelOf = new Map<number, number>();
  const objects =
    reading.kind === 'instances'
      ? instancesOf(present, reading, labelOf)
      : regionsOf(present, reading, labelOf);
  if (objects.length > LARGEST_LABEL - FIRST_OBJECT) {
    throw new LimnError('InvalidInput', `'${where}' holds too many objects. Split the image.`);
  }
  let value = -1;
  let label = UNLABELLED;
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== value) {
      value = values[i] ?? 0;
      label = labelOf.get(value) ?? UNLABELLED;
    }
    values[i] = label;
  }
  return objects;
}

function instancesOf(
  present: ReadonlyMap<number, number>,
  reading: { unlabelled: boolean },
  labelOf: Map<number, number>,
): ImportedObject[] {
  labelOf.set(0, reading.unlabelled ? UNLABELLED : BACKGROUND);
  if (reading.unlabelled) labelOf.set(1, BACKGROUND);
  const objects: ImportedObject[] = [];
  for (const value of [...present.keys()].sort((a, b) => a - b)) {
    if (labelOf.has(value)) continue;
    const label = FIRST_OBJECT + objects.length;
    labelOf.set(value, label);
    objects.push({ label, className: null, pixels: present.get(value) ?? 0 });
  }
  return objects;
}

function regionsOf(
  present: ReadonlyMap<number, number>,
  reading: { nameOf: ReadonlyMap<number, string> },
  labelOf: Map<number, number>,
): ImportedObject[] {
  const byClass = new Map<string, ImportedObject>();
  for (const value of [...present.keys()].sort((a, b) => a - b)) {
    const name = reading.nameOf.get(value) ?? 'unlabelled';
    if (name === 'background' || name === 'unlabelled') {
      labelOf.set(value, name === 'background' ? BACKGROUND : UNLABELLED);
      continue;
    }
    const region = byClass.get(name) ?? { label: FIRST_OBJECT + byClass.size, className: name, pixels: 0 };
    region.pixels += present.get(value) ?? 0;
    byClass.set(name, region);
    labelOf.set(value, region.label);
  }
  return [...byClass.values()];
}

/** The mapped name, else `background` for the lowest value if no other is mapped to it, else the value itself. */
function classNames(
  map: Readonly<Record<number, string>>,
  values: ReadonlySet<number>,
  zeroIsUnlabelled: boolean,
): Map<number, string> {
  const nameOf = new Map(Object.entries(map).map(([value, name]) => [Number(value), name.trim()]));
  if (zeroIsUnlabelled && !nameOf.has(0)) nameOf.set(0, 'unlabelled');
  const rest = [...values].filter((value) => nameOf.get(value) !== 'unlabelled').sort((a, b) => a - b);
  const lowest = rest[0];
  const hasBackground = [...nameOf.values()].includes('background');
  if (!hasBackground && lowest !== undefined && !nameOf.has(lowest)) nameOf.set(lowest, 'background');
  for (const value of rest) if (!nameOf.has(value)) nameOf.set(value, String(value));
  if (nameOf.size > MOST_CLASSES) {
    throw new LimnError(
      'InvalidInput',
      `The label images hold ${nameOf.size} different values, too many for classes. Import them with \`--label-kind instances\`.`,
      { fields: { values: nameOf.size } },
    );
  }
  return nameOf;
}
