/** Routes of painting: labels as raw planes and tiles, gestures, undo and redo, objects, the weight map. Never cached. */

import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { decodeEnvelope, encodeEnvelope } from '../labels/envelope.ts';
import { tileRectangle } from '../labels/tiles.ts';
import { classCountsOfPlane } from '../services/classCounts.ts';
import { copyLabels } from '../services/copyLabels.ts';
import { type JumpedHistory, jumpTo, listGestures } from '../services/historyService.ts';
import { applyEdit, type RestoredEdit, redoEdit, undoEdit } from '../services/labelService.ts';
import { changeObjects, deleteObjects } from '../services/objectService.ts';
import { weightMapOfPlane } from '../services/weightMapService.ts';
import { pageOf } from './pageOf.ts';
import { rawResponse } from './rawResponse.ts';
import {
  copyLabelsBody,
  editHeader,
  idPath,
  jumpBody,
  labelLevelTilePath,
  labelTilePath,
  objectDeletion,
  objectPatch,
  objectPath,
  objectsPatch,
  planePath,
  weightMapQuery,
} from './schemas.ts';
import { describeLabelTile, describePlane } from './tileDescription.ts';
import type { EditAcknowledged, EditHistory, EditReverted, EditRow, ObjectRow } from './types.ts';
import { jsonBody, parseInput, pathOf, queryOf } from './validation.ts';
import type { Workspace } from './workspace.ts';

/** A gesture over a whole 10,000² plane is 400 MB. */
const MAXIMUM_EDIT_BYTES = 2 ** 29;

export const labelRoutes = (workspace: Workspace) =>
  new Hono()
    .get('/:id/labels/:t/:z', pathOf(planePath), (c) => {
      const { id, t, z } = c.req.valid('param');
      const { project } = workspace;
      const shape = describePlane(project, id, t, z);
      return rawResponse(project.store.labels.readPlane(id, t, z), { shape, type: 'uint32' });
    })
    .get('/:id/labels/:t/:z/:ty/:tx', pathOf(labelTilePath), (c) => {
      const { id, t, z, ty, tx } = c.req.valid('param');
      const { project } = workspace;
      const tile = tileRectangle(describePlane(project, id, t, z), ty, tx);
      const labels = project.store.labels.readTile(id, t, z, ty, tx);
      return rawResponse(labels ?? new Uint32Array(tile.h * tile.w), {
        shape: { y: tile.h, x: tile.w },
        type: 'uint32',
      });
    })
    .get('/:id/label-levels/:level/:t/:z/:ty/:tx', pathOf(labelLevelTilePath), (c) => {
      const { id, ...place } = c.req.valid('param');
      const { project } = workspace;
      const shape = describeLabelTile(project, { imageId: id, ...place });
      const labels = project.store.labelLevels.readTile({ imageId: id, ...place });
      if (labels === null)
        return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
      return rawResponse(labels, { shape, type: 'uint32' });
    })
    .post('/:id/edits', pathOf(idPath), bodyLimit({ maxSize: MAXIMUM_EDIT_BYTES }), async (c) => {
      const { id } = c.req.valid('param');
      const { header, regions } = decodeEnvelope(new Uint8Array(await c.req.arrayBuffer()));
      const done = applyEdit(workspace.project, id, parseInput(editHeader, header), regions);
      workspace.events.publish({ type: 'labels', imageId: id, ...pageOf(c) });
      return c.json<EditAcknowledged>(done);
    })
    .post('/:id/undo', pathOf(idPath), (c) => {
      const { id } = c.req.valid('param');
      return restoredResponse(workspace, c, undoEdit(workspace.project, id), id);
    })
    .post('/:id/redo', pathOf(idPath), (c) => {
      const { id } = c.req.valid('param');
      return restoredResponse(workspace, c, redoEdit(workspace.project, id), id);
    })
    .post('/:id/labels/copy', pathOf(idPath), jsonBody(copyLabelsBody), (c) => {
      const { id } = c.req.valid('param');
      const { from, to } = c.req.valid('json');
      return restoredResponse(workspace, c, copyLabels(workspace.project, id, from, to), id);
    })
    .get('/:id/history', pathOf(idPath), (c) => {
      const { store } = workspace.project;
      const { imageId } = store.images.get(c.req.valid('param').id);
      const { canUndo, canRedo } = store.edits.state(imageId);
      return c.json<EditHistory>({ canUndo, canRedo });
    })
    .get('/:id/gestures', pathOf(idPath), (c) =>
      c.json<EditRow[]>(listGestures(workspace.project, c.req.valid('param').id)),
    )
    .post('/:id/history/jump', pathOf(idPath), jsonBody(jumpBody), (c) => {
      const { id } = c.req.valid('param');
      const jumped = jumpTo(workspace.project, id, c.req.valid('json').editId);
      workspace.events.publish({ type: 'labels', imageId: id, ...pageOf(c) });
      return c.json<JumpedHistory>(jumped);
    })
    .get('/:id/objects', pathOf(idPath), (c) => {
      const { store } = workspace.project;
      const { imageId } = store.images.get(c.req.valid('param').id);
      return c.json<ObjectRow[]>(store.objects.list(imageId));
    })
    .patch('/:id/objects/:label', pathOf(objectPath), jsonBody(objectPatch), (c) => {
      const { id, label } = c.req.valid('param');
      const [row] = changeObjects(workspace.project, id, [label], c.req.valid('json'));
      workspace.events.publish({ type: 'labels', imageId: id, ...pageOf(c) });
      return c.json<ObjectRow | undefined>(row);
    })
    .patch('/:id/objects', pathOf(idPath), jsonBody(objectsPatch), (c) => {
      const { id } = c.req.valid('param');
      const { labels, change } = c.req.valid('json');
      const rows = changeObjects(workspace.project, id, labels, change);
      workspace.events.publish({ type: 'labels', imageId: id, ...pageOf(c) });
      return c.json<ObjectRow[]>(rows);
    })
    .post('/:id/objects/delete', pathOf(idPath), jsonBody(objectDeletion), (c) => {
      const { id } = c.req.valid('param');
      const { t, z, labels } = c.req.valid('json');
      return restoredResponse(workspace, c, deleteObjects(workspace.project, id, t, z, labels), id);
    })
    .get('/:id/class-counts/:t/:z', pathOf(planePath), async (c) => {
      const { id, t, z } = c.req.valid('param');
      const { project } = workspace;
      describePlane(project, id, t, z);
      const { counts, tiles, classes } = await classCountsOfPlane(project, id, t, z, {
        signal: c.req.raw.signal,
      });
      return rawResponse(counts, { shape: { y: tiles, x: classes }, type: 'uint32' });
    })
    .get('/:id/weight-map/:t/:z', pathOf(planePath), queryOf(weightMapQuery), (c) => {
      const { id, t, z } = c.req.valid('param');
      const { preset, w0, sigma } = c.req.valid('query');
      const { project } = workspace;
      describePlane(project, id, t, z);
      const { weights, shape } = weightMapOfPlane(project, id, t, z, { preset, w0, sigmaPx: sigma });
      return rawResponse(weights, { shape, type: 'float32' });
    });

/** The labels that came back, or 204 where there was nothing to take back or repeat. */
function restoredResponse(
  workspace: Workspace,
  c: Context,
  restored: RestoredEdit | null,
  imageId: number,
): Response {
  if (restored === null) return new Response(null, { status: 204 });
  workspace.events.publish({ type: 'labels', imageId, ...pageOf(c) });
  const { pixels, acknowledged, ...place } = restored;
  const header: EditReverted = { ...place, ack: acknowledged };
  return new Response(encodeEnvelope(header, pixels), {
    headers: { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' },
  });
}
