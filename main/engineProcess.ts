/** The engine as an Electron utility process, behind the same small interface as a forked Node process. */

import { utilityProcess } from 'electron';
import type { EngineProcess, FromEngine } from '../app/engine/process/messages.ts';

/** Standard error of the engine kept for the message of a crash, characters. */
const KEPT_ERROR_TEXT = 2000;

/** Forks `entry`; typed arrays cross by structured clone. Its standard output is never mixed into ours. */
export function startUtilityEngine(entry: string): EngineProcess & { errorText(): string } {
  const child = utilityProcess.fork(entry, [], {
    serviceName: 'Limn engine',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  let alive = true;
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString('utf8')).slice(-KEPT_ERROR_TEXT);
  });
  child.on('exit', () => {
    alive = false;
  });
  return {
    get pid() {
      return child.pid;
    },
    errorText: () => text,
    send(message) {
      if (alive) child.postMessage(message);
    },
    onMessage(listener) {
      child.on('message', (message: FromEngine) => listener(message));
    },
    onExit(listener) {
      child.on('exit', (code) => listener(code, null));
    },
    kill() {
      // utilityProcess.kill() asks politely (SIGTERM); a process inside a long native call does not hear that.
      if (child.pid !== undefined && process.platform !== 'win32') process.kill(child.pid, 'SIGKILL');
      else child.kill();
    },
  };
}
