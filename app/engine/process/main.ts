/** Entry of the engine process: the only process that loads ONNX Runtime. Ends itself when its host is gone. */

import { createHandlers } from './handlers.ts';
import type { EnginePort, ToEngine } from './messages.ts';
import { serveRequests } from './serveRequests.ts';

/** Electron's utility process has a port to its parent; a forked Node process has `process.send`. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

function openPort(): EnginePort {
  const parentPort = (process as { parentPort?: ParentPort }).parentPort;
  if (parentPort) {
    return {
      send: (message) => parentPort.postMessage(message),
      onMessage: (listener) => parentPort.on('message', (event) => listener(event.data as ToEngine)),
    };
  }
  // Without a host there is nobody to work for: a checkpoint on disk is all that is needed to go on later.
  process.on('disconnect', () => process.exit(0));
  return {
    send(message): void {
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage: (listener) => process.on('message', (message) => listener(message as ToEngine)),
  };
}

// An interrupt typed in the terminal reaches the whole process group; the host decides what it means.
process.on('SIGINT', () => undefined);
serveRequests(openPort(), createHandlers(), () => process.exit(0));
