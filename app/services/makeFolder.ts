/** Makes the folder that results go into, with those above it. */

import { mkdir } from 'node:fs/promises';
import { translateFileError } from '../fileErrors.ts';

/** Does nothing where the folder is there. Throws DiskFull, and InvalidInput for a file in the way or no permission. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw translateFileError(error, folder);
  }
}
