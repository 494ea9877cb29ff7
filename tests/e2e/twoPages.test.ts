/** Two pages paint one image at the same time: each changes the pixels of its own strokes and no other. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright';
import type { ImageInfo } from '../../app/api/types.ts';
import { type ImagePoint, Workstation } from './workstation.ts';

let work: Workstation;
let image: ImageInfo;

before(async () => {
  work = await Workstation.start();
  image = await work.showImage(1);
});
after(() => work.close());

async function strokeOn(page: Page, points: readonly ImagePoint[]): Promise<void> {
  for (const [i, point] of points.entries()) {
    const at = await page.evaluate(([x, y]) => window.limn!.imageToScreen(x, y), point);
    await page.mouse.move(at.x, at.y, { steps: i === 0 ? 1 : 6 });
    if (i === 0) await page.mouse.down();
  }
  await page.mouse.up();
}

test('what another page paints while a stroke is on its way stays, on the store and on both pages', async () => {
  const other = await work.page
    .context()
    .browser()!
    .newPage({ viewport: { width: 1280, height: 800 } });
  other.setDefaultTimeout(20_000);
  await other.goto(work.server.url);
  await other.getByRole('list', { name: 'Images' }).getByRole('button').nth(1).click();
  await other.locator(`section[data-image="${image.imageId}"][aria-busy="false"]`).waitFor();
  await other.getByRole('radio', { name: 'Background' }).check();
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await work.page.route('**/edits', async (route) => {
    await held;
    await route.continue();
  });
  // Round three sides of the square in which the other page paints.
  await work.stroke([100, 100], [150, 100], [150, 150], [100, 150]);
  const stored = other.waitForResponse((response) => response.url().endsWith('/edits'));
  await strokeOn(other, [
    [115, 125],
    [125, 125],
  ]);
  assert.equal((await stored).status(), 200);
  release();
  const places = [
    [120, 125],
    [125, 100],
    [125, 150],
    [135, 115],
  ] as const;
  assert.deepEqual(await work.labelsAt(image, ...places), [1, 2, 2, 0]);
  await work.page.waitForTimeout(600);
  await work.ready();
  assert.match(await work.readPixel(120, 125), /background/);
  const at = await other.evaluate(() => window.limn!.imageToScreen(125, 100));
  await other.mouse.move(at.x, at.y);
  await other.getByRole('status', { name: 'Pixel' }).filter({ hasText: '#2' }).waitFor();
  assert.deepEqual(work.complaints, []);
});
