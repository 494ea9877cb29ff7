/** All routes of the backend in one list; the exported type drives typed clients (hono/client). */

import { Hono } from 'hono';
import { classRoutes } from './classRoutes.ts';
import { downloadRoutes, exportRoutes } from './exportRoutes.ts';
import { imageRoutes } from './imageRoutes.ts';
import { jobRoutes } from './jobRoutes.ts';
import { labelRoutes } from './labelRoutes.ts';
import { predictionRoutes } from './predictionRoutes.ts';
import { projectRoutes } from './projectRoutes.ts';
import { modelRoutes, predictRoutes, runRoutes, trainingRoutes } from './runRoutes.ts';
import { tourRoutes } from './tourRoutes.ts';
import type { Workspace } from './workspace.ts';

/**
 * Raw routes (bytes with `x-limn-shape` and `x-limn-type`, envelopes, PNG, TIFF): pixels, labels, edits, undo, redo,
 * weight-map, runs/…/samples/:step/:layer, prediction/…/probability and /instances, thumbnail, export.tif. Everything else is JSON.
 */
export const createRoutes = (workspace: Workspace) =>
  new Hono()
    .basePath('/api')
    .route('/project', projectRoutes(workspace))
    .route('/images', imageRoutes(workspace))
    .route('/images', labelRoutes(workspace))
    .route('/images', predictionRoutes(workspace))
    .route('/images', downloadRoutes(workspace))
    .route('/classes', classRoutes(workspace))
    .route('/training', trainingRoutes(workspace))
    .route('/runs', runRoutes(workspace))
    .route('/models', modelRoutes(workspace))
    .route('/exports', exportRoutes(workspace))
    .route('/tour', tourRoutes(workspace))
    .route('/', predictRoutes(workspace))
    .route('/', jobRoutes(workspace));

export type AppType = ReturnType<typeof createRoutes>;
