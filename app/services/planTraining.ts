/** Decides, before anything is stored, on which images a run trains and validates. */

import { resolve } from 'node:path';
import type { HyperParameters } from '../engine/training/hyperParameters.ts';
import { type CallContext, LimnError } from '../errors.ts';
import { classDirections } from '../science/classDirections.ts';
import type { ImageRow } from '../store/types.ts';
import { readBackbone } from './backboneService.ts';
import { isBaseModel } from './baseModels.ts';
import { selectImages, splitValidation } from './imageSelection.ts';
import { limnVersion } from './limnVersion.ts';
import { resolveModel } from './modelService.ts';
import { trainingPixelSize } from './pixelSize.ts';
import type { Project } from './project.ts';
import type { TrainRequest } from './requests.ts';
import { initialWeightsOf, isProjectModel, networkOf, pixelSizeOfInit } from './trainedModel.ts';
import {
  channelsOf,
  checkEnoughLabels,
  checkPlanesVary,
  labelledPlanes,
  labelStatistics,
} from './trainingData.ts';
import { budgetOf, executionOf, hyperParametersOf, type TrainingPlan } from './trainingPlan.ts';

/**
 * The complete plan of a run.
 * @throws WrongUsage on a hyper-parameter, NotFound on an image or model, CorruptFile or UnsupportedFormat on a model
 *   file, NotEnoughLabels, InvalidInput on channels, on an image of one value, or where an image would be trained and
 *   validated on
 */
export async function planTraining(
  project: Project,
  request: TrainRequest,
  context: CallContext,
): Promise<TrainingPlan> {
  const budget = budgetOf(request);
  const execution = executionOf(request);
  const hyperParameters = hyperParametersOf(request);
  const { training, validation } = splitImages(project, request);
  const channels = channelsOf(project, [...training, ...validation]);
  const classes = project.store.classes.list();
  const planes = labelledPlanes(project, training);
  const statistics = await labelStatistics(project, planes, context);
  checkEnoughLabels(statistics, classes, project.name);
  await checkPlanesVary(project, [...planes, ...labelledPlanes(project, validation)], channels, context);
  const init = await checkedInit(project, request.init ?? 'scratch');
  if (request.layers === 'output' && init === 'scratch' && request.backboneWeights === undefined) {
    throw new LimnError(
      'WrongUsage',
      'Output layers alone learn nothing on features drawn at random; say with --init or --backbone-weights what to begin with.',
    );
  }
  const directed = classDirections(statistics.directions);
  const { orientation = 'auto' } = request;
  const isKept = orientation === 'kept' || (orientation === 'auto' && directed.length > 0);
  const plan: TrainingPlan = {
    preset: request.preset ?? 'fast',
    hyperParameters: isKept ? keepOrientation(hyperParameters) : hyperParameters,
    ...(isKept && {
      directedClasses: directed.map(({ classIndex }) => classes[classIndex - 1]?.name ?? 'background'),
    }),
    budget,
    ...execution,
    init,
    imageIds: training.map((row) => row.imageId),
    validationIds: validation.map((row) => row.imageId),
    imageNames: training.map((row) => row.name),
    validationNames: validation.map((row) => row.name),
    pixelSizeUm: trainingPixelSize([...training, ...validation], await pixelSizeOfInit(project, init)),
    channels,
    version: limnVersion(),
  };
  if (request.backboneWeights === undefined) return plan;
  if (init !== 'scratch') {
    throw new LimnError(
      'WrongUsage',
      'A run begins with a model or with the weights of a classifier, not both; give either --init or --backbone-weights.',
    );
  }
  const backboneWeights = resolve(request.backboneWeights);
  await readBackbone(networkOf(project, plan), backboneWeights);
  return { ...plan, backboneWeights };
}

/** The recipe without turned or mirrored tiles, in training and in prediction. */
function keepOrientation(recipe: HyperParameters): HyperParameters {
  const augmentation = { ...recipe.augmentation, flip: false, rotation: 'none' as const };
  return { ...recipe, augmentation, mirrorAveraging: false };
}

/** What to begin with, as it still means the same when the run goes on from elsewhere: a model's number or a whole path. */
async function checkedInit(project: Project, init: string): Promise<string> {
  await initialWeightsOf(project, init);
  if (init === 'scratch' || isBaseModel(init)) return init;
  return isProjectModel(init) ? String(resolveModel(project, init).modelId) : resolve(init);
}

/**
 * Labelled images to train on, and images to validate on.
 * @throws as {@link planTraining} on images
 */
export function splitImages(
  project: Project,
  request: TrainRequest,
): { training: ImageRow[]; validation: ImageRow[] } {
  const rows = project.store.images.list();
  const isLabelled = (row: ImageRow): boolean => project.store.labels.planes(row.imageId).length > 0;
  const isFraction = /^0?\.\d+$/.test(request.validation?.trim() ?? '');
  if (request.validationGroup !== undefined && !isFraction) {
    throw new LimnError(
      'WrongUsage',
      'Groups are held back by a share of the images; give --validation a number such as 0.2 with --validation-group.',
    );
  }
  const mayBeBoth = request.validateOnTraining === true;
  if (request.images !== undefined && request.validation !== undefined && !isFraction && !mayBeBoth) {
    const trained = new Set(selectImages(rows, request.images).map((row) => row.imageId));
    const both = selectImages(rows, request.validation).find((row) => trained.has(row.imageId));
    if (both) {
      throw new LimnError(
        'InvalidInput',
        `Image '${both.name}' is chosen for training and for validation, which would only show what was learnt by heart; leave it out of one of them, or insist with --validate-on-training.`,
        { fields: { image: both.name } },
      );
    }
  }
  // A share is a share of the labelled images; positions and names count over all of them.
  const from = request.images === undefined && isFraction ? rows.filter(isLabelled) : rows;
  if (from.length === 0) return { training: [], validation: [] };
  const { training, validation } = splitValidation(from, request);
  const unlabelled = validation.find((row) => !isLabelled(row));
  if (unlabelled) {
    throw new LimnError(
      'NotEnoughLabels',
      `Image '${unlabelled.name}' is chosen for validation but has no label; paint it or choose another.`,
      { fields: { image: unlabelled.name } },
    );
  }
  return { training: training.filter(isLabelled), validation };
}
