/** The weight map over the image: shown on demand, equal to the backend's, following sliders and strokes. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ImageInfo } from '../../app/api/types.ts';
import { twoNearestObjects } from '../../app/science/twoNearestObjects.ts';
import { Workstation } from './workstation.ts';

const WIDTH = 512;
let work: Workstation;
let image: ImageInfo;

before(async () => {
  work = await Workstation.start();
  image = (await work.json<ImageInfo[]>('/api/images'))[0]!;
});
after(() => work.close());

async function weights(w0: number, sigma: number): Promise<Float32Array> {
  const path = `/api/images/${image.imageId}/weight-map/0/0?preset=paper&w0=${w0}&sigma=${sigma}`;
  return new Float32Array(await (await work.get(path)).arrayBuffer());
}

/** Weight that the status line shows; waits until the map is there. */
async function shownWeight(x: number, y: number): Promise<number> {
  const status = work.page.getByRole('status', { name: 'Pixel' });
  const at = await work.screen(x, y);
  await work.page.mouse.move(at.x, at.y);
  await status.filter({ hasText: new RegExp(`^x ${x} y ${y} .* w `) }).waitFor();
  return Number(/ w ([\d.]+)/.exec((await status.textContent()) ?? '')?.[1]);
}

/** Pixels with the heaviest, the lightest and no weight. */
function probes(map: Float32Array): [number, number][] {
  let heaviest = 0;
  let lightest = 0;
  for (let i = 0; i < map.length; i++) {
    if (map[i]! > map[heaviest]!) heaviest = i;
    if (map[i]! > 0 && (map[lightest] === 0 || map[i]! < map[lightest]!)) lightest = i;
  }
  return [heaviest, lightest, map.indexOf(0)].map((i) => [i % WIDTH, Math.floor(i / WIDTH)]);
}

async function assertShownEquals(w0: number, sigma: number): Promise<void> {
  const map = await weights(w0, sigma);
  for (const [x, y] of probes(map)) {
    const expected = map[y * WIDTH + x]!;
    const deadline = Date.now() + 5000;
    let shown = await shownWeight(x, y);
    while (Math.abs(shown - expected) > 6e-4 && Date.now() < deadline) {
      await work.page.waitForTimeout(100);
      shown = await shownWeight(x, y);
    }
    assert.ok(
      Math.abs(shown - expected) <= 6e-4,
      `w0 ${w0}, sigma ${sigma}: ${shown} for ${expected} at ${x}, ${y}`,
    );
  }
}

test('the overlay shows the weights of the backend’s own map', async () => {
  await work.tab('Weight map');
  await work.checkbox('Show weight map').check();
  await assertShownEquals(10, 5);
  const [[x, y]] = probes(await weights(10, 5)) as [[number, number]];
  await work.checkbox('Show labels').uncheck();
  await work.page.waitForTimeout(150);
  const [r, g, b] = await work.colourAt(x, y);
  assert.ok(r > 150 && r >= b && g > 90, `the heaviest pixel is hot on the screen: ${r} ${g} ${b}`);
  await work.checkbox('Show labels').check();
});

test('w0 and sigma change it', async () => {
  await work.page.getByRole('slider', { name: 'w0' }).fill('40');
  await work.page.getByRole('slider', { name: 'sigma' }).fill('9');
  await assertShownEquals(40, 9);
});

test('it follows the next stroke', async () => {
  await work.stroke([40, 400], [80, 400]);
  await work.stroke([40, 416], [80, 416]);
  await work.page.keyboard.press('x');
  await work.stroke([40, 408], [80, 408]);
  await work.page.keyboard.press('x');
  await work.settled();
  const map = await weights(40, 9);
  const expected = map[408 * WIDTH + 60]!;
  assert.ok(expected > 30, `the ground between two strokes is heavy: ${expected}`);
  await assertShownEquals(40, 9);
  assert.ok(Math.abs((await shownWeight(60, 408)) - expected) < 6e-4);
  assert.deepEqual(work.complaints, []);
});

test('under the pointer the weight is written out, with the distances that the labels have', async () => {
  await work.tab('Weight map');
  const map = await weights(40, 9);
  const labels = await work.labels(image.imageId);
  const objects = labels.map((label) => (label >= 2 ? label : 0));
  let heaviest = 0;
  for (let i = 0; i < map.length; i++) {
    // Open ground: a pixel of an object that touches another one has d1 = 0.
    if (labels[i] === 1 && map[i]! > map[heaviest]!) heaviest = i;
  }
  const [x, y] = [heaviest % WIDTH, Math.floor(heaviest / WIDTH)];
  const { d1, d2 } = twoNearestObjects(objects, { y: labels.length / WIDTH, x: WIDTH });
  await shownWeight(x, y);
  const text = await work.page.getByRole('status', { name: 'Weight under the pointer' }).textContent();
  const terms = /^w = ([\d.]+) \+ 40·exp\(−\(([\d.]+) \+ ([\d.]+)\)² \/ 2·9²\) = ([\d.]+)$/.exec(text ?? '');
  assert.ok(terms, text ?? '');
  const [base, first, second, sum] = terms.slice(1).map(Number) as [number, number, number, number];
  assert.ok(Math.abs(first - d1[heaviest]!) < 0.006 && Math.abs(second - d2[heaviest]!) < 0.006, text ?? '');
  assert.ok(Math.abs(sum - map[heaviest]!) < 0.001, `${sum} ${map[heaviest]}`);
  assert.ok(Math.abs(base + 40 * Math.exp(-((first + second) ** 2) / 162) - sum) < 0.1, text ?? '');
  await work.screenshotBothThemes('weight-reading');
});
