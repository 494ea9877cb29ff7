/** Bringing images and label images into a project: all of them, or none if one is bad. */

import { basename, resolve } from 'node:path';
import { type CallContext, isLimnError, LimnError, throwIfCancelled } from '../errors.ts';
import { refuseNonFinitePixels } from '../imaging/finitePixels.ts';
import type { ImageDescription, PixelSizeUm } from '../imaging/image.ts';
import { listImageFiles, stemOf } from '../imaging/listImageFiles.ts';
import { openImage } from '../imaging/openImage.ts';
import { readLabelImage } from '../imaging/readLabelImage.ts';
import { stampFile } from '../store/linkedFiles.ts';
import type { ClassRow, ImageRow, ObjectRow } from '../store/types.ts';
import { matchLabels } from './labelMatching.ts';
import {
  classesOf,
  type ImportedObject,
  type LabelReading,
  labelReadingFor,
  readLabels,
} from './labelValues.ts';
import type { Project } from './project.ts';
import type { ImportedImage, ImportReport, ImportRequest } from './requests.ts';

/** Labels of an image that is being imported. */
interface StagedLabels {
  objects: ImportedObject[];
  /** For an image that the project had already: the labels to paint, `t * z * y * x`. */
  values: Uint32Array | null;
}

interface StagedImage {
  imageId: number;
  file: string;
  description: ImageDescription;
  labels: StagedLabels | null;
  /** Already in the project; only its labels are new. */
  known: boolean;
}

/** An image file that the import will read. */
interface PlannedImage {
  file: string;
  labelFile: string | null;
  known: ImageRow | null;
}

/**
 * Imports images, and label images matched to them by name. Nothing of an import shows before all of it is there;
 * after an error or a stop the project is as it was. A file that was imported before is skipped with a note, unless
 * labels are given for it and it has none: then they are added, as an edit that can be undone.
 * Throws NotFound, InvalidInput, UnsupportedFormat, CorruptFile, WrongUsage, DiskFull, Cancelled.
 */
export async function importImages(
  project: Project,
  request: ImportRequest,
  context: CallContext = {},
): Promise<ImportReport> {
  const notes: string[] = [];
  const staged: StagedImage[] = [];
  try {
    const planned = await planImport(project, request, notes);
    const reading = await checkFiles(planned, request, context);
    for (const [index, image] of planned.entries()) {
      throwIfCancelled(context.signal);
      context.onProgress?.({ done: index, total: planned.length, note: basename(image.file) });
      await stageImage(project, image, request, reading, staged, context.signal);
    }
    throwIfCancelled(context.signal);
    const report = project.store.transaction(() => publish(project, request, reading, staged, notes));
    context.onProgress?.({ done: planned.length, total: planned.length });
    return { images: report, notes };
  } catch (error) {
    discard(project, staged);
    if (isLimnError(error, 'Cancelled'))
      throw new LimnError('Cancelled', 'The import was stopped on request; nothing of it was kept.', {
        cause: error,
      });
    throw error;
  }
}

/** Lists and matches the files, and leaves out those that the project has. */
async function planImport(
  project: Project,
  request: ImportRequest,
  notes: string[],
): Promise<PlannedImage[]> {
  const listed = (await listImageFiles(request.paths)).map((file) => resolve(file));
  const files = [...new Set(listed)];
  if (files.length === 0) {
    throw new LimnError(
      'InvalidInput',
      `There are no images in '${request.paths.join("', '")}'. Choose a folder with TIFF, PNG or JPEG files.`,
      { fields: { path: request.paths[0] ?? '' } },
    );
  }
  checkKnownChannels(project, request.channels);
  if (request.labels === undefined && (request.map ?? request.unlabelled) !== undefined) {
    throw new LimnError(
      'WrongUsage',
      'How labels are read is said, but not where they are. Add `--labels <folder>`.',
    );
  }
  const labelFiles =
    request.labels === undefined ? [] : (await listImageFiles([request.labels])).map((file) => resolve(file));
  if (request.labels !== undefined && labelFiles.length === 0) {
    throw new LimnError(
      'InvalidInput',
      `There are no label images in '${request.labels}'. Choose their folder.`,
      {
        fields: { path: request.labels },
      },
    );
  }
  const match = request.labels === undefined ? null : matchLabels(files, labelFiles);
  notes.push(...(match?.notes ?? []));
  const planned: PlannedImage[] = [];
  const skipped: string[] = [];
  for (const file of files) {
    const labelFile = match?.labelOf.get(file) ?? null;
    const known = project.store.images.bySource(file) ?? null;
    const labelsAreNew =
      known !== null && labelFile !== null && project.store.labels.planes(known.imageId).length === 0;
    if (known !== null && !labelsAreNew) {
      skipped.push(file);
      continue;
    }
    planned.push({ file, labelFile, known });
  }
  if (skipped.length > 0) notes.push(skippedNote(skipped));
  return planned;
}

/** Reads every header and every label file once, so that bad input is found before anything is written. */
async function checkFiles(
  planned: readonly PlannedImage[],
  request: ImportRequest,
  context: CallContext,
): Promise<LabelReading> {
  const values = new Set<number>();
  for (const { file, labelFile } of planned) {
    throwIfCancelled(context.signal);
    const reader = await openImage(file);
    await reader.close();
    checkChannels(file, reader.description, request.channels);
    if (labelFile === null) continue;
    const labels = await readLabelImage(labelFile);
    checkSizes(file, reader.description, labelFile, labels.shape);
    addValues(labels.values, values);
  }
  return labelReadingFor(request, values);
}

async function stageImage(
  project: Project,
  planned: PlannedImage,
  request: ImportRequest,
  reading: LabelReading,
  staged: StagedImage[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const { file, labelFile, known } = planned;
  if (known !== null) {
    const labels = labelFile === null ? null : await readLabelFile(labelFile, reading);
    staged.push({ imageId: known.imageId, file, description: known, labels, known: true });
    return;
  }
  const { images } = project.store;
  const reader = await openImage(file);
  try {
    const linked = request.link ?? false;
    const description = {
      ...reader.description,
      pixelSizeUm: pixelSize(reader.description, request.pixelSizeUm),
    };
    const stamp = await stampFile(file, linked);
    const imageId = images.stage({ ...description, name: stemOf(file), sourcePath: file, linked, stamp });
    const image: StagedImage = { imageId, file, description, labels: null, known: false };
    staged.push(image);
    const { shape } = description;
    for (let t = 0; t < shape.t; t++) {
      for (let z = 0; z < shape.z; z++) {
        for (let c = 0; c < shape.c; c++) {
          throwIfCancelled(signal);
          const pixels = await reader.readPlane(t, z, c, signal);
          refuseNonFinitePixels(pixels, basename(file));
          await images.writePlane(imageId, t, z, c, pixels);
        }
      }
    }
    if (labelFile === null) return;
    const labels = await readLabelFile(labelFile, reading);
    image.labels = { objects: labels.objects, values: null };
    for (const plane of planesOf(labels.values, shape)) {
      throwIfCancelled(signal);
      await project.store.labels.writePlane(imageId, plane.t, plane.z, plane.labels);
      await project.store.labelLevels.writePlane(imageId, plane.t, plane.z, plane.labels);
    }
  } finally {
    await reader.close();
  }
}

/** The end of an import, in one transaction: classes, objects, settings, and the images become visible. */
function publish(
  project: Project,
  request: ImportRequest,
  reading: LabelReading,
  staged: readonly StagedImage[],
  notes: string[],
): ImportedImage[] {
  const { store } = project;
  const labelled = staged.some((image) => image.labels !== null);
  const classOf = labelled ? takeClasses(project, reading, notes) : new Map<string | null, ClassRow>();
  for (const { imageId, labels, known, description } of staged) {
    const isRegion = reading.kind === 'classes';
    const rows = (labels?.objects ?? []).map((object) => ({
      imageId,
      label: object.label,
      classId: needClass(classOf, object.className).classId,
      isRegion,
      name: null,
      colour: null,
      locked: false,
      pixels: object.pixels,
    }));
    if (!known) {
      for (const row of rows) store.objects.put(row);
      store.images.publish(imageId);
    } else if (labels?.values) {
      let created: readonly ObjectRow[] = rows;
      for (const { t, z, labels: plane } of planesOf(labels.values, description.shape)) {
        const region = { x: 0, y: 0, w: description.shape.x, h: description.shape.y, labels: plane };
        store.edits.apply({ imageId, t, z, kind: 'import labels', regions: [region], created });
        created = [];
      }
    }
  }
  if (request.channels !== undefined) store.settings.setChannels(request.channels);
  noteChannels(project, notes);
  return staged.map(({ imageId, labels, description }) => ({
    imageId,
    name: store.images.get(imageId).name,
    shape: description.shape,
    numberType: description.numberType,
    pixelSizeUm: description.pixelSizeUm,
    objects: labels === null ? null : labels.objects.length,
    clippedPixels: 0,
  }));
}

/** Finds or makes the classes. Instances go to `object`, or to the project's class if it has just one. */
function takeClasses(project: Project, reading: LabelReading, notes: string[]): Map<string | null, ClassRow> {
  const { classes } = project.store;
  const classOf = new Map<string | null, ClassRow>();
  for (const name of classesOf(reading)) {
    const existing = classes.list();
    const only = name === null && existing.length === 1 ? existing[0] : undefined;
    const row = only ?? classes.byName(name ?? 'object');
    const taken = row ?? classes.add({ name: name ?? 'object', kind: name === null ? 'thing' : 'stuff' });
    if (name === null && taken.name !== 'object') notes.push(`The objects were taken as '${taken.name}'.`);
    classOf.set(name, taken);
  }
  return classOf;
}

function needClass(classOf: ReadonlyMap<string | null, ClassRow>, name: string | null): ClassRow {
  const row = classOf.get(name);
  if (row === undefined) throw new Error(`class ${name} was not prepared`);
  return row;
}

async function readLabelFile(
  file: string,
  reading: LabelReading,
): Promise<{ objects: ImportedObject[]; values: Uint32Array }> {
  const { values } = await readLabelImage(file);
  return { objects: readLabels(values, reading, file), values };
}

/** Removes the rows of a failed import. Where even that fails (a full disk), the next opening does it. */
function discard(project: Project, staged: readonly StagedImage[]): void {
  const imageIds = staged.filter((image) => !image.known).map((image) => image.imageId);
  try {
    project.store.images.discard(imageIds);
  } catch (error) {
    if (!(error instanceof LimnError)) throw error;
  }
}

function* planesOf(values: Uint32Array, shape: { t: number; z: number; y: number; x: number }) {
  const pixels = shape.y * shape.x;
  for (let t = 0; t < shape.t; t++) {
    for (let z = 0; z < shape.z; z++) {
      const start = (t * shape.z + z) * pixels;
      yield { t, z, labels: values.subarray(start, start + pixels) };
    }
  }
}

function skippedNote(files: readonly string[]): string {
  const [first = ''] = files;
  return files.length === 1
    ? `'${basename(first)}' is in the project already and was skipped.`
    : `${files.length} images are in the project already and were skipped: '${basename(first)}' to '${basename(files.at(-1) ?? '')}'.`;
}

function addValues(labels: Uint32Array, values: Set<number>): void {
  let previous = -1;
  for (const value of labels) {
    if (value === previous) continue;
    previous = value;
    values.add(value);
  }
}

/** What the user said goes before what the file says; plane spacing is the file's. */
function pixelSize(description: ImageDescription, said: number | undefined): PixelSizeUm | null {
  if (said === undefined) return description.pixelSizeUm;
  return { y: said, x: said, z: description.pixelSizeUm?.z ?? null };
}

/** Channels are chosen for the whole project, so the images that are in it already need them too. */
function checkKnownChannels(project: Project, channels: readonly number[] | undefined): void {
  for (const image of project.store.images.list()) checkChannels(image.name, image, channels);
}

function checkChannels(
  file: string,
  { shape }: ImageDescription,
  channels: readonly number[] | undefined,
): void {
  const missing = channels?.find((channel) => channel >= shape.c);
  if (missing === undefined) return;
  throw new LimnError(
    'InvalidInput',
    `'${file}' has ${shape.c} channel${shape.c === 1 ? '' : 's'}, numbered from 0, so no channel ${missing}. Choose channels that every image has.`,
    { fields: { file, channels: shape.c, channel: missing } },
  );
}

/** Same size, and the same planes; a stack may call its planes t in one file and z in the other. */
function checkSizes(
  file: string,
  { shape }: ImageDescription,
  labelFile: string,
  labels: { t: number; z: number; y: number; x: number },
): void {
  const samePlanes =
    (shape.t === labels.t && shape.z === labels.z) ||
    (shape.t * shape.z === labels.t * labels.z &&
      Math.max(shape.t, shape.z) === Math.max(labels.t, labels.z));
  if (shape.y === labels.y && shape.x === labels.x && samePlanes) return;
  throw new LimnError(
    'InvalidInput',
    `The label image '${labelFile}' (${sizeText(labels)}) does not have the size of its image '${file}' (${sizeText(shape)}). Give it labels of the same size.`,
    {
      fields: {
        file,
        labelFile,
        width: shape.x,
        height: shape.y,
        labelWidth: labels.x,
        labelHeight: labels.y,
      },
    },
  );
}

function sizeText(shape: { t: number; z: number; y: number; x: number }): string {
  const planes = shape.t * shape.z;
  return `${shape.x} × ${shape.y} px${planes > 1 ? `, ${shape.t} times × ${shape.z} planes` : ''}`;
}

function noteChannels(project: Project, notes: string[]): void {
  const counts = new Set(project.store.images.list().map((image) => image.shape.c));
  if (counts.size > 1 && project.store.settings.channels() === null) {
    notes.push(
      `The images have ${[...counts].sort((a, b) => a - b).join(' and ')} channels; choose with \`--channels\` which of them networks see.`,
    );
  }
}
