/** Routes of the project itself: what is open, its channels, opening another, making a new one. */

import { dirname } from 'node:path';
import { Hono } from 'hono';
import { copyProject, type ProjectCopy } from '../services/copyProject.ts';
import { ensureUserSample } from '../services/userSample.ts';
import { newProjectBody, openProjectBody, settingsBody } from './schemas.ts';
import type { ProjectInfo } from './types.ts';
import { jsonBody } from './validation.ts';
import type { Workspace } from './workspace.ts';

export const projectRoutes = (workspace: Workspace) =>
  new Hono()
    .get('/', (c) => c.json<ProjectInfo>(workspace.describeProject()))
    .patch('/', jsonBody(settingsBody), (c) => {
      workspace.project.store.settings.setChannels(c.req.valid('json').channels);
      workspace.events.publish({ type: 'project' });
      return c.json<ProjectInfo>(workspace.describeProject());
    })
    .post('/open', jsonBody(openProjectBody), (c) =>
      c.json<ProjectInfo>(workspace.open(c.req.valid('json').path)),
    )
    .post('/sample', async (c) => c.json<ProjectInfo>(workspace.open(await ensureUserSample())))
    .post('/copy', jsonBody(openProjectBody), async (c) => {
      const { project } = workspace;
      // A bare name stands beside the project.
      return c.json<ProjectCopy>(await copyProject(project, c.req.valid('json').path, dirname(project.path)));
    })
    .post('/new', jsonBody(newProjectBody), (c) => {
      const { path, classes } = c.req.valid('json');
      return c.json<ProjectInfo>(workspace.create(path, classes));
    });
