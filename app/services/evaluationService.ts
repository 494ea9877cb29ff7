/** Scores a model on the labelled pixels of a project: predicted afresh, pooled and image by image. */

import type { EngineHost } from '../engine/host.ts';
import { type CallContext, LimnError, throwIfCancelled } from '../errors.ts';
import { countConfusion, instanceScores, matchesOf, pixelScores, sumConfusions } from '../science/metrics.ts';
import { type ObjectTally, objectMeasures, tallyObjects } from '../science/objectMeasures.ts';
import { overlapsOf } from '../science/overlaps.ts';
import {
  type PartitionTally,
  partitionMeasures,
  tallyPartition,
  tallyThresholds,
} from '../science/partitionMeasures.ts';
import { tallyWarping, type WarpingTally, warpingError } from '../science/warpingError.ts';
import { mostProbableClass } from './classProbabilities.ts';
import { selectImages } from './imageSelection.ts';
import { LoadedModel } from './loadedModel.ts';
import { resolveModel } from './modelService.ts';
import type { Project } from './project.ts';
import type { EvaluateRequest, EvaluationReport, Scores } from './requests.ts';
import {
  type LabelledPlane,
  labelledPlanes,
  referenceClasses,
  referenceObjects,
  targetOfLabels,
} from './trainingData.ts';

/** What one plane adds to the scores. */
interface PlaneTally {
  confusion: Float64Array;
  objects: ObjectTally;
  partition: PartitionTally;
  thresholds: PartitionTally[];
  warping: WarpingTally;
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
  const { target } = targetOfLabels(project, imageId, labels, shape);
  const reference = referenceObjects(project, image, labels);
  const found = instances ?? new Uint32Array(labels.length);
  const overlaps = overlapsOf(reference, found);
  return {
    confusion: countConfusion(
      referenceClasses(project, imageId, labels),
      predicted,
      model.foregroundClasses + 1,
    ),
    objects: tallyObjects(overlaps, matchesOf(overlaps)),
    partition: tallyPartition(reference, found, { singletons: false }),
    thresholds: tallyThresholds(reference, anyClass(foreground, labels.length), shape),
    // Touching objects are parted in the reference, as the network was taught.
    warping: tallyWarping(
      target.map((value) => Number(value > 1)),
      predicted.map((value) => Number(value > 0)),
      target,
      shape,
    ),
  };
}

/** `[y, x]`: probability that a pixel belongs to any class, from `[classes, y, x]`. */
function anyClass(foreground: Float32Array, pixels: number): Float32Array {
  const sum = foreground.slice(0, pixels);
  for (let k = pixels; k < foreground.length; k++) sum[k % pixels]! += foreground[k]!;
  return sum;
}

function scoresOf(tallies: readonly PlaneTally[], classes: number): Scores {
  const confusion = sumConfusions(
    tallies.map((tally) => tally.confusion),
    classes,
  );
  const objects = tallies.map((tally) => tally.objects);
  return {
    ...pixelScores(confusion, classes),
    ...instanceScores(objects.map(({ matches }) => matches)),
    ...objectMeasures(objects),
    ...partitionMeasures(
      tallies.map((tally) => tally.partition),
      tallies.map((tally) => tally.thresholds),
    ),
    warpingError: warpingError(tallies.map((tally) => tally.warping)),
  };
}
