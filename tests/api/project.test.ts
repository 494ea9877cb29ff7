import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { hc } from 'hono/client';
import type { AppType } from '../../app/api/routes.ts';
import { openImage } from '../../app/imaging/openImage.ts';
import { createProject } from '../../app/services/project.ts';
import { MIGRATIONS } from '../../app/store/migrate.ts';
import { ProjectStore } from '../../app/store/projectStore.ts';
import { type OpenBackend, openBackend } from './backendFixture.ts';

let open: OpenBackend;
let client: ReturnType<typeof hc<AppType>>;

before(async () => {
  open = await openBackend();
  client = hc<AppType>('http://limn', {
    fetch: (input: string | URL | Request, init?: RequestInit) =>
      open.backend.fetch(new Request(input, init)),
  });
});
after(() => open.close());

test('a typed client makes, describes and changes a project', async () => {
  const path = join(open.folder, 'a.limn');
  const made = await (
    await client.api.project.new.$post({ json: { path, classes: ['cell', 'debris'] } })
  ).json();
  assert.deepEqual([made.name, made.path, made.imageCount], ['a', path, 0]);
  assert.deepEqual(
    made.classes.map(({ name, position }) => [name, position]),
    [
      ['cell', 1],
      ['debris', 2],
    ],
  );
  assert.deepEqual(open.events, [{ type: 'project' }]);
  const changed = await (await client.api.project.$patch({ json: { channels: [0] } })).json();
  assert.deepEqual(changed.channels, [0]);
  assert.deepEqual((await (await client.api.project.$get()).json()).channels, [0]);
});

test('a project that was upgraded says so, with the place of the backup', async () => {
  const path = join(open.folder, 'old.limn');
  createProject(path).close();
  const old = ProjectStore.create(join(open.folder, 'older.limn'), {
    openImage,
    migrations: MIGRATIONS.slice(0, 1),
  });
  old.close();
  const opened = await (
    await client.api.project.open.$post({ json: { path: join(open.folder, 'older.limn') } })
  ).json();
  assert.match(opened.notes.join(), /upgraded.*older\.limn\.format1\.backup/);
  const current = await (await client.api.project.open.$post({ json: { path } })).json();
  assert.deepEqual(current.notes, []);
});

test('another project takes the place of the open one and changes the cache key', async () => {
  const path = join(open.folder, 'b.limn');
  createProject(path).close();
  const before = await (await client.api.project.$get()).json();
  const opened = await (await client.api.project.open.$post({ json: { path } })).json();
  assert.equal(opened.name, 'b');
  assert.notEqual(opened.cacheKey, before.cacheKey);
  const back = await client.api.project.open.$post({ json: { path: before.path } });
  assert.equal(back.status, 200, 'the first one was closed and can be opened again');
});

test('the sample project is made in the data folder of the user and opened', {
  skip: process.platform !== 'linux' && 'the data folder is set by XDG_DATA_HOME',
}, async () => {
  const before = process.env['XDG_DATA_HOME'];
  process.env['XDG_DATA_HOME'] = open.folder;
  try {
    const sample = await (await client.api.project.sample.$post()).json();
    assert.equal(sample.path, join(open.folder, 'limn', 'sample.limn'));
    assert.equal(sample.imageCount, 4);
  } finally {
    if (before === undefined) delete process.env['XDG_DATA_HOME'];
    else process.env['XDG_DATA_HOME'] = before;
  }
});

test('a project that cannot be opened leaves the open one as it is', async () => {
  const before = await (await client.api.project.$get()).json();
  const missing = await client.api.project.open.$post({ json: { path: join(open.folder, 'none.limn') } });
  assert.equal(missing.status, 404);
  const exists = await client.api.project.new.$post({ json: { path: before.path } });
  assert.equal(exists.status, 422);
  assert.deepEqual(await (await client.api.project.$get()).json(), before);
});
