/** Painting in a real browser: touching strokes, background, eraser, undo and redo, reload, zoom and pan. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ImageInfo, ObjectRow } from '../../app/api/types.ts';
import { Workstation } from './workstation.ts';

const WIDTH = 512;
let work: Workstation;
let image: ImageInfo;

before(async () => {
  work = await Workstation.start();
  image = await work.showImage(1);
});
after(() => work.close());

const labelAt = (labels: Uint32Array, x: number, y: number) => labels[y * WIDTH + x];
const objects = () => work.json<ObjectRow[]>(`/api/images/${image.imageId}/objects`);

test('two strokes that touch stay two objects, on the screen and in the store', async () => {
  await work.page.getByRole('spinbutton', { name: 'Brush size' }).fill('12');
  await work.stroke([100, 100], [160, 100]);
  await work.stroke([100, 110], [160, 110]);
  await work.settled();
  const labels = await work.labels(image.imageId);
  assert.equal(labelAt(labels, 130, 100), 2);
  assert.equal(labelAt(labels, 130, 105), 2, 'the first keeps its rim');
  assert.equal(labelAt(labels, 130, 107), 3, 'the second lies right beside it');
  assert.equal(labelAt(labels, 130, 120), 0);
  assert.equal((await objects()).length, 2);
  const list = work.page.getByRole('list', { name: 'Objects' });
  assert.equal(await list.getByRole('listitem').count(), 2);
  const [first, second] = [await work.colourAt(130, 98), await work.colourAt(130, 112)];
  assert.ok(Math.hypot(first[0] - second[0], first[1] - second[1], first[2] - second[2]) > 40);
});

test('a stroke that starts on an object extends it', async () => {
  await work.stroke([150, 100], [200, 80]);
  await work.settled();
  assert.equal(labelAt(await work.labels(image.imageId), 195, 82), 2);
  assert.equal((await objects()).length, 2);
});

test('background is painted around objects, not over them', async () => {
  await work.page.getByRole('radio', { name: 'Background' }).check();
  await work.stroke([80, 90], [220, 90], [220, 130], [80, 130], [80, 90]);
  await work.page.getByRole('radio', { name: 'Object' }).check();
  await work.settled();
  const labels = await work.labels(image.imageId);
  assert.equal(labelAt(labels, 90, 90), 1);
  assert.equal(labelAt(labels, 130, 98), 2);
  assert.match(await work.readPixel(90, 90), /background/);
  assert.match(await work.readPixel(130, 98), /nucleus #2/);
  assert.match(await work.readPixel(300, 300), /unlabelled/);
});

test('undo and redo go stroke by stroke, also after a reload', async () => {
  const painted = await work.labels(image.imageId);
  await work.button('Undo').click();
  await work.settled();
  assert.equal(labelAt(await work.labels(image.imageId), 90, 90), 0);
  assert.match(await work.readPixel(90, 90), /unlabelled/);
  await work.page.keyboard.press('Control+Shift+Z');
  await work.settled();
  assert.deepEqual(await work.labels(image.imageId), painted);

  await work.reload();
  await work.showImage(1);
  assert.match(await work.readPixel(130, 98), /nucleus #2/);
  assert.deepEqual(
    [await work.button('Undo').isEnabled(), await work.button('Redo').isEnabled()],
    [true, false],
  );
  await work.page.keyboard.press('Control+Z');
  await work.settled();
  await work.page.keyboard.press('Control+Z');
  await work.settled();
  const undone = await work.labels(image.imageId);
  assert.equal(labelAt(undone, 90, 90), 0);
  assert.equal(labelAt(undone, 195, 82), 0);
  assert.equal(labelAt(undone, 130, 98), 2);
  await work.button('Redo').click();
  await work.settled();
  await work.button('Redo').click();
  await work.settled();
  assert.deepEqual(await work.labels(image.imageId), painted);
});

test('Escape takes back the stroke in the air', async () => {
  const before_ = await work.labels(image.imageId);
  const [from, to] = [await work.screen(300, 300), await work.screen(380, 340)];
  await work.page.mouse.move(from.x, from.y);
  await work.page.mouse.down();
  await work.page.mouse.move(to.x, to.y, { steps: 5 });
  await work.page.keyboard.press('Escape');
  await work.page.mouse.up();
  await work.settled();
  assert.match(await work.readPixel(340, 320), /unlabelled/);
  assert.deepEqual(await work.labels(image.imageId), before_);
});

test('the eraser makes ground unlabelled again', async () => {
  await work.button('Eraser').click();
  await work.stroke([130, 98], [131, 98]);
  await work.button('Brush').click();
  await work.settled();
  assert.equal(labelAt(await work.labels(image.imageId), 130, 98), 0);
  await work.button('Undo').click();
  await work.settled();
});

test('brush keys, zoom to the cursor, pan with Space, and fit', async () => {
  const size = work.page.getByRole('spinbutton', { name: 'Brush size' });
  const before_ = Number(await size.inputValue());
  await work.page.keyboard.press(']');
  const larger = work.page.locator('input[type=number][aria-label="Brush size"]');
  await work.page.waitForFunction(
    ([box, value]) => Number((box as HTMLInputElement).value) > (value as number),
    [await larger.elementHandle(), before_] as const,
  );
  await work.page.keyboard.press('[');

  const near = await work.screen(200, 150);
  // Wheel events carry whole screen pixels.
  const at = { x: Math.round(near.x), y: Math.round(near.y) };
  const under = () => work.page.evaluate(({ x, y }) => window.limn!.screenToImage(x, y), at);
  await work.page.mouse.move(at.x, at.y);
  const beforeZoom = await under();
  await work.page.mouse.wheel(0, -600);
  await work.page.waitForFunction(
    (scale) => window.limn!.imageToScreen(1, 0).x - window.limn!.imageToScreen(0, 0).x > scale,
    2,
  );
  const afterZoom = await under();
  assert.ok(
    Math.hypot(afterZoom.x - beforeZoom.x, afterZoom.y - beforeZoom.y) < 1e-6,
    'the image under the cursor stays',
  );
  const zoomed = await work.screen(200, 150);
  await work.screenshot('close-up');

  await work.page.keyboard.down('Space');
  await work.page.mouse.down();
  await work.page.mouse.move(at.x + 60, at.y + 40, { steps: 4 });
  await work.page.mouse.up();
  await work.page.keyboard.up('Space');
  const panned = await work.screen(200, 150);
  assert.ok(Math.hypot(panned.x - zoomed.x - 60, panned.y - zoomed.y - 40) < 0.01);

  await work.button('Fit').click();
  const corner = await work.screen(0, 0);
  const far = await work.screen(511, 511);
  const box = (await work.page.getByRole('region', { name: 'Image canvas' }).boundingBox())!;
  assert.ok(corner.x >= box.x && corner.y >= box.y);
  assert.ok(far.x <= box.x + box.width && far.y <= box.y + box.height);
});

test('contrast changes the picture and no data', async () => {
  const tile = () => work.get(`/api/images/${image.imageId}/pixels/0/0/0/0/1/1`).then((r) => r.arrayBuffer());
  const data = Buffer.from(await tile());
  const dark = await work.colourAt(400, 300);
  const slider = work.page.getByRole('slider', { name: 'Contrast maximum' });
  await slider.fill(
    String(Number(await work.page.getByRole('slider', { name: 'Contrast minimum' }).inputValue()) + 5),
  );
  await work.page.waitForTimeout(150);
  const bright = await work.colourAt(400, 300);
  assert.ok(bright[0] > dark[0] + 20, `${dark[0]} then ${bright[0]}`);
  assert.deepEqual(Buffer.from(await tile()), data);
  await work.button('Auto').click();
});

test('the page reported no error and its frame does not scroll', async () => {
  assert.deepEqual(work.complaints, []);
  const [inner, scroll] = await work.page.evaluate(() => [
    [innerWidth, innerHeight],
    [document.documentElement.scrollWidth, document.documentElement.scrollHeight],
  ]);
  assert.deepEqual(scroll, inner);
});
