/** From probabilities to objects with the sliders: drawn as they move, set for the model, fitted to the labels. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ImageInfo } from '../../app/api/types.ts';
import { DISKS, isInDisk, makePredictedProject, WIDTH } from './predictedProject.ts';
import { Workstation } from './workstation.ts';

let work: Workstation;
let image: ImageInfo;

before(async () => {
  work = await Workstation.start({ makeProject: makePredictedProject });
  image = await work.showImage(1);
  await work.tab('Predict');
  await work.page.getByText('From probability to objects').click();
});
after(() => work.close());

const slider = (name: string) => work.page.getByRole('slider', { name, exact: true });

/** Which disks the stored prediction has. */
async function storedDisks(): Promise<number[]> {
  const rows = await work.json<{ pixels: number }[]>(`/api/images/${image.imageId}/prediction/0/0/objects`);
  const area = Array.from({ length: WIDTH * WIDTH }, (_, i) => i).filter((i) =>
    isInDisk(DISKS[0], i % WIDTH, Math.floor(i / WIDTH)),
  ).length;
  return rows.map(({ pixels }) => Math.round((pixels / area) * 100) / 100);
}

test('a threshold is drawn as it moves, changes nothing until it is set, and then cuts the prediction anew', async () => {
  await slider('Threshold').fill('0.8');
  await work.page.getByText('2 objects in view.').waitFor();
  await work.screenshotBothThemes('object-parameters');
  assert.deepEqual(await storedDisks(), [1, 1, 1, 1]);
  await slider('Threshold').fill('0.65');
  await work.page.getByText('3 objects in view.').waitFor();
  await work.button('Set for the model').click();
  await work.page.getByText('3 objects found').waitFor();
  assert.deepEqual(await storedDisks(), [1, 1, 1]);
  await slider('Threshold').fill('0.3');
  await work.page.getByText('4 objects in view.').waitFor();
  await work.button('Reset').click();
  assert.equal(await slider('Threshold').inputValue(), '0.65');
});

test('the fit finds the disk that is painted but predicted shyly', async () => {
  // The disk at 0.6, painted, with background around it.
  const { x, y } = DISKS[3];
  await work.tab('Labels');
  await work.page.getByRole('spinbutton', { name: 'Brush size' }).fill('60');
  await work.page.keyboard.press('Enter');
  await work.stroke([x, y], [x, y]);
  await work.settled();
  await work.tab('Predict');
  await work.button('Fit to labels').click();
  await work.page.getByText(/Mean F1 on \d labelled planes?: /).waitFor({ timeout: 90_000 });
  assert.ok(Number(await slider('Threshold').inputValue()) < 0.6);
  await work.button('Set for the model').click();
  await work.page.getByText('4 objects found').waitFor();
});
