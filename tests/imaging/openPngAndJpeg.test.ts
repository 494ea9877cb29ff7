/** PNG and JPEG against Pillow: exact values for PNG, a tolerance of rounding for JPEG. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openImage } from '../../app/imaging/openImage.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/imaging');
const GREY = 1;

async function readAll(name: string, palette: 'colour' | 'index' = 'colour') {
  const reader = await openImage(join(FIXTURES, name), { palette });
  const planes: number[][] = [];
  for (let c = 0; c < reader.description.shape.c; c++)
    planes.push(Array.from(await reader.readPlane(0, 0, c)));
  await reader.close();
  return { planes, description: reader.description };
}

/** Channel c of generate.py's ramp with so many interleaved samples. */
function ramp(pixels: number, samples: number, modulus: number, c = 0): number[] {
  return Array.from({ length: pixels }, (_, i) => (7 * (i * samples + c)) % modulus);
}

for (const [name, samples, channels, modulus, type] of [
  ['grey8.png', GREY, 1, 251, 'uint8'],
  ['grey16.png', GREY, 1, 60000, 'uint16'],
  ['rgb8.png', 3, 3, 251, 'uint8'],
  ['rgba8.png', 4, 3, 251, 'uint8'],
  ['grey-alpha8.png', 2, 1, 251, 'uint8'],
] as const) {
  test(`${name} keeps its values and type, transparency left out`, async () => {
    const { planes, description } = await readAll(name);
    assert.deepEqual(description.shape, { t: 1, z: 1, c: channels, y: 5, x: 6 });
    assert.equal(description.numberType, type);
    for (const [c, plane] of planes.entries()) assert.deepEqual(plane, ramp(30, samples, modulus, c));
  });
}

for (const bits of [1, 2, 4, 8]) {
  test(`an indexed PNG of ${bits} bits gives indices or colours as asked`, async () => {
    const indices = ramp(45, 1, bits < 8 ? 2 ** bits : 200);
    assert.deepEqual((await readAll(`palette${bits}.png`, 'index')).planes, [indices]);
    const colours = [indices, indices.map((i) => 255 - i), indices.map((i) => (3 * i) % 256)];
    assert.deepEqual((await readAll(`palette${bits}.png`)).planes, colours);
  });
}

test('a bilevel PNG gives 0 and 1', async () => {
  assert.deepEqual((await readAll('bilevel.png')).planes, [ramp(45, 1, 2)]);
});

test('the pixel size of a PNG comes from its pHYs chunk', async () => {
  const { description } = await readAll('grey8.png');
  assert.ok(description.pixelSizeUm !== null && Math.abs(description.pixelSizeUm.x - 0.5) < 1e-3);
  assert.equal((await readAll('grey16.png')).description.pixelSizeUm, null);
});

for (const name of ['grey.jpg', 'rgb.jpg', 'rgb-progressive.jpg']) {
  test(`${name} decodes as libjpeg does, within 3 grey values`, async () => {
    const [ours, theirs] = [await readAll(name), await readAll(`${name}.decoded.png`)];
    assert.deepEqual(ours.description.shape, theirs.description.shape);
    ours.planes.forEach((plane, c) => {
      const worst = Math.max(...plane.map((value, i) => Math.abs(value - theirs.planes[c]![i]!)));
      assert.ok(worst <= 3, `channel ${c} differs by ${worst}`);
    });
  });
}
