/** Route of the first-run tour: a page that has come up asks whether to begin it. */

import { Hono } from 'hono';
import { beginFirstTour } from '../services/firstTour.ts';
import type { Workspace } from './workspace.ts';

export const tourRoutes = (workspace: Workspace) =>
  new Hono().post('/first', async (c) =>
    c.json<{ begins: boolean }>({ begins: await beginFirstTour(workspace.project.path) }),
  );
