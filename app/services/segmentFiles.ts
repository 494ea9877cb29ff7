/** Batch use without a project: images in, one TIFF each out; a file that fails is named while the others go on. */

import { join, resolve } from 'node:path';
import type { EngineHost } from '../engine/host.ts';
import { readModel } from '../engine/modelFile.ts';
import {
  type CallContext,
  isLimnError,
  LimnError,
  type SerialisedError,
  serialiseError,
  throwIfCancelled,
} from '../errors.ts';
import type { ImageReader, PixelArray } from '../imaging/image.ts';
import { listImageFiles, stemOf } from '../imaging/listImageFiles.ts';
import { openImage } from '../imaging/openImage.ts';
import { smallestUnsigned, type TiffContent, writeTiff } from '../imaging/writeTiff.ts';
import { mostProbableClass, probabilityPlanes } from './classProbabilities.ts';
import { LoadedModel } from './loadedModel.ts';
import { makeFolder } from './makeFolder.ts';
import { resolveModel } from './modelService.ts';
import { openProject } from './project.ts';
import { refuseOverwriting } from './refuseOverwriting.ts';
import type { ExportKind, SegmentRequest } from './requests.ts';
import { readModelFile } from './trainedModel.ts';

export interface SegmentReport {
  files: { source: string; path: string; objects: number | null }[];
  /** One a file that could not be segmented; `message` names it. */
  failures: (SerialisedError & { source: string })[];
}

/**
 * Segments files and folders with a Limn ONNX file or the best model of a project, into `<stem>.tif` of the folder `out`.
 * @throws InvalidInput if two files share a stem, there is none, or a mask would be written over an image; NotFound for
 *   the model or a path; nothing is written then
 */
export async function segmentFiles(
  engine: EngineHost,
  request: SegmentRequest,
  context: CallContext = {},
): Promise<SegmentReport> {
  const sources = await listImageFiles(request.paths);
  checkStems(sources);
  const outs = sources.map((source) => join(request.out, `${stemOf(source)}.tif`));
  refuseOverwriting(outs, [...sources, request.model]);
  const model = await LoadedModel.load(engine, await modelBytes(request.model), request.device);
  const folder = resolve(request.out);
  await makeFolder(folder);
  const report: SegmentReport = { files: [], failures: [] };
  for (const [done, source] of sources.entries()) {
    throwIfCancelled(context.signal);
    context.onProgress?.({ done, total: sources.length, note: source });
    const path = join(folder, `${stemOf(source)}.tif`);
    try {
      const objects = await segmentFile(model, source, path, request.kind ?? 'instances', context);
      report.files.push({ source, path, objects });
    } catch (error) {
      // Without a disk to write on, an engine or a user who wants it, the next file would fare no better.
      if (
        ['Cancelled', 'DiskFull', 'EngineLost', 'DeviceUnavailable'].some(
          (tag) => isLimnError(error) && error.tag === tag,
        )
      )
        throw error;
      const { message, ...rest } = serialiseError(error);
      report.failures.push({
        ...rest,
        message: message.includes(stemOf(source)) ? message : `${source}: ${message}`,
        source,
      });
    }
  }
  context.onProgress?.({ done: sources.length, total: sources.length });
  return report;
}

function checkStems(sources: readonly string[]): void {
  if (sources.length === 0) {
    throw new LimnError(
      'InvalidInput',
      'There is no image to segment; name at least one file, or a folder that holds images.',
    );
  }
  const seen = new Map<string, string>();
  for (const source of sources) {
    const stem = stemOf(source);
    // Some file systems do not tell upper from lower case.
    const earlier = seen.get(stem.toLowerCase());
    if (earlier !== undefined) {
      throw new LimnError(
        'InvalidInput',
        `'${earlier}' and '${source}' would both be written to '${stem}.tif'; segment them into different folders.`,
        { fields: { first: earlier, second: source } },
      );
    }
    seen.set(stem.toLowerCase(), source);
  }
}

/** Bytes of a Limn ONNX file, or of the best model of a project, which is only read. */
async function modelBytes(model: string): Promise<Uint8Array> {
  if (!model.endsWith('.limn')) {
    const bytes = await readModelFile(model);
    // Read once here, where its name is known, so that a file that is no model is told by it.
    readModel(bytes, `'${model}'`);
    return bytes;
  }
  const project = openProject(model, { mode: 'read' });
  try {
    return project.store.models.readBytes(resolveModel(project, 'best').modelId);
  } finally {
    project.close();
  }
}

async function segmentFile(
  model: LoadedModel,
  source: string,
  path: string,
  kind: ExportKind,
  context: CallContext,
): Promise<number | null> {
  const reader = await openImage(source);
  try {
    const { shape } = reader.description;
    const planes: PixelArray[] = [];
    let objects = 0;
    for (let t = 0; t < shape.t; t++) {
      for (let z = 0; z < shape.z; z++) {
        throwIfCancelled(context.signal);
        const predicted = await segmentPlane(model, source, reader, t, z, kind, objects, context.signal);
        planes.push(...predicted.planes);
        objects += predicted.objects;
      }
    }
    const largest = kind === 'instances' ? objects : model.foregroundClasses;
    const numberType = kind === 'probabilities' ? 'float32' : smallestUnsigned(largest);
    const content: TiffContent = {
      planes,
      shape: { ...shape, c: kind === 'probabilities' ? model.foregroundClasses + 1 : 1 },
      numberType,
      pixelSizeUm: reader.description.pixelSizeUm,
      description: `Limn ${kind}`,
    };
    await writeTiff(path, content, context.signal ? { signal: context.signal } : {});
    return kind === 'instances' ? objects : null;
  } finally {
    await reader.close();
  }
}

async function segmentPlane(
  model: LoadedModel,
  source: string,
  reader: ImageReader,
  t: number,
  z: number,
  kind: ExportKind,
  numbered: number,
  signal: AbortSignal | undefined,
): Promise<{ planes: PixelArray[]; objects: number }> {
  const image = { name: source, description: reader.description };
  const read = (c: number): Promise<PixelArray> => reader.readPlane(t, z, c, signal);
  const { foreground, instances } = await model.predictPlane(image, read, {
    instances: kind === 'instances',
    signal,
  });
  const pixels = reader.description.shape.y * reader.description.shape.x;
  if (kind === 'instances') return numberOn(instances ?? new Uint32Array(pixels), numbered);
  const classes = model.foregroundClasses;
  if (kind === 'probabilities') return { planes: probabilityPlanes(foreground, classes, pixels), objects: 0 };
  return { planes: [mostProbableClass(foreground, classes, pixels)], objects: 0 };
}

/** Objects are numbered through the planes of an image: those of this plane go on after the `numbered` before it. */
function numberOn(labels: Uint32Array, numbered: number): { planes: PixelArray[]; objects: number } {
  const objects = labels.reduce((most, label) => Math.max(most, label), 0);
  return { planes: [labels.map((label) => (label === 0 ? 0 : label + numbered))], objects };
}
