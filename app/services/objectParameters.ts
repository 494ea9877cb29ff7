/** How a model's probabilities become objects: read, set, fitted to labels. Predictions that are there are cut anew. */

import type { EngineHost } from '../engine/host.ts';
import type { InstanceParameters, ModelDescription } from '../engine/modelDescription.ts';
import { exportModel, readModel } from '../engine/modelFile.ts';
import { type CallContext, LimnError, throwIfCancelled } from '../errors.ts';
import type { FitItem } from '../science/fitInstances.ts';
import { DEFAULT_INSTANCE_PARAMETERS } from '../science/instances.ts';
import type { PredictionRow } from '../store/types.ts';
import { evenly } from './evenly.ts';
import { selectImages } from './imageSelection.ts';
import { checkLimit, type Limit } from './limits.ts';
import { LoadedModel } from './loadedModel.ts';
import { descriptionOf, resolveModel } from './modelService.ts';
import type { ModelObjects, ObjectsChange, ObjectsFit, ObjectsReport } from './objectRequests.ts';
import type { Project } from './project.ts';
import type { DeviceChoice } from './requests.ts';
import { labelledPlanes, referenceObjects } from './trainingData.ts';

/** Planes that a fit looks at, at most, at even distances, and their pixels. */
const FIT_PLANES = 12;
const FIT_PIXELS = 8e6;

const LIMITS: readonly (Omit<Limit, 'value'> & {
  key: 'threshold' | 'seedDistancePx' | 'minimumSizePx' | 'growPx';
})[] = [
  { key: 'threshold', name: 'threshold', from: 0, to: 1 },
  { key: 'seedDistancePx', name: 'seed distance', from: 0, to: 1000 },
  { key: 'minimumSizePx', name: 'minimum size', from: 0, to: 1e9, whole: true },
  { key: 'growPx', name: 'growth', from: 0, to: 20 },
];

/** The parameters of a model (default: the best). Throws NotFound. */
export function modelObjects(project: Project, model?: string): ModelObjects {
  const { instances, classKinds } = descriptionOf(resolveModel(project, model));
  return { parameters: instances, kinds: foregroundKinds(classKinds) };
}

/**
 * Sets parameters of a model and cuts the objects of its predictions anew; probabilities and labels stay as they are.
 * Without a change nothing is done.
 * @throws NotFound for the model, WrongUsage with a sentence on a value that makes no sense, EngineLost, Cancelled
 */
export async function setObjectParameters(
  project: Project,
  engine: EngineHost,
  request: { model?: string | undefined; change: ObjectsChange },
  context: CallContext = {},
): Promise<ObjectsReport> {
  const row = resolveModel(project, request.model);
  const { modelId } = row;
  const before = descriptionOf(row);
  const parameters = { ...before.instances, ...request.change };
  for (const { key, ...limit } of LIMITS) checkLimit({ ...limit, value: parameters[key] });
  const report: ObjectsReport = { modelId, parameters, planes: 0, objects: 0 };
  if (isSame(parameters, before.instances)) return report;
  const description: ModelDescription = { ...before, instances: parameters };
  const { weights } = readModel(project.store.models.readBytes(modelId));
  project.store.models.redescribe(modelId, description, exportModel(description, weights));
  const predictions = project.store.predictions.list().filter((prediction) => prediction.modelId === modelId);
  for (const [done, prediction] of predictions.entries()) {
    throwIfCancelled(context.signal);
    context.onProgress?.({ done, total: predictions.length, note: nameOf(project, prediction) });
    report.objects += await cutAnew(project, engine, prediction, description, context);
    report.planes++;
  }
  context.onProgress?.({ done: predictions.length, total: predictions.length });
  return report;
}

/**
 * Searches the parameters of highest mean F1 over IoU 0.5…0.9 on labelled planes; changes nothing. Planes that the model
 * has predicted are looked at; where no labelled one is, they are predicted. Unlabelled pixels count for nothing.
 * @throws NotFound for the model or an image, NotEnoughLabels where no object is labelled, InvalidInput where classes differ
 */
export async function fitObjectParameters(
  project: Project,
  engine: EngineHost,
  request: { model?: string | undefined; images?: string | undefined; device?: DeviceChoice | undefined },
  context: CallContext = {},
): Promise<ObjectsFit> {
  const row = resolveModel(project, request.model);
  const { modelId } = row;
  const { instances, classKinds } = descriptionOf(row);
  const { store } = project;
  const images = selectImages(store.images.list(), request.images);
  const labelled = labelledPlanes(project, images).filter(
    ({ image }) => store.objects.list(image.imageId).length > 0,
  );
  const predicted = labelled.filter(
    ({ image, t, z }) => store.predictions.get(image.imageId, t, z)?.modelId === modelId,
  );
  const planes = evenly(predicted.length > 0 ? predicted : labelled, FIT_PLANES);
  const model =
    predicted.length > 0 || labelled.length === 0
      ? null
      : await LoadedModel.load(engine, store.models.readBytes(modelId), request.device ?? 'auto');
  let pixels = 0;
  const items: FitItem[] = [];
  for (const [done, { image, t, z }] of planes.entries()) {
    throwIfCancelled(context.signal);
    const { imageId, shape, name } = image;
    pixels += shape.y * shape.x;
    if (items.length > 0 && pixels > FIT_PIXELS) break;
    context.onProgress?.({ done, total: planes.length, note: name });
    const reference = referenceObjects(project, image, store.labels.readPlane(imageId, t, z));
    const foreground =
      model === null
        ? store.predictions.readForeground(imageId, t, z)
        : (
            await model.predictPlane(
              { name, description: image },
              (c) => store.images.readPlane(imageId, t, z, c, context.signal),
              { instances: false, signal: context.signal },
            )
          ).foreground;
    items.push({ foreground, shape: { y: shape.y, x: shape.x }, reference });
  }
  const kinds = foregroundKinds(classKinds);
  const hasThing =
    kinds.includes('thing') && items.some(({ reference }) => reference.some((label) => label > 1));
  if (!hasThing) {
    throw new LimnError(
      'NotEnoughLabels',
      'No labelled image has an object to fit to; paint a few whole objects and the background around them.',
    );
  }
  const options = context.signal ? { signal: context.signal } : {};
  const fit = await engine.request('fitObjects', { items, kinds, parameters: instances }, options);
  return { modelId, planes: items.length, ...fit };
}

async function cutAnew(
  project: Project,
  engine: EngineHost,
  { imageId, modelId, t, z }: PredictionRow,
  { instances: parameters, classKinds }: ModelDescription,
  { signal }: CallContext,
): Promise<number> {
  const { store } = project;
  const { shape } = store.images.get(imageId);
  const foreground = store.predictions.readForeground(imageId, t, z);
  const input = {
    foreground,
    shape: { y: shape.y, x: shape.x },
    kinds: foregroundKinds(classKinds),
    parameters,
  };
  const { labels: instances, classIndexOf } = await engine.request(
    'cutObjects',
    input,
    signal ? { signal } : {},
  );
  const { objects } = await store.predictions.write({
    imageId,
    modelId,
    t,
    z,
    foreground,
    instances,
    classIndexOf,
  });
  return objects;
}

function foregroundKinds(kinds: ModelDescription['classKinds']): ('thing' | 'stuff')[] {
  return kinds.slice(1).map((kind) => (kind === 'stuff' ? 'stuff' : 'thing'));
}

function isSame(a: InstanceParameters, b: InstanceParameters): boolean {
  const whole = (one: InstanceParameters) => ({ ...DEFAULT_INSTANCE_PARAMETERS, clearBorder: false, ...one });
  const [first, second] = [whole(a), whole(b)];
  return Object.entries(first).every(([key, value]) => second[key as keyof InstanceParameters] === value);
}

function nameOf(project: Project, { imageId }: PredictionRow): string {
  return project.store.images.get(imageId).name;
}
