/** Routes of predictions of a plane: probabilities and objects as raw planes, and accepting them into the labels. */

import { Hono } from 'hono';
import type { PlaneShape, Rectangle } from '../labels/tiles.ts';
import { acceptPrediction, predictedObjects } from '../services/acceptService.ts';
import { disagreementOf, reviewImage } from '../services/reviewService.ts';
import { pageOf } from './pageOf.ts';
import { rawResponse, slowRawResponse } from './rawResponse.ts';
import {
  acceptBody,
  areaQuery,
  idPath,
  labelLevelTilePath,
  planePath,
  predictionLayerQuery,
  probabilityQuery,
} from './schemas.ts';
import { describeLabelTile, describePlane } from './tileDescription.ts';
import type {
  EditAcknowledged,
  ObjectDisagreement,
  PredictedObject,
  PredictionRow,
  ReviewPlace,
} from './types.ts';
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
    .get('/:id/prediction/:t/:z/foreground', pathOf(planePath), queryOf(areaQuery), (c) => {
      const { id, t, z } = c.req.valid('param');
      const { project } = workspace;
      const area = clip(c.req.valid('query'), describePlane(project, id, t, z));
      const foreground = project.store.predictions.readForeground(id, t, z, area);
      // The classes one under the other.
      const shape = { y: foreground.length / Math.max(1, area.w), x: area.w };
      return rawResponse(foreground, { shape, type: 'float32' });
    })
    .get('/:id/prediction/:t/:z', pathOf(planePath), (c) => {
      const { id, t, z } = c.req.valid('param');
      const { project } = workspace;
      describePlane(project, id, t, z);
      return c.json<PredictionRow>(project.store.predictions.need(id, t, z));
    })
    .get(
      '/:id/prediction-levels/:level/:t/:z/:ty/:tx',
      pathOf(labelLevelTilePath),
      queryOf(predictionLayerQuery),
      (c) => {
        const { id, t, z, level, ty, tx } = c.req.valid('param');
        const { project } = workspace;
        const shape = describeLabelTile(project, { imageId: id, level, t, z, ty, tx });
        const { predictionId } = project.store.predictions.need(id, t, z);
        const key = { predictionId, layer: c.req.valid('query').class ?? 0, level, ty, tx };
        return slowRawResponse(
          (signal) => project.store.predictionLevels.readTile(id, key, signal),
          c.req.raw.signal,
          { shape, type: key.layer === 0 ? 'uint32' : 'float32' },
        );
      },
    )
    .get('/:id/disagreement', pathOf(idPath), (c) =>
      c.json<ObjectDisagreement[]>(disagreementOf(workspace.project, c.req.valid('param').id)),
    )
    .get('/:id/review', pathOf(idPath), (c) =>
      c.json<ReviewPlace[]>(reviewImage(workspace.project, c.req.valid('param').id)),
    )
    .get('/:id/prediction/:t/:z/objects', pathOf(planePath), (c) => {
      const { id, t, z } = c.req.valid('param');
      const { project } = workspace;
      describePlane(project, id, t, z);
      return c.json<PredictedObject[]>(predictedObjects(project, id, t, z));
    })
    .post('/:id/prediction/accept', pathOf(idPath), jsonBody(acceptBody), (c) => {
      const { id } = c.req.valid('param');
      const { t, z, ...filter } = c.req.valid('json');
      const done = acceptPrediction(workspace.project, id, t, z, filter);
      workspace.events.publish({ type: 'labels', imageId: id, ...pageOf(c) });
      return c.json<EditAcknowledged>(done);
    });

/** The part of a rectangle that lies in the plane. */
function clip({ x, y, w, h }: Rectangle, plane: PlaneShape): Rectangle {
  const [left, top] = [Math.min(x, plane.x), Math.min(y, plane.y)];
  return { x: left, y: top, w: Math.min(w, plane.x - left), h: Math.min(h, plane.y - top) };
}
