/** Opens and creates projects: through native dialogs in the desktop app, by a path on the server in a browser. */

import { create } from 'zustand';
import { backend } from '../api/backend.ts';
import { limnHost } from '../host/limnHost.ts';
import { texts } from '../texts.ts';
import { showError } from './showError.ts';

/** The page's own dialog, where there is no native one. */
export const useProjectDialog = create<{ asks: 'open' | 'new' | null }>(() => ({ asks: null }));

export async function openProject(): Promise<void> {
  const host = limnHost();
  if (!host) useProjectDialog.setState({ asks: 'open' });
  else await changeProject('open', await host.chooseProject());
}

export async function newProject(): Promise<void> {
  const host = limnHost();
  if (!host) useProjectDialog.setState({ asks: 'new' });
  else await changeProject('new', await host.chooseNewProject());
}

/** Opens the sample project, made on first use. */
export async function openSample(): Promise<void> {
  try {
    await backend.openSample();
    window.location.reload();
  } catch (error) {
    showError(texts.errors.project, error);
  }
}

/** Opens or makes the project and shows it; a refusal is told and the open project stays. */
export async function changeProject(how: 'open' | 'new', path: string | null): Promise<void> {
  if (path === null || path.trim() === '') return;
  try {
    await (how === 'open' ? backend.openProject(path.trim()) : backend.newProject(path.trim()));
    window.location.reload();
  } catch (error) {
    showError(texts.errors.project, error);
  }
}
