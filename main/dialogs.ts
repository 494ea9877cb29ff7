/** Native open and save dialogs, asked for by the page through the preload bridge. */

import {
  type BrowserWindow,
  dialog,
  type IpcMainInvokeEvent,
  ipcMain,
  type OpenDialogOptions,
} from 'electron';
import { CHANNELS } from './channels.ts';
import { isOwnPage } from './navigation.ts';

const PROJECT_FILTER = [{ name: 'Limn project', extensions: ['limn'] }];
const IMAGE_FILTER = [
  { name: 'Images', extensions: ['tif', 'tiff', 'png', 'jpg', 'jpeg'] },
  { name: 'All files', extensions: ['*'] },
];

/** Answers the dialogs' channels; only the app's own page may ask. */
export function handleDialogs(window: () => BrowserWindow | null): void {
  const open = async (options: OpenDialogOptions): Promise<string[]> => {
    const parent = window();
    const { canceled, filePaths } = await (parent === null
      ? dialog.showOpenDialog(options)
      : dialog.showOpenDialog(parent, options));
    return canceled ? [] : filePaths;
  };
  const openOne = async (options: OpenDialogOptions): Promise<string | null> =>
    (await open(options))[0] ?? null;

  handle(CHANNELS.chooseImages, () =>
    open({ title: 'Import images', filters: IMAGE_FILTER, properties: ['openFile', 'multiSelections'] }),
  );
  handle(CHANNELS.chooseFolder, () =>
    openOne({ title: 'Choose a folder', properties: ['openDirectory', 'createDirectory'] }),
  );
  handle(CHANNELS.chooseProject, () =>
    openOne({ title: 'Open project', filters: PROJECT_FILTER, properties: ['openFile'] }),
  );
  const save = async (title: string, defaultPath: string): Promise<string | null> => {
    const options = { title, defaultPath, filters: PROJECT_FILTER };
    const parent = window();
    const { canceled, filePath } = await (parent === null
      ? dialog.showSaveDialog(options)
      : dialog.showSaveDialog(parent, options));
    if (canceled || filePath === '') return null;
    return /\.limn$/i.test(filePath) ? filePath : `${filePath}.limn`;
  };
  handle(CHANNELS.chooseNewProject, () => save('New project', 'untitled.limn'));
  handle(CHANNELS.chooseProjectCopy, () => save('Save a copy of the project', 'copy.limn'));
}

function handle<T>(channel: string, answer: () => Promise<T>): void {
  ipcMain.handle(channel, (event: IpcMainInvokeEvent) => {
    if (!isOwnPage(event.senderFrame?.url ?? '')) throw new Error('Only the page of Limn may open dialogs.');
    return answer();
  });
}
