/** Brings images into the project: by upload in a browser, by path through the native dialog in the desktop app. */

import { notifications } from '@mantine/notifications';
import type { ImportReport } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { keys, queryClient } from '../api/queries.ts';
import { limnHost } from '../host/limnHost.ts';
import { texts } from '../texts.ts';
import { showError } from './showError.ts';
import { showImage } from './workspace.ts';

/** Lets the user choose images and imports them. */
export async function chooseAndImport(): Promise<void> {
  const host = limnHost();
  if (!host) {
    const files = await chooseFiles();
    if (files.length > 0) await importFiles(files);
    return;
  }
  const paths = await host.chooseImages();
  if (paths.length > 0) await run(paths.length, () => backend.importImages({ paths }));
}

/** Imports files that were chosen or dropped. */
export async function importFiles(files: readonly File[]): Promise<void> {
  // The desktop knows where dropped files lie; a browser has to send them.
  const paths = limnHost()?.pathsOf(files) ?? [];
  const isOnDisk = paths.length === files.length;
  await run(files.length, () => (isOnDisk ? backend.importImages({ paths }) : backend.uploadImages(files)));
}

async function run(count: number, send: () => Promise<ImportReport>): Promise<void> {
  const id = notifications.show({ message: texts.images.importing(count), loading: true, autoClose: false });
  try {
    const report = await send();
    notifications.update({
      id,
      loading: false,
      autoClose: 6000,
      title: texts.images.imported(report.images.length),
      message: report.notes.join(' '),
    });
    await queryClient.invalidateQueries({ queryKey: keys.images });
    const first = report.images[0];
    if (first) showImage(first.imageId);
  } catch (error) {
    notifications.hide(id);
    showError(texts.errors.import, error);
  }
}

/** The browser's file dialog; resolves with nothing if it is dismissed. */
function chooseFiles(): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.accept = '.tif,.tiff,.png,.jpg,.jpeg,image/*';
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}
