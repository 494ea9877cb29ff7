/** Projects on a disk without room and on one that may only be read. */

import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isLimnError } from '../../app/errors.ts';
import { fillDisk, protectDisk, smallDisk } from '../support/smallDisk.ts';
import { addImage, createStore, openStore } from './testProject.ts';

async function makeProject(folder: string): Promise<string> {
  const path = join(folder, 'p?#%.limn');
  const store = createStore(path);
  await addImage(store, { y: 20, x: 30 }, { pixelsOf: () => Uint8Array.from({ length: 600 }, (_, i) => i) });
  store.close();
  return path;
}

async function readsAsItWas(path: string): Promise<void> {
  const store = openStore(path, 'read');
  try {
    const [image] = store.images.list();
    const pixels = await store.images.readPlane(image?.imageId ?? 0, 0, 0, 0);
    assert.deepEqual([pixels.length, pixels[599]], [600, 599 % 256]);
  } finally {
    store.close();
  }
}

test('a project on a disk without a free byte is read; writing says that the disk is full', async (context) => {
  const folder = smallDisk(context, 2048);
  if (folder === null) return;
  const path = await makeProject(folder);
  const bytes = readFileSync(path);
  const ballast = fillDisk(folder);
  await readsAsItWas(path);
  assert.throws(
    () => openStore(path),
    (error) => isLimnError(error, 'DiskFull') && error.message.includes('.limn'),
  );
  await readsAsItWas(path);
  assert.ok(readFileSync(path).equals(bytes));
  rmSync(ballast);
  const store = openStore(path);
  assert.deepEqual(store.checkDatabase(), []);
  store.close();
});

test('a project on a write-protected disk is read; writing says so by name', async (context) => {
  const folder = smallDisk(context, 2048);
  if (folder === null) return;
  const path = await makeProject(folder);
  protectDisk(folder);
  await readsAsItWas(path);
  assert.throws(
    () => openStore(path),
    (error) => isLimnError(error, 'InvalidInput') && /\.limn.*cannot be written/.test(error.message),
  );
});

test('commits that are still in the log of a write-protected project are never left out in silence', async (context) => {
  const folder = smallDisk(context, 4096);
  if (folder === null) return;
  const path = await makeProject(folder);
  const writer = openStore(path);
  await addImage(writer, { y: 20, x: 30 }, { name: 'in the log' });
  const [file, log] = [readFileSync(path), readFileSync(`${path}-wal`)];
  writer.close();
  writeFileSync(path, file);
  writeFileSync(`${path}-wal`, log);
  rmSync(`${path}-shm`, { force: true });
  protectDisk(folder);
  assert.throws(
    () => openStore(path, 'read'),
    (error) => isLimnError(error),
  );
});
