/** The table of all images: filter, sort, select by keys and clicks, predict and export many, painting meanwhile, thousands of rows. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ImageInfo, JobInfo } from '../../app/api/types.ts';
import { makeManyImages } from './manyImages.ts';
import { DISKS, makePredictedProject } from './predictedProject.ts';
import { Workstation } from './workstation.ts';

let work: Workstation;

before(async () => {
  work = await Workstation.start({ makeProject: makePredictedProject });
});
after(() => work.close());

const dialog = () => work.page.getByRole('dialog', { name: 'All images' });
const grid = () => dialog().getByRole('grid', { name: 'All images' });
const chosen = () => dialog().getByRole('status', { name: 'Selected' });

/** The cells' texts of the rows, the box left out. */
async function cells(): Promise<string[][]> {
  return grid()
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll('td')].slice(1).map((cell) => cell.textContent ?? '')),
    );
}

async function selectedNames(): Promise<string[]> {
  return grid()
    .locator('tr[aria-selected="true"] .batch-name')
    .evaluateAll((found) => found.map((cell) => cell.textContent ?? ''));
}

/** State in which the latest job of a kind ends. */
async function jobEnds(kind: JobInfo['kind']): Promise<string> {
  for (;;) {
    const job = (await work.json<JobInfo[]>('/api/jobs')).findLast((one) => one.kind === kind)!;
    if (job.state !== 'queued' && job.state !== 'running') return job.state;
    await delay(100);
  }
}

test('the table tells how far each image is; View, the palette and Ctrl B open it, Escape closes it', async () => {
  await work.button('View').click();
  await work.page.getByRole('menuitem', { name: /^All images: predict and export many/ }).click();
  await dialog().waitFor();
  const images = await work.json<ImageInfo[]>('/api/images');
  const percent = `${(images[0]!.labelledFraction * 100).toFixed(1)} %`;
  assert.deepEqual(await cells(), [
    ['nuclei_1', '512 × 512', percent, '10', '', 'partly labelled'],
    ['nuclei_2', '512 × 512', '', '', String(DISKS.length), 'predicted'],
    ['nuclei_3', '512 × 512', '', '', '', 'not labelled'],
    ['nuclei_4', '512 × 512', '', '', '', 'not labelled'],
  ]);
  await work.page.waitForTimeout(300);
  await work.screenshotBothThemes('batch');
  await work.page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'hidden' });
  await work.page.keyboard.press('Control+k');
  await work.page.keyboard.type('predict and export');
  await work.page.keyboard.press('Enter');
  await dialog().waitFor();
  await work.page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'hidden' });
  await work.page.keyboard.press('Control+b');
  await dialog().waitFor();
});

test('keys select as in a file manager, and none of them reaches the canvas below', async () => {
  await grid().focus();
  await work.page.keyboard.press('ArrowDown');
  await work.page.keyboard.press('Shift+ArrowDown');
  assert.deepEqual(await selectedNames(), ['nuclei_1', 'nuclei_2']);
  await work.page.keyboard.press('Control+End');
  await work.page.keyboard.press(' ');
  assert.deepEqual(await selectedNames(), ['nuclei_1', 'nuclei_2', 'nuclei_4']);
  assert.equal(await chosen().textContent(), '3 of 4 images selected');
  await work.page.keyboard.press('e');
  await work.page.keyboard.press('Delete');
  assert.equal(await work.page.locator('[aria-label="Brush"]').getAttribute('aria-pressed'), 'true');
  await work.page.keyboard.press('Control+a');
  assert.equal(await chosen().textContent(), '4 of 4 images selected');
  const current = await grid().getAttribute('aria-activedescendant');
  assert.equal(await work.page.locator(`#${current}`).locator('.batch-name').textContent(), 'nuclei_4');
});

test('clicks, the filter and the columns choose and order rows; what is hidden is not worked on', async () => {
  await grid()
    .getByRole('row', { name: /nuclei_3/ })
    .click();
  await grid()
    .getByRole('row', { name: /nuclei_4/ })
    .getByRole('checkbox')
    .click();
  assert.deepEqual(await selectedNames(), ['nuclei_3', 'nuclei_4']);
  await dialog().getByRole('button', { name: 'Objects predicted' }).click();
  await dialog().getByRole('button', { name: 'Objects predicted' }).click();
  assert.equal((await cells())[0]![0], 'nuclei_2');
  assert.equal(await grid().locator('th[aria-sort="descending"]').textContent(), 'Objects predicted ▾');
  await dialog().getByRole('button', { name: 'Objects predicted' }).click();
  await dialog().getByRole('textbox', { name: 'Filter by name' }).fill('_4');
  assert.equal(await chosen().textContent(), '1 of 1 image selected');
  await dialog().getByRole('button', { name: 'Predict 1 image', exact: true }).waitFor();
  await dialog().getByRole('textbox', { name: 'Filter by name' }).fill('');
});

test('masks of the selected images are written, those without labels are left out by name', async () => {
  await grid().focus();
  await work.page.keyboard.press('Control+a');
  await dialog().getByText('3 images without labels left out.').waitFor();
  const folder = join(work.folder, 'masks');
  await dialog().getByRole('textbox', { name: 'Folder' }).fill(folder);
  await dialog().getByRole('button', { name: 'Export 1 mask', exact: true }).click();
  await dialog().getByText('1 file written').waitFor();
  assert.deepEqual(readdirSync(folder), ['nuclei_1.tif']);
  assert.equal((await cells())[0]![5], 'partly labelled · exported');
  await grid().locator('tbody tr').first().dblclick();
  await dialog().waitFor({ state: 'hidden' });
});

test('a prediction of many goes on while one paints, with progress, and is cancelled from the table', async () => {
  // A model of its own, trained for a few steps.
  await work.tab('Train');
  const started = await fetch(`${work.server.origin}/api/runs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${work.server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ baseFilters: 4, depth: 2, steps: 3, tileSize: 64 }),
  });
  assert.equal(started.status, 202, await started.text());
  await jobEnds('train');
  await work.page.keyboard.press('Control+b');
  await grid().focus();
  await work.page.keyboard.press('Control+a');
  await dialog().getByRole('button', { name: 'Predict 4 images', exact: true }).click();
  await dialog().getByRole('progressbar', { name: 'Progress of predictions and exports' }).waitFor();
  await work.page.keyboard.press('Escape');
  const image = await work.showImage(2);
  await work.page.keyboard.press('b');
  await work.stroke([100, 100], [160, 100]);
  await work.settled();
  assert.deepEqual(await work.labelsAt(image, [130, 100]), [2]);
  assert.equal(await jobEnds('predict'), 'done');
  await work.page.keyboard.press('Control+b');
  await dialog().getByText('No prediction or export is under way.').waitFor();
  await grid()
    .getByRole('row', { name: / predicted$/ })
    .nth(2)
    .waitFor();
  for (const row of await cells()) assert.match(row[5]!, /predicted|corrected/, row.join());
  const images = await work.json<ImageInfo[]>('/api/images');
  assert.deepEqual(
    (await cells()).map((row) => row[4]),
    images.map(({ predictedObjects }) => predictedObjects!.toLocaleString('en')),
  );

  await grid().focus();
  await work.page.keyboard.press('Control+a');
  await dialog().getByRole('button', { name: 'Predict 4 images', exact: true }).click();
  await dialog().getByRole('button', { name: 'Cancel', exact: true }).click();
  await dialog().getByText('No prediction or export is under way.').waitFor();
  assert.equal(await jobEnds('predict'), 'cancelled');
  assert.deepEqual(work.complaints, []);
});

test('more than a thousand images: only rows in view are on the page, the last is one key away', async () => {
  const count = 1200;
  const many = await Workstation.start({ makeProject: (path) => makeManyImages(path, count) });
  try {
    await many.page.keyboard.press('Control+b');
    const table = many.page.getByRole('grid', { name: 'All images' });
    await table.waitFor();
    assert.equal(await table.getAttribute('aria-rowcount'), String(count + 1));
    assert.ok((await table.locator('tbody tr').count()) < 60);
    await table.focus();
    await many.page.keyboard.press('End');
    await table.getByRole('row', { name: `well_${count}` }).waitFor();
    assert.deepEqual(await table.locator('tr[aria-selected="true"] .batch-name').allTextContents(), [
      `well_${count}`,
    ]);
    assert.equal(await table.locator('tr[aria-selected="true"]').getAttribute('aria-rowindex'), '1201');
    await many.page.keyboard.press('Shift+Home');
    await many.page.getByText('1,200 of 1,200 images selected').waitFor();
    await many.page.keyboard.press('ArrowDown');
    await table.getByRole('row', { name: /^well_2 / }).waitFor();
    await many.page.keyboard.press('End');
    await many.page.keyboard.press('Enter');
    // The list on the left follows to the image that came on view.
    const item = many.page
      .getByRole('list', { name: 'Images' })
      .getByRole('button', { name: `well_${count}` });
    await item.waitFor();
    assert.equal(await item.getAttribute('aria-current'), 'true');
    assert.ok((await many.page.getByRole('list', { name: 'Images' }).getByRole('button').count()) < 60);
    assert.deepEqual(many.complaints, []);
  } finally {
    await many.close();
  }
});
