/** Routes of trainings: the outlook before one, runs and their curves, pause, resume, stop; models; predictions. */

import { Hono } from 'hono';
import { startCutting, startFitting } from '../jobs/objectJobs.ts';
import { startEvaluation, startPrediction } from '../jobs/predictionJobs.ts';
import {
  deleteRun,
  pauseTraining,
  resumeTraining,
  startTraining,
  stopTraining,
} from '../jobs/trainingJobs.ts';
import { exportModel, listModels, modelBytes, removeModel } from '../services/modelService.ts';
import { modelObjects } from '../services/objectParameters.ts';
import { listRuns, runDetail } from '../services/runLedger.ts';
import { listRunSamples, readRunSample } from '../services/runSamples.ts';
import { trainingChoices } from '../services/trainingChoices.ts';
import { outlook } from '../services/trainingOutlook.ts';
import { trainingPace } from '../services/trainingPace.ts';
import { PRESETS } from '../services/trainingPresets.ts';
import { attachment } from './attachment.ts';
import { rawResponse } from './rawResponse.ts';
import {
  exportModelBody,
  idPath,
  modelQuery,
  objectsBody,
  outlookQuery,
  predictBody,
  samplePath,
  trainBody,
} from './schemas.ts';
import type {
  EvaluationReport,
  JobStarted,
  ModelObjects,
  ModelSummary,
  ObjectsFit,
  ObjectsReport,
  PresetValues,
  RunDetail,
  RunSample,
  RunStarted,
  RunSummary,
  TrainingChoices,
  TrainingOutlook,
  TrainingPace,
} from './types.ts';
import { jsonBody, pathOf, queryOf } from './validation.ts';
import type { Workspace } from './workspace.ts';

export const trainingRoutes = (workspace: Workspace) =>
  new Hono()
    .get('/outlook', queryOf(outlookQuery), async (c) =>
      c.json<TrainingOutlook>(
        await outlook(workspace.project, c.req.valid('query'), { signal: c.req.raw.signal }),
      ),
    )
    .get('/choices', async (c) => c.json<TrainingChoices>(await trainingChoices(workspace.engine)))
    .get('/presets', (c) => c.json<PresetValues>(PRESETS))
    .post('/pace', jsonBody(trainBody), async (c) =>
      c.json<TrainingPace[]>(await trainingPace(workspace.project, workspace.engine, c.req.valid('json'))),
    );

export const runRoutes = (workspace: Workspace) =>
  new Hono()
    .get('/', (c) => c.json<RunSummary[]>(listRuns(workspace.project)))
    .post('/', jsonBody(trainBody), async (c) =>
      c.json<RunStarted>(await startTraining(workspace, c.req.valid('json')), 202),
    )
    .get('/:id', pathOf(idPath), (c) =>
      c.json<RunDetail>(runDetail(workspace.project, c.req.valid('param').id)),
    )
    .delete('/:id', pathOf(idPath), async (c) => {
      await deleteRun(workspace, c.req.valid('param').id);
      return c.json<RunSummary[]>(listRuns(workspace.project));
    })
    .get('/:id/samples', pathOf(idPath), (c) =>
      c.json<RunSample[]>(listRunSamples(workspace.project, c.req.valid('param').id)),
    )
    .get('/:id/samples/:step/:layer', pathOf(samplePath), (c) => {
      const { id, step, layer } = c.req.valid('param');
      const picture = readRunSample(workspace.project, id, step);
      const type = layer === 'label' ? 'uint8' : 'float32';
      return rawResponse(picture[layer], { shape: picture.shape, type });
    })
    .post('/:id/stop', pathOf(idPath), async (c) => {
      const { id } = c.req.valid('param');
      await stopTraining(workspace, id);
      return c.json<RunDetail>(runDetail(workspace.project, id));
    })
    .post('/:id/pause', pathOf(idPath), async (c) => {
      const { id } = c.req.valid('param');
      await pauseTraining(workspace, id);
      return c.json<RunDetail>(runDetail(workspace.project, id));
    })
    .post('/:id/resume', pathOf(idPath), async (c) =>
      c.json<RunStarted>(await resumeTraining(workspace, c.req.valid('param').id), 202),
    );

export const modelRoutes = (workspace: Workspace) =>
  new Hono()
    .get('/', (c) => c.json<ModelSummary[]>(listModels(workspace.project)))
    .get('/:id/model.onnx', pathOf(idPath), queryOf(modelQuery), (c) => {
      const { project } = workspace;
      const { modelId, name } = project.store.models.get(c.req.valid('param').id);
      const bytes = modelBytes(project, modelId, c.req.valid('query').halfPrecision);
      return new Response(Uint8Array.from(bytes), {
        headers: {
          'content-type': 'application/octet-stream',
          'content-disposition': attachment(`${name}.onnx`),
          'cache-control': 'no-store',
        },
      });
    })
    .delete('/:id', pathOf(idPath), (c) => {
      for (const imageId of removeModel(workspace.project, c.req.valid('param').id)) {
        workspace.events.publish({ type: 'prediction', imageId });
      }
      return c.json<ModelSummary[]>(listModels(workspace.project));
    })
    .get('/:id/objects', pathOf(idPath), (c) =>
      c.json<ModelObjects>(modelObjects(workspace.project, String(c.req.valid('param').id))),
    )
    .post('/:id/objects', pathOf(idPath), jsonBody(objectsBody), async (c) => {
      const { id } = c.req.valid('param');
      return c.json<ObjectsReport>(await startCutting(workspace, id, c.req.valid('json')).finished);
    })
    .post('/:id/objects/fit', pathOf(idPath), async (c) =>
      c.json<ObjectsFit>(await startFitting(workspace, c.req.valid('param').id).finished),
    )
    .post('/export', jsonBody(exportModelBody), async (c) =>
      c.json<Awaited<ReturnType<typeof exportModel>>>(
        await exportModel(workspace.project, c.req.valid('json')),
      ),
    );

export const predictRoutes = (workspace: Workspace) =>
  new Hono()
    .post('/predictions', jsonBody(predictBody), (c) => {
      const { jobId } = startPrediction(workspace, c.req.valid('json'));
      return c.json<JobStarted>({ jobId }, 202);
    })
    .post('/evaluations', jsonBody(predictBody), async (c) =>
      c.json<EvaluationReport>(await startEvaluation(workspace, c.req.valid('json')).finished),
    );
