/** The real main.ts and preload.ts over a stand-in for Electron: from the first start to the closed project. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { BackendEvent, DesktopBridge, MenuCommand, ProjectInfo } from '../../app/api/types.ts';
import { createProject } from '../../app/services/project.ts';
import { lockPathOf } from '../../app/store/projectLock.ts';
import * as electron from './electronStandIn.ts';

const standIn = pathToFileURL(join(import.meta.dirname, 'electronStandIn.ts')).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: standIn, shortCircuit: true } : next(specifier, context),
});

const folder = mkdtempSync(join(tmpdir(), 'limn-host-'));
process.env['XDG_DATA_HOME'] = folder;
process.env['APPDATA'] = folder;
after(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(electron.app.userData, { recursive: true, force: true });
});

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 20) {
    assert.ok(waited < 60_000, `waited a minute for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function ask(path: string): Promise<Response> {
  const handler = electron.protocol.handlers.get('limn');
  assert.ok(handler);
  return handler(new Request(`limn://app${path}`));
}

const projectOf = async (): Promise<ProjectInfo> => (await (await ask('/api/project')).json()) as ProjectInfo;

test('the desktop host from its first start to the closed project', { timeout: 180_000 }, async () => {
  await import('../../main/main.ts');
  await import('../../main/preload.ts');
  const bridge = electron.exposed.get('limnHost') as DesktopBridge;
  const events: BackendEvent[] = [];
  bridge.onEvent((event) => events.push(event));
  electron.app.becomeReady();
  await until('the window', () => electron.BrowserWindow.getAllWindows().length === 1);
  const [window] = electron.BrowserWindow.getAllWindows();
  assert.ok(window);
  assert.equal(electron.errorBoxes.length, 0);

  // Before it is ready: the sandbox for every page, and the scheme's privileges.
  assert.deepEqual(electron.log.slice(0, 3), [
    'sandbox',
    'privileges limn: codeCache secure standard stream supportFetchAPI',
    'ready',
  ]);
  const { webPreferences } = window.options as { webPreferences: Record<string, unknown> };
  assert.deepEqual(
    ['contextIsolation', 'sandbox', 'nodeIntegration', 'webSecurity'].map((name) => webPreferences[name]),
    [true, true, false, true],
  );
  await until('the first frame', () => window.shown);
  assert.equal(window.url, 'limn://app/');

  // A newcomer gets the sample project of every host, under the same path.
  const sample = join(folder, 'limn', 'sample.limn');
  assert.deepEqual([(await projectOf()).path, (await projectOf()).imageCount], [sample, 4]);
  const page = await ask('/');
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src/);

  // Neither foreign pages nor permissions, links in the browser.
  let prevented = 0;
  for (const name of ['will-navigate', 'will-redirect', 'will-frame-navigate']) {
    window.webContents.emit(name, { url: 'https://elsewhere.example', preventDefault: () => prevented++ });
    window.webContents.emit(name, { url: 'limn://app/other', preventDefault: () => prevented++ });
  }
  assert.equal(prevented, 3);
  assert.deepEqual(window.webContents.openHandler?.({ url: 'https://doi.org/x' }), { action: 'deny' });
  assert.ok(electron.log.includes('browser https://doi.org/x'));
  electron.session.permission?.(null, 'camera', (granted) => assert.equal(granted, false));

  // Menu to page, dialogs for the own page alone, dropped files.
  const commands: MenuCommand[] = [];
  const stop = bridge.onCommand((command) => commands.push(command));
  const file = electron.Menu.template.find(({ label }) => label === '&File');
  file?.submenu?.find(({ label }) => label === 'Import images…')?.click?.();
  stop();
  file?.submenu?.find(({ label }) => label === 'Export masks…')?.click?.();
  assert.deepEqual(commands, ['import-images']);
  electron.dialogAnswer.filePaths = ['/data/a.tif', '/data/b.tif'];
  assert.deepEqual(await bridge.chooseImages(), ['/data/a.tif', '/data/b.tif']);
  assert.equal(await bridge.chooseFolder(), '/data/a.tif');
  electron.dialogAnswer.filePaths = [];
  assert.deepEqual([await bridge.chooseImages(), await bridge.chooseProject()], [[], null]);
  electron.dialogAnswer.filePath = '/data/new';
  assert.equal(await bridge.chooseNewProject(), '/data/new.limn');
  electron.sender.url = 'https://elsewhere.example';
  await assert.rejects(bridge.chooseFolder(), /Only the page of Limn/);
  electron.sender.url = 'limn://app/';
  assert.deepEqual(bridge.pathsOf([new File([], 'c.tif')]), ['/dropped/c.tif']);

  // The engine as a utility process.
  const devices = (await (await ask('/api/devices')).json()) as { name: string; available: boolean }[];
  assert.equal(devices.find(({ name }) => name === 'cpu')?.available, true);

  // A second start opens what it names in the first; a project that cannot be opened leaves the open one.
  const cells = join(folder, 'cells.limn');
  createProject(cells).close();
  electron.app.emit('second-instance', {}, ['limn', 'cells.limn'], folder);
  await until('the other project', () => events.some(({ type }) => type === 'project'));
  assert.equal((await projectOf()).path, cells);
  assert.ok(window.focused && electron.log.includes(`recent ${cells}`));
  assert.equal(existsSync(lockPathOf(sample)), false);
  electron.app.emit('open-file', { preventDefault: () => undefined }, join(folder, 'absent.limn'));
  await until('the message', () => electron.errorBoxes.length === 1);
  assert.match(electron.errorBoxes.map(({ content }) => content).join(), /absent\.limn/);
  assert.equal((await projectOf()).path, cells);

  // The end is held back until the project is closed; the window's place and the project are remembered.
  assert.ok(existsSync(lockPathOf(cells)));
  electron.app.quit();
  await until('the end', () => electron.log.includes('quit'));
  assert.equal(existsSync(lockPathOf(cells)), false);
  assert.equal(existsSync(`${cells}-wal`), false);
  const state = JSON.parse(readFileSync(join(electron.app.userData, 'host.json'), 'utf8'));
  assert.deepEqual([state.lastProject, state.bounds.width], [cells, 1000]);
});
