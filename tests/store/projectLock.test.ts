import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isLimnError } from '../../app/errors.ts';
import { Database } from '../../app/store/database.ts';
import { lockPathOf, ownerOf, ProjectLock } from '../../app/store/projectLock.ts';
import { createStore, openStore, temporaryFolder } from './testProject.ts';

/** A process that has the project open for writing until it is killed. */
async function startOwner(context: TestContext, path: string, address: string): Promise<ChildProcess> {
  const script = `
    import { openProject } from ${JSON.stringify(new URL('../../app/services/project.ts', import.meta.url).href)};
    const project = openProject(${JSON.stringify(path)}, { mode: 'write' });
    project.setAddress(${JSON.stringify(address)});
    console.log('open');
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('a second writer is refused with the process and the address of the first; readers are not', async (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  createStore(path).close();
  const owner = await startOwner(context, path, 'http://127.0.0.1:4711');
  assert.throws(
    () => openStore(path),
    (error) =>
      isLimnError(error, 'ProjectLocked') &&
      error.fields['pid'] === owner.pid &&
      error.fields['host'] === hostname() &&
      error.fields['address'] === 'http://127.0.0.1:4711' &&
      error.message.includes(String(owner.pid)) &&
      error.message.includes('http://127.0.0.1:4711'),
  );
  assert.equal(ownerOf(path)?.pid, owner.pid);
  const reader = openStore(path, 'read');
  assert.deepEqual(reader.images.list(), []);
  reader.close();
});

test('the lock of a killed process is taken over, and given up at the end', async (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  createStore(path).close();
  const owner = await startOwner(context, path, 'http://127.0.0.1:4711');
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  assert.ok(existsSync(lockPathOf(path)));
  const store = openStore(path);
  assert.equal(ownerOf(path)?.pid, process.pid);
  store.close();
  assert.equal(existsSync(lockPathOf(path)), false);
});

test('two writers in one process are one too many', (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  const store = createStore(path);
  assert.throws(
    () => openStore(path),
    (error) => isLimnError(error, 'ProjectLocked'),
  );
  store.close();
  openStore(path).close();
});

test('of two processes that find the same dead lock only one takes it over', (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  createStore(path).close();
  const databases = [0, 1].map(() => Database.open(path, { mode: 'write', journal: 'wal' }));
  const [first, second] = databases;
  assert.ok(first !== undefined && second !== undefined);
  const lock = ProjectLock.acquire(first);
  assert.throws(
    () => ProjectLock.acquire(second),
    (error) => isLimnError(error, 'ProjectLocked'),
  );
  lock.release();
  ProjectLock.acquire(second).release();
  for (const database of databases) database.close();
});

test('a process number that now belongs to another process does not keep the lock', {
  skip: process.platform !== 'linux' && 'needs /proc',
}, (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  const store = createStore(path);
  const owner = JSON.parse(readFileSync(lockPathOf(path), 'utf8')) as Record<string, unknown>;
  store.close();
  writeFileSync(lockPathOf(path), JSON.stringify({ ...owner, processStart: 'another-boot:1' }));
  openStore(path).close();
});

test('the lock of another computer holds, and says how to get rid of it', (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  createStore(path).close();
  writeFileSync(
    lockPathOf(path),
    JSON.stringify({
      pid: 1,
      host: 'microscope-pc',
      address: null,
      since: '',
      processStart: null,
      token: 't',
    }),
  );
  assert.throws(
    () => openStore(path),
    (error) =>
      isLimnError(error, 'ProjectLocked') && /microscope-pc.*delete '.*p\.limn\.lock'/.test(error.message),
  );
});
