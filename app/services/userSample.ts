/** The sample project of this computer's user: where it lies, made on first use. */

import { existsSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeFolder } from './makeFolder.ts';
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

/**
 * Makes the sample project if it is not there; returns its path. It gets its name when it is whole, so that a start that
 * was cut off leaves no half of it. Throws as createSampleProject, and DiskFull or InvalidInput for its folder.
 */
export async function ensureUserSample(): Promise<string> {
  const path = userSamplePath();
  if (existsSync(path)) return path;
  await makeFolder(dirname(path));
  const unfinished = `${path}.${process.pid}.part`;
  rmSync(unfinished, { force: true });
  await createSampleProject(unfinished);
  // Another start may have made it meanwhile, and may have it open.
  if (existsSync(path)) rmSync(unfinished);
  else renameSync(unfinished, path);
  return path;
}
