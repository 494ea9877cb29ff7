/** What an import will read, found out before anything is written: files, their labels, and whether all of it can be read. */

import { basename, resolve } from 'node:path';
import { type CallContext, LimnError, throwIfCancelled } from '../errors.ts';
import type { ImageDescription } from '../imaging/image.ts';
import { listImageFiles } from '../imaging/listImageFiles.ts';
import { openImage } from '../imaging/openImage.ts';
import { readLabelImage } from '../imaging/readLabelImage.ts';
import type { ImageRow } from '../store/types.ts';
import { type LabelMatch, matchLabels } from './labelMatching.ts';
import { type LabelReading, labelReadingFor } from './labelValues.ts';
import type { Project } from './project.ts';
import type { ImportRequest } from './requests.ts';

/** An image file that the import will read. */
export interface PlannedImage {
  file: string;
  labelFile: string | null;
  known: ImageRow | null;
}

/** Lists and matches the files, and leaves out those that the project has. */
export async function planImport(
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
  const match = request.labels === undefined ? null : matchNamed(files, labelFiles, request.labels);
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
export async function checkFiles(
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

/** One label file, named itself, for one image belongs to it under whatever name; else by names. */
function matchNamed(files: readonly string[], labelFiles: readonly string[], named: string): LabelMatch {
  const [file, labelFile] = [files[0], labelFiles[0]];
  const isPair = files.length === 1 && labelFiles.length === 1 && labelFile === resolve(named);
  if (!isPair || file === undefined || labelFile === undefined) return matchLabels(files, labelFiles);
  return { labelOf: new Map([[file, labelFile]]), notes: [] };
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
