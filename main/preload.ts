/** The only bridge between the sandboxed page and the desktop: events, menu commands, native dialogs, dropped paths. */

import { contextBridge, type IpcRendererEvent, ipcRenderer, webUtils } from 'electron';
import type { BackendEvent, DesktopBridge, MenuCommand } from '../app/api/types.ts';
import { CHANNELS } from './channels.ts';

/** Passes on what arrives on a channel, without the event object that would leak `ipcRenderer` to the page. */
function listen<T>(channel: string, listener: (value: T) => void): () => void {
  const forward = (_event: IpcRendererEvent, value: T): void => listener(value);
  ipcRenderer.on(channel, forward);
  return () => ipcRenderer.removeListener(channel, forward);
}

const bridge: DesktopBridge = {
  onEvent: (listener) => listen<BackendEvent>(CHANNELS.event, listener),
  onCommand: (listener) => listen<MenuCommand>(CHANNELS.command, listener),
  chooseImages: () => ipcRenderer.invoke(CHANNELS.chooseImages),
  chooseFolder: () => ipcRenderer.invoke(CHANNELS.chooseFolder),
  chooseProject: () => ipcRenderer.invoke(CHANNELS.chooseProject),
  chooseNewProject: () => ipcRenderer.invoke(CHANNELS.chooseNewProject),
  chooseProjectCopy: () => ipcRenderer.invoke(CHANNELS.chooseProjectCopy),
  pathsOf: (files) => files.map((file) => webUtils.getPathForFile(file)).filter((path) => path !== ''),
};

contextBridge.exposeInMainWorld('limnHost', bridge);
