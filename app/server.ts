/** The served host: the backend on this machine's loopback, for a browser, behind a token. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import { createAccessGuard, createToken } from './api/accessGuard.ts';
import { withSecurityHeaders } from './api/staticFiles.ts';
import { type Backend, type BackendOptions, createBackend } from './backend.ts';
import { LimnError } from './errors.ts';

export interface ServerOptions extends Omit<BackendOptions, 'rendererFolder'> {
  /** Project to open at once. */
  projectPath?: string;
  /** 0, the default, takes any free port. */
  port?: number;
  /** The built page; `dist/renderer` unless said otherwise. */
  rendererFolder?: string;
}

export interface RunningServer {
  /** What to open in a browser: loopback, with the token. */
  readonly url: string;
  /** The same without token and path. */
  readonly origin: string;
  readonly port: number;
  readonly token: string;
  readonly backend: Backend;
  /** Ends streams and jobs (a training keeps its checkpoint), closes the project, then the port. Idempotent. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * Serves the workstation on loopback. The caller prints the address and decides about signals.
 * @throws WrongUsage if the port is taken; whatever opening the project throws (nothing stays open then)
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const { projectPath, port: askedPort, rendererFolder, ...backendOptions } = options;
  const backend = createBackend({
    ...backendOptions,
    rendererFolder: rendererFolder ?? fileURLToPath(new URL('../dist/renderer', import.meta.url)),
  });
  const server = createServer();
  try {
    const port = await listen(server, askedPort ?? 0);
    const token = createToken();
    const guard = createAccessGuard({ token, port });
    const origin = `http://${HOST}:${port}`;
    const answer = getRequestListener(
      async (request) => withSecurityHeaders(guard(request) ?? (await backend.fetch(request))),
      { overrideGlobalObjects: false },
    );
    server.on('request', (incoming, outgoing) => void answer(incoming, outgoing));
    backend.setAddress(origin);
    if (projectPath !== undefined) await backend.openProject(projectPath);
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await backend.close();
      server.closeAllConnections();
      await closed;
    };
    return {
      url: `${origin}/?token=${token}`,
      origin,
      port,
      token,
      backend,
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    server.close();
    await backend.close();
    throw error;
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE' || error.code === 'EACCES'
          ? new LimnError('WrongUsage', `Port ${port} is taken or not allowed; choose another with --port.`, {
              fields: { port },
              cause: error,
            })
          : error,
      );
    });
    server.listen(port, HOST, () => resolve((server.address() as AddressInfo).port));
  });
}
