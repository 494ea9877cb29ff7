/** Routes of predictions of a plane: probabilities and objects as raw planes, and accepting them into the labels. */

import { Hono } from 'hono';
import { acceptPrediction } from '../services/labelService.ts';
import { pageOf } from './pageOf.ts';
import { rawResponse } from './rawResponse.ts';
import { idPath, planeBody, planePath, probabilityQuery } from './schemas.ts';
import { describePlane } from './tileDescription.ts';
import type { EditAcknowledged } from './types.ts';
import { jsonBody, pathOf, queryOf } from './validation.ts';
import type { Workspace } from './workspace.ts';

export const predictionRoutes = (workspace: Workspace) =>
  new Hono()
    .get('/:id/prediction/:t/:z/probability', pathOf(planePath), queryOf(probabilityQuery), (c) => {
      const { id, t, z } = c.req.valid('param');
      const { project } = workspace;
      const shape = describePlane(project, id, t, z);
      const plane = project.store.predictions.readProbability(id, t, z, c.req.valid('query').class);
      return rawResponse(plane, { shape, type: 'float32' });
    })
    .get('/:id/prediction/:t/:z/instances', pathOf(planePath), (c) => {
      const { id, t, z } = c.req.valid('param');
      const { project } = workspace;
      const shape = describePlane(project, id, t, z);
      return rawResponse(project.store.predictions.readInstances(id, t, z).labels, { shape, type: 'uint32' });
    })
    .post('/:id/prediction/accept', pathOf(idPath), jsonBody(planeBody), (c) => {
      const { id } = c.req.valid('param');
      const { t, z } = c.req.valid('json');
      const done = acceptPrediction(workspace.project, id, t, z);
      workspace.events.publish({ type: 'labels', imageId: id, ...pageOf(c) });
      return c.json<EditAcknowledged>(done);
    });
