/** The prediction of a large image comes in tiles of the level on view: seen from afar, close up, and read out to the pixel. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createProject } from '../../app/services/project.ts';
import { addImage, addModel } from '../store/testProject.ts';
import { Workstation } from './workstation.ts';

const SIDE = 3000;
/** A square of one object over several tiles, and a probability that falls from left to right. */
const inside = (x: number, y: number) => x >= 600 && x < 1900 && y >= 500 && y < 2300;
const probabilityAt = (x: number) => Math.fround(1 - x / SIDE);
const asked: string[] = [];
let work: Workstation;

async function makeProject(path: string): Promise<void> {
  const project = createProject(path, { classes: ['cell'] });
  try {
    const imageId = await addImage(project.store, { y: SIDE, x: SIDE });
    const { modelId } = addModel(project.store, Uint8Array.of(1));
    const foreground = new Float32Array(SIDE * SIDE);
    const instances = new Uint32Array(SIDE * SIDE);
    for (let y = 0, i = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++, i++) {
        foreground[i] = probabilityAt(x);
        if (inside(x, y)) instances[i] = 1;
      }
    }
    const prediction = {
      imageId,
      modelId,
      t: 0,
      z: 0,
      foreground,
      instances,
      classIndexOf: Uint8Array.of(0, 1),
    };
    await project.store.predictions.write(prediction);
  } finally {
    project.close();
  }
}

before(async () => {
  work = await Workstation.start({ makeProject });
  work.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
});
after(() => work.close());

async function show(view: string): Promise<void> {
  await work.page.getByRole('combobox', { name: 'Prediction shown as' }).selectOption(view);
  await work.page.waitForTimeout(1200);
}

test('from afar the object and the probability are drawn without a seam, from coarse tiles only', async () => {
  await work.checkbox('Show prediction').check();
  await work.page.getByRole('slider', { name: 'Prediction opacity' }).first().fill('100');
  await show('objects');
  const [within, outside] = [await work.colourAt(1000, 1000), await work.colourAt(300, 1000)];
  assert.notDeepEqual(within, outside);
  // Where tiles of the coarse level meet; a screen pixel is some four wide.
  for (let at = 1012; at <= 1036; at += 3) {
    assert.deepEqual(await work.colourAt(at, 800), within, `column ${at}`);
    assert.deepEqual(await work.colourAt(800, at), within, `row ${at}`);
  }
  await work.screenshot('large-prediction-objects');
  await show('probability');
  const brightness = async (x: number) => (await work.colourAt(x, 1500)).reduce((a, b) => a + b);
  const falling = [
    await brightness(200),
    await brightness(1100),
    await brightness(2000),
    await brightness(2900),
  ];
  assert.deepEqual(
    falling,
    [...falling].sort((a, b) => b - a),
  );
  const levels = new Set(
    asked.flatMap((path) => /prediction-levels\/(\d+)\//.exec(path)?.[1] ?? []).map(Number),
  );
  assert.ok(!levels.has(0), 'the pointer has been on nothing yet');
  assert.ok(levels.size === 1 && [...levels][0]! >= 1, `levels ${[...levels]}`);
  assert.deepEqual(
    asked.filter((path) => /prediction\/0\/0\/(instances|probability)/.test(path)),
    [],
  );
});

test('the read-out under the pointer is that of the pixel, also from afar; close up its tile is drawn', async () => {
  for (const [x, y] of [
    [599, 1001],
    [600, 1001],
    [1801, 2011],
  ] as const) {
    await work.page.getByRole('region', { name: 'Image canvas' }).focus();
    const text = inside(x, y)
      ? `p ${probabilityAt(x).toFixed(2)} · predicted #1`
      : `p ${probabilityAt(x).toFixed(2)}`;
    await work.page.keyboard.press('0');
    // At fit a screen pixel covers several: near enough, each one's centre can be reached.
    const scale = async () => (await work.screen(1, 0)).x - (await work.screen(0, 0)).x;
    const start = await work.screen(x, y);
    await work.page.mouse.move(start.x, start.y);
    while ((await scale()) < 3) {
      await work.page.mouse.wheel(0, -240);
      await work.page.waitForTimeout(60);
    }
    await work.ready();
    const at = await work.screen(x, y);
    await work.page.mouse.move(at.x, at.y);
    const status = work.page.getByRole('status', { name: 'Pixel' });
    await status.filter({ hasText: text }).waitFor();
    assert.ok((await status.textContent())?.includes(`x ${x} y ${y} `));
  }
  await show('objects');
  const [left, right] = [await work.colourAt(1785, 2030), await work.colourAt(1820, 2030)];
  assert.deepEqual(left, right);
  await work.screenshot('large-prediction-close');
  assert.deepEqual(work.complaints, []);
});
