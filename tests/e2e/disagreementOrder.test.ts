/** The list of objects sorted by how far they and the prediction are apart. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ImageInfo } from '../../app/api/types.ts';
import { makePredictedProject } from './predictedProject.ts';
import { Workstation } from './workstation.ts';

let work: Workstation;
let image: ImageInfo;

before(async () => {
  work = await Workstation.start({ makeProject: makePredictedProject });
  image = await work.showImage(1);
});
after(() => work.close());

test('the objects that the prediction contradicts most come first, and go back once they are painted right', async () => {
  await work.button('Ellipse').click();
  // Disks of 30 px radius are predicted around (100, 100) and (400, 100): painted well, half, and where nothing is.
  // In another order than they will be sorted, by number or by age.
  await work.stroke([60, 300], [120, 360]);
  await work.stroke([70, 70], [130, 130]);
  await work.stroke([370, 85], [430, 115]);
  const [well, half, missed] = await work.labelsAt(image, [100, 100], [400, 100], [90, 330]);
  const list = work.page.getByRole('list', { name: 'Objects' });
  await work.page.getByRole('combobox', { name: 'Sort objects' }).selectOption('disagreement');
  await list.getByText('100 % apart').waitFor();
  const order = async () =>
    (await list.locator('.object-name').allTextContents()).map((name) => Number(/#(\d+)/.exec(name)?.[1]));
  // Nothing around the objects is labelled, so only what lies on them can disagree.
  assert.equal((await order())[0], missed);
  await work.page.keyboard.press('k');
  await work.button('Box').click();
  await work.stroke([360, 60], [440, 140]);
  await list
    .locator('li', { hasText: `#${half}` })
    .getByText(/^[3-6]\d % apart$/)
    .waitFor();
  assert.deepEqual(await order(), [missed, half, well]);
  await work.screenshotBothThemes('objects-by-disagreement');
  assert.deepEqual(work.complaints, []);
});
