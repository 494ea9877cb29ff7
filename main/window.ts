/** The one window: sandboxed, without Node, locked to the app's own pages, where it stood the last time. */

import { join } from 'node:path';
import { app, BrowserWindow, screen, session, shell } from 'electron';
import { type HostState, visibleBounds } from './hostState.ts';
import { isExternalLink, isOwnPage } from './navigation.ts';
import { APP_ORIGIN } from './protocolBridge.ts';

/** Opens the window on `limn://app/`; it shows itself once its first frame is painted. */
export function openWindow(state: HostState, preloadPath: string): BrowserWindow {
  const bounds = visibleBounds(
    state.bounds,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const window = new BrowserWindow({
    ...(bounds ?? { width: 1440, height: 900 }),
    minWidth: 900,
    minHeight: 600,
    title: 'Limn',
    // The neutral grey around the image: no white flash before the page is there.
    backgroundColor: '#2b2b2b',
    show: false,
    webPreferences: {
      preload: preloadPath,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      // A training's curve and progress go on while the window is behind another.
      backgroundThrottling: false,
      spellcheck: false,
    },
  });
  if (state.maximised) window.maximize();
  window.once('ready-to-show', () => window.show());
  void window.loadURL(`${APP_ORIGIN}/`);
  return window;
}

/** The preload script beside the built main script. */
export function preloadPathFrom(mainFolder: string): string {
  return join(mainFolder, '../preload/preload.cjs');
}

/** Nothing but the app's pages is ever loaded, no permission is ever granted, no second window opens. */
export function lockDown(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
  session.defaultSession.setDevicePermissionHandler(() => false);
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (!isOwnPage(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      if (!isOwnPage(event.url)) event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      if (!isOwnPage(event.url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (isExternalLink(url)) void shell.openExternal(url);
      return { action: 'deny' };
    });
  });
}
