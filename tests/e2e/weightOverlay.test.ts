/** The weight overlay, computed tile by tile and around strokes, is the map that `limn weight-map` writes, to 1e-5 relative. */

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openImage } from '../../app/imaging/openImage.ts';
import { writeTiff } from '../../app/imaging/writeTiff.ts';
import { simulateNuclei } from '../../app/science/simulate/nuclei.ts';
import { importImages } from '../../app/services/importService.ts';
import { createProject } from '../../app/services/project.ts';
import { runLimn } from '../support/runLimn.ts';
import { Workstation } from './workstation.ts';

const SHAPE = { y: 700, x: 900 };
let work: Workstation;
let labelFile = '';

/** A fully labelled image that does not end at a tile's border; two levels of detail. */
async function makeProject(path: string): Promise<void> {
  const folder = join(path, '..', 'data');
  await mkdir(join(folder, 'labels'), { recursive: true });
  const { image, labels } = simulateNuclei({ shape: SHAPE, seed: 7, index: 0 });
  const shape = { t: 1, z: 1, c: 1, ...SHAPE };
  const imageFile = join(folder, 'cells.tif');
  labelFile = join(folder, 'labels', 'cells.tif');
  await writeTiff(imageFile, { planes: [image], shape, numberType: 'uint16', pixelSizeUm: null });
  await writeTiff(labelFile, { planes: [labels], shape, numberType: 'uint32', pixelSizeUm: null });
  const project = createProject(path, { classes: ['nucleus'] });
  try {
    await importImages(project, {
      paths: [imageFile],
      labels: join(folder, 'labels'),
      labelKind: 'instances',
    });
  } finally {
    project.close();
  }
}

before(async () => {
  work = await Workstation.start({ makeProject });
});
after(() => work.close());

/** The overlay's weights, once every pixel has one. */
async function overlay(): Promise<Float32Array> {
  const handle = await work.page.waitForFunction(({ y: height, x: width }) => {
    const weights = new Array<number>(width * height);
    for (let y = 0, i = 0; y < height; y++)
      for (let x = 0; x < width; x++, i++) {
        const weight = window.limn!.weightAt(x, y);
        if (weight === null) return null;
        weights[i] = weight;
      }
    return weights;
  }, SHAPE);
  return Float32Array.from((await handle.jsonValue()) as number[]);
}

/** Largest relative difference of two maps, and where it is. */
function difference(actual: Float32Array, expected: ArrayLike<number>): { relative: number; place: string } {
  let worst = { relative: 0, place: '' };
  for (let i = 0; i < expected.length; i++) {
    const relative = Math.abs(actual[i]! - expected[i]!) / Math.max(1e-12, expected[i]!, actual[i]!);
    if (relative > worst.relative) {
      const place = `${i % SHAPE.x}, ${Math.floor(i / SHAPE.x)}: ${actual[i]} for ${expected[i]}`;
      worst = { relative, place };
    }
  }
  return worst;
}

test('the overlay equals the command’s map', { timeout: 300_000 }, async () => {
  await work.checkbox('Show weight map').check();
  const out = join(work.folder, 'weights.tif');
  const { code, stderr } = await runLimn('weight-map', labelFile, '--out', out);
  assert.equal(code, 0, stderr);
  const reader = await openImage(out);
  const expected = await reader.readPlane(0, 0, 0);
  await reader.close();
  const { relative, place } = difference(await overlay(), expected);
  assert.ok(relative <= 1e-5, `${relative} at ${place}`);
});

test('after strokes it equals the map of the labels as they are then', { timeout: 300_000 }, async () => {
  await work.page.getByRole('spinbutton', { name: 'Brush size' }).fill('9');
  await work.button('Eraser').click();
  await work.stroke([240, 130], [272, 150], [300, 260]);
  await work.button('Brush').click();
  await work.stroke([250, 140], [262, 160]);
  await work.page.keyboard.press('Control+z');
  await work.stroke([500, 250], [520, 262]);
  await work.settled();
  const path = '/api/images/1/weight-map/0/0?preset=paper';
  const expected = new Float32Array(await (await work.get(path)).arrayBuffer());
  const deadline = Date.now() + 10_000;
  let worst = difference(await overlay(), expected);
  while (worst.relative > 1e-5 && Date.now() < deadline) {
    await work.page.waitForTimeout(200);
    worst = difference(await overlay(), expected);
  }
  assert.ok(worst.relative <= 1e-5, `${worst.relative} at ${worst.place}`);
  assert.deepEqual(work.complaints, []);
});
