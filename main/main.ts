/** Entry of the desktop host: lifecycle, the backend behind `limn://`, one window, one instance. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, dialog, Menu, protocol } from 'electron';
import { createBackend } from '../app/backend.ts';
import { serialiseError } from '../app/errors.ts';
import { ensureUserSample } from '../app/services/userSample.ts';
import { CHANNELS } from './channels.ts';
import { handleDialogs } from './dialogs.ts';
import { startUtilityEngine } from './engineProcess.ts';
import { readHostState, writeHostState } from './hostState.ts';
import { menuTemplate } from './menu.ts';
import { projectArgument } from './projectArgument.ts';
import { APP_SCHEME, bridgeProtocol } from './protocolBridge.ts';
import { lockDown, openWindow, preloadPathFrom } from './window.ts';

/** The project a file manager asked for, before or after the window is there (macOS). */
let requestedProject: string | null = null;
let openRequested = (path: string): void => {
  requestedProject = path;
};

app.enableSandbox();
protocol.registerSchemesAsPrivileged([
  {
    scheme: APP_SCHEME,
    privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
  },
]);
app.on('open-file', (event, path) => {
  event.preventDefault();
  openRequested(path);
});
if (app.requestSingleInstanceLock()) {
  app.whenReady().then(start).catch(fail);
} else {
  // The first instance hears of this start and opens what it named.
  app.quit();
}

async function start(): Promise<void> {
  const statePath = join(app.getPath('userData'), 'host.json');
  const state = readHostState(statePath);
  const backend = createBackend({
    rendererFolder: join(import.meta.dirname, '../renderer'),
    startEngineProcess: startUtilityEngine,
  });
  let window: BrowserWindow | null = null;
  const sendToPage = (channel: string, value: unknown): void => {
    if (window !== null && !window.isDestroyed()) window.webContents.send(channel, value);
  };
  const openProject = async (path: string | Promise<string>): Promise<boolean> => {
    try {
      await backend.openProject(await path);
    } catch (error) {
      dialog.showErrorBox('The project cannot be opened', serialiseError(error).message);
      return false;
    }
    return true;
  };
  const show = (): void => {
    window = openWindow(state, preloadPathFrom(import.meta.dirname));
    if (backend.projectPath !== null) window.setRepresentedFilename(backend.projectPath);
    window.on('close', () => {
      if (window === null) return;
      state.maximised = window.isMaximized();
      state.bounds = window.getNormalBounds();
      writeHostState(statePath, state);
    });
    window.on('closed', () => {
      window = null;
    });
  };

  lockDown();
  protocol.handle(APP_SCHEME, bridgeProtocol(backend.fetch));
  handleDialogs(() => window);
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate({
        platform: process.platform,
        development: !app.isPackaged,
        send: (command) => sendToPage(CHANNELS.command, command),
      }),
    ),
  );
  backend.subscribe((event) => {
    sendToPage(CHANNELS.event, event);
    const path = event.type === 'project' ? backend.projectPath : null;
    if (path === null) return;
    state.lastProject = path;
    app.addRecentDocument(path);
    window?.setRepresentedFilename(path);
  });
  openRequested = (path) => void openProject(path);
  app.on('second-instance', (_event, argv, workingFolder) => {
    const path = projectArgument(argv.slice(1), workingFolder);
    if (path !== null) openRequested(path);
    if (window === null) show();
    else {
      if (window.isMinimized()) window.restore();
      window.focus();
    }
  });
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) show();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  closeBeforeQuit(() => backend.close());

  const named = requestedProject ?? projectArgument(process.argv.slice(1), process.cwd());
  const remembered = state.lastProject !== null && existsSync(state.lastProject) ? state.lastProject : null;
  const opened = await openProject(named ?? remembered ?? ensureUserSample());
  if (!opened && named === null && remembered !== null) await openProject(ensureUserSample());
  show();
}

/** Holds the quit back until a training has its checkpoint and the project is closed, once. */
function closeBeforeQuit(close: () => Promise<void>): void {
  let state: 'open' | 'closing' | 'closed' = 'open';
  app.on('before-quit', (event) => {
    if (state === 'closed') return;
    event.preventDefault();
    if (state === 'closing') return;
    state = 'closing';
    close()
      .catch((error: unknown) => console.error(error))
      .finally(() => {
        state = 'closed';
        app.quit();
      });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
}

function fail(error: unknown): void {
  dialog.showErrorBox('Limn cannot start', serialiseError(error).message);
  app.exit(1);
}
