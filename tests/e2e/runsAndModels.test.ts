/** The tables of runs and models, curves over each other, the pixel size set in the page, and panels that make room. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ImageInfo, ModelSummary, RunSummary } from '../../app/api/types.ts';
import { LAST_IOU, makeProjectWithRuns } from './projectWithRuns.ts';
import { Workstation } from './workstation.ts';

let work: Workstation;

before(async () => {
  work = await Workstation.start({ makeProject: makeProjectWithRuns });
});
after(() => work.close());

const openRuns = async () => {
  await work.tab('Train');
  await work.page.getByRole('button', { name: /^2 runs, / }).click();
  await work.page.getByRole('dialog', { name: 'Runs and models' }).waitFor();
};
const cells = async (column: number) =>
  work.page.getByRole('grid', { name: 'Runs' }).locator(`tbody tr td:nth-child(${column})`).allTextContents();

test('the table of runs has what made each, sorts, and lays ticked runs over each other', {
  timeout: 120_000,
}, async () => {
  await openRuns();
  const grid = work.page.getByRole('grid', { name: 'Runs' });
  assert.deepEqual(await cells(2), ['2', '1']);
  await grid.getByRole('button', { name: 'IoU' }).click();
  assert.deepEqual(
    await cells(5),
    [...LAST_IOU].sort((a, b) => b - a).map((iou) => iou.toPrecision(3)),
  );
  await grid.getByRole('button', { name: 'IoU' }).click();
  assert.deepEqual(await cells(2), ['2', '1']);
  const details = work.page.getByRole('region', { name: 'What made run 2' });
  for (const text of ['nuclei_1', 'nuclei_2', '0.1.0', '41', 'optimiser weight decay']) {
    await details.getByText(text, { exact: true }).first().waitFor();
  }
  await work.page.getByRole('checkbox', { name: 'Compare run 1' }).check();
  const curve = work.page.getByRole('dialog').getByRole('figure', { name: 'Training curve' });
  await curve.getByText('run 1 · loss 0.0600 · IoU 0.750').waitFor();
  await curve.getByText('run 2 · loss 0.0600 · IoU 0.500').waitFor();
  await work.screenshotBothThemes('runs');
});

test('a drag and buttons zoom the curves, Escape closes the table', async () => {
  const curve = work.page.getByRole('dialog').getByRole('figure', { name: 'Training curve' });
  const whole = curve.getByRole('button', { name: 'The whole run' });
  assert.equal(await whole.isDisabled(), true);
  const box = (await curve.locator('.u-over').first().boundingBox())!;
  await work.page.mouse.move(box.x + 40, box.y + 30);
  await work.page.mouse.down();
  await work.page.mouse.move(box.x + 140, box.y + 30, { steps: 4 });
  await work.page.mouse.up();
  assert.equal(await whole.isDisabled(), false);
  await whole.click();
  assert.equal(await whole.isDisabled(), true);
  await curve.getByRole('button', { name: 'Zoom into the curve' }).click();
  assert.equal(await whole.isDisabled(), false);
  await work.page.keyboard.press('Escape');
  await work.page.getByRole('dialog').waitFor({ state: 'hidden' });
});

test('a model is chosen to start from, and deleted with its predictions after a question', async () => {
  await openRuns();
  await work.page.getByRole('tab', { name: 'Models' }).click();
  await work.button('Start from it').click();
  await work.page.getByText('Advanced').click();
  assert.equal(await work.page.getByRole('combobox', { name: 'Start from' }).inputValue(), 'known disks');
  await openRuns();
  await work.button('Delete …').click();
  await work.page.getByText('The predictions of 1 image go with it.').waitFor();
  assert.equal((await work.json<ModelSummary[]>('/api/models')).length, 1);
  await work.button('Delete').click();
  await work.page.getByText('There is no model yet.', { exact: false }).first().waitFor();
  assert.deepEqual(await work.json<ModelSummary[]>('/api/models'), []);
  await work.page.getByRole('tab', { name: 'Runs' }).click();
  await work.button('Delete …').click();
  await work.button('Delete').click();
  await work.page.getByText('What made run 2').waitFor({ state: 'detached' });
  assert.deepEqual(
    (await work.json<RunSummary[]>('/api/runs')).map((run) => run.runId),
    [1],
  );
  await work.page.keyboard.press('Escape');
  assert.equal(await work.page.getByRole('combobox', { name: 'Start from' }).inputValue(), 'Scratch');
});

test('the pixel size is set for all images, and read-out and scale bar follow', async () => {
  await work.button('Change the pixel size').click();
  const box = work.page.getByRole('spinbutton', { name: 'Pixel width, µm' });
  await box.fill('2');
  await box.press('Enter');
  await work.button('Set for all 4').click();
  await work.page.getByRole('region', { name: 'Image information' }).getByText('2 µm').waitFor();
  const images = await work.json<ImageInfo[]>('/api/images');
  assert.deepEqual(
    images.map((image) => image.pixelSizeUm),
    images.map(() => ({ y: 2, x: 2, z: null })),
  );
  assert.match(await work.readPixel(100, 50), / 200 µm 100 µm /);
});

test('layers and contrast fold away, and the border of the panels moves by keys', async () => {
  await work.tab('Labels');
  const list = work.page.getByRole('region', { name: 'Layers and contrast' });
  const before = (await list.boundingBox())!.height;
  await work.button('Layers and contrast').click();
  await work.page.getByRole('slider', { name: 'Contrast minimum' }).waitFor({ state: 'detached' });
  assert.ok((await list.boundingBox())!.height < before / 4);
  const side = work.page.getByRole('complementary', { name: 'Panels' });
  const width = (await side.boundingBox())!.width;
  await work.page.getByRole('separator', { name: 'Width of the panels' }).press('ArrowLeft');
  await work.page.waitForFunction(
    ([was]) => (document.querySelector('.side')?.getBoundingClientRect().width ?? 0) > was! + 10,
    [width],
  );
  assert.deepEqual(work.complaints, []);
});
