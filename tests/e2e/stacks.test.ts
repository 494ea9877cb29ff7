/** Import through the page and work on a stack: planes, channels, labels that belong to one plane. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ImageInfo } from '../../app/api/types.ts';
import { writeTiff } from '../../app/imaging/writeTiff.ts';
import { createProject } from '../../app/services/project.ts';
import { Workstation } from './workstation.ts';

const SIDE = 96;
const PLANES = 9;
let work: Workstation;
let image: ImageInfo;

/** Value of a pixel in the test stack; different in every plane and channel. */
const valueAt = (z: number, c: number, y: number, x: number) =>
  1000 * c + z + 4 * (c === 0 ? x : SIDE - x) + 2 * y;

async function writeStack(path: string): Promise<void> {
  const planes: Uint16Array[] = [];
  for (let z = 0; z < PLANES; z++)
    for (let c = 0; c < 2; c++)
      planes.push(
        Uint16Array.from({ length: SIDE * SIDE }, (_, i) => valueAt(z, c, Math.floor(i / SIDE), i % SIDE)),
      );
  const shape = { t: 1, z: PLANES, c: 2, y: SIDE, x: SIDE };
  await writeTiff(path, { planes, shape, numberType: 'uint16', pixelSizeUm: { y: 0.25, x: 0.25, z: 1 } });
}

before(async () => {
  work = await Workstation.start({
    images: false,
    makeProject: async (path) => createProject(path, { classes: ['nucleus'] }).close(),
  });
});
after(() => work.close());

test('an empty project says what to do next, and a stack is imported through the file dialog', async () => {
  await work.page.getByText('Drop images here, or open the sample project.').waitFor();
  await work.screenshot('empty-dark');
  const path = join(work.folder, 'stack.tif');
  await writeStack(path);
  const chooser = work.page.waitForEvent('filechooser');
  await work.button('Import images').click();
  await (await chooser).setFiles(path);
  await work.page.getByText('1 image imported').waitFor();
  await work.ready();
  image = (await work.json<ImageInfo[]>('/api/images'))[0]!;
  assert.deepEqual(image.shape, { t: 1, z: PLANES, c: 2, y: SIDE, x: SIDE });
  assert.match(
    await work.readPixel(40, 8),
    new RegExp(`value ${valueAt(0, 0, 8, 40)}, ${valueAt(0, 1, 8, 40)} `),
  );
  assert.match(await work.readPixel(40, 8), /10 µm 2 µm/);
});

test('labels belong to their plane', async () => {
  const z = work.page.getByRole('slider', { name: 'z plane' });
  await z.fill('7');
  await work.ready();
  assert.match(await work.readPixel(40, 8), new RegExp(`value ${valueAt(7, 0, 8, 40)}, `));
  await work.stroke([20, 40], [60, 40]);
  await work.settled();
  await work.screenshot('stack');
  assert.match(await work.readPixel(40, 40), /nucleus #2/);
  await z.fill('8');
  await work.ready();
  assert.match(await work.readPixel(40, 40), /unlabelled/);
  const plane = async (index: number) =>
    new Uint32Array(await (await work.get(`/api/images/${image.imageId}/labels/0/${index}`)).arrayBuffer());
  assert.equal((await plane(7))[40 * SIDE + 40], 2);
  assert.ok((await plane(8)).every((value) => value === 0));
});

test('undo goes to the plane that it changes', async () => {
  await work.page.keyboard.press('Control+Z');
  await work.settled();
  await work.page.waitForFunction(
    () => document.querySelector<HTMLInputElement>('input[type=range][aria-label="z plane"]')?.value === '7',
  );
  await work.ready();
  assert.match(await work.readPixel(40, 40), /unlabelled/);
  assert.deepEqual(work.complaints, []);
});

test('labels are copied to the next plane where it has none, by key and menu, and one undo takes them back', async () => {
  const z = work.page.getByRole('slider', { name: 'z plane' });
  const plane = async (index: number) => {
    await work.settled();
    return new Uint32Array(
      await (await work.get(`/api/images/${image.imageId}/labels/0/${index}`)).arrayBuffer(),
    );
  };
  await z.fill('2');
  await work.ready();
  await work.stroke([20, 60], [50, 60]);
  await work.ready();
  await z.fill('1');
  await work.ready();
  await work.stroke([20, 20], [50, 20]);
  await work.stroke([20, 60], [30, 60]);
  const [one, two] = [await plane(1), await plane(2)];
  await work.page.keyboard.press('Shift+PageDown');
  await work.page.getByText('The labels were copied to this plane').waitFor();
  await work.ready();
  assert.equal(await z.inputValue(), '2');
  const filled = await plane(2);
  for (let i = 0; i < filled.length; i++) assert.equal(filled[i], two[i] || one[i], `pixel ${i}`);
  assert.notDeepEqual(filled, two);
  assert.match(await work.readPixel(40, 20), new RegExp(`#${one[20 * SIDE + 40]}\\b`));
  await work.page.keyboard.press('Control+z');
  assert.deepEqual(await plane(2), two);
  await work.button('Edit').click();
  await work.page.getByRole('menuitem', { name: 'Copy labels to the next frame' }).click();
  await work.page.getByText('This is the last frame').waitFor();
  assert.deepEqual(await plane(1), one);
  assert.deepEqual(work.complaints, []);
});

test('a channel can be switched off', async () => {
  await work.page.mouse.move(5, 790);
  const both = await work.colourAt(90, 90);
  await work.page.locator('.channel-switches input').nth(1).uncheck();
  await work.page.waitForTimeout(200);
  const one = await work.colourAt(90, 90);
  assert.notDeepEqual(one, both);
});
