/** Box, split, merge and magic wand with a real pointer, down to the labels in the store. */

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
});
after(() => work.close());

const objects = () => work.json<ObjectRow[]>(`/api/images/${image.imageId}/objects`);
const labelsAt = (...points: [number, number][]) => work.labelsAt(image, ...points);

test('a box becomes an object, a line through it makes two, a line across them one again', async () => {
  await work.button('Box').click();
  await work.stroke([100, 100], [180, 140]);
  assert.deepEqual(await labelsAt([110, 120], [170, 120]), [2, 2]);
  await work.button('Split').click();
  await work.stroke([150, 90], [150, 150]);
  assert.deepEqual(await labelsAt([110, 120], [170, 120]), [2, 3]);
  assert.equal((await objects()).length, 2);
  await work.button('Merge').click();
  await work.stroke([165, 120], [120, 120]);
  assert.deepEqual(await labelsAt([110, 120], [170, 120]), [3, 3]);
  assert.equal((await objects()).length, 1);
  await work.button('Undo').click();
  assert.deepEqual(await labelsAt([110, 120], [170, 120]), [2, 3]);
});

test('the magic wand paints the dark ground that it is pressed on, never an object', async () => {
  await work.page.keyboard.press('a');
  assert.equal(await work.button('Magic wand').getAttribute('aria-pressed'), 'true');
  await work.page.getByRole('radio', { name: 'Background' }).check();
  const { x, y } = await darkestPlace();
  await work.stroke([x, y], [x, y]);
  const [ground, object] = await labelsAt([x, y], [110, 120]);
  assert.equal(ground, 1);
  assert.equal(object, 2);
  assert.deepEqual(work.complaints, []);
});

test('what another page or program labels comes on view, after the stroke in the air', async () => {
  const region = { x: 300, y: 300, w: 40, h: 30 };
  const header = { t: 0, z: 0, kind: 'brush', regions: [region], created: [{ label: 900, classId: 1 }] };
  const [from, to] = [await work.screen(400, 400), await work.screen(440, 400)];
  await work.button('Brush').click();
  await work.page.getByRole('radio', { name: 'Object' }).check();
  await work.page.mouse.move(from.x, from.y);
  await work.page.mouse.down();
  await work.page.mouse.move(to.x, to.y, { steps: 4 });
  const response = await fetch(`${work.server.origin}/api/images/${image.imageId}/edits`, {
    method: 'POST',
    headers: { authorization: `Bearer ${work.server.token}`, 'content-type': 'application/octet-stream' },
    body: encodeEnvelope(header, [new Uint32Array(region.w * region.h).fill(900)]),
  });
  assert.equal(response.status, 200, await response.text());
  await work.page.waitForTimeout(400);
  await work.page.mouse.up();
  await work.settled();
  await work.page.locator('section[aria-label="Image canvas"][aria-busy="false"]').waitFor();
  await work.page.getByRole('list', { name: 'Objects' }).getByText('#900').waitFor();
  assert.match(await work.readPixel(320, 315), /nucleus #900/);
  const own = (await labelsAt([420, 400]))[0]!;
  assert.ok(own >= 2 && own !== 900, String(own));
  assert.match(await work.readPixel(420, 400), new RegExp(`nucleus #${own}\\b`));
});

/** A place well inside the image whose neighbourhood is darkest. */
async function darkestPlace(): Promise<{ x: number; y: number }> {
  const pixels = await work.page.evaluate(async (imageId) => {
    const answer = await fetch(`/api/images/${imageId}/pixels/0/0/0/0/0/0`);
    return [...new Uint16Array(await answer.arrayBuffer())];
  }, image.imageId);
  let best = { x: 0, y: 0, sum: Infinity };
  for (let y = 150; y < 240; y += 4) {
    for (let x = 10; x < 240; x += 4) {
      let sum = 0;
      for (let v = -2; v <= 2; v++) for (let u = -2; u <= 2; u++) sum += pixels[(y + v) * 256 + x + u]!;
      if (sum < best.sum) best = { x, y, sum };
    }
  }
  return best;
}
