/** How layers look: colour tables and gamma of the image, handles of the histogram, fill and contours, the views of a prediction. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openProject } from '../../app/services/project.ts';
import { createSampleProject } from '../../app/services/sampleService.ts';
import { tinyModel } from '../support/tinyModel.ts';
import { Workstation } from './workstation.ts';

const SIDE = 512;
/** Places on the first image that no label of the sample project is near. */
const FREE = { x: 40, y: 480 };
let work: Workstation;

/** Painted by hand, and predicted so: half of an object is missed, and one is invented on painted background. */
async function makeProject(path: string): Promise<void> {
  await createSampleProject(path);
  const project = openProject(path, { mode: 'write' });
  try {
    const { store } = project;
    const { imageId } = store.images.list()[0]!;
    const { classId } = store.classes.list()[0]!;
    const rectangle = (x: number, y: number, w: number, h: number, label: number) => ({
      ...{ x, y, w, h },
      labels: new Uint32Array(w * h).fill(label),
    });
    store.edits.apply({
      imageId,
      t: 0,
      z: 0,
      kind: 'brush',
      regions: [rectangle(20, 420, 60, 40, 900), rectangle(100, 420, 60, 40, 1)],
      created: [{ label: 900, classId }],
    });
    const foreground = new Float32Array(SIDE * SIDE).fill(0.02);
    const instances = new Uint32Array(SIDE * SIDE);
    for (let y = 420; y < 460; y++) {
      for (let x = 20; x < 50; x++) [foreground[y * SIDE + x], instances[y * SIDE + x]] = [0.97, 1];
      for (let x = 110; x < 140; x++) [foreground[y * SIDE + x], instances[y * SIDE + x]] = [0.55, 2];
    }
    const { description, bytes } = tinyModel([store.classes.list()[0]!.name]);
    const { modelId } = store.models.add(
      {
        name: 'by hand',
        runId: null,
        role: 'imported',
        step: 0,
        description,
        parameters: 1,
        validationLoss: null,
      },
      bytes,
    );
    const classIndexOf = Uint8Array.of(0, 1, 1);
    await store.predictions.write({ imageId, modelId, t: 0, z: 0, foreground, instances, classIndexOf });
  } finally {
    project.close();
  }
}

before(async () => {
  work = await Workstation.start({ makeProject });
});
after(() => work.close());

/** Colour at a place once it has settled. */
async function colour(x: number, y: number): Promise<[number, number, number]> {
  await work.page.mouse.move(2, 790);
  await work.page.waitForTimeout(200);
  return work.colourAt(x, y);
}

const distance = (a: readonly number[], b: readonly number[]) =>
  Math.hypot(...a.map((value, i) => value - (b[i] ?? 0)));

test('a colour table and gamma change how the image looks', async () => {
  const grey = await colour(FREE.x, FREE.y);
  assert.ok(distance(grey, [grey[0], grey[0], grey[0]]) < 3, `grey at first: ${grey}`);
  const gamma = work.page.getByRole('slider', { name: 'Gamma', exact: true });
  await gamma.fill('0.4');
  const lifted = await colour(FREE.x, FREE.y);
  assert.ok(lifted[0] > grey[0] + 10, `${grey[0]}, then ${lifted[0]}`);
  await work.page.getByRole('combobox', { name: 'Colours' }).selectOption('viridis');
  const viridis = await colour(FREE.x, FREE.y);
  assert.ok(distance(viridis, lifted) > 40, `${lifted}, then ${viridis}`);
  await work.screenshot('viridis');
  await work.page.getByRole('combobox', { name: 'Colours' }).selectOption('colour');
  await work.button('Auto').click();
  assert.deepEqual(await colour(FREE.x, FREE.y), grey);
});

test('the lines of the histogram are handles of the window', async () => {
  const maximum = work.page.getByRole('slider', { name: 'Contrast maximum' });
  const before_ = Number(await maximum.inputValue());
  const box = (await work.page.locator('.histogram').boundingBox())!;
  await work.page.mouse.move(box.x + 0.62 * box.width, box.y + 10);
  await work.page.mouse.down();
  await work.page.mouse.move(box.x + 0.9 * box.width, box.y + 10, { steps: 4 });
  await work.page.mouse.up();
  assert.ok(Number(await maximum.inputValue()) > before_ * 1.1);
  await work.button('Auto').click();
  assert.equal(Number(await maximum.inputValue()), before_);
});

test('fill, contours and opacity of labels', async () => {
  const [inside, rim] = [
    { x: 50, y: 440 },
    { x: 50, y: 420 },
  ];
  const [filled, drawn] = [await colour(inside.x, inside.y), await colour(rim.x, rim.y)];
  await work.button('Fill of objects').click();
  assert.ok(distance(await colour(inside.x, inside.y), filled) > 15, 'the fill is gone');
  assert.deepEqual(await colour(rim.x, rim.y), drawn, 'the contour is still there');
  await work.button('Contours of objects').click();
  assert.ok(distance(await colour(rim.x, rim.y), drawn) > 15, 'the contour is gone');
  await work.button('Contours of objects').click();
  await work.button('Fill of objects').click();
  const opacity = work.page.getByRole('slider', { name: 'Labels opacity' });
  await opacity.fill('0');
  const bare = await colour(rim.x, rim.y);
  assert.ok(distance(bare, drawn) > 15);
  await opacity.fill('100');
  assert.deepEqual(await colour(rim.x, rim.y), drawn);
});

test('a prediction is shown as objects, contours, probability, uncertainty and disagreement', async () => {
  await work.checkbox('Show labels').uncheck();
  await work.checkbox('Show prediction').check();
  await work.page.getByRole('slider', { name: 'Prediction opacity' }).first().fill('100');
  const view = work.page.getByRole('combobox', { name: 'Prediction shown as' });
  const places = { found: { x: 35, y: 440 }, missed: { x: 65, y: 440 }, invented: { x: 125, y: 440 } };
  const seen: Record<string, [number, number, number][]> = {};
  for (const name of ['objects', 'contours', 'probability', 'uncertainty', 'disagreement']) {
    await view.selectOption(name);
    seen[name] = [];
    for (const { x, y } of Object.values(places)) seen[name].push(await colour(x, y));
    await work.screenshot(`prediction-${name}`);
  }
  const brightness = ([r, g, b]: readonly number[] = []) => r! + g! + b!;
  const { probability = [], uncertainty = [], disagreement = [], objects = [], contours = [] } = seen;
  assert.ok(brightness(probability[0]) > brightness(probability[2]), 'the surer, the hotter');
  assert.ok(brightness(uncertainty[2]) > brightness(uncertainty[0]), 'near ½ is hottest');
  assert.ok(distance(disagreement[1]!, [213, 94, 0]) < 6, `missed: ${disagreement[1]}`);
  assert.ok(distance(disagreement[2]!, [86, 180, 233]) < 6, `invented: ${disagreement[2]}`);
  assert.ok(distance(objects[0]!, contours[0]!) > 10, 'contours leave the inside free');
  assert.deepEqual(work.complaints, []);
});
