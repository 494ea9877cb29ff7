/** Opens and creates projects: through native dialogs in the desktop app, by typed path in a browser. */

import { backend } from '../api/backend.ts';
import { queryClient } from '../api/queries.ts';
import { limnHost } from '../host/limnHost.ts';
import { texts } from '../texts.ts';
import { showError } from './showError.ts';
import { showImage } from './workspace.ts';

/** True where native dialogs choose project files. */
export function hasProjectDialogs(): boolean {
  return limnHost() !== undefined;
}

export async function openProject(): Promise<void> {
  const path = await limnHost()?.chooseProject();
  if (path) await change(() => backend.openProject(path));
}

export async function newProject(): Promise<void> {
  const path = await limnHost()?.chooseNewProject();
  if (path) await change(() => backend.newProject(path));
}

async function change(send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
    showImage(null);
    await queryClient.invalidateQueries();
  } catch (error) {
    showError(texts.errors.project, error);
  }
}
