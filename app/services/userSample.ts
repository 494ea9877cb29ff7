/** The sample project of this computer's user: where it lies, made on first use. */

import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { createSampleProject } from './sampleService.ts';

/** Path in the user's folder for data of programs, as the system names it. */
export function userSamplePath(): string {
  const data =
    process.platform === 'win32'
      ? (process.env['APPDATA'] ?? homedir())
      : process.platform === 'darwin'
        ? join(homedir(), 'Library', 'Application Support')
        : (process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'));
  return join(data, 'limn', 'sample.limn');
}

/** Makes the sample project if it is not there; returns its path. Throws as createSampleProject. */
export async function ensureUserSample(): Promise<string> {
  const path = userSamplePath();
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  await createSampleProject(path);
  return path;
}
