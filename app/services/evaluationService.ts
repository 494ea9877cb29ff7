/** Scores a model on the labelled pixels of a project: predicted afresh, pooled and image by image. */

import type { EngineHost } from '../engine/host.ts';
import { type CallContext, LimnError, throwIfCancelled } from '../errors.ts';
import {
  countConfusion,
  type InstanceMatches,
  instanceScores,
  matchInstances,
  pixelScores,
  sumConfusions,
} from '../science/metrics.ts';
import { mostProbableClass } from './classProbabilities.ts';
import { selectImages } from './imageSelection.ts';
import { LoadedModel } from './loadedModel.ts';
import { resolveModel } from './modelService.ts';
import type { Project } from './project.ts';
import type { EvaluateRequest, EvaluationReport, Scores } from './requests.ts';
import { type LabelledPlane, labelledPlanes, referenceClasses, referenceObjects } from './trainingData.ts';

/** What one plane adds to the scores. */
interface PlaneTally {
  confusion: Float64Array;
  matches: InstanceMatches;
}

/**
 * Predicts every labelled plane of the chosen images (default: all labelled ones) and compares with what was painted.
 * Stored predictions are neither read nor changed.
 * @throws NotFound for the model or an image, NotEnoughLabels without a label, InvalidInput where classes differ
 */
export async function evaluate(
  project: Project,
  engine: EngineHost,
  request: EvaluateRequest,
  context: CallContext = {},
): Promise<EvaluationReport> {
  const row = resolveModel(project, request.model);
  const planes = labelledPlanes(project, selectImages(project.store.images.list(), request.images));
  if (planes.length === 0) {
    throw new LimnError(
      'NotEnoughLabels',
      'None of the chosen images has a label to compare with; paint some, or choose others with --images.',
    );
  }
  const model = await LoadedModel.load(engine, project.store.models.readBytes(row.modelId), request.device);
  const classes = model.foregroundClasses + 1;
  if (classes !== project.store.classes.list().length + 1) {
    throw new LimnError(
      'InvalidInput',
      `Model ${row.modelId} knows ${classes - 1} classes and the project has ${project.store.classes.list().length}; train a new model.`,
      { fields: { modelId: row.modelId } },
    );
  }
  const tallies = new Map<number, PlaneTally[]>();
  for (const [done, plane] of planes.entries()) {
    throwIfCancelled(context.signal);
    context.onProgress?.({ done, total: planes.length, note: plane.image.name });
    const tally = await tallyPlane(project, model, plane, context.signal);
    tallies.set(plane.image.imageId, [...(tallies.get(plane.image.imageId) ?? []), tally]);
  }
  context.onProgress?.({ done: planes.length, total: planes.length });
  return {
    modelId: row.modelId,
    classNames: model.description.classNames,
    overall: scoresOf([...tallies.values()].flat(), classes),
    images: [...tallies].map(([imageId, own]) => ({
      imageId,
      name: project.store.images.get(imageId).name,
      ...scoresOf(own, classes),
    })),
  };
}

async function tallyPlane(
  project: Project,
  model: LoadedModel,
  { image, t, z }: LabelledPlane,
  signal: AbortSignal | undefined,
): Promise<PlaneTally> {
  const { imageId, shape } = image;
  const { foreground, instances } = await model.predictPlane(
    { name: image.name, description: image },
    (c) => project.store.images.readPlane(imageId, t, z, c, signal),
    { instances: true, signal },
  );
  const labels = project.store.labels.readPlane(imageId, t, z);
  const predicted = mostProbableClass(foreground, model.foregroundClasses, shape.y * shape.x);
  return {
    confusion: countConfusion(
      referenceClasses(project, imageId, labels),
      predicted,
      model.foregroundClasses + 1,
    ),
    matches: matchInstances(
      referenceObjects(project, image, labels),
      instances ?? new Uint32Array(labels.length),
    ),
  };
}

function scoresOf(tallies: readonly PlaneTally[], classes: number): Scores {
  const confusion = sumConfusions(
    tallies.map((tally) => tally.confusion),
    classes,
  );
  return { ...pixelScores(confusion, classes), ...instanceScores(tallies.map((tally) => tally.matches)) };
}
