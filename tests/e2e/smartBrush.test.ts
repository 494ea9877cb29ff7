/** The smart brush with a real pointer: it fills a nucleus and leaves the dark ground around it. */

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

test('a stroke inside a nucleus paints bright pixels and stops at its edge', async () => {
  const answer = await work.get(`/api/images/${image.imageId}/pixels/0/0/0/0/0/0`);
  const pixels = new Uint16Array(await answer.arrayBuffer());
  const grey = (x: number, y: number) => pixels[y * 256 + x]!;
  await work.page.keyboard.press('Shift+B');
  assert.equal(await work.button('Smart brush').getAttribute('aria-pressed'), 'true');
  await work.page.getByRole('spinbutton', { name: 'Brush size' }).fill('40');
  await work.page.keyboard.press('Tab');
  // A nucleus that stands alone at (147, 207), about 26 px across.
  await work.stroke([147, 207], [149, 209]);
  await work.settled();
  const labels = await work.labels(image.imageId);
  const painted: number[] = [];
  const left: number[] = [];
  for (let y = 187; y < 228; y++) {
    for (let x = 127; x < 168; x++) {
      if ((x - 147) ** 2 + (y - 207) ** 2 > 18 ** 2) continue;
      (labels[y * image.shape.x + x]! >= 2 ? painted : left).push(grey(x, y));
    }
  }
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(painted.length > 300 && left.length > 200, `${painted.length} ${left.length}`);
  assert.ok(mean(painted) > 1.8 * mean(left), `${mean(painted)} ${mean(left)}`);
  await work.screenshot('smart-brush');
  assert.deepEqual(work.complaints, []);
});
