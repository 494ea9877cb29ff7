/** Opens and creates projects: through native dialogs in the desktop app, by a path on the server in a browser. */

import { notifications } from '@mantine/notifications';
import { create } from 'zustand';
import { backend } from '../api/backend.ts';
import { limnHost } from '../host/limnHost.ts';
import { texts } from '../texts.ts';
import { useEditing } from './editing.ts';
import { showError } from './showError.ts';

/** The page's own dialog, where there is no native one. */
export const useProjectDialog = create<{ asks: 'open' | 'new' | 'copy' | null }>(() => ({ asks: null }));

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

/** Saves a copy under another name; the project itself stays open. */
export async function saveCopy(): Promise<void> {
  const host = limnHost();
  if (!host) useProjectDialog.setState({ asks: 'copy' });
  else await copyProject(await host.chooseProjectCopy());
}

/** A bare name stands beside the project. Strokes under way are stored first. */
export async function copyProject(path: string | null): Promise<void> {
  if (path === null || path.trim() === '') return;
  try {
    await useEditing.getState().session?.settled();
    const copy = await backend.copyProject(path.trim());
    notifications.show({ message: texts.projects.copied(copy.path), autoClose: 6000 });
  } catch (error) {
    showError(texts.errors.copy, error);
  }
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
