/**
 * Stands in for the `electron` module, so that the real main.ts and preload.ts run in a test: the same names, events and
 * message passing (values are cloned), no window. Both processes of Electron are this one. Tests read what happened.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the host did that no later state shows, in order. */
export const log: string[] = [];
/** What the preload script gave to the page. */
export const exposed = new Map<string, unknown>();
/** The answer of the next dialog. */
export const dialogAnswer: { filePaths: string[]; filePath: string } = { filePaths: [], filePath: '' };
/** Messages that a person was shown. */
export const errorBoxes: { title: string; content: string }[] = [];

type Handler = (request: Request) => Promise<Response>;

class App extends EventEmitter {
  readonly isPackaged = true;
  readonly userData = mkdtempSync(join(tmpdir(), 'limn-electron-'));
  readonly #ready = Promise.withResolvers<void>();
  quitting: Promise<void> | null = null;

  becomeReady(): void {
    log.push('ready');
    this.#ready.resolve();
  }
  whenReady = (): Promise<void> => this.#ready.promise;
  getPath = (_name: string): string => this.userData;
  enableSandbox = (): void => void log.push('sandbox');
  requestSingleInstanceLock = (): boolean => true;
  addRecentDocument = (path: string): void => void log.push(`recent ${path}`);
  exit = (code: number): void => void log.push(`exit ${code}`);

  /** As Electron: windows close, unless `before-quit` is held back. */
  quit(): void {
    let held = false;
    this.emit('before-quit', { preventDefault: () => (held = true) });
    if (held) return;
    for (const window of BrowserWindow.getAllWindows()) window.close();
    log.push('quit');
    this.emit('quit');
  }
}

export const app = new App();

class WebContents extends EventEmitter {
  openHandler: ((details: { url: string }) => { action: string }) | null = null;

  send(channel: string, value: unknown): void {
    ipcRenderer.emit(channel, {}, structuredClone(value));
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly #all = new Set<BrowserWindow>();
  readonly options: Record<string, unknown>;
  readonly webContents = new WebContents();
  url = '';
  shown = false;
  focused = false;

  constructor(options: Record<string, unknown>) {
    super();
    this.options = options;
    BrowserWindow.#all.add(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  static getAllWindows = (): BrowserWindow[] => [...BrowserWindow.#all];

  async loadURL(url: string): Promise<void> {
    this.url = url;
    await Promise.resolve();
    this.emit('ready-to-show');
  }
  close(): void {
    this.emit('close');
    BrowserWindow.#all.delete(this);
    this.emit('closed');
    if (BrowserWindow.#all.size === 0) app.emit('window-all-closed');
  }
  show(): void {
    this.shown = true;
  }
  focus(): void {
    this.focused = true;
  }
  restore = (): void => undefined;
  maximize = (): void => undefined;
  isDestroyed = (): boolean => !BrowserWindow.#all.has(this);
  isMinimized = (): boolean => false;
  isMaximized = (): boolean => false;
  setRepresentedFilename = (path: string): void => void log.push(`represents ${path}`);
  getNormalBounds = (): object => ({ x: 10, y: 20, width: 1000, height: 700 });
}

export const protocol = {
  handlers: new Map<string, Handler>(),
  registerSchemesAsPrivileged(schemes: { scheme: string; privileges: Record<string, boolean> }[]): void {
    for (const { scheme, privileges } of schemes) {
      log.push(`privileges ${scheme}: ${Object.keys(privileges).sort().join(' ')}`);
    }
  },
  handle(scheme: string, handler: Handler): void {
    protocol.handlers.set(scheme, handler);
  },
};

interface MenuItem {
  label?: string;
  click?: () => void;
  submenu?: MenuItem[];
}

export const Menu = {
  template: [] as MenuItem[],
  buildFromTemplate: (template: MenuItem[]): MenuItem[] => template,
  setApplicationMenu(template: MenuItem[]): void {
    Menu.template = template;
  },
};

export const dialog = {
  showErrorBox: (title: string, content: string): void => void errorBoxes.push({ title, content }),
  showOpenDialog: async () => ({
    canceled: dialogAnswer.filePaths.length === 0,
    filePaths: dialogAnswer.filePaths,
  }),
  showSaveDialog: async () => ({
    canceled: dialogAnswer.filePath === '',
    filePath: dialogAnswer.filePath,
  }),
};

const invokable = new Map<string, (event: unknown) => unknown>();
/** The page that asks: tests change it to play a foreign one. */
export const sender = { url: 'limn://app/' };

export const ipcMain = {
  handle: (channel: string, answer: (event: unknown) => unknown): void => void invokable.set(channel, answer),
};

class IpcRenderer extends EventEmitter {
  async invoke(channel: string): Promise<unknown> {
    const answer = invokable.get(channel);
    if (answer === undefined) throw new Error(`nobody answers ${channel}`);
    return structuredClone(await answer({ senderFrame: { url: sender.url } }));
  }
}

export const ipcRenderer = new IpcRenderer();

export const contextBridge = {
  exposeInMainWorld: (name: string, value: unknown): void => void exposed.set(name, value),
};
export const webUtils = { getPathForFile: (file: { name: string }): string => `/dropped/${file.name}` };
export const shell = { openExternal: async (url: string): Promise<void> => void log.push(`browser ${url}`) };
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };
type PermissionHandler = (contents: unknown, name: string, answer: (granted: boolean) => void) => void;

export const session = {
  permission: null as PermissionHandler | null,
  defaultSession: {
    setPermissionRequestHandler(handler: PermissionHandler): void {
      session.permission = handler;
    },
    setPermissionCheckHandler: (): void => undefined,
    setDevicePermissionHandler: (): void => undefined,
  },
};

/** Gives a forked Node process the `parentPort` that a utility process has. */
const PARENT_PORT = `data:text/javascript,${encodeURIComponent(
  `process.parentPort = {
     postMessage: (message) => process.send(message),
     on: (name, listener) => process.on(name, (data) => listener({ data })),
   };
   process.on('disconnect', () => process.exit(0));`,
)}`;

class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;

  constructor(entry: string) {
    super();
    this.#child = fork(entry, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--import', PARENT_PORT],
    });
    this.#child.on('message', (message) => this.emit('message', message));
    this.#child.on('exit', (code) => this.emit('exit', code));
  }
  get pid(): number | undefined {
    return this.#child.pid;
  }
  get stderr() {
    return this.#child.stderr;
  }
  postMessage(message: object): void {
    if (this.#child.connected) this.#child.send(message);
  }
  kill(): boolean {
    return this.#child.kill();
  }
}

export const utilityProcess = { fork: (entry: string): UtilityProcess => new UtilityProcess(entry) };
