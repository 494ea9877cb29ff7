/** Bringing images and label images into a project: all of them, or none if one is bad. */

import { basename } from 'node:path';
import { type CallContext, isLimnError, LimnError, throwIfCancelled } from '../errors.ts';
import { refuseNonFinitePixels } from '../imaging/finitePixels.ts';
import type { ImageDescription, PixelSizeUm } from '../imaging/image.ts';
import { stemOf } from '../imaging/listImageFiles.ts';
import { openImage } from '../imaging/openImage.ts';
import { readLabelImage } from '../imaging/readLabelImage.ts';
import { stampFile } from '../store/linkedFiles.ts';
import type { ClassRow, ObjectRow } from '../store/types.ts';
import { checkFiles, type PlannedImage, planImport } from './importPlan.ts';
import { classesOf, type ImportedObject, type LabelReading, readLabels } from './labelValues.ts';
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

/** What the user said goes before what the file says; plane spacing is the file's. */
function pixelSize(description: ImageDescription, said: number | undefined): PixelSizeUm | null {
  if (said === undefined) return description.pixelSizeUm;
  return { y: said, x: said, z: description.pixelSizeUm?.z ?? null };
}

function noteChannels(project: Project, notes: string[]): void {
  const counts = new Set(project.store.images.list().map((image) => image.shape.c));
  if (counts.size > 1 && project.store.settings.channels() === null) {
    notes.push(
      `The images have ${[...counts].sort((a, b) => a - b).join(' and ')} channels; choose with \`--channels\` which of them networks see.`,
    );
  }
}
