/** The list of objects with real clicks and keys: sorting, selecting several, class, name, hiding, deleting, zooming; 5,000 of them. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ImageInfo, ObjectRow } from '../../app/api/types.ts';
import { encodeEnvelope } from '../../app/labels/envelope.ts';
import { Workstation } from './workstation.ts';

let work: Workstation;
let image: ImageInfo;

before(async () => {
  work = await Workstation.start();
  image = await work.showImage(1);
  await work.button('Box').click();
  await work.stroke([20, 20], [60, 40]);
  await work.stroke([100, 20], [180, 60]);
  await work.stroke([220, 20], [240, 40]);
  await work.stroke([300, 20], [360, 60]);
  await work.settled();
});
after(() => work.close());

const list = () => work.page.getByRole('list', { name: 'Objects' });
const row = (label: number) =>
  list()
    .getByRole('button', { name: `#${label}`, exact: false })
    .first();
const objects = () => work.json<ObjectRow[]>(`/api/images/${image.imageId}/objects`);
const labelsAt = (...points: [number, number][]) => work.labelsAt(image, ...points);
async function order(): Promise<number[]> {
  const names = await list().locator('.object-name').allTextContents();
  return names.map((name) => Number(/#(\d+)/.exec(name)?.[1]));
}
const selected = () => list().locator('[data-selected="true"] .object-name').allTextContents();

test('the list is sorted by number, area and class', async () => {
  const sort = work.page.getByRole('combobox', { name: 'Sort objects' });
  assert.deepEqual(await order(), [5, 4, 3, 2]);
  await sort.selectOption('largest');
  assert.deepEqual(await order(), [3, 5, 2, 4]);
  await sort.selectOption('oldest');
  assert.deepEqual(await order(), [2, 3, 4, 5]);
});

test('clicks and arrows with Shift and Ctrl select several; their class changes in one step', async () => {
  await work.button('Add a class').click();
  await work.page.getByRole('textbox', { name: 'Name of the new class' }).fill('debris');
  await work.button('Create class').click();
  await row(2).click();
  await work.page.keyboard.press('Shift+ArrowDown');
  assert.deepEqual(await selected(), ['nucleus #2', 'nucleus #3']);
  await row(5).click({ modifiers: ['Control'] });
  await row(2).click({ modifiers: ['Control'] });
  assert.deepEqual(await selected(), ['nucleus #3', 'nucleus #5']);
  await work.button('Change class').click();
  await work.page.getByRole('menuitem', { name: 'debris' }).click();
  await row(3).filter({ hasText: 'debris' }).waitFor();
  assert.deepEqual(
    (await objects()).map((object) => object.classId === 1),
    [true, false, true, false],
  );
  await work.screenshotBothThemes('object-list');
  await work.button('Undo').click();
  await row(3).filter({ hasText: 'nucleus' }).waitFor();
  assert.ok((await objects()).every((object) => object.classId === 1));
});

test('Delete takes the selected ones back to unlabelled, one undo brings them back; Ctrl A means all', async () => {
  await row(3).click();
  await row(4).click({ modifiers: ['Shift'] });
  await work.page.keyboard.press('Delete');
  await row(3).waitFor({ state: 'detached' });
  assert.deepEqual(await labelsAt([140, 40], [230, 30], [40, 30], [330, 40]), [0, 0, 2, 5]);
  await work.page.keyboard.press('Control+z');
  await row(3).waitFor();
  assert.deepEqual(await labelsAt([140, 40], [230, 30]), [3, 4]);
  await row(2).click();
  await work.page.keyboard.press('Control+a');
  assert.equal((await selected()).length, 4);
  await work.page.keyboard.press('Delete');
  await row(2).waitFor({ state: 'detached' });
  assert.deepEqual(await labelsAt([140, 40], [230, 30], [40, 30], [330, 40]), [0, 0, 0, 0]);
  await work.page.keyboard.press('Control+z');
  await row(2).waitFor();
  assert.deepEqual(await labelsAt([140, 40], [230, 30], [40, 30], [330, 40]), [3, 4, 2, 5]);
});

test('a locked object is not deleted, and the page says so', async () => {
  await work.button('Lock #2').click();
  await work.button('Unlock #2').waitFor();
  await row(2).click();
  await work.page.keyboard.press('Delete');
  await work.page.getByText('is locked. Unlock it').waitFor();
  assert.deepEqual(await labelsAt([40, 30]), [2]);
  await work.button('Unlock #2').click();
  await work.button('Lock #2').waitFor();
  work.complaints.splice(0);
});

test('V hides an object and shows it again, F2 renames it, Enter zooms to it', async () => {
  await row(5).click();
  await row(3).click();
  const plain = await work.colourAt(330, 40);
  await row(5).click();
  await work.page.keyboard.press('v');
  await row(3).click();
  const hidden = await work.colourAt(330, 40);
  assert.notDeepEqual(hidden, plain);
  await row(5).click();
  await work.page.keyboard.press('v');
  await row(3).click();
  assert.deepEqual(await work.colourAt(330, 40), plain);
  await work.page.keyboard.press('F2');
  await work.page.keyboard.type('the big one');
  await work.page.keyboard.press('Enter');
  await list().getByText('the big one').waitFor();
  await work.settled();
  assert.equal((await objects()).find((object) => object.label === 3)?.name, 'the big one');
  const width = async () => (await work.screen(180, 40)).x - (await work.screen(100, 40)).x;
  const before = await width();
  await work.page.keyboard.press('Enter');
  await work.page.waitForTimeout(100);
  assert.ok((await width()) > 1.5 * before, 'zoomed to the object');
  assert.deepEqual(work.complaints, []);
});

test('5,000 objects: a page of rows, and a key moves on within a blink', async () => {
  const region = { x: 0, y: 200, w: 500, h: 250 };
  const pixels = new Uint32Array(region.w * region.h);
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = 1000 + Math.floor(Math.floor(i / 500) / 5) * 100 + Math.floor((i % 500) / 5);
  }
  const created = Array.from({ length: 5000 }, (_, i) => ({ label: 1000 + i, classId: 1 }));
  const header = { t: 0, z: 0, kind: 'brush', regions: [region], created };
  const response = await fetch(`${work.server.origin}/api/images/${image.imageId}/edits`, {
    method: 'POST',
    headers: { authorization: `Bearer ${work.server.token}`, 'content-type': 'application/octet-stream' },
    body: encodeEnvelope(header, [pixels]),
  });
  assert.equal(response.status, 200, await response.text());
  await work.page.getByRole('heading', { name: '5,004 objects' }).waitFor();
  assert.ok((await list().locator('li').count()) < 60);
  await list().focus();
  await work.page.keyboard.press('End');
  await row(5999).waitFor();
  const start = performance.now();
  for (let i = 0; i < 10; i++) await work.page.keyboard.press('Shift+ArrowUp');
  const milliseconds = (performance.now() - start) / 10;
  await work.page.getByRole('heading', { name: '11 of 5,004' }).waitFor();
  assert.ok(milliseconds < 250, `${milliseconds} ms a key`);
  await work.page.keyboard.press('Delete');
  await work.page.getByRole('heading', { name: '4,993 objects' }).waitFor();
  assert.deepEqual(work.complaints, []);
});
