/** Runs our side of a memory comparison in a process of its own, whose peak is then nobody else's. */

import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The answer of a script in `entries/`. Throws where it ends without one. */
export function runFresh<T>(script: string, ...args: (string | number)[]): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'entries', script), args.map(String), { execArgv: [] });
    child.on('message', (message) => resolve(message as T));
    child.on('exit', (code, signal) =>
      reject(new Error(`${script} ended with ${signal ?? code} before it answered`)),
    );
  });
}

/** Peak resident memory of this process, bytes, as the kernel counts it (Linux). */
export function peakResidentBytes(): number {
  const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error('This system does not tell the peak of a process.');
  return Number(kilobytes) * 1024;
}

/** Sends the answer and ends the process. */
export function answer(result: object): void {
  process.send?.(result, () => process.exit(0));
}
