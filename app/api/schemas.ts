/** Schemas of all that a client may send; the types they give are those of services/requests.ts. */

import { z } from 'zod';
import { LARGEST_LABEL } from '../labels/label.ts';
import { BACKBONES, DEVICE_CHOICES, ENGINES, EXPORT_KINDS, PRESET_NAMES } from '../services/requests.ts';
import type { RunSampleLayer } from './types.ts';

/** A non-negative whole number written in a path or query. */
const wholeNumber = z
  .string()
  .regex(/^\d{1,9}$/, 'expected a whole number from 0')
  .transform(Number);
/** A number written in a query. */
const decimalNumber = z
  .string()
  .regex(/^-?\d{1,12}(\.\d{1,12})?$/, 'expected a number')
  .transform(Number);
const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');
const path = z.string().min(1).max(4096);
const selection = z.string().max(200_000);
const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'expected a colour such as #4477aa');
const name = z.string().trim().min(1).max(200);
const count = z.number().int().min(0);
const imageIds = z.array(count).min(1).max(100_000);
const device = z.enum(DEVICE_CHOICES);
const exportKind = z.enum(EXPORT_KINDS);
const preset = z.enum(PRESET_NAMES);
/** A label value: 32 bits. */
const label = z.number().int().min(0).max(LARGEST_LABEL);

export const idPath = z.object({ id: wholeNumber });
export const samplePath = z.object({
  id: wholeNumber,
  step: wholeNumber,
  layer: z.enum(['image', 'label', 'weight', 'probability'] satisfies RunSampleLayer[]),
});
export const planePath = z.object({ id: wholeNumber, t: wholeNumber, z: wholeNumber });
export const labelTilePath = z.object({
  id: wholeNumber,
  t: wholeNumber,
  z: wholeNumber,
  ty: wholeNumber,
  tx: wholeNumber,
});
export const labelLevelTilePath = labelTilePath.extend({ level: wholeNumber });
export const pixelTilePath = z.object({
  id: wholeNumber,
  level: wholeNumber,
  t: wholeNumber,
  z: wholeNumber,
  c: wholeNumber,
  ty: wholeNumber,
  tx: wholeNumber,
});
export const objectPath = z.object({ id: wholeNumber, label: wholeNumber });

/** `v` is ProjectInfo.cacheKey. */
export const cacheQuery = z.object({ v: z.string().max(64).optional() });
export const planeQuery = z.object({
  t: wholeNumber.default(0),
  z: wholeNumber.default(0),
  c: wholeNumber.default(0),
});
/** Without a plane the middle one. */
export const thumbnailQuery = cacheQuery.extend({
  size: wholeNumber.default(160),
  t: wholeNumber.optional(),
  z: wholeNumber.optional(),
});
export const weightMapQuery = z.object({
  preset: z.enum(['paper', 'fiji']).default('paper'),
  w0: decimalNumber.optional(),
  sigma: decimalNumber.optional(),
});
/** A class whose probability is asked for; without it the objects. */
export const predictionLayerQuery = z.object({ class: wholeNumber.optional() });
export const probabilityQuery = z.object({ class: wholeNumber.default(1) });
export const outlookQuery = z.object({
  images: selection.optional(),
  validation: selection.optional(),
  validationGroup: z.string().min(1).max(200).optional(),
  validateOnTraining: flag.optional(),
  preset: preset.optional(),
  depth: wholeNumber.optional(),
});
export const modelQuery = z.object({ halfPrecision: flag.default(false) });
export const downloadQuery = z.object({
  layer: z.enum(['labels', 'prediction']).default('labels'),
  kind: exportKind.default('instances'),
  keepUnlabelled: flag.default(false),
});

export const openProjectBody = z.object({ path });
export const newProjectBody = z.object({ path, classes: z.array(name).max(254).exactOptional() });
export const settingsBody = z.object({ channels: z.array(count).min(1).max(64).nullable() });

const micrometres = z.number().positive().max(1e6);
/** Pixel size of some images or, without ids, of all. */
export const pixelSizeBody = z.object({
  imageIds: imageIds.exactOptional(),
  pixelSizeUm: z.object({ y: micrometres, x: micrometres, z: micrometres.nullable() }).nullable(),
});
export const moveJobBody = z.object({ place: count });

export const importOptions = z.object({
  labels: path.exactOptional(),
  labelKind: z.enum(['instances', 'classes']).exactOptional(),
  unlabelled: count.exactOptional(),
  map: z.record(z.coerce.number().int().min(0), name).exactOptional(),
  link: z.boolean().exactOptional(),
  pixelSizeUm: z.number().positive().exactOptional(),
  channels: z.array(count).min(1).exactOptional(),
});
export const importBody = importOptions.extend({ paths: z.array(path).min(1).max(100_000) });

export const trainBody = z.object({
  preset: preset.exactOptional(),
  backbone: z.enum(BACKBONES).exactOptional(),
  backboneWeights: path.exactOptional(),
  baseFilters: z.number().int().min(1).max(1024).exactOptional(),
  depth: z.number().int().min(1).max(8).exactOptional(),
  layers: z.enum(['all', 'output']).exactOptional(),
  minutes: z.number().positive().exactOptional(),
  steps: z.number().int().positive().exactOptional(),
  images: selection.exactOptional(),
  validation: selection.exactOptional(),
  engine: z.enum(ENGINES).exactOptional(),
  device: device.exactOptional(),
  seed: count.exactOptional(),
  init: path.exactOptional(),
  learningRate: z.number().positive().exactOptional(),
  tileSize: z.number().int().positive().exactOptional(),
  batchSize: z.number().int().positive().exactOptional(),
  w0: z.number().nonnegative().exactOptional(),
  sigmaPx: z.number().positive().exactOptional(),
  orientation: z.enum(['auto', 'any', 'kept']).exactOptional(),
  accumulate: z.number().int().positive().exactOptional(),
  patience: count.exactOptional(),
  validationGroup: z.string().min(1).max(200).exactOptional(),
  validateOnTraining: z.boolean().exactOptional(),
  threads: z.number().int().positive().exactOptional(),
});
export const predictBody = z.object({
  model: path.exactOptional(),
  images: selection.exactOptional(),
  imageIds: imageIds.exactOptional(),
  device: device.exactOptional(),
});
export const exportBody = z.object({
  to: path,
  layer: z.enum(['labels', 'prediction']).exactOptional(),
  kind: exportKind.exactOptional(),
  keepUnlabelled: z.boolean().exactOptional(),
  images: selection.exactOptional(),
  imageIds: imageIds.exactOptional(),
  measurements: z.boolean().exactOptional(),
});
export const exportModelBody = z.object({ model: path.exactOptional(), out: path });

/** A rectangle of a plane, px. */
export const areaQuery = z.object({ x: wholeNumber, y: wholeNumber, w: wholeNumber, h: wholeNumber });
export const objectsBody = z.object({
  threshold: z.number().exactOptional(),
  seedDistancePx: z.number().exactOptional(),
  minimumSizePx: z.number().exactOptional(),
  growPx: z.number().exactOptional(),
  fillHoles: z.boolean().exactOptional(),
  clearBorder: z.boolean().optional(),
});

const planeBody = z.object({ t: count, z: count });
export const acceptBody = planeBody.extend({
  objects: z.array(count.min(1)).max(1_000_000).exactOptional(),
  minimumConfidence: z.number().min(0).max(1).exactOptional(),
  area: z.object({ x: count, y: count, w: count, h: count }).exactOptional(),
});
export const newClassBody = z.object({
  name,
  kind: z.enum(['thing', 'stuff']),
  colour: colour.exactOptional(),
});
export const classPatch = z.object({
  name: name.exactOptional(),
  kind: z.enum(['thing', 'stuff']).exactOptional(),
  colour: colour.exactOptional(),
});
export const objectPatch = z.object({
  classId: count.exactOptional(),
  name: name.nullable().exactOptional(),
  colour: colour.nullable().exactOptional(),
  locked: z.boolean().exactOptional(),
});
const objectLabels = z.array(label.min(2)).min(1).max(1_000_000);
/** The same change to several objects. */
export const objectsPatch = z.object({ labels: objectLabels, change: objectPatch });
export const copyLabelsBody = z.object({ from: planeBody, to: planeBody });
export const jumpBody = z.object({ editId: count });
export const objectDeletion = planeBody.extend({ labels: objectLabels });

/** Header of the binary body of an edit; the regions' pixels follow it in the envelope. */
export const editHeader = z.object({
  t: count,
  z: count,
  kind: z.string().min(1).max(60),
  regions: z
    .array(z.object({ x: count, y: count, w: z.number().int().min(1), h: z.number().int().min(1) }))
    .min(1)
    .max(100_000),
  created: z
    .array(
      z.object({
        label: label.min(2, 'an object’s label is 2 or more'),
        classId: count,
        isRegion: z.boolean().exactOptional(),
      }),
    )
    .max(1_000_000),
});
