/** Walking through unsure places and likely mistakes with keys and clicks. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ImageInfo } from '../../app/api/types.ts';
import { DISKS, isInDisk, makePredictedProject, WIDTH } from './predictedProject.ts';
import { Workstation } from './workstation.ts';

let work: Workstation;
let image: ImageInfo;

before(async () => {
  work = await Workstation.start({ makeProject: makePredictedProject });
  image = (await work.json<ImageInfo[]>('/api/images'))[1]!;
  await work.tab('Predict');
});
after(() => work.close());

/** Image point in the middle of the canvas. */
async function middle(): Promise<[number, number]> {
  const box = (await work.page.getByRole('region', { name: 'Image canvas' }).boundingBox())!;
  const { x, y } = await work.page.evaluate((at) => window.limn!.screenToImage(at.x, at.y), {
    x: box.x + box.width / 2,
    y: box.y + box.height / 2,
  });
  return [Math.round(x), Math.round(y)];
}

async function assertMiddle(x: number, y: number): Promise<void> {
  await work.page.waitForTimeout(400);
  const [u, v] = await middle();
  assert.ok(Math.abs(u - x) <= 2 && Math.abs(v - y) <= 2, `${u}, ${v} in the middle, not ${x}, ${y}`);
}

/** Middles of the 64-px tiles, most unsure first, from the disks alone. */
function unsureTiles(): [number, number][] {
  const sums = new Map<number, number>();
  for (let i = 0; i < WIDTH * WIDTH; i++) {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    const p = DISKS.find((disk) => isInDisk(disk, x, y))?.probability ?? 0.02;
    const tile = Math.floor(y / 64) * 8 + Math.floor(x / 64);
    sums.set(tile, (sums.get(tile) ?? 0) + 1 - Math.abs(2 * p - 1));
  }
  return [...sums]
    .sort(([, a], [, b]) => b - a)
    .map(([tile]) => [(tile % 8) * 64 + 31.5, Math.floor(tile / 8) * 64 + 31.5]);
}

test('the full stop goes to the most unsure place, of another image too, and on; the comma goes back', async () => {
  const [first, second] = unsureTiles();
  await work.page.getByRole('radio', { name: /^Unsure [1-9]/ }).waitFor();
  await work.page.keyboard.press('.');
  await work.page.locator(`section[data-image="${image.imageId}"]`).waitFor();
  await work.ready();
  await assertMiddle(...first!);
  await work.screenshotBothThemes('look-next');
  await work.page.keyboard.press('.');
  await assertMiddle(...second!);
  await work.page.keyboard.press(',');
  await assertMiddle(...first!);
  assert.match(
    (await work.page.locator('.review-place[aria-current="true"]').getAttribute('aria-label'))!,
    /^1: /,
  );
});

test('a missed and an invented object are listed once labels contradict the prediction', async () => {
  await work.button('Fit').click();
  await work.page.keyboard.press('n');
  await work.button('Box').click();
  await work.stroke([60, 300], [99, 329]);
  await work.page.keyboard.press('k');
  await work.stroke([210, 360], [290, 440]);
  await work.settled();
  const box = (await work.labels(image.imageId)).filter((label) => label >= 2).length;
  await work.page.getByRole('radio', { name: 'Missed 1' }).click();
  const missed = `1: missed, ${box.toLocaleString('en')} px, ${image.name}`;
  await work.page.getByRole('button', { name: missed, exact: true }).click();
  await assertMiddle(79.5, 314.5);
  await work.page.getByRole('radio', { name: 'Invented 1' }).click();
  await work.page.keyboard.press('.');
  await assertMiddle(250, 400);
  await work.screenshot('look-next-invented');
  await work.button('Undo').click();
  await work.page.getByRole('radio', { name: 'Invented 0' }).waitFor();
  // Where none is left of a kind, the key goes on to one that there is, and says so.
  await work.page.keyboard.press('.');
  await work.page.getByText('No place is invented; these are unsure.').waitFor();
  assert.equal(await work.page.getByRole('radio', { name: /^Unsure/ }).isChecked(), true);
  assert.deepEqual(work.complaints, []);
});
