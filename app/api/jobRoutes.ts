/** Routes of long work and of what it runs on: jobs, devices, the stream of events. */

import { Hono } from 'hono';
import { eventStream } from './eventStream.ts';
import { idPath, moveJobBody } from './schemas.ts';
import type { DeviceReport, JobInfo } from './types.ts';
import { jsonBody, pathOf } from './validation.ts';
import type { Workspace } from './workspace.ts';

export const jobRoutes = (workspace: Workspace) =>
  new Hono()
    .get('/jobs', (c) => c.json<JobInfo[]>(workspace.jobs.list()))
    .post('/jobs/:id/cancel', pathOf(idPath), (c) =>
      c.json<JobInfo>(workspace.jobs.cancel(c.req.valid('param').id)),
    )
    .post('/jobs/:id/pause', pathOf(idPath), async (c) =>
      c.json<JobInfo>(await workspace.jobs.pause(c.req.valid('param').id)),
    )
    .post('/jobs/:id/resume', pathOf(idPath), async (c) =>
      c.json<JobInfo>(await workspace.jobs.resume(c.req.valid('param').id)),
    )
    .post('/jobs/:id/move', pathOf(idPath), jsonBody(moveJobBody), (c) =>
      c.json<JobInfo>(workspace.jobs.move(c.req.valid('param').id, c.req.valid('json').place)),
    )
    .get('/devices', async (c) =>
      c.json<DeviceReport[]>(await workspace.engine.request('devices', { probe: false })),
    )
    .get('/events', (c) =>
      eventStream(workspace.events, {
        lastEventId: c.req.header('last-event-id'),
        signal: c.req.raw.signal,
      }),
    );
