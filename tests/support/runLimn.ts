/** Runs the real command line in a process of its own, as a script would. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LIMN = join(import.meta.dirname, '../../bin/limn.js');

export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Starts `limn …`; `done` settles when it has ended and all output is read. */
export function startLimn(args: readonly string[]): { child: ChildProcess; done: Promise<Finished> } {
  const child = spawn(process.execPath, [LIMN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const done = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, done };
}

/** Runs `limn …` to its end. */
export function runLimn(...args: string[]): Promise<Finished> {
  return startLimn(args).done;
}

/** Runs `limn … --json`, which must succeed, and gives its one JSON document. */
export async function limnJson<T>(...args: string[]): Promise<T> {
  const finished = await runLimn(...args, '--json');
  if (finished.code !== 0)
    throw new Error(`limn ${args.join(' ')} ended with ${finished.code}: ${finished.stderr}`);
  return JSON.parse(finished.stdout) as T;
}

/** A folder that is gone after the test. */
export function temporaryFolder(context: { after(cleanUp: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'limn-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
