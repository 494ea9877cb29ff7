import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type {
  EditAcknowledged,
  EditHeader,
  EditReverted,
  ExportReport,
  ObjectRow,
} from '../../app/api/types.ts';
import { readLabelImage } from '../../app/imaging/readLabelImage.ts';
import { decodeEnvelope, encodeEnvelope } from '../../app/labels/envelope.ts';
import { simulateNuclei } from '../../app/science/simulate/nuclei.ts';
import { type OpenBackend, openSampleBackend, SAMPLE_SEED, SAMPLE_SHAPE } from './backendFixture.ts';

let open: OpenBackend;
const { labels: truth } = simulateNuclei({ shape: SAMPLE_SHAPE, seed: SAMPLE_SEED, index: 0 });
const objects = truth.reduce((a, b) => Math.max(a, b));

before(async () => {
  open = await openSampleBackend(1);
});
after(() => open.close());

async function plane(): Promise<Uint32Array> {
  const response = await open.get('/api/images/1/labels/0/0');
  assert.equal(response.headers.get('x-limn-type'), 'uint32');
  assert.equal(response.headers.get('cache-control'), 'no-store');
  return new Uint32Array(await response.arrayBuffer());
}

function edit(header: EditHeader, regions: Uint32Array[]): Promise<Response> {
  const body = encodeEnvelope(header, regions);
  return open.backend.fetch(new Request('http://limn/api/images/1/edits', { method: 'POST', body }));
}

const history = async (): Promise<unknown> => (await open.get('/api/images/1/history')).json();

const stroke: EditHeader = {
  t: 0,
  z: 0,
  kind: 'brush',
  regions: [{ x: 250, y: 10, w: 12, h: 3 }],
  created: [{ label: 5000, classId: 1 }],
};

test('imported labels: background 1, object n is n + 1', async () => {
  const labels = await plane();
  for (let i = 0; i < labels.length; i += 11) assert.equal(labels[i], (truth[i] ?? 0) + 1);
});

test('an edit over a tile border is stored, undone and repeated, and told', async () => {
  const before = await plane();
  open.events.length = 0;
  const response = await edit(stroke, [new Uint32Array(36).fill(5000)]);
  assert.equal(response.status, 200, await response.clone().text());
  const done = (await response.json()) as EditAcknowledged;
  assert.deepEqual([done.canUndo, done.canRedo], [true, false]);
  assert.ok(done.objects.some((row) => row.label === 5000));
  assert.deepEqual(open.events, [{ type: 'labels', imageId: 1 }], 'no page has asked for it');
  const painted = await plane();
  const expected = before.slice();
  for (let y = 10; y < 13; y++) expected.fill(5000, y * 512 + 250, y * 512 + 262);
  assert.deepEqual(painted, expected);
  const tile = new Uint32Array(await (await open.get('/api/images/1/labels/0/0/0/1')).arrayBuffer());
  assert.equal(tile[10 * 256 + 5], 5000);
  assert.equal(tile[10 * 256 + 6], expected[10 * 512 + 262]);

  assert.deepEqual(await history(), { canUndo: true, canRedo: false });
  const undone = await open.send('/api/images/1/undo');
  const { header, regions } = decodeEnvelope(new Uint8Array(await undone.arrayBuffer()));
  const reverted = header as EditReverted;
  assert.deepEqual([reverted.ack.canUndo, reverted.ack.canRedo], [false, true]);
  assert.deepEqual(await history(), { canUndo: false, canRedo: true });
  assert.equal(reverted.kind, 'brush');
  assert.ok(regions.length > 0);
  assert.deepEqual(await plane(), before);

  assert.equal((await open.send('/api/images/1/redo')).status, 200);
  assert.deepEqual(await plane(), expected);
  assert.equal((await open.send('/api/images/1/redo')).status, 204);
  await open.send('/api/images/1/undo');
  assert.equal((await open.send('/api/images/1/undo')).status, 204);
});

test('a malformed edit is refused and changes nothing', async () => {
  const before = await plane();
  const bytes = encodeEnvelope(stroke, [new Uint32Array(36).fill(5000)]);
  const cut = await open.backend.fetch(
    new Request('http://limn/api/images/1/edits', { method: 'POST', body: bytes.slice(0, -4) }),
  );
  assert.equal(cut.status, 422);
  const nowhere = await edit({ ...stroke, regions: [{ x: 510, y: 0, w: 12, h: 3 }] }, [new Uint32Array(36)]);
  assert.equal(nowhere.status, 422);
  const noKind = await edit({ ...stroke, kind: '' }, [new Uint32Array(36)]);
  assert.equal(noKind.status, 400);
  const noClass = await edit({ ...stroke, created: [{ label: 6000, classId: 99 }] }, [new Uint32Array(36)]);
  assert.equal(noClass.status, 404);
  const unknownLabel = await edit({ ...stroke, created: [] }, [new Uint32Array(36).fill(777_777)]);
  assert.equal(unknownLabel.status, 409);
  assert.deepEqual(await plane(), before);
});

test('objects are listed, renamed, locked; a locked object refuses paint with 409', async () => {
  const rows = (await (await open.get('/api/images/1/objects')).json()) as ObjectRow[];
  assert.equal(rows.length, objects);
  const row = (await (
    await open.send('/api/images/1/objects/2', { name: 'first', locked: true }, 'PATCH')
  ).json()) as ObjectRow;
  assert.deepEqual([row.name, row.locked], ['first', true]);
  const at = (await plane()).indexOf(2);
  const over: EditHeader = {
    ...stroke,
    regions: [{ x: at % 512, y: Math.floor(at / 512), w: 1, h: 1 }],
    created: [],
  };
  const refused = await edit(over, [Uint32Array.of(1)]);
  assert.equal(refused.status, 409);
  assert.equal((await open.send('/api/images/1/objects/2', { locked: false }, 'PATCH')).status, 200);
  assert.equal((await open.send('/api/images/1/objects/999999', { locked: true }, 'PATCH')).status, 404);
});

test('classes are added, changed, and told as a change of the project', async () => {
  open.events.length = 0;
  const added = await open.send('/api/classes', { name: 'mitosis', kind: 'thing' });
  assert.equal(added.status, 201);
  const { classId } = (await added.json()) as { classId: number };
  assert.equal((await open.send('/api/classes', { name: 'mitosis', kind: 'thing' })).status, 422);
  const changed = await open.send(`/api/classes/${classId}`, { colour: '#112233' }, 'PATCH');
  assert.equal(((await changed.json()) as { colour: string }).colour, '#112233');
  assert.deepEqual(open.events, [{ type: 'project' }, { type: 'project' }]);
});

test('the weight map is a plane of floats that follows its parameters', async () => {
  const map = async (query: string): Promise<Float32Array> => {
    const response = await open.get(`/api/images/1/weight-map/0/0?${query}`);
    assert.equal(response.headers.get('x-limn-type'), 'float32');
    return new Float32Array(await response.arrayBuffer());
  };
  const weights = await map('preset=paper&w0=10&sigma=5');
  const flat = await map('w0=0');
  assert.equal(weights.length, 512 * 512);
  assert.ok(Math.max(...weights.subarray(0, 100_000)) > Math.max(...flat.subarray(0, 100_000)) + 5);
  assert.equal((await open.get('/api/images/1/weight-map/0/0?sigma=wide')).status, 400);
  assert.equal((await open.get('/api/images/1/weight-map/0/9')).status, 404);
});

test('exported and downloaded masks hold the objects that were imported', async () => {
  const to = join(open.folder, 'out');
  const report = (await (await open.send('/api/exports', { to })).json()) as ExportReport;
  const exported = await readLabelImage(report.files[0]?.path ?? '');
  const reached = new Set(exported.values);
  assert.equal(reached.size, objects + 1);
  for (let i = 0; i < truth.length; i += 13) assert.equal(exported.values[i] === 0, truth[i] === 0);
  const download = await open.get('/api/images/1/export.tif?layer=labels&kind=instances');
  assert.equal(download.headers.get('content-type'), 'image/tiff');
  assert.match(download.headers.get('content-disposition') ?? '', /nuclei_00\.tif/);
  assert.deepEqual(Buffer.from(await download.arrayBuffer()), await readFile(report.files[0]?.path ?? ''));
  assert.equal((await open.get('/api/images/1/export.tif?layer=prediction')).status, 404);
});

test('a plane without a prediction is 404', async () => {
  assert.equal((await open.get('/api/images/1/prediction/0/0/probability?class=1')).status, 404);
  assert.equal((await open.get('/api/images/1/prediction/0/0/instances')).status, 404);
  assert.equal((await open.send('/api/images/1/prediction/accept', { t: 0, z: 0 })).status, 404);
});
