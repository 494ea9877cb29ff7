/** What a command of the program is made of, and how it gets a project or the engine for its time. */

import type { Command } from 'commander';
import { EngineHost } from '../engine/host.ts';
import { openProject, type Project } from '../services/project.ts';
import type { Output } from './output.ts';

/** What a command's action gets besides its arguments. */
export interface CommandRun {
  output: Output;
  signal: AbortSignal;
  /** The options that stand on the command line, as `--steps`; not those with their defaults, and not `--json`. */
  given: string[];
}

/**
 * Adds a command: summary, example, the options common to all, and an action that ends in an exit code. Options come
 * under the names of the services' requests; absent ones are absent.
 */
export type AddCommand = (
  signature: string,
  summary: string,
  example: string,
  configure: (command: Command) => void,
  action: (run: CommandRun, args: string[], options: Record<string, unknown>) => Promise<undefined | number>,
) => void;

/** Opens a project for one command, tells what there is to tell of it, and closes it whatever happens. */
export async function withProject<T>(
  path: string,
  mode: 'read' | 'write',
  use: (project: Project) => Promise<T>,
): Promise<T> {
  const project = openProject(path, { mode });
  // Remarks for a person, such as that the file was upgraded; never part of the result.
  for (const note of project.notes) process.stderr.write(`limn: ${note}\n`);
  try {
    return await use(project);
  } finally {
    project.close();
  }
}

/** Starts the engine process for one command and ends it whatever happens. */
export async function withEngine<T>(use: (engine: EngineHost) => Promise<T>): Promise<T> {
  const engine = await EngineHost.start();
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}
