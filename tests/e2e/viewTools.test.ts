/** Disk, object picker, zoom tool and the brush's size by Alt and a drag, with a real pointer. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ImageInfo } from '../../app/api/types.ts';
import { Workstation } from './workstation.ts';

const WIDTH = 512;
let work: Workstation;
let image: ImageInfo;

before(async () => {
  work = await Workstation.start();
  image = await work.showImage(1);
});
after(() => work.close());

const mode = (name: string) => work.page.getByRole('radio', { name, exact: true });
const scale = async () => (await work.screen(101, 100)).x - (await work.screen(100, 100)).x;

test('Alt and a drag set the brush’s size, a click with the disk tool paints a disk of it', async () => {
  await work.page.keyboard.press('d');
  await work.page.keyboard.down('Alt');
  await work.stroke([100, 100], [114, 100]);
  await work.page.keyboard.up('Alt');
  assert.equal(
    await work.page.getByRole('spinbutton', { name: 'Brush size' }).inputValue(),
    '40',
    '12 and twice the way of 14 px',
  );
  await work.stroke([100, 100]);
  await work.settled();
  const labels = await work.labels(image.imageId);
  const area = labels.filter((label) => label === 2).length;
  assert.ok(Math.abs(area - Math.PI * 400) < 40, String(area));
  assert.deepEqual([labels[100 * WIDTH + 119], labels[100 * WIDTH + 121]], [2, 0]);
});

test('the picker takes over what is painted there', async () => {
  await work.page.keyboard.press('k');
  await work.button('Disk').click();
  await work.stroke([200, 100]);
  await work.page.keyboard.press('i');
  await work.stroke([100, 100]);
  assert.equal(await mode('Object').isChecked(), true);
  await work.page.getByRole('list', { name: 'Objects' }).locator('[data-selected="true"]').waitFor();
  await work.stroke([200, 100]);
  assert.equal(await mode('Background').isChecked(), true);
  await work.stroke([300, 300]);
  assert.equal(await mode('Unlabelled').isChecked(), true);
  await work.screenshotBothThemes('view-tools');
});

test('the zoom tool zooms in and out by clicks and to what is dragged around', async () => {
  await work.page.keyboard.press('z');
  const first = await scale();
  await work.stroke([256, 256]);
  assert.ok(Math.abs((await scale()) / first - 2) < 0.01);
  await work.page.keyboard.down('Alt');
  await work.stroke([256, 256]);
  await work.page.keyboard.up('Alt');
  assert.ok(Math.abs((await scale()) / first - 1) < 0.01);
  await work.stroke([200, 200], [260, 250]);
  assert.ok((await scale()) > 4 * first);
  const { x, y } = await work.screen(230, 225);
  const box = (await work.page.getByRole('region', { name: 'Image canvas' }).boundingBox())!;
  assert.ok(Math.hypot(x - box.x - box.width / 2, y - box.y - box.height / 2) < 20, 'it is in the middle');
  assert.deepEqual(work.complaints, []);
});
