/** Predictions and evaluations as jobs: one image at once, more behind the training that may run. */

import type { Workspace } from '../api/workspace.ts';
import { evaluate } from '../services/evaluationService.ts';
import { rowsOf, selectImages } from '../services/imageSelection.ts';
import { resolveModel } from '../services/modelService.ts';
import { predictImages } from '../services/predictionService.ts';
import type {
  EvaluateRequest,
  EvaluationReport,
  PredictedImage,
  PredictRequest,
} from '../services/requests.ts';
import type { StartedJob } from './jobQueue.ts';

/**
 * Starts a prediction. A single image does not wait in the queue: the engine lets its tiles through between two
 * training steps. Tells the page of each plane that is done.
 * @throws NotFound for the model or an image, at once
 */
export function startPrediction(workspace: Workspace, request: PredictRequest): StartedJob<PredictedImage[]> {
  const { project } = workspace;
  const model = resolveModel(project, request.model);
  const images = selectImages(rowsOf(project.store.images.list(), request.imageIds), request.images);
  const idOf = new Map(images.map(({ name, imageId }) => [name, imageId]));
  return workspace.jobs.add({
    kind: 'predict',
    title: images.length === 1 ? `Predict ${images[0]?.name ?? ''}` : `Predict ${images.length} images`,
    lane: images.length === 1 ? 'beside' : 'engine',
    run: (context) => {
      let told = 0;
      return predictImages(
        project,
        workspace.engine,
        { ...request, model: String(model.modelId) },
        {
          signal: context.signal,
          onProgress: (progress) => {
            context.onProgress(progress);
            const imageId = progress.note === undefined ? undefined : idOf.get(progress.note);
            if (progress.done > told && imageId !== undefined) {
              workspace.events.publish({ type: 'prediction', imageId });
            }
            told = progress.done;
          },
        },
      );
    },
  });
}

/** Scores a model behind what the engine does already. */
export function startEvaluation(
  workspace: Workspace,
  request: EvaluateRequest,
): StartedJob<EvaluationReport> {
  const { project } = workspace;
  const model = resolveModel(project, request.model);
  return workspace.jobs.add({
    kind: 'evaluate',
    title: `Evaluate ${model.name}`,
    lane: 'engine',
    run: (context) => evaluate(project, workspace.engine, request, context),
  });
}
