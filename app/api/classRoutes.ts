/** Routes of classes. */

import { Hono } from 'hono';
import { classPatch, idPath, newClassBody } from './schemas.ts';
import type { ClassRow } from './types.ts';
import { jsonBody, pathOf } from './validation.ts';
import type { Workspace } from './workspace.ts';

export const classRoutes = (workspace: Workspace) =>
  new Hono()
    .get('/', (c) => c.json<ClassRow[]>(workspace.project.store.classes.list()))
    .post('/', jsonBody(newClassBody), (c) => {
      const row = workspace.project.store.classes.add(c.req.valid('json'));
      workspace.events.publish({ type: 'project' });
      return c.json<ClassRow>(row, 201);
    })
    .patch('/:id', pathOf(idPath), jsonBody(classPatch), (c) => {
      const row = workspace.project.store.classes.update(c.req.valid('param').id, c.req.valid('json'));
      workspace.events.publish({ type: 'project' });
      return c.json<ClassRow>(row);
    });
