/** Routes of export: masks into a folder, or one mask as a download. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { exportToFolder } from '../jobs/exportJob.ts';
import { exportImage } from '../services/exportService.ts';
import { attachment } from './attachment.ts';
import { downloadQuery, exportBody, idPath } from './schemas.ts';
import type { ExportReport } from './types.ts';
import { jsonBody, pathOf, queryOf } from './validation.ts';
import type { Workspace } from './workspace.ts';

export const exportRoutes = (workspace: Workspace) =>
  new Hono().post('/', jsonBody(exportBody), async (c) =>
    c.json<ExportReport>(await exportToFolder(workspace, c.req.valid('json'))),
  );

export const downloadRoutes = (workspace: Workspace) =>
  new Hono().get('/:id/export.tif', pathOf(idPath), queryOf(downloadQuery), async (c) => {
    const { id } = c.req.valid('param');
    const { project } = workspace;
    const { name } = project.store.images.get(id);
    const folder = await mkdtemp(join(tmpdir(), 'limn-export-'));
    try {
      const path = join(folder, 'mask.tif');
      await exportImage(project, id, path, c.req.valid('query'), c.req.raw.signal);
      return new Response(await readFile(path), {
        headers: {
          'content-type': 'image/tiff',
          'content-disposition': attachment(`${name}.tif`),
          'cache-control': 'no-store',
        },
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
