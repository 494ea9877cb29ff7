/** The engine as a forked plain Node process; typed arrays cross by structured clone. */

import { fork } from 'node:child_process';
import type { EngineProcess, FromEngine, ToEngine } from './messages.ts';

/** Standard error of the engine kept for the message of a crash, characters. */
const KEPT_ERROR_TEXT = 2000;

export interface ForkedEngine extends EngineProcess {
  /** The last lines that the engine wrote to standard error. */
  errorText(): string;
}

/** Forks `entry` with `serialization: 'advanced'`. Its standard output is never mixed into ours. */
export function forkEngine(entry: string): ForkedEngine {
  const child = fork(entry, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-KEPT_ERROR_TEXT);
  });
  return {
    pid: child.pid,
    errorText: () => text,
    send(message: ToEngine): void {
      // A dead process is reported by onExit; the failed write itself carries no news.
      if (child.connected) child.send(message, () => undefined);
    },
    onMessage(listener): void {
      child.on('message', (message) => listener(message as unknown as FromEngine));
    },
    onExit(listener): void {
      let told = false;
      const tell = (code: number | null, signal: string | null): void => {
        if (told) return;
        told = true;
        listener(code, signal);
      };
      child.on('exit', tell);
      child.on('error', () => tell(null, null));
    },
    kill(): void {
      child.kill('SIGKILL');
    },
  };
}
