/** Painting modes and protection with real pointer and keys, down to the labels in the store. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ImageInfo, ObjectRow } from '../../app/api/types.ts';
import { Workstation } from './workstation.ts';

let work: Workstation;
let image: ImageInfo;

before(async () => {
  work = await Workstation.start();
  image = await work.showImage(1);
});
after(() => work.close());

const mode = (name: string) => work.page.getByRole('radio', { name, exact: true });

const labelsAt = (...points: [number, number][]) => work.labelsAt(image, ...points);

test('keys choose the mode; each paints what it says', async () => {
  await work.button('Brush').click();
  await work.stroke([100, 100], [140, 100]);
  await work.stroke([140, 100], [180, 100]);
  await work.page.keyboard.press('k');
  assert.equal(await mode('Background').isChecked(), true);
  await work.stroke([100, 140], [180, 140]);
  await work.page.keyboard.press('q');
  assert.equal(await mode('Region').isChecked(), true);
  await work.stroke([100, 200], [120, 200]);
  await work.stroke([200, 200], [220, 200]);
  await work.page.keyboard.press('u');
  assert.equal(await mode('Unlabelled').isChecked(), true);
  await work.stroke([140, 140]);
  await work.page.keyboard.press('n');
  assert.equal(await mode('Object').isChecked(), true);
  const [first, second, ground, left, right, erased] = await labelsAt(
    [100, 100],
    [180, 100],
    [100, 140],
    [110, 200],
    [210, 200],
    [140, 140],
  );
  assert.deepEqual([first, second], [2, 2], 'a stroke that starts on the object extends it');
  assert.deepEqual([ground, erased], [1, 0]);
  assert.equal(left, right);
  const objects = await work.json<ObjectRow[]>(`/api/images/${image.imageId}/objects`);
  assert.deepEqual(
    objects.map((row) => [row.label, row.isRegion]),
    [
      [2, false],
      [left, true],
    ],
  );
  await work.screenshotBothThemes('painting-modes');
});

test('“Paint only on unlabelled” keeps what is painted from brush and eraser, by its key and by its box', async () => {
  const before = await labelsAt([100, 100], [100, 140], [110, 200]);
  await work.page.keyboard.press('y');
  assert.equal(await work.checkbox('Paint only on unlabelled').isChecked(), true);
  await work.checkbox('Protect other objects').uncheck();
  await work.button('Brush').click();
  await work.stroke([300, 100], [100, 100], [100, 140], [110, 200]);
  const fresh = await labelsAt([300, 100], [200, 100]);
  assert.ok(fresh[0]! > 2 && fresh[0] === fresh[1], String(fresh));
  await work.button('Eraser').click();
  await work.stroke([100, 100], [180, 100]);
  await work.page.getByText('“Paint only on unlabelled” is on').waitFor();
  assert.deepEqual(await labelsAt([100, 100], [100, 140], [110, 200]), before);
  await work.checkbox('Paint only on unlabelled').uncheck();
  await work.button('Eraser').click();
  await work.stroke([100, 100]);
  assert.deepEqual(await labelsAt([100, 100]), [0]);
  assert.deepEqual(work.complaints, []);
});
