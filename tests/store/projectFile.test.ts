import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isLimnError, type LimnError } from '../../app/errors.ts';
import { MIGRATIONS } from '../../app/store/migrate.ts';
import type { Migration } from '../../app/store/migration.ts';
import { addImage, createStore, openStore, temporaryFolder } from './testProject.ts';

/** The error that `call` throws. */
function errorOf(call: () => unknown): LimnError {
  try {
    call();
  } catch (error) {
    assert.ok(isLimnError(error), String(error));
    return error;
  }
  return assert.fail('nothing was thrown');
}

test('every connection syncs in full, in write-ahead mode, with foreign keys', (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  const expected = { journal: 'wal', synchronous: 2, foreignKeys: 1 };
  const created = createStore(path);
  assert.deepEqual(created.durability(), expected);
  const reader = openStore(path, 'read');
  assert.deepEqual(reader.durability(), expected);
  reader.close();
  created.close();
  const writer = openStore(path);
  assert.deepEqual(writer.durability(), expected);
  writer.close();
});

test('a closed project is one file, and a copy of that file has everything', async (context) => {
  const folder = temporaryFolder(context);
  const store = createStore(join(folder, 'p.limn'));
  const imageId = await addImage(store, { y: 20, x: 30 }, { pixelsOf: () => new Uint8Array(600).fill(9) });
  store.edits.apply({
    imageId,
    t: 0,
    z: 0,
    kind: 'brush',
    regions: [{ x: 0, y: 0, w: 5, h: 1, labels: new Uint32Array(5).fill(1) }],
  });
  store.close();
  assert.deepEqual(readdirSync(folder), ['p.limn']);
  copyFileSync(join(folder, 'p.limn'), join(folder, 'copy.limn'));
  const copy = openStore(join(folder, 'copy.limn'), 'read');
  context.after(() => copy.close());
  assert.equal(copy.labels.summary(imageId).labelledPixels, 5);
  assert.deepEqual(await copy.images.readPlane(imageId, 0, 0, 0), new Uint8Array(600).fill(9));
});

test('a reader works beside the writer, sees what is committed, and cannot write', async (context) => {
  const folder = temporaryFolder(context);
  const path = join(folder, 'p.limn');
  const writer = createStore(path);
  const reader = openStore(path, 'read');
  writer.classes.add({ name: 'cell', kind: 'thing' });
  assert.deepEqual(
    reader.classes.list().map((row) => row.name),
    ['cell'],
  );
  assert.equal(errorOf(() => reader.classes.add({ name: 'other', kind: 'thing' })).tag, 'InvalidInput');
  writer.close();
  assert.equal(statSync(`${path}-wal`).size, 0, 'the one file has everything although somebody still reads');
  reader.close();
  assert.deepEqual(readdirSync(folder), ['p.limn']);
});

test('where write-ahead logging does not work a rollback journal locks everyone else out', (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  const writer = createStore(path, { journal: 'rollback' });
  assert.deepEqual(writer.durability(), { journal: 'delete', synchronous: 2, foreignKeys: 1 });
  writer.classes.add({ name: 'cell', kind: 'thing' });
  const error = errorOf(() => openStore(path, 'read', { journal: 'rollback' }));
  assert.equal(error.tag, 'ProjectLocked');
  assert.equal(error.fields['pid'], process.pid);
  writer.close();
  const reader = openStore(path, 'read', { journal: 'rollback' });
  assert.equal(reader.classes.list().length, 1);
  reader.close();
});

test('a project of a newer version is refused by name and stays as it was', (context) => {
  const path = join(temporaryFolder(context), 'future.limn');
  const newer: Migration = {
    version: MIGRATIONS.length + 1,
    name: 'future',
    sql: 'CREATE TABLE future (x INTEGER) STRICT',
  };
  createStore(path, { migrations: [...MIGRATIONS, newer] }).close();
  const before = readFileSync(path);
  for (const mode of ['read', 'write'] as const) {
    const error = errorOf(() => openStore(path, mode));
    assert.equal(error.tag, 'ProjectTooNew');
    assert.match(error.message, /future\.limn.*newer Limn.*Update/);
  }
  assert.deepEqual(readFileSync(path), before);
});

test('an older project is upgraded step by step after a backup of it as it was', (context) => {
  const folder = temporaryFolder(context);
  const path = join(folder, 'p.limn');
  const old = createStore(path);
  old.classes.add({ name: 'cell', kind: 'thing' });
  old.close();
  const next = MIGRATIONS.length + 1;
  const migrations = [
    ...MIGRATIONS,
    { version: next, name: 'one', sql: 'CREATE TABLE one (x INTEGER) STRICT' },
    { version: next + 1, name: 'two', sql: 'INSERT INTO one VALUES (1)' },
  ];
  const copy = join(folder, 'copy.limn');
  copyFileSync(path, copy);
  const upgraded = openStore(path, 'write', { migrations });
  const backup = upgraded.backupPath ?? '';
  upgraded.close();
  const read = openStore(copy, 'read', { migrations });
  context.after(() => read.close());
  assert.ok(existsSync(read.backupPath ?? ''));
  assert.equal(existsSync(`${copy}.lock`), false);
  assert.equal(read.classes.list().length, 1);
  assert.equal(openAgain(context, path, migrations), null);
  const kept = openStore(backup, 'read');
  context.after(() => kept.close());
  assert.equal(kept.classes.list().length, 1);
  assert.equal(errorOf(() => openStore(path, 'read')).tag, 'ProjectTooNew');
});

function openAgain(context: TestContext, path: string, migrations: readonly Migration[]): string | null {
  const store = openStore(path, 'write', { migrations });
  context.after(() => store.close());
  assert.equal(store.classes.list().length, 1);
  return store.backupPath;
}

test('an upgrade that fails leaves the version before it, and no lock', (context) => {
  const folder = temporaryFolder(context);
  const path = join(folder, 'p.limn');
  createStore(path).close();
  const next = MIGRATIONS.length + 1;
  const sql = 'CREATE TABLE half (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1)';
  assert.throws(() =>
    openStore(path, 'write', { migrations: [...MIGRATIONS, { version: next, name: 'bad', sql }] }),
  );
  const store = openStore(path);
  assert.deepEqual(store.checkDatabase(), []);
  store.close();
  const again = openStore(path, 'write', {
    migrations: [...MIGRATIONS, { version: next, name: 'good', sql: 'CREATE TABLE half (x INTEGER) STRICT' }],
  });
  again.close();
});

test('what is no project is called so', (context) => {
  const folder = temporaryFolder(context);
  const text = join(folder, 'text.limn');
  writeFileSync(
    text,
    'This is a text file and not a database, long enough to have a header of its own.'.repeat(20),
  );
  assert.equal(errorOf(() => openStore(text)).tag, 'ProjectDamaged');
  assert.match(errorOf(() => openStore(text, 'read')).message, /text\.limn.*not a Limn project/);
  const empty = join(folder, 'empty.limn');
  writeFileSync(empty, '');
  assert.equal(errorOf(() => openStore(empty)).tag, 'ProjectDamaged');
  assert.equal(statSync(empty).size, 0);
  assert.equal(errorOf(() => openStore(join(folder, 'missing.limn'))).tag, 'NotFound');
  assert.equal(existsSync(join(folder, 'missing.limn')), false);
});

test('a truncated project is called damaged, never half read', async (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  const store = createStore(path);
  const imageId = await addImage(
    store,
    { y: 600, x: 600 },
    {
      numberType: 'uint16',
      pixelsOf: () => Uint16Array.from({ length: 360_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 16),
    },
  );
  store.close();
  truncateSync(path, Math.floor(statSync(path).size / 2 / 4096) * 4096);
  await assert.rejects(
    async () => {
      const opened = openStore(path, 'read');
      try {
        assert.notDeepEqual(opened.checkDatabase(), []);
        await opened.images.readPlane(imageId, 0, 0, 0);
      } finally {
        opened.close();
      }
    },
    (error) => isLimnError(error, 'ProjectDamaged'),
  );
});

test('a disk that fills up is named as such, and what was stored before stays', async (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  // SQLite reports a file that may not grow any more exactly as it reports a full disk.
  const full = { version: MIGRATIONS.length + 1, name: 'small disk', sql: 'PRAGMA max_page_count = 120' };
  const store = createStore(path, { migrations: [...MIGRATIONS, full] });
  context.after(() => store.close());
  const first = await addImage(store, { y: 20, x: 20 }, { name: 'fits' });
  const noise = Uint16Array.from({ length: 1_000_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 16);
  await assert.rejects(
    addImage(store, { y: 1000, x: 1000 }, { name: 'too large', numberType: 'uint16', pixelsOf: () => noise }),
    (error) => isLimnError(error, 'DiskFull') && error.message.includes('p.limn'),
  );
  assert.deepEqual(
    store.images.list().map((row) => row.imageId),
    [first],
  );
  assert.deepEqual(store.checkDatabase(), []);
});

test('the database of another program is left alone', (context) => {
  const path = join(temporaryFolder(context), 'other.limn');
  const header = Buffer.alloc(4096);
  header.write('SQLite format 3\0', 'latin1');
  // Page size 4096, rollback journal, and the rest of an empty database as SQLite 3 lays it out.
  Buffer.from([0x10, 0, 1, 1, 0, 64, 32, 32, 0, 0, 0, 1, 0, 0, 0, 1]).copy(header, 16);
  Buffer.from([0, 0, 0, 4]).copy(header, 44);
  Buffer.from([0, 0, 0, 1]).copy(header, 56);
  Buffer.from([13, 0, 0, 0, 0, 0x10, 0, 0]).copy(header, 100);
  writeFileSync(path, header);
  assert.match(errorOf(() => openStore(path)).message, /not a Limn project/);
  assert.deepEqual(readFileSync(path), header);
});
