/** The history of an image: a click goes back and forth, the page follows, and it is there after a reload. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ImageInfo } from '../../app/api/types.ts';
import { Workstation } from './workstation.ts';

let work: Workstation;
let image: ImageInfo;

before(async () => {
  work = await Workstation.start();
  image = await work.showImage(1);
});
after(() => work.close());

const list = () => work.page.getByRole('list', { name: 'History' });
const entries = () => list().getByRole('button');
const labelsAt = (...xs: number[]) => work.labelsAt(image, ...xs.map((x) => [x, 100] as const));

test('clicks in the history go back and forth; painting goes on from there', async () => {
  for (const x of [100, 200, 300]) await work.stroke([x, 100], [x + 20, 100]);
  await work.settled();
  await work.page.keyboard.press('g');
  await list().waitFor();
  await work.page.waitForTimeout(300);
  assert.equal(await entries().count(), 4);
  await work.screenshotBothThemes('history');
  await entries().nth(2).click();
  await list().locator('[data-undone="true"]').nth(1).waitFor();
  assert.deepEqual(await labelsAt(110, 210, 310), [2, 0, 0]);
  await work.ready();
  assert.match(await work.readPixel(210, 100), /unlabelled/);
  assert.equal(await work.button('Redo').isEnabled(), true);
  await entries().last().click();
  await list().locator('[data-undone="true"]').nth(2).waitFor();
  assert.deepEqual(await labelsAt(110, 210, 310), [0, 0, 0]);
  await entries().first().click();
  await list().locator('[data-undone="true"]').first().waitFor({ state: 'detached' });
  assert.deepEqual(await labelsAt(110, 210, 310), [2, 3, 4]);
  await work.ready();
  assert.match(await work.readPixel(310, 100), /#4/);
});

test('the history is there after a reload, and a new stroke takes the place of what was undone', async () => {
  await work.reload();
  await work.showImage(1);
  await work.button('History').click();
  await entries().nth(1).click();
  await list().locator('[data-undone="true"]').waitFor();
  assert.deepEqual(await labelsAt(110, 210, 310), [2, 3, 0]);
  await work.page.keyboard.press('g');
  await list().waitFor({ state: 'detached' });
  await work.ready();
  await work.stroke([400, 100], [420, 100]);
  const [, , undone, fresh] = await labelsAt(110, 210, 310, 410);
  assert.equal(undone, 0);
  assert.ok(fresh! >= 4);
  assert.equal(await work.button('Redo').isEnabled(), false);
  assert.deepEqual(work.complaints, []);
});
