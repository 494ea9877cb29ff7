/** Routes of images: the list, import by path or upload, thumbnails, statistics, and raw pixel tiles. */

import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { importFiles } from '../jobs/importJob.ts';
import { listImages, planeStatistics, readPixelTile, thumbnail } from '../services/imageService.ts';
import { immutableCaching } from './caching.ts';
import { notModified, slowRawResponse } from './rawResponse.ts';
import {
  cacheQuery,
  idPath,
  importBody,
  pixelSizeBody,
  pixelTilePath,
  planeQuery,
  thumbnailQuery,
} from './schemas.ts';
import { describeTile } from './tileDescription.ts';
import type { ImageInfo, ImportReport, PlaneStatistics } from './types.ts';
import { MAXIMUM_UPLOAD_BYTES, receiveUpload } from './upload.ts';
import { jsonBody, pathOf, queryOf } from './validation.ts';
import type { Workspace } from './workspace.ts';

export const imageRoutes = (workspace: Workspace) =>
  new Hono()
    .get('/', (c) => c.json<ImageInfo[]>(listImages(workspace.project)))
    .patch('/', jsonBody(pixelSizeBody), (c) => {
      const { imageIds, pixelSizeUm } = c.req.valid('json');
      const { project } = workspace;
      const ids = imageIds ?? project.store.images.list().map((row) => row.imageId);
      project.store.images.setPixelSize(ids, pixelSizeUm);
      workspace.events.publish({ type: 'images' });
      return c.json<ImageInfo[]>(listImages(project));
    })
    .post('/import', jsonBody(importBody), async (c) =>
      c.json<ImportReport>(await importFiles(workspace, c.req.valid('json'))),
    )
    .post('/upload', bodyLimit({ maxSize: MAXIMUM_UPLOAD_BYTES }), async (c) => {
      const upload = await receiveUpload(c.req.raw);
      try {
        return c.json<ImportReport>(await importFiles(workspace, upload.request));
      } finally {
        await upload.discard();
      }
    })
    .get('/:id/thumbnail', pathOf(idPath), queryOf(thumbnailQuery), async (c) => {
      const { id } = c.req.valid('param');
      const { size, v, t, z } = c.req.valid('query');
      const key = [size, t, z].join();
      const { etag, cacheControl } = immutableCaching(workspace, v, c.req.path, key);
      const known = notModified(c.req.raw, etag, cacheControl);
      if (known !== undefined) return known;
      const png = await thumbnail(workspace.project, id, Math.min(size, 1024), { t, z }, c.req.raw.signal);
      return new Response(Uint8Array.from(png), {
        headers: { 'content-type': 'image/png', 'cache-control': cacheControl, etag },
      });
    })
    .get('/:id/statistics', pathOf(idPath), queryOf(planeQuery), async (c) => {
      const { t, z, c: channel } = c.req.valid('query');
      const { id } = c.req.valid('param');
      return c.json<PlaneStatistics>(
        await planeStatistics(workspace.project, id, t, z, channel, c.req.raw.signal),
      );
    })
    .get('/:id/pixels/:level/:t/:z/:c/:ty/:tx', pathOf(pixelTilePath), queryOf(cacheQuery), async (c) => {
      const { project } = workspace;
      const { id, ...place } = c.req.valid('param');
      const { etag, cacheControl } = immutableCaching(workspace, c.req.valid('query').v, c.req.path);
      const known = notModified(c.req.raw, etag, cacheControl);
      if (known !== undefined) return known;
      const at = { imageId: id, ...place };
      return slowRawResponse(
        async (signal) => (await readPixelTile(project, at, signal)).pixels,
        c.req.raw.signal,
        { ...describeTile(project, at), cacheControl, etag },
      );
    });
