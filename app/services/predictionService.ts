/** Predicts images of a project into its prediction layer; labels are never touched. */

import type { EngineHost } from '../engine/host.ts';
import { type CallContext, throwIfCancelled } from '../errors.ts';
import { selectImages } from './imageSelection.ts';
import { LoadedModel } from './loadedModel.ts';
import { resolveModel } from './modelService.ts';
import type { Project } from './project.ts';
import type { PredictedImage, PredictRequest } from './requests.ts';

export { segmentFiles } from './segmentFiles.ts';

/**
 * Predicts every plane of the chosen images (default: all) and stores probabilities and objects. What was finished
 * before a cancellation stays.
 * @throws NotFound for the model or an image, InvalidInput if an image lacks a channel, DeviceUnavailable, EngineLost
 */
export async function predictImages(
  project: Project,
  engine: EngineHost,
  request: PredictRequest,
  context: CallContext = {},
): Promise<PredictedImage[]> {
  const row = resolveModel(project, request.model);
  const images = selectImages(project.store.images.list(), request.images);
  const model = await LoadedModel.load(engine, project.store.models.readBytes(row.modelId), request.device);
  const total = images.reduce((sum, { shape }) => sum + shape.t * shape.z, 0);
  let done = 0;
  const predicted: PredictedImage[] = [];
  for (const image of images) {
    const { imageId, name, shape } = image;
    const report: PredictedImage = { imageId, name, planes: 0, objects: 0, milliseconds: 0 };
    for (let t = 0; t < shape.t; t++) {
      for (let z = 0; z < shape.z; z++) {
        throwIfCancelled(context.signal);
        context.onProgress?.({ done, total, note: name });
        const { foreground, instances, classIndexOf, milliseconds } = await model.predictPlane(
          { name, description: image },
          (c) => project.store.images.readPlane(imageId, t, z, c, context.signal),
          { instances: true, signal: context.signal },
        );
        const objects = {
          instances: instances ?? new Uint32Array(shape.y * shape.x),
          classIndexOf: classIndexOf ?? new Uint8Array(1),
        };
        const stored = await project.store.predictions.write({
          imageId,
          modelId: row.modelId,
          t,
          z,
          foreground,
          ...objects,
        });
        report.planes++;
        report.objects += stored.objects;
        report.milliseconds += milliseconds;
        done++;
      }
    }
    predicted.push(report);
    context.onProgress?.({ done, total, note: name });
  }
  return predicted;
}
