/** What a training would learn from and what to mend first, told before it starts: counts, balance, findings with a place. */

import type { TrainingFinding, TrainingOutlook } from '../api/types.ts';
import { receptiveRadiusPx } from '../engine/networks/unetGeometry.ts';
import { type CallContext, isLimnError } from '../errors.ts';
import { classDirections, emptyDirections, mergeDirections } from '../science/classDirections.ts';
import type { ClassRow, ImageRow } from '../store/types.ts';
import { type LabelFacts, labelFacts, type PixelFacts, pixelFacts } from './planeFacts.ts';
import { splitImages } from './planTraining.ts';
import type { Project } from './project.ts';
import type { Preset } from './requests.ts';
import { blockersOf, type LabelledPlane, labelledPlanes, planeName } from './trainingData.ts';
import { PRESETS } from './trainingPresets.ts';

/** Below this share of the labelled pixels a class is called scarce. */
const SCARCE_SHARE = 0.002;
/** From this share of pixels at the largest value that the number type or camera can give, an image is called saturated. */
const SATURATED_SHARE = 0.01;
/** Findings of one kind that are told one by one; more of them are counted. */
const MOST_OF_A_KIND = 5;
/** From so many labelled images on, some should be held back to validate on. */
const ENOUGH_TO_VALIDATE = 3;

/** What the outlook is asked about; everything may be left out. */
export interface OutlookRequest {
  images?: string | undefined;
  validation?: string | undefined;
  validationGroup?: string | undefined;
  validateOnTraining?: boolean | undefined;
  preset?: Preset | undefined;
  depth?: number | undefined;
}

interface ExaminedPlane {
  plane: LabelledPlane;
  facts: LabelFacts;
}

/**
 * What a training on these images (default: all labelled ones) would learn from, and what stands in its way. A choice
 * of images that cannot be split is a finding too, not an error.
 * @throws InvalidInput, NotFound for an image that is not there, ProjectDamaged
 */
export async function outlook(
  project: Project,
  request: OutlookRequest = {},
  context: CallContext = {},
): Promise<TrainingOutlook> {
  const { training, validation, refusal } = splitOrRefusal(project, request);
  const classes = project.store.classes.list();
  const examined: ExaminedPlane[] = [];
  for (const plane of labelledPlanes(project, training)) {
    examined.push({ plane, facts: await labelFacts(project, plane, context) });
  }
  const counts = addUp(examined, classes);
  const findings = [
    ...refusal,
    ...labelFindings(examined, counts, classes),
    ...shapeFindings(examined, request),
    ...directionFindings(examined, classes),
    ...calibrationFindings(training),
    ...(await pixelFindings(project, training, validation, context)),
    ...validationFindings(training, validation),
  ];
  return {
    images: training.length,
    objects: counts.objects,
    labelledFraction: counts.pixels > 0 ? counts.labelledPixels / counts.pixels : 0,
    classes: ['background', ...classes.map((row) => row.name)].map((name, k) => ({
      name,
      pixels: counts.pixelsOfClass[k] ?? 0,
      objects: counts.objectsOfClass[k] ?? 0,
    })),
    validation: validation.map((row) => row.name),
    findings: findings.sort((a, b) => Number(b.blocks) - Number(a.blocks)),
  };
}

function splitOrRefusal(
  project: Project,
  { images, validation, validationGroup, validateOnTraining }: OutlookRequest,
): { training: ImageRow[]; validation: ImageRow[]; refusal: TrainingFinding[] } {
  const chosen = {
    ...(images !== undefined && { images }),
    ...(validation !== undefined && { validation }),
    ...(validationGroup !== undefined && { validationGroup }),
    ...(validateOnTraining !== undefined && { validateOnTraining }),
  };
  try {
    return { ...splitImages(project, chosen), refusal: [] };
  } catch (error) {
    if (!isLimnError(error)) throw error;
    const refusal: TrainingFinding = { kind: 'split', blocks: true, sentence: error.message, place: null };
    return { ...splitImages(project, {}), refusal: [refusal] };
  }
}

interface Counts {
  pixelsOfClass: Float64Array;
  objectsOfClass: number[];
  paintedBackground: number;
  objects: number;
  labelledPixels: number;
  pixels: number;
}

function addUp(examined: readonly ExaminedPlane[], classes: readonly ClassRow[]): Counts {
  const counts: Counts = {
    pixelsOfClass: new Float64Array(classes.length + 1),
    objectsOfClass: new Array<number>(classes.length + 1).fill(0),
    paintedBackground: 0,
    objects: 0,
    labelledPixels: 0,
    pixels: 0,
  };
  for (const { facts } of examined) {
    for (let k = 0; k <= classes.length; k++) {
      counts.pixelsOfClass[k]! += facts.pixelsOfClass[k]!;
      counts.objectsOfClass[k]! += facts.objectsOfClass[k]!;
      counts.labelledPixels += facts.pixelsOfClass[k]!;
      counts.objects += facts.objectsOfClass[k]!;
    }
    counts.paintedBackground += facts.paintedBackground;
    counts.pixels += facts.pixels;
  }
  return counts;
}

/** Nothing painted, no background, no object, a class without pixels or with few. */
function labelFindings(
  examined: readonly ExaminedPlane[],
  counts: Counts,
  classes: readonly ClassRow[],
): TrainingFinding[] {
  const [blocker] = blockersOf(counts, classes);
  if (blocker !== undefined) {
    const kind =
      classes.length === 0
        ? 'no-class'
        : counts.labelledPixels === 0
          ? 'no-labels'
          : counts.paintedBackground === 0
            ? 'no-background'
            : 'no-object';
    const first = examined[0]?.plane;
    const place = first ? placeOf(first) : null;
    return [{ kind, blocks: true, sentence: blocker, place }];
  }
  return classes.flatMap((row): TrainingFinding[] => {
    const pixels = counts.pixelsOfClass[row.position] ?? 0;
    const tell = (kind: 'class-missing' | 'class-scarce', sentence: string) => [
      { kind, blocks: false, sentence, place: null, classId: row.classId },
    ];
    if (pixels === 0) {
      return tell(
        'class-missing',
        `No pixel is labelled ${row.name}, so the network will not learn it; paint some.`,
      );
    }
    if (pixels >= SCARCE_SHARE * counts.labelledPixels) return [];
    return tell('class-scarce', `Few pixels are labelled ${row.name}; paint more of it.`);
  });
}

/** Classes that differ in direction, which keeps tiles from being turned. */
function directionFindings(
  examined: readonly ExaminedPlane[],
  classes: readonly ClassRow[],
): TrainingFinding[] {
  const tally = emptyDirections(classes.length);
  for (const { facts } of examined) mergeDirections(tally, facts.directions);
  const names = classDirections(tally).map(({ classIndex }) => classes[classIndex - 1]?.name ?? 'background');
  if (names.length === 0) return [];
  const list = new Intl.ListFormat('en').format(names);
  const sentence = `The classes ${list} lie in directions of their own, so tiles will not be turned or mirrored while training.`;
  return [{ kind: 'directions', blocks: false, sentence, place: null }];
}

/** Objects under one label, and objects that the network cannot see whole. */
function shapeFindings(
  examined: readonly ExaminedPlane[],
  { preset, depth }: OutlookRequest,
): TrainingFinding[] {
  const merged = examined.flatMap(({ plane, facts }) =>
    facts.merged.map(({ label, area, sign }): TrainingFinding => {
      const looks = sign === 'parts' ? 'has parts that do not touch' : 'has a waist';
      return {
        kind: 'shared-label',
        blocks: false,
        sentence: `Object #${label} of ${planeName(plane)} ${looks}, as two objects under one label have; the network would learn to merge them. Split it, or leave it if it is one.`,
        place: { ...placeOf(plane), area, label },
      };
    }),
  );
  // Only the U-Net's view is reckoned here; the FCNs' is far larger, the patch classifier's is its window.
  const isUnet = (PRESETS[preset ?? 'fast'].network ?? 'unet') === 'unet';
  const seen = !isUnet
    ? Number.POSITIVE_INFINITY
    : 2 *
        receptiveRadiusPx({
          padding: 'same',
          depth: depth ?? PRESETS[preset ?? 'fast'].depth,
        }) +
      1;
  const tooLarge = examined.flatMap(({ plane, facts }): TrainingFinding[] => {
    const { largest } = facts;
    const side = largest ? Math.max(largest.area.w, largest.area.h) : 0;
    if (!largest || side <= seen) return [];
    return [
      {
        kind: 'larger-than-seen',
        blocks: false,
        sentence: `Object #${largest.label} of ${planeName(plane)} is ${side} px long, but the network sees ${seen} px around a pixel; take a larger depth, or import the images at a coarser scale.`,
        place: { ...placeOf(plane), area: largest.area, label: largest.label },
      },
    ];
  });
  const more = (count: number) =>
    `${count} more objects look like two under one label; open the images and check their outlines.`;
  return [...atMost(merged, more), ...atMost(tooLarge, (count) => `${count} more images have such objects.`)];
}

function calibrationFindings(training: readonly ImageRow[]): TrainingFinding[] {
  const without = training.filter((image) => image.pixelSizeUm === null);
  const [first] = without;
  if (!first) return [];
  const names = without
    .slice(0, 3)
    .map((image) => image.name)
    .join(', ');
  return [
    {
      kind: 'no-pixel-size',
      blocks: false,
      sentence: `${names}${without.length > 3 ? ` and ${without.length - 3} more have` : without.length > 1 ? ' have' : ' has'} no pixel size, so areas come in pixels and another magnification cannot be matched; set it in the image’s information, or with limn pixel-size.`,
      place: { imageId: first.imageId, t: 0, z: 0, area: null, label: null },
    },
  ];
}

/** Blank and saturated planes, and images that are there twice. */
async function pixelFindings(
  project: Project,
  training: readonly ImageRow[],
  validation: readonly ImageRow[],
  context: CallContext,
): Promise<TrainingFinding[]> {
  const blank: TrainingFinding[] = [];
  const saturated: TrainingFinding[] = [];
  const twice: TrainingFinding[] = [];
  const firstOf = new Map<string, { plane: LabelledPlane; trains: boolean }>();
  for (const image of [...training, ...validation]) {
    const trains = training.includes(image);
    for (const plane of labelledPlanes(project, [image])) {
      const facts = await factsOfChannels(project, plane, context);
      if (facts.length === 0) continue;
      if (facts.every((one) => one.minimum === one.maximum)) {
        blank.push({
          kind: 'blank',
          blocks: true,
          sentence: `${planeName(plane)} has the same value in every pixel, so there is nothing to learn from it; remove its labels, or import it again.`,
          place: placeOf(plane),
        });
        continue;
      }
      const worst = Math.max(...facts.map((one) => (isCeiling(one.maximum, image) ? one.atMaximum : 0)));
      if (worst >= SATURATED_SHARE) {
        saturated.push({
          kind: 'saturated',
          blocks: false,
          sentence: `${(worst * 100).toFixed(0)} % of the pixels of ${planeName(plane)} are at the largest value, where bright objects lose their borders; take the picture again with less light or gain if you can.`,
          place: placeOf(plane),
        });
      }
      const print = facts.map((one) => one.fingerprint).join();
      const first = firstOf.get(print);
      if (first) twice.push(duplicateOf(plane, first, trains));
      else firstOf.set(print, { plane, trains });
    }
  }
  return [
    ...atMost(blank, (count) => `${count} more planes are blank.`),
    ...atMost(saturated, (count) => `${count} more planes are saturated.`),
    ...atMost(twice, (count) => `${count} more images are there twice.`),
  ];
}

function duplicateOf(
  plane: LabelledPlane,
  first: { plane: LabelledPlane; trains: boolean },
  trains: boolean,
): TrainingFinding {
  const [own, other] = [planeName(plane), planeName(first.plane)];
  return trains === first.trains
    ? {
        kind: 'duplicate',
        blocks: false,
        sentence: `${own} has the same pixels as ${other}; it would count twice. Remove the labels of one of them.`,
        place: placeOf(plane),
      }
    : {
        kind: 'trains-on-validation',
        blocks: false,
        sentence: `${own} is validated on and has the same pixels as ${other}, which is trained on: validation would show what was learnt by heart. Choose other validation images.`,
        place: placeOf(plane),
      };
}

/** Facts of the channels of a plane that the network sees. */
async function factsOfChannels(
  project: Project,
  plane: LabelledPlane,
  context: CallContext,
): Promise<PixelFacts[]> {
  const { shape } = plane.image;
  const chosen = project.store.settings.channels() ?? Array.from({ length: shape.c }, (_, c) => c);
  const facts: PixelFacts[] = [];
  for (const c of chosen) if (c < shape.c) facts.push(await pixelFacts(project, plane, c, context));
  return facts;
}

/** Whether a grey value is the largest that its number type or a camera of 8 to 16 bits can give. */
function isCeiling(value: number, { numberType }: ImageRow): boolean {
  if (numberType.startsWith('float')) return value === 1 || value === 255 || value === 65535;
  return Number.isInteger(Math.log2(value + 1)) && value >= 255;
}

function validationFindings(
  training: readonly ImageRow[],
  validation: readonly ImageRow[],
): TrainingFinding[] {
  if (validation.length > 0 || training.length < ENOUGH_TO_VALIDATE) return [];
  return [
    {
      kind: 'no-validation',
      blocks: false,
      sentence:
        'No image is held back for validation, so the curve cannot tell learning from learning by heart; hold back a fifth of the images.',
      place: null,
    },
  ];
}

function placeOf({ image, t, z }: LabelledPlane): NonNullable<TrainingFinding['place']> {
  return { imageId: image.imageId, t, z, area: null, label: null };
}

/** The first findings of a kind; the rest in one sentence. */
function atMost(findings: readonly TrainingFinding[], more: (count: number) => string): TrainingFinding[] {
  const shown = findings.slice(0, MOST_OF_A_KIND);
  const last = shown.at(-1);
  const rest = findings.length - shown.length;
  return last && rest > 0 ? [...shown, { ...last, sentence: more(rest), place: null }] : shown;
}
