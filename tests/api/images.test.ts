import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ImageInfo, ImportReport, PlaneStatistics, ProjectInfo } from '../../app/api/types.ts';
import { readLabelImage } from '../../app/imaging/readLabelImage.ts';
import { simulateNuclei } from '../../app/science/simulate/nuclei.ts';
import {
  type OpenBackend,
  openBackend,
  openSampleBackend,
  SAMPLE_SEED,
  SAMPLE_SHAPE,
} from './backendFixture.ts';

let open: OpenBackend;
const { image } = simulateNuclei({ shape: SAMPLE_SHAPE, seed: SAMPLE_SEED, index: 0 });

before(async () => {
  open = await openSampleBackend(1);
});
after(() => open.close());

test('the list tells shape, type, pixel size and labels', async () => {
  const [info] = (await (await open.get('/api/images')).json()) as ImageInfo[];
  assert.deepEqual(info?.shape, { t: 1, z: 1, c: 1, y: 512, x: 512 });
  assert.equal(info?.numberType, 'uint16');
  assert.equal(info?.labelledFraction, 1);
  assert.equal(info?.predicted, false);
});

test('a pixel size is set for some images or all, and the mask that is exported carries it', async () => {
  const pixelSizeUm = { y: 0.25, x: 0.5, z: null };
  const [info] = (await (await open.send('/api/images', { imageIds: [1], pixelSizeUm }, 'PATCH')).json()) as [
    ImageInfo,
  ];
  assert.deepEqual(info.pixelSizeUm, pixelSizeUm);
  assert.ok(open.events.some((event) => event.type === 'images'));
  const to = join(open.folder, 'sized');
  await open.send('/api/exports', { to, measurements: true });
  const mask = await readLabelImage(join(to, 'nuclei_00.tif'));
  assert.ok(mask.pixelSizeUm);
  assert.ok(Math.abs(mask.pixelSizeUm.x - 0.5) < 1e-6 && Math.abs(mask.pixelSizeUm.y - 0.25) < 1e-6);
  const download = join(open.folder, 'download.tif');
  await writeFile(download, Buffer.from(await (await open.get('/api/images/1/export.tif')).arrayBuffer()));
  assert.deepEqual((await readLabelImage(download)).pixelSizeUm, mask.pixelSizeUm);
  const [header, row] = (await readFile(join(to, 'measurements.csv'), 'utf8')).split('\r\n');
  const column = header!.split(',').indexOf('area_um2');
  const areaPx = mask.values.filter((label) => label === Number(row!.split(',')[1])).length;
  assert.ok(Math.abs(Number(row!.split(',')[column]) - areaPx * 0.5 * 0.25) < 1e-6);
  const missing = await open.send('/api/images', { imageIds: [1, 99], pixelSizeUm: null }, 'PATCH');
  assert.equal(missing.status, 404);
  const zero = await open.send('/api/images', { pixelSizeUm: { y: 0, x: 1, z: null } }, 'PATCH');
  assert.equal(zero.status, 400);
  const [kept] = (await (await open.get('/api/images')).json()) as [ImageInfo];
  assert.deepEqual(kept.pixelSizeUm, pixelSizeUm);
  const [all] = (await (await open.send('/api/images', { pixelSizeUm: null }, 'PATCH')).json()) as [
    ImageInfo,
  ];
  assert.equal(all.pixelSizeUm, null);
});

test('a pixel tile has the grey values that the file had, in its own type', async () => {
  const response = await open.get('/api/images/1/pixels/0/0/0/0/1/0');
  assert.equal(response.headers.get('x-limn-shape'), '256,256');
  assert.equal(response.headers.get('x-limn-type'), 'uint16');
  const tile = new Uint16Array(await response.arrayBuffer());
  for (let y = 0; y < 256; y += 5) {
    for (let x = 0; x < 256; x += 7) assert.equal(tile[y * 256 + x], image[(y + 256) * 512 + x]);
  }
});

test('a tile that is not there is 404 with a sentence', async () => {
  for (const path of ['0/0/0/0/2/0', '9/0/0/0/0/0', '0/1/0/0/0/0', '0/0/0/3/0/0']) {
    const response = await open.get(`/api/images/1/pixels/${path}`);
    assert.equal(response.status, 404, path);
    const { error } = (await response.json()) as { error: { tag: string; message: string } };
    assert.equal(error.tag, 'NotFound');
    assert.match(error.message, /nuclei_00/);
  }
});

test('tiles are asked for again unless the address carries the key of this opening', async () => {
  const first = await open.get('/api/images/1/pixels/0/0/0/0/0/0');
  assert.equal(first.headers.get('cache-control'), 'private, no-cache');
  const etag = first.headers.get('etag') ?? '';
  const again = await open.get('/api/images/1/pixels/0/0/0/0/0/0', { 'if-none-match': etag });
  assert.equal(again.status, 304);
  const other = await open.get('/api/images/1/pixels/0/0/0/0/0/1', { 'if-none-match': etag });
  assert.equal(other.status, 200);
  const { cacheKey } = (await (await open.get('/api/project')).json()) as ProjectInfo;
  const keyed = await open.get(`/api/images/1/pixels/0/0/0/0/0/0?v=${cacheKey}`);
  assert.equal(keyed.headers.get('cache-control'), 'private, max-age=31536000, immutable');
  const stale = await open.get('/api/images/1/pixels/0/0/0/0/0/0?v=another');
  assert.equal(stale.headers.get('cache-control'), 'private, no-cache');
});

test('statistics are those of the plane', async () => {
  const statistics = (await (
    await open.get('/api/images/1/statistics?t=0&z=0&c=0')
  ).json()) as PlaneStatistics;
  assert.equal(
    statistics.minimum,
    image.reduce((a, b) => Math.min(a, b)),
  );
  assert.equal(
    statistics.maximum,
    image.reduce((a, b) => Math.max(a, b)),
  );
  assert.equal(
    statistics.bins.reduce((a, b) => a + b),
    image.length,
  );
});

test('a thumbnail is a PNG of the asked size', async () => {
  const response = await open.get('/api/images/1/thumbnail?size=64');
  assert.equal(response.headers.get('content-type'), 'image/png');
  const bytes = Buffer.from(await response.arrayBuffer());
  assert.equal(bytes.subarray(1, 4).toString('latin1'), 'PNG');
  assert.equal(bytes.readUInt32BE(16), 64);
});

test('inputs that cannot be are refused with one sentence', async () => {
  const cases: [string, Promise<Response>][] = [
    ['word for id', open.get('/api/images/one/statistics')],
    ['negative plane', open.get('/api/images/1/statistics?z=-1')],
    ['no paths', open.send('/api/images/import', { paths: [] })],
    ['wrong type', open.send('/api/runs', { steps: 'many' })],
    ['fraction of a step', open.send('/api/runs', { steps: 1.5 })],
    ['unknown kind', open.send('/api/exports', { to: '/tmp/x', kind: 'pictures' })],
    ['colour', open.send('/api/classes', { name: 'a', kind: 'thing', colour: 'red' })],
  ];
  for (const [what, request] of cases) {
    const response = await request;
    assert.equal(response.status, 400, what);
    const { error } = (await response.json()) as { error: { tag: string; message: string } };
    assert.equal(error.tag, 'WrongUsage');
    assert.match(error.message, /^[^\n]+\.$/, what);
  }
});

test('malformed JSON is 400, an unknown address 404, both with an error object', async () => {
  const malformed = await open.backend.fetch(
    new Request('http://limn/api/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    }),
  );
  assert.equal(malformed.status, 400);
  assert.equal(((await malformed.json()) as { error: { tag: string } }).error.tag, 'WrongUsage');
  const unknown = await open.get('/api/nothing');
  assert.equal(unknown.status, 404);
  assert.equal(((await unknown.json()) as { error: { tag: string } }).error.tag, 'NotFound');
});

test('a bad file is 422 with its name, and nothing is imported', async () => {
  const response = await open.send('/api/images/import', {
    paths: [join(open.folder, 'sample/manifest.json')],
  });
  assert.equal(response.status, 422);
  assert.match(((await response.json()) as { error: { message: string } }).error.message, /manifest\.json/);
  assert.equal(((await (await open.get('/api/images')).json()) as ImageInfo[]).length, 1);
});

test('uploaded images and labels are imported under their own names', async () => {
  const other = await openBackend();
  try {
    await other.send('/api/project/new', { path: join(other.folder, 'u.limn') });
    const form = new FormData();
    const bytes = await readFile(join(open.folder, 'sample/images/nuclei_00.tif'));
    const labels = await readFile(join(open.folder, 'sample/labels/nuclei_00.tif'));
    form.append('files', new File([bytes], 'cells 1.tif'));
    form.append('labels', new File([labels], 'cells 1.tif'));
    form.append('options', JSON.stringify({ labelKind: 'instances' }));
    const response = await other.backend.fetch(
      new Request('http://limn/api/images/upload', { method: 'POST', body: form }),
    );
    assert.equal(response.status, 200);
    const report = (await response.json()) as ImportReport;
    assert.equal(report.images[0]?.name, 'cells 1');
    assert.equal(report.images[0]?.objects, (await firstReport()).objects);
  } finally {
    await other.close();
  }
});

async function firstReport(): Promise<{ objects: number }> {
  const [info] = (await (await open.get('/api/images')).json()) as ImageInfo[];
  return { objects: info?.objects ?? 0 };
}

test('without a project every resource says so', async () => {
  const empty = await openBackend();
  try {
    for (const path of ['/api/project', '/api/images', '/api/classes', '/api/runs', '/api/models']) {
      const response = await empty.get(path);
      assert.equal(response.status, 404, path);
    }
    assert.equal((await empty.get('/api/jobs')).status, 200);
  } finally {
    await empty.close();
  }
});
