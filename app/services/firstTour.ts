/** Whether the tour of the workstation begins by itself: once for each user of this computer, on the sample project. */

import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from './makeFolder.ts';
import { userSamplePath } from './userSample.ts';

/**
 * True once: for the first page that shows this user's sample project. A note in the user's folder keeps it from ever being true
 * again, whatever browser, port or window asks. Throws DiskFull or InvalidInput where the note cannot be written.
 */
export async function beginFirstTour(projectPath: string): Promise<boolean> {
  const sample = userSamplePath();
  if (projectPath !== sample) return false;
  const folder = dirname(sample);
  await makeFolder(folder);
  try {
    await writeFile(join(folder, 'tour-seen'), '', { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
