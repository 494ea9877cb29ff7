import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../../app/api/types.ts';
import { parseHostState, readHostState, visibleBounds, writeHostState } from '../../main/hostState.ts';
import { menuTemplate } from '../../main/menu.ts';
import { isExternalLink, isOwnPage } from '../../main/navigation.ts';
import { projectArgument } from '../../main/projectArgument.ts';

test('the project is the last .limn of the command line, made absolute', () => {
  assert.equal(projectArgument(['/app', 'cells.limn'], '/home/a'), '/home/a/cells.limn');
  assert.equal(projectArgument(['--flag=x.limn', '/d/a.LIMN'], '/'), '/d/a.LIMN');
  assert.equal(projectArgument(['/app', 'a.tif'], '/'), null);
});

test('a window comes back where it can be reached, else where the system puts it', () => {
  const screens = [
    { x: 0, y: 0, width: 1920, height: 1080 },
    { x: 1920, y: 0, width: 1280, height: 800 },
  ];
  const bounds = (x: number, y: number) => ({ x, y, width: 1000, height: 700 });
  assert.deepEqual(visibleBounds(bounds(100, 50), screens), bounds(100, 50));
  assert.deepEqual(visibleBounds(bounds(2100, 700), screens), bounds(2100, 700));
  assert.equal(visibleBounds(bounds(3150, 0), screens), null);
  assert.equal(visibleBounds(bounds(0, -500), screens), null);
  assert.equal(visibleBounds(bounds(0, 1079), screens), null);
  assert.equal(visibleBounds(null, screens), null);
});

test('the state survives a restart; damage is a fresh start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'limn-host-'));
  try {
    const path = join(folder, 'deep/host.json');
    const fresh = { bounds: null, maximised: false, lastProject: null };
    assert.deepEqual(readHostState(path), fresh);
    const state = {
      bounds: { x: 1, y: 2, width: 900, height: 600 },
      maximised: true,
      lastProject: '/d/a.limn',
    };
    writeHostState(path, state);
    assert.deepEqual(readHostState(path), state);
    assert.deepEqual(parseHostState('{"bounds":'), fresh);
    assert.deepEqual(parseHostState('{"bounds":{"x":"left"}}'), fresh);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('only the app’s own pages are loaded, only https leaves for the browser', () => {
  assert.ok(isOwnPage('limn://app/') && isOwnPage('limn://app'));
  assert.ok(
    !isOwnPage('limn://apple/') && !isOwnPage('https://limn.example') && !isOwnPage('file:///etc/passwd'),
  );
  assert.ok(isExternalLink('https://doi.org/10.1007/978-3-319-24574-4_28'));
  assert.ok(
    !isExternalLink('http://a.example') &&
      !isExternalLink('file:///etc/passwd') &&
      !isExternalLink('nonsense'),
  );
});

/** All items of a menu, submenus included. */
function itemsOf(template: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return template.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? itemsOf(item.submenu) : [])]);
}

for (const platform of ['linux', 'darwin', 'win32'] as const) {
  test(`the menu on ${platform} has its five parts, and every command reaches the page`, () => {
    const sent: MenuCommand[] = [];
    const template = menuTemplate({ platform, development: false, send: (command) => sent.push(command) });
    const labels = template.map((item) => item.label?.replace('&', ''));
    for (const label of ['File', 'Edit', 'View', 'Run', 'Help']) assert.ok(labels.includes(label), label);
    const items = itemsOf(template);
    // A template's click gets Electron's own objects; these commands use none of them.
    for (const { click } of items) (click as (() => void) | undefined)?.();
    assert.equal(new Set(sent).size, sent.length);
    for (const command of [
      'open-project',
      'import-images',
      'export-masks',
      'undo',
      'start-training',
      'predict-all',
      'shortcuts',
    ]) {
      assert.ok(sent.includes(command as MenuCommand), command);
    }
    const roles = items.map((item) => item.role);
    assert.ok(roles.includes('copy') && roles.includes('togglefullscreen'));
    assert.equal(roles.includes('quit'), platform !== 'darwin');
    assert.ok(!roles.includes('toggleDevTools'));
    const accelerators = items.flatMap((item) => item.accelerator ?? []);
    assert.equal(new Set(accelerators).size, accelerators.length);
  });
}
