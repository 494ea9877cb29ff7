/** Object parameters of a model, set and fitted as jobs beside whatever the engine does. */

import type { Workspace } from '../api/workspace.ts';
import { fitObjectParameters, setObjectParameters } from '../services/objectParameters.ts';
import type { ObjectsChange, ObjectsFit, ObjectsReport } from '../services/objectRequests.ts';
import type { StartedJob } from './jobQueue.ts';

/** Starts it; tells the page of each image when its objects are new. Throws NotFound for the model, at once. */
export function startCutting(
  workspace: Workspace,
  modelId: number,
  change: ObjectsChange,
): StartedJob<ObjectsReport> {
  const { project } = workspace;
  const { name } = project.store.models.get(modelId);
  return workspace.jobs.add({
    kind: 'predict',
    title: `Objects of ${name}`,
    lane: 'beside',
    run: async (context) => {
      const request = { model: String(modelId), change };
      const report = await setObjectParameters(project, workspace.engine, request, context);
      const images = project.store.predictions.list().filter((row) => row.modelId === modelId);
      for (const imageId of new Set(images.map((row) => row.imageId)))
        workspace.events.publish({ type: 'prediction', imageId });
      workspace.events.publish({ type: 'images' });
      return report;
    },
  });
}

/** Starts the search for parameters that suit the labels; it changes nothing. Throws NotFound for the model, at once. */
export function startFitting(workspace: Workspace, modelId: number): StartedJob<ObjectsFit> {
  const { project } = workspace;
  const { name } = project.store.models.get(modelId);
  return workspace.jobs.add({
    kind: 'evaluate',
    title: `Fit the objects of ${name}`,
    lane: 'beside',
    run: (context) => fitObjectParameters(project, workspace.engine, { model: String(modelId) }, context),
  });
}
