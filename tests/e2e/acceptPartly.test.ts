/** Accepting a part of a prediction with a real pointer and keys, down to the labels in the store. */

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
});
after(() => work.close());

const labels = async () => {
  await work.settled();
  return work.labels(image.imageId);
};
const undo = async () => {
  await work.button('Undo').click();
  await work.settled();
};

/** Which disks are labelled at each of their pixels that `before` left free, and that nothing else is. */
function acceptedDisks(after: Uint32Array, before: Uint32Array): number[] {
  const free = DISKS.map(() => 0);
  const taken = DISKS.map(() => 0);
  for (let i = 0; i < after.length; i++) {
    const x = i % WIDTH;
    const y = Math.floor(i / WIDTH);
    const index = DISKS.findIndex((disk) => isInDisk(disk, x, y));
    if (before[i] !== 0) assert.equal(after[i], before[i], `painted pixel ${x}, ${y}`);
    else if (index < 0) assert.equal(after[i], 0, `ground at ${x}, ${y}`);
    else {
      free[index]!++;
      if (after[i]! >= 2) taken[index]!++;
    }
  }
  return DISKS.flatMap((_, index) => {
    if (taken[index] === 0) return [];
    assert.equal(taken[index], free[index], `all of disk ${index}`);
    return [index];
  });
}

test('a click on a predicted object accepts it, around what is painted', async () => {
  await work.stroke([90, 100], [110, 100]);
  const painted = await labels();
  await work.button('Accept object').click();
  assert.equal(await work.button('Accept object').getAttribute('aria-pressed'), 'true');
  assert.equal(await work.checkbox('Show prediction').isChecked(), true);
  await work.page.waitForTimeout(500);
  await work.stroke([100, 80], [100, 80]);
  await work.page.getByText('1 object added to the labels').waitFor();
  await work.screenshotBothThemes('accept-object');
  assert.deepEqual(acceptedDisks(await labels(), painted), [0]);
  await undo();
  assert.deepEqual(await labels(), painted);
  await work.stroke([300, 250], [300, 250]);
  await work.page.getByText('There is no predicted object here').waitFor();
  assert.deepEqual(await labels(), painted);
  await work.button('Accept object').click();
  assert.equal(await work.button('Brush').getAttribute('aria-pressed'), 'true');
  await work.page.keyboard.press('t');
  assert.equal(await work.button('Accept object').getAttribute('aria-pressed'), 'true');
  await undo();
});

test('objects above a confidence are counted as the slider moves, and accepted at once', async () => {
  const painted = await labels();
  const slider = work.page.getByRole('slider', { name: 'Least confidence' });
  await work.button('Accept 2 of 4 objects').waitFor();
  await slider.focus();
  for (let i = 0; i < 25; i++) await work.page.keyboard.press('ArrowLeft');
  await work.button('Accept 3 of 4 objects').click();
  await work.page.getByText('3 objects added to the labels').waitFor();
  assert.deepEqual(acceptedDisks(await labels(), painted), [0, 1, 2]);
  await undo();
  assert.deepEqual(await labels(), painted);
});

test('what is in view is accepted: whole objects and the ground between them', async () => {
  const painted = await labels();
  const at = await work.screen(250, 100);
  await work.page.mouse.move(at.x, at.y);
  for (let i = 0; i < 3; i++) await work.page.mouse.wheel(0, -200);
  await work.page.waitForTimeout(400);
  await work.ready();
  const box = (await work.page.getByRole('region', { name: 'Image canvas' }).boundingBox())!;
  const [left, right] = await work.page.evaluate(
    ({ x, width, y }) => [window.limn!.screenToImage(x, y).x, window.limn!.screenToImage(x + width, y).x],
    { x: box.x, width: box.width, y: at.y },
  );
  assert.ok(left! > 130 && right! < 370, `only the second disk is in view, ${left} to ${right}`);
  const answer = work.page.waitForResponse(/prediction\/accept/);
  await work.button('Accept in view').click();
  assert.equal((await answer).status(), 200);
  await work.screenshot('accept-in-view');
  const after = await labels();
  const at2 = (x: number, y: number) => after[y * WIDTH + x]!;
  assert.ok(at2(250, 100) >= 2);
  assert.equal(at2(210, 100), 1, 'ground in view');
  assert.equal(at2(Math.floor(left!) - 3, 100), 0, 'ground out of view');
  assert.deepEqual([at2(100, 100), at2(400, 100), at2(250, 400)], [0, 0, 0]);
  await undo();
  assert.deepEqual(await labels(), painted);
  assert.deepEqual(work.complaints, []);
});
