/** Predicts images of a project into its prediction layer; labels are never touched. */

import type { EngineHost } from '../engine/host.ts';
import { type CallContext, type ErrorTag, isLimnError, LimnError, throwIfCancelled } from '../errors.ts';
import type { ImageRow } from '../store/types.ts';
import { rowsOf, selectImages } from './imageSelection.ts';
import { LoadedModel } from './loadedModel.ts';
import { resolveModel } from './modelService.ts';
import type { Project } from './project.ts';
import type { PredictedImage, PredictRequest } from './requests.ts';

export { segmentFiles } from './segmentFiles.ts';

/**
 * Predicts every plane of the chosen images (default: all) and stores probabilities and objects. What was finished
 * before a cancellation stays. Of several images one that cannot be predicted does not stop the others; it is told at the end.
 * @throws NotFound for the model or an image, InvalidInput if an image lacks a channel, DeviceUnavailable, EngineLost
 */
export async function predictImages(
  project: Project,
  engine: EngineHost,
  request: PredictRequest,
  context: CallContext = {},
): Promise<PredictedImage[]> {
  const { modelId } = resolveModel(project, request.model);
  const { images, models } = project.store;
  const chosen = selectImages(rowsOf(images.list(), request.imageIds), request.images);
  const model = await LoadedModel.load(engine, models.readBytes(modelId), request.device);
  const total = chosen.reduce((sum, image) => sum + planesOf(image), 0);
  const predicted: PredictedImage[] = [];
  const failures: LimnError[] = [];
  let before = 0;
  for (const image of chosen) {
    const tell = (planes: number) => context.onProgress?.({ done: before + planes, total, note: image.name });
    try {
      predicted.push(await predictImage(project, model, modelId, image, tell, context.signal));
    } catch (error) {
      if (chosen.length === 1 || !isLimnError(error) || !OF_ONE_IMAGE.has(error.tag)) throw error;
      failures.push(error);
    }
    before += planesOf(image);
    context.onProgress?.({ done: before, total, note: image.name });
  }
  if (failures.length > 0) throw failureOf(failures, chosen.length);
  return predicted;
}

/** What may be wrong with one image while the others can be predicted. */
const OF_ONE_IMAGE: ReadonlySet<ErrorTag> = new Set([
  'InvalidInput',
  'NotFound',
  'UnsupportedFormat',
  'CorruptFile',
  'ProjectDamaged',
]);

/** Sentences of failed images that are told in full. */
const TOLD_FAILURES = 3;

async function predictImage(
  project: Project,
  model: LoadedModel,
  modelId: number,
  image: ImageRow,
  tell: (planes: number) => void,
  signal: AbortSignal | undefined,
): Promise<PredictedImage> {
  const { imageId, name, shape } = image;
  const report: PredictedImage = { imageId, name, planes: 0, objects: 0, milliseconds: 0 };
  for (let t = 0; t < shape.t; t++) {
    for (let z = 0; z < shape.z; z++) {
      throwIfCancelled(signal);
      tell(report.planes);
      const { foreground, instances, classIndexOf, milliseconds } = await model.predictPlane(
        { name, description: image },
        (c) => project.store.images.readPlane(imageId, t, z, c, signal),
        { instances: true, signal },
      );
      const objects = {
        instances: instances ?? new Uint32Array(shape.y * shape.x),
        classIndexOf: classIndexOf ?? new Uint8Array(1),
      };
      const stored = await project.store.predictions.write({
        imageId,
        modelId,
        t,
        z,
        foreground,
        ...objects,
      });
      report.planes++;
      report.objects += stored.objects;
      report.milliseconds += milliseconds;
    }
  }
  return report;
}

function planesOf({ shape }: ImageRow): number {
  return shape.t * shape.z;
}

/** One error that tells of all. */
function failureOf(failures: readonly LimnError[], images: number): LimnError {
  const [first] = failures;
  const sentences = failures.slice(0, TOLD_FAILURES).map((error) => error.message);
  const rest = failures.length > TOLD_FAILURES ? ` And ${failures.length - TOLD_FAILURES} more.` : '';
  const others = failures.length < images ? ', the others were' : '';
  return new LimnError(
    first?.tag ?? 'InvalidInput',
    `${failures.length} of ${images} images could not be predicted${others}. ${sentences.join(' ')}${rest}`,
    { fields: { failed: failures.length, images }, cause: first },
  );
}
