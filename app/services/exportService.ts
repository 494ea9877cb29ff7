/** Masks of many images into a folder, one TIFF each, and measurements of their objects as CSV. */

import { basename, join, resolve } from 'node:path';
import { type CallContext, LimnError, throwIfCancelled } from '../errors.ts';
import { writeFileAtomically } from '../imaging/writeFileAtomically.ts';
import { writeTiff } from '../imaging/writeTiff.ts';
import { hasLayer, type MaskOptions, numberObjects, renderMask } from './exportMask.ts';
import { type PlaneSelection, rowsOf, selectPlanes } from './imageSelection.ts';
import { makeFolder } from './makeFolder.ts';
import { MeasurementTable } from './measurementTable.ts';
import type { Project } from './project.ts';
import type { ExportReport, ExportRequest } from './requests.ts';

/** Name of the table beside the masks. */
const MEASUREMENTS_FILE = 'measurements.csv';

/**
 * Writes `<name>.tif` for each chosen image that has the layer. The numbers of objects in the masks are those in the
 * measurements. Each file appears whole or not at all.
 * Throws NotEnoughLabels or NotFound if there is nothing to export; InvalidInput for two images of one name and for
 * a folder where an image would be overwritten; WrongUsage, DiskFull, Cancelled.
 */
export async function exportMasks(
  project: Project,
  request: ExportRequest,
  context: CallContext = {},
): Promise<ExportReport> {
  const options = maskOptions(request);
  const { chosen, left } = chooseImages(project, request, options);
  const folder = resolve(request.to);
  const paths = outputPaths(project, chosen, folder);
  await makeFolder(folder);
  const notes = left === 0 ? [] : [noteLeft(left, options.layer)];
  const measurements = request.measurements ? new MeasurementTable(chosen.map(({ image }) => image)) : null;
  const files: ExportReport['files'] = [];
  for (const [index, selection] of chosen.entries()) {
    throwIfCancelled(context.signal);
    const { image } = selection;
    context.onProgress?.({ done: index, total: chosen.length, note: image.name });
    const objects = numberObjects(project, selection, options.layer);
    const mask = renderMask(project, selection, objects, options);
    const path = paths[index] ?? join(folder, `${image.name}.tif`);
    await writeTiff(
      path,
      { ...mask, pixelSizeUm: image.pixelSizeUm, description: `${options.kind} of ${image.name}` },
      context.signal === undefined ? {} : { signal: context.signal },
    );
    await measurements?.add(project, image, objects, context.signal);
    files.push({
      path,
      imageId: image.imageId,
      name: image.name,
      objects: options.kind === 'instances' ? objects.classOf.length - 1 : null,
      numberType: mask.numberType,
    });
  }
  const table = measurements === null ? null : join(folder, MEASUREMENTS_FILE);
  if (measurements !== null && table !== null) {
    await writeFileAtomically(table, async (handle) => handle.writeFile(measurements.toCsv()));
  }
  context.onProgress?.({ done: chosen.length, total: chosen.length });
  return { files, measurements: table, notes };
}

/** Writes the mask of one image to `path`, as for a download. Throws as {@link exportMasks}. */
export async function exportImage(
  project: Project,
  imageId: number,
  path: string,
  request: Pick<ExportRequest, 'layer' | 'kind' | 'keepUnlabelled'>,
  signal?: AbortSignal,
): Promise<void> {
  const options = maskOptions(request);
  const image = project.store.images.get(imageId);
  if (!hasLayer(project, imageId, options.layer)) throw nothingToExport(options.layer);
  const selection = selectPlanes([image])[0];
  if (selection === undefined) throw nothingToExport(options.layer);
  const mask = renderMask(project, selection, numberObjects(project, selection, options.layer), options);
  await writeTiff(
    path,
    { ...mask, pixelSizeUm: image.pixelSizeUm, description: `${options.kind} of ${image.name}` },
    signal === undefined ? {} : { signal },
  );
}

function maskOptions(request: Pick<ExportRequest, 'layer' | 'kind' | 'keepUnlabelled'>): MaskOptions {
  const options = {
    layer: request.layer ?? 'labels',
    kind: request.kind ?? 'instances',
    keepUnlabelled: request.keepUnlabelled ?? false,
  };
  if (options.kind === 'probabilities' && options.layer === 'labels') {
    throw new LimnError(
      'WrongUsage',
      'Labels have no probabilities. Export the prediction (`--layer prediction`), or another kind.',
    );
  }
  if (options.kind === 'probabilities' && options.keepUnlabelled) {
    throw new LimnError(
      'WrongUsage',
      'Probabilities know no unlabelled pixels. Leave out `--keep-unlabelled`.',
    );
  }
  return options;
}

function chooseImages(
  project: Project,
  request: ExportRequest,
  options: MaskOptions,
): { chosen: PlaneSelection[]; left: number } {
  const selected = selectPlanes(rowsOf(project.store.images.list(), request.imageIds), request.images);
  const chosen = selected.filter(({ image }) => hasLayer(project, image.imageId, options.layer));
  if (chosen.length === 0) throw nothingToExport(options.layer);
  return { chosen, left: selected.length - chosen.length };
}

function outputPaths(project: Project, chosen: readonly PlaneSelection[], folder: string): string[] {
  const sources = new Set(project.store.images.list().map((image) => resolve(image.sourcePath)));
  const taken = new Map<string, string>();
  return chosen.map(({ image }) => {
    const path = join(folder, `${image.name}.tif`);
    // Some file systems do not tell upper from lower case.
    const key = path.toLowerCase();
    const other = taken.get(key);
    if (other !== undefined) {
      throw new LimnError(
        'InvalidInput',
        `'${other}' and '${image.sourcePath}' would both be written to '${basename(path)}'. Export them into two folders with \`--images\`.`,
        { fields: { first: other, second: image.sourcePath } },
      );
    }
    if (sources.has(path)) {
      throw new LimnError(
        'InvalidInput',
        `The mask of '${image.name}' would overwrite an image of the project, '${path}'. Choose another folder.`,
        { fields: { path } },
      );
    }
    taken.set(key, image.sourcePath);
    return path;
  });
}

function nothingToExport(layer: MaskOptions['layer']): LimnError {
  return layer === 'labels'
    ? new LimnError(
        'NotEnoughLabels',
        'There is nothing to export: no chosen image has labels. Paint or import some, or export the prediction.',
      )
    : new LimnError(
        'NotFound',
        'There is nothing to export: no chosen image has a prediction. Run `limn predict` or press “Predict all” first.',
      );
}

function noteLeft(count: number, layer: MaskOptions['layer']): string {
  const what = layer === 'labels' ? 'no labels' : 'no prediction';
  return count === 1
    ? `1 image has ${what} and was left out.`
    : `${count} images have ${what} and were left out.`;
}
