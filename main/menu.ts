/** The application menu: the system's usual roles, and commands that the page carries out. */

import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../app/api/types.ts';

export interface MenuOptions {
  platform: NodeJS.Platform;
  /** Adds reload and developer tools. */
  development: boolean;
  send: (command: MenuCommand) => void;
}

/** The menu's template. Accelerators are shown; off macOS the page listens for the keys itself, so none acts twice. */
export function menuTemplate({ platform, development, send }: MenuOptions): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const item = (label: string, command: MenuCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => send(command),
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
  });
  const hostItem = (
    label: string,
    command: MenuCommand,
    accelerator: string,
  ): MenuItemConstructorOptions => ({ label, accelerator, click: () => send(command) });

  const appMenu: MenuItemConstructorOptions = { role: 'appMenu' };
  const recent: MenuItemConstructorOptions = {
    role: 'recentDocuments',
    submenu: [{ role: 'clearRecentDocuments' }],
  };
  const file: MenuItemConstructorOptions = {
    label: '&File',
    submenu: [
      hostItem('New project…', 'new-project', 'CmdOrCtrl+N'),
      hostItem('Open project…', 'open-project', 'CmdOrCtrl+O'),
      ...(mac ? [recent] : []),
      hostItem('Save a copy…', 'save-copy', 'CmdOrCtrl+Shift+S'),
      separator,
      hostItem('Import images…', 'import-images', 'CmdOrCtrl+I'),
      hostItem('Export masks…', 'export-masks', 'CmdOrCtrl+E'),
      separator,
      mac ? { role: 'close' } : { role: 'quit' },
    ],
  };
  const edit: MenuItemConstructorOptions = {
    label: '&Edit',
    submenu: [
      item('Undo', 'undo', 'CmdOrCtrl+Z'),
      item('Redo', 'redo', mac ? 'Cmd+Shift+Z' : 'Ctrl+Y'),
      separator,
      item('Copy labels to the next z plane', 'copy-to-next-z', 'Shift+PageDown'),
      item('Copy labels to the next frame', 'copy-to-next-t', 'Shift+Right'),
      separator,
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'selectAll' },
    ],
  };
  const view: MenuItemConstructorOptions = {
    label: '&View',
    submenu: [
      item('Fit image', 'fit', '0'),
      item('Actual size', 'actual-size', '1'),
      item('Zoom in', 'zoom-in', '+'),
      item('Zoom out', 'zoom-out', '-'),
      separator,
      item('Show labels', 'toggle-labels'),
      item('Show weight map', 'toggle-weight-map'),
      item('Show prediction', 'toggle-prediction'),
      item('Show panels', 'toggle-panels', 'Tab'),
      separator,
      item('All images…', 'all-images', 'CmdOrCtrl+B'),
      separator,
      { role: 'togglefullscreen' },
      ...(development
        ? ([{ role: 'reload' }, { role: 'toggleDevTools' }] satisfies MenuItemConstructorOptions[])
        : []),
    ],
  };
  const run: MenuItemConstructorOptions = {
    label: '&Run',
    submenu: [
      item('Start training', 'start-training'),
      item('Pause training', 'pause-training'),
      item('Stop training', 'stop-training'),
      separator,
      item('Predict image', 'predict-image'),
      item('Predict all', 'predict-all'),
      item('Accept prediction', 'accept-prediction'),
    ],
  };
  const help: MenuItemConstructorOptions = {
    role: 'help',
    label: '&Help',
    submenu: [
      item('Keyboard shortcuts', 'shortcuts', '?'),
      item('Tour of the workstation', 'tour'),
      ...(mac ? [] : [separator, { role: 'about' } as const]),
    ],
  };
  return [
    ...(mac ? [appMenu] : []),
    file,
    edit,
    view,
    run,
    ...(mac ? [{ role: 'windowMenu' } as const] : []),
    help,
  ];
}
