/** The whole loop by hand: train a tiny network, watch the curve, predict, accept, correct, export, read the TIFF back. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ImageInfo, ObjectRow, RunDetail, RunSummary } from '../../app/api/types.ts';
import { readLabelImage } from '../../app/imaging/readLabelImage.ts';
import { Workstation } from './workstation.ts';

let work: Workstation;
let image: ImageInfo;

before(async () => {
  work = await Workstation.start();
  image = (await work.json<ImageInfo[]>('/api/images'))[0]!;
});
after(() => work.close());

const setOption = async (name: string, value: string) => {
  const box = work.page.getByRole('spinbutton', { name, exact: true });
  await box.fill(value);
  await box.press('Enter');
};

test('a training is started by hand and its curve grows', { timeout: 120_000 }, async () => {
  await work.tab('Train');
  await work.page.getByText(/Trains on 1 image, 10 nuclei/).waitFor();
  await work.page.getByText('Advanced', { exact: true }).click();
  await setOption('Steps', '100');
  await setOption('Filters of the first level', '4');
  await setOption('Depth', '2');
  await setOption('Tile size, px', '64');
  await setOption('Seed', '1');
  await work.page.getByText('Advanced', { exact: false }).first().click();
  await work.button('Start training').click();
  await work.button('Stop training').waitFor();
  await work.page
    .getByRole('figure', { name: 'Training curve' })
    .locator('canvas')
    .waitFor({ timeout: 60_000 });
  await work.screenshotBothThemes('training');
  await work.button('Start training').waitFor({ timeout: 100_000 });
  const [run] = await work.json<RunSummary[]>('/api/runs');
  assert.equal(run?.state, 'finished');
  const detail = await work.json<RunDetail>(`/api/runs/${run!.runId}`);
  assert.equal(detail.step, 100);
  const losses = detail.points.map((point) => point.loss).filter((loss) => loss !== null);
  assert.ok(losses.length > 5);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const third = Math.floor(losses.length / 3);
  const [early, late] = [mean(losses.slice(0, third)), mean(losses.slice(-third))];
  assert.ok(late < early, `mean loss from ${early} in the first third to ${late} in the last`);
  await work.page.getByText('finished').first().waitFor();
  await assertSamplePictures();
  await work.screenshotBothThemes('trained');
});

test('the curve is there again after a reload', async () => {
  await work.reload();
  await work.tab('Train');
  await work.page.getByRole('figure', { name: 'Training curve' }).locator('canvas').waitFor();
  await assertSamplePictures();
});

/** Four pictures of one tile, none of them of one colour. */
async function assertSamplePictures(): Promise<void> {
  const figure = work.page.getByRole('figure', { name: 'Sample pictures' });
  for (const name of ['image', 'label', 'weight', 'probability']) {
    const colours = await figure.getByRole('img', { name }).evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
      return new Set(new Uint32Array(data?.buffer ?? new ArrayBuffer())).size;
    });
    assert.ok(colours > 1, `${name} has ${colours} colours`);
  }
}

test('a training can be paused, resumed and stopped, and painting goes on meanwhile', {
  timeout: 120_000,
}, async () => {
  await work.page.getByText('Advanced', { exact: true }).click();
  await setOption('Steps', '100000');
  await setOption('Filters of the first level', '4');
  await setOption('Depth', '2');
  await setOption('Tile size, px', '64');
  await work.button('Start training').click();
  await work.page.getByText(/^step [1-9]/).waitFor({ timeout: 60_000 });
  await work.stroke([40, 440], [80, 440]);
  await work.settled();
  assert.equal((await work.labels(image.imageId))[440 * 512 + 60], 12);
  await work.button('Undo').click();
  await work.settled();
  await work.button('Pause').click();
  await work.button('Resume').waitFor();
  await work.button('Resume').click();
  await work.button('Pause').waitFor();
  await work.button('Stop training').click();
  await work.button('Start training').waitFor({ timeout: 60_000 });
  const runs = await work.json<RunSummary[]>('/api/runs');
  assert.ok(
    runs.some((run) => run.state === 'stopped'),
    runs.map((run) => run.state).join(),
  );
});

test('predictions are drawn, and accepting them changes no painted pixel', { timeout: 120_000 }, async () => {
  const painted = await work.labels(image.imageId);
  await work.tab('Predict');
  await work.button('Predict image').click();
  await work.button('Accept prediction').waitFor({ timeout: 60_000 });
  await work.page.getByText(/objects? found/).waitFor();
  assert.equal(await work.checkbox('Show prediction').isChecked(), true);
  await work.page.waitForTimeout(300);
  await work.screenshotBothThemes('predicted');
  await work.page.getByRole('radio', { name: 'Probability' }).check();
  await work.page.waitForTimeout(300);
  await work.screenshot('prediction-probability');
  assert.match(await work.readPixel(256, 256), / p [01]\.\d\d/);

  await work.button('Accept prediction').click();
  await work.page.getByText('The prediction was added').waitFor();
  const accepted = await work.labels(image.imageId);
  const changed = accepted.filter((value, i) => value !== painted[i]).length;
  assert.ok(changed > 0, 'something was accepted');
  for (let i = 0; i < painted.length; i++) {
    if (painted[i] !== 0) assert.equal(accepted[i], painted[i], `painted pixel ${i}`);
  }
  await work.button('Undo').click();
  await work.settled();
  assert.deepEqual(await work.labels(image.imageId), painted);
});

test('exported masks hold the painted pixels', { timeout: 60_000 }, async (t) => {
  const folder = join(work.folder, 'masks');
  const painted = await work.labels(image.imageId);
  await work.tab('Export');
  await work.page.getByRole('textbox', { name: 'Folder' }).fill(folder);
  await work.checkbox('Keep unlabelled apart').check();
  await work.button('Export masks').click();
  await work.page.getByText('1 file written').waitFor();
  await work.screenshot('exported');
  const path = join(folder, `${image.name}.tif`);
  const kept = await readLabelImage(path);
  assert.deepEqual(kept.shape, { t: 1, z: 1, y: 512, x: 512 });
  const objects = await work.json<ObjectRow[]>(`/api/images/${image.imageId}/objects`);
  const renumbered = new Map(
    objects
      .map((row) => row.label)
      .sort((a, b) => a - b)
      .map((label, i) => [label, i + 2]),
  );
  const expected = painted.map((value) => (value < 2 ? value : renumbered.get(value)!));
  assert.deepEqual(kept.values, expected);

  const python = spawnSync('/usr/bin/python3', [
    '-c',
    'import sys, tifffile; a = tifffile.imread(sys.argv[1]); print(a.dtype, a.shape, int(a.sum()))',
    path,
  ]);
  if (python.status !== 0) return t.skip('Python with tifffile is not installed');
  const sum = expected.reduce((total, value) => total + value, 0);
  assert.equal(python.stdout.toString().trim(), `uint8 (512, 512) ${sum}`);
  assert.deepEqual(work.complaints, []);
});
