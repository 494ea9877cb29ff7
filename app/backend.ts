/** The whole of Limn but its windows as one object: requests in, responses and events out; every host wraps this. */

import { errorResponse } from './api/errorResponse.ts';
import { createRoutes } from './api/routes.ts';
import { staticFile } from './api/staticFiles.ts';
import type { BackendEvent, ProjectInfo } from './api/types.ts';
import { Workspace, type WorkspaceOptions } from './api/workspace.ts';
import { LimnError } from './errors.ts';

export interface BackendOptions extends WorkspaceOptions {
  /** The built page, served outside of `/api`; without it there is no page. */
  rendererFolder?: string;
}

export interface Backend {
  /** Answers a request; a failure is a response too, never an exception. */
  fetch(request: Request): Promise<Response>;
  /** Calls the listener for every event; returns the way to unsubscribe. */
  subscribe(listener: (event: BackendEvent) => void): () => void;
  /** Path of the open project, or null. */
  readonly projectPath: string | null;
  /** Opens a project for writing in place of the open one. Throws as the project service does. */
  openProject(path: string): Promise<ProjectInfo>;
  /** Tells other processes, through the project's lock, where this one answers. */
  setAddress(address: string): void;
  /** Stops jobs (a training keeps its checkpoint), ends streams and engine, closes the project. Idempotent. */
  close(): Promise<void>;
}

/** Puts the backend together. Nothing is opened and no process started before it is asked for. */
export function createBackend(options: BackendOptions = {}): Backend {
  const { rendererFolder, ...workspaceOptions } = options;
  const workspace = new Workspace(workspaceOptions);
  const app = createRoutes(workspace);
  app.onError((error) => errorResponse(error));
  app.notFound((c) =>
    errorResponse(
      new LimnError('NotFound', `There is nothing at ${c.req.method} ${c.req.path}; check the address.`),
    ),
  );
  return {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === '/api' || pathname.startsWith('/api/') || rendererFolder === undefined) {
        return app.fetch(request);
      }
      return staticFile(rendererFolder, pathname);
    },
    subscribe: (listener) => workspace.events.subscribe(({ event }) => listener(event)),
    get projectPath() {
      return workspace.projectPath;
    },
    openProject: async (path) => workspace.open(path),
    setAddress: (address) => workspace.setAddress(address),
    close: () => workspace.close(),
  };
}
